import { leaders } from "walras";
import base from "./calibration-base.ts";
import { calibrationExperiment, tableOne, tableOneInFull } from "./parts/calibrations.ts";
import { laboratoryPrices } from "./parts/laboratory.ts";

export default calibrationExperiment({
  name: "adage/calibration",
  summary:
    "What precision costs producers, calibrated to prices of the strongly unstable market by an evolution strategy: Table 1, figure 6.",
  treatment: "stronglyUnstable",
  score: leaders.matchDistribution("price", laboratoryPrices("stronglyUnstable")),
  figure: "Figure 6",
  base,
  expect: (treatment) => [
    ...tableOneInFull(treatment),
    ...tableOne(treatment, { mae: "0.005/0.010", rmse: "0.007/0.017" }),
  ],
});
