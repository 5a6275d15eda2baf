import { leaders } from "walras";
import { calibrationExperiment, tableOne } from "./parts/calibrations.ts";
import { laboratoryPrices } from "./parts/laboratory.ts";

export default calibrationExperiment({
  name: "adage/calibration-bayes",
  summary: "The same calibration with a Bayesian outer layer: figure 10b.",
  treatment: "stronglyUnstable",
  score: leaders.matchDistribution("price", laboratoryPrices("stronglyUnstable")),
  figure: "Figure 10b",
  optimiser: "bayesian",
  expect: (treatment) => tableOne(treatment, { mae: "worse than by RL", rmse: "worse than by RL" }),
});
