// Pendulum-v1: a box action, episodes that are only ever truncated, rewards and observations of different sizes.
import { defineExperiment, ppo } from "walras";
import { pendulum } from "./parts/pendulum.ts";
import { returns, swinging, swungUp } from "./parts/tasks.ts";

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
  measure: swinging,
  figures: () => returns(),
  expect: () => [swungUp({ claim: "172 (RL Baselines3 Zoo, PPO)" })],
});
