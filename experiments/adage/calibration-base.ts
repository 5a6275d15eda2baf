import { defineExperiment, logitResponse } from "walras";
import { cobweb } from "../../economies/cobweb.ts";
import { priceFigure, pricesOf, rationalErrors } from "./parts/calibrations.ts";
import { TREATMENTS } from "./parts/laboratory.ts";

const { mae, rmse } = rationalErrors(TREATMENTS.stronglyUnstable);

export default defineExperiment({
  name: "adage/calibration-base",
  summary: "Nobody is calibrated: precision costs nothing, and producers learn best replies. Table 1, base simulator.",
  economy: cobweb,
  params: { informationCost: 0 },
  algorithm: logitResponse,
  numEnvs: 16,
  totalSteps: 48_000,
  maxSeconds: 20,
  evaluation: { sampled: true, every: 1000, periods: 10, finalPeriods: 50 },
  measure: (player) => pricesOf(player, TREATMENTS.stronglyUnstable),
  figures: (p, truth) => [priceFigure("stronglyUnstable", { p, truth, figure: "The base simulator of Table 1" })],
  expect: () => [
    {
      item: "histogram error (MAE): no less than that of rational expectations",
      measure: "mae",
      claim: "0.013; equilibria 0.010",
      theory: mae,
      unit: "mass",
      tolerance: Number((0.98 * mae).toPrecision(3)),
      kind: "atLeast",
      note: "best replies to a long memory either settle at p* or jump from one side of it to the other for ever; 2 % for samples",
    },
    {
      item: "the same, root mean square",
      measure: "rmse",
      claim: "0.026; equilibria 0.017",
      theory: rmse,
      unit: "mass",
      tolerance: Number((0.98 * rmse).toPrecision(3)),
      kind: "atLeast",
    },
  ],
});
