import { defineExperiment, qLearning } from "walras";
import { queue } from "../../economies/queue.ts";
import { claims, door, lengths } from "./parts/door.ts";

export default defineExperiment({
  name: "queue/q-learning",
  summary: "Customers learn how long a queue is worth joining: Naor's individual threshold.",
  economy: queue,
  algorithm: qLearning,
  config: {
    gamma: 0,
    bins: 11,
    low: 0,
    high: 1,
    epsilon: 0.3,
    learningRate: 1,
    learningRateSchedule: "visits",
    learningRatePower: 1,
  },
  numEnvs: 8,
  totalSteps: 1600,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { finalPeriods: 2000 },
  measure: door,
  figures: (p, truth) => [lengths(p, "M/M/1/n_e", truth.threshold)],
  expect: (_p, truth) => claims("n_e", truth.threshold, truth.welfare),
});
