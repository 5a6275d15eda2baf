import { leaders } from "walras";
import { calibrationExperiment, tableOne } from "./parts/calibrations.ts";
import { laboratoryPrices } from "./parts/laboratory.ts";

export default calibrationExperiment({
  name: "adage/calibration-unstable",
  summary: "What precision costs producers, calibrated to prices of the unstable market.",
  treatment: "unstable",
  score: leaders.matchDistribution("price", laboratoryPrices("unstable")),
  optimiser: "bayesian",
  expect: tableOne,
});
