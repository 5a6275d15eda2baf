import { leaders } from "walras";
import { calibrationExperiment } from "./parts/calibrations.ts";
import { laboratoryPrices } from "./parts/laboratory.ts";

export default calibrationExperiment({
  name: "adage/calibration-per-period",
  summary: "The paper's own reward −|φ − p|, period by period, prefers prices that stand still: an ablation.",
  treatment: "stronglyUnstable",
  score: leaders.matchPerPeriod("price", laboratoryPrices("stronglyUnstable")),
  optimiser: "bayesian",
  controls: "mean",
  expect: ({ variance }) => [
    {
      item: "variance of the price: far below that of the data",
      measure: "varianceOfPrice",
      claim: "–",
      theory: 0.25,
      unit: "money²/good²",
      tolerance: variance / 2,
      kind: "atMost",
      note: `the data have ${variance}; E|φ − p| is least where p does not vary`,
    },
  ],
});
