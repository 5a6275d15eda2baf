// Pendulum-v1 in 30 000 steps, with networks and minibatches of 64.
import { defineExperiment, sac } from "walras";
import { pendulum } from "./parts/pendulum.ts";
import { rewards, swinging, swungUp } from "./parts/tasks.ts";

export default defineExperiment({
  name: "control/sac-pendulum",
  summary: "Soft actor–critic swings a pendulum up and holds it.",
  economy: pendulum,
  algorithm: sac,
  config: {
    hiddenWidth: 64,
    batchSize: 64,
    bufferSize: 30_000,
    learningStarts: 1000,
    learningRate: 1e-3,
  },
  numEnvs: 1,
  totalSteps: 30_000,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { periods: 2000 },
  measure: swinging,
  figures: () => rewards,
  expect: () => [swungUp({ share: 1 })],
});
