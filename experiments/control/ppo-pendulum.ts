// Pendulum-v1: a box action, episodes that are only ever truncated, rewards and observations of different sizes.
import { defineExperiment, ppo } from "walras";
import { pendulum } from "../../bench/control/pendulum.ts";
import { meanReturn } from "./parts/returns.ts";

export default defineExperiment({
  name: "control/ppo-pendulum",
  summary: "PPO swings a pendulum up and holds it.",
  economy: pendulum,
  algorithm: ppo,
  config: {
    gamma: 0.9,
    numSteps: 256,
    numMinibatches: 16,
    updateEpochs: 10,
    learningRate: 1e-3,
    entCoef: 0,
    normalizeObs: true,
    scaleRewards: true,
  },
  numEnvs: 4,
  totalSteps: 200_000,
  seeds: [1, 2, 3, 4, 5],
  measure: (player) => ({ cost: -meanReturn(player, "pendulum", 20_000) }),
  expect: () => [
    {
      item: "mean cost of 100 greedy episodes",
      measure: "cost",
      claim: "172 (RL Baselines3 Zoo, PPO)",
      theory: 0,
      unit: "cost per episode",
      tolerance: 200,
      kind: "atMost",
      note: "0 is a floor that nobody reaches",
    },
  ],
});
