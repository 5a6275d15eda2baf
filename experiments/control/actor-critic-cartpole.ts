// CartPole-v1 with a perturbed actor in place of a bonus on entropy.
import { actorCritic, defineExperiment } from "walras";
import { cartpole } from "./parts/cartpole.ts";
import { balanced, balancing, returns } from "./parts/tasks.ts";

export default defineExperiment({
  name: "control/actor-critic-cartpole",
  summary: "Actor–critic with parameter noise balances a pole for 500 steps.",
  economy: cartpole,
  algorithm: actorCritic,
  config: { learningRate: 3e-3, scaleRewards: true, entCoef: 0 },
  numEnvs: 16,
  totalSteps: 500_000,
  seeds: [1, 2, 3, 4, 5],
  measure: balancing,
  figures: (_p, truth) => returns(["longest episode", truth.longestEpisode]),
  expect: (_p, truth) => [balanced(truth.longestEpisode)],
});
