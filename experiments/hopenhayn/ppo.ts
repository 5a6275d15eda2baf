import { defineExperiment, ppo } from "walras";
import { hopenhayn } from "../../economies/hopenhayn.ts";
import { exitThreshold } from "./parts/threshold.ts";

export default defineExperiment({
  name: "hopenhayn/ppo",
  summary: "Firms learn when to exit, and the price is the one that pays for entry.",
  economy: hopenhayn,
  params: { exits: "period", spending: 200, horizon: 100 },
  algorithm: ppo,
  config: { numSteps: 50, learningRate: 1e-3, entCoef: 0.003, hiddenWidth: 32, scaleRewards: true },
  numEnvs: 4,
  totalSteps: 6000,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { finalPeriods: 1000 },
  measure: (player, p) => ({ exitThreshold: exitThreshold(player, p) }),
  expect: (_p, truth) => [
    {
      item: "exit threshold",
      measure: "exitThreshold",
      claim: "ln z at which going on is worth nothing",
      theory: truth.exitThreshold,
      unit: "1",
      tolerance: 0.1,
      kind: "absolute",
    },
    {
      item: "price",
      measure: "price",
      claim: "an entrant is worth what entering costs",
      theory: truth.price,
      unit: "wages/good",
      tolerance: 0.05,
      kind: "relative",
    },
  ],
});
