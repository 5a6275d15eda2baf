// CartPole-v1 with CleanRL's settings for it, which are PPO's defaults here.
import { defineExperiment, ppo } from "walras";
import { cartpole } from "../../bench/control/cartpole.ts";
import { meanReturn } from "./parts/returns.ts";

export default defineExperiment({
  name: "control/ppo-cartpole",
  summary: "PPO balances a pole for 500 steps.",
  economy: cartpole,
  algorithm: ppo,
  numEnvs: 4,
  totalSteps: 500_000,
  seeds: [1, 2, 3, 4, 5],
  measure: (player) => ({ return: meanReturn(player, "cart", 50_000) }),
  expect: (_p, truth) => [
    {
      item: "mean return of 100 greedy episodes or more",
      measure: "return",
      claim: "492 ± 13 while training (CleanRL, 3 seeds)",
      theory: truth.longestEpisode,
      unit: "steps",
      tolerance: 25,
      kind: "absolute",
      share: 1,
      note: "475 is Gymnasium's threshold",
    },
  ],
});
