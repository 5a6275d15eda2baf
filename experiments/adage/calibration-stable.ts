import { leaders } from "walras";
import { calibrationExperiment, tableOne } from "./parts/calibrations.ts";
import { laboratoryPrices } from "./parts/laboratory.ts";

export default calibrationExperiment({
  name: "adage/calibration-stable",
  summary: "What precision costs producers, calibrated to prices of the stable market.",
  treatment: "stable",
  score: leaders.matchDistribution("price", laboratoryPrices("stable")),
  optimiser: "bayesian",
  expect: tableOne,
});
