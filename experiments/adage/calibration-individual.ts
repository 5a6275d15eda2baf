import { leaders } from "walras";
import { calibrationExperiment, tableOne } from "./parts/calibrations.ts";
import { laboratoryPrices } from "./parts/laboratory.ts";

export default calibrationExperiment({
  name: "adage/calibration-individual",
  summary: "Each producer's own information cost, calibrated one by one: figure 10a.",
  treatment: "stronglyUnstable",
  score: leaders.matchDistribution("price", laboratoryPrices("stronglyUnstable")),
  figure: "Figure 10a",
  controls: "individual",
  expect: (treatment) => tableOne(treatment, { mae: "between the two above", rmse: "between the two above" }),
});
