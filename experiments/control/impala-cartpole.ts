// CartPole-v1 with actors one update behind the learner.
import { defineExperiment, impala } from "walras";
import { cartpole } from "./parts/cartpole.ts";
import { balanced, balancing, returns } from "./parts/tasks.ts";

export default defineExperiment({
  name: "control/impala-cartpole",
  summary: "IMPALA balances a pole for 500 steps.",
  economy: cartpole,
  algorithm: impala,
  config: { lag: 1, numSteps: 8, learningRate: 3e-3, scaleRewards: true },
  numEnvs: 16,
  totalSteps: 500_000,
  seeds: [1, 2, 3, 4, 5],
  measure: balancing,
  figures: (_p, truth) => returns(["longest episode", truth.longestEpisode]),
  expect: (_p, truth) => [balanced(truth.longestEpisode)],
});
