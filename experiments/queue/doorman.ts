import { defineExperiment, ppo } from "walras";
import { queue } from "../../economies/queue.ts";
import { claims, door, lengths } from "./parts/door.ts";

export default defineExperiment({
  name: "queue/doorman",
  summary: "A doorman who is paid what customers gain keeps the queue as short as is best for all of them.",
  economy: queue,
  algorithm: ppo,
  config: { gamma: 0.9, numSteps: 128, learningRate: 1e-3, entCoef: 0.01, hiddenWidth: 32, scaleRewards: true },
  numEnvs: 8,
  totalSteps: 3200,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { finalPeriods: 2000 },
  measure: door,
  figures: (p, truth) => [lengths(p, "M/M/1/n_s", truth.socialThreshold)],
  expect: (_p, truth) => claims("n_s", truth.socialThreshold, truth.socialWelfare),
});
