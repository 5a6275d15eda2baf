// CartPole-v1 with CleanRL's settings for it, which are PPO's defaults here.
import { defineExperiment, ppo } from "walras";
import { cartpole } from "./parts/cartpole.ts";
import { balanced, balancing, returns } from "./parts/tasks.ts";

export default defineExperiment({
  name: "control/ppo-cartpole",
  summary: "PPO balances a pole for 500 steps.",
  economy: cartpole,
  algorithm: ppo,
  numEnvs: 4,
  totalSteps: 500_000,
  seeds: [1, 2, 3, 4, 5],
  measure: balancing,
  figures: (_p, truth) => returns(["longest episode", truth.longestEpisode]),
  expect: (_p, truth) => [
    balanced(truth.longestEpisode, { claim: "492 ± 13 while training (CleanRL, 3 seeds)", share: 1 }),
  ],
});
