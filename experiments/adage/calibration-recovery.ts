import { leaders } from "walras";
import { calibrationExperiment } from "./parts/calibrations.ts";
import { modelPrices } from "./parts/laboratory.ts";

const prices = modelPrices(2, 200, { sessions: 400 });

export default calibrationExperiment({
  name: "adage/calibration-recovery",
  summary: "Prices of producers with an information cost of 200 tell that it was 200.",
  treatment: "stronglyUnstable",
  score: leaders.matchDistribution("price", prices),
  optimiser: "bayesian",
  prices,
  made: 200,
  controls: "mean",
  range: [50, 450],
  patience: 12,
  expect: () => [
    {
      item: "information cost",
      measure: "mu",
      claim: "–",
      theory: 200,
      unit: "points/nat",
      tolerance: 0.1,
      kind: "relative",
    },
    {
      item: "variance of the price",
      measure: "varianceOfPrice",
      claim: "–",
      theory: 1.284974,
      unit: "money²/good²",
      tolerance: 0.1,
      kind: "relative",
    },
  ],
});
