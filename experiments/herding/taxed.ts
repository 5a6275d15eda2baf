// Traders who learn, under the tax on following at which the equilibrium is the planner's choice.
import { defineExperiment } from "walras";
import { equilibriumWeight, plannerTax } from "../../economies/theory/social-learning.ts";
import { level } from "../parts/lines.ts";
import { learners, rows, signals } from "./parts/learners.ts";

export default defineExperiment({
  ...learners,
  name: "herding/taxed",
  summary: "Under a tax on following, traders learn to follow as much as a planner would have them.",
  params: { ...signals, tax: plannerTax(signals), decisions: "period" },
  expect: (_p, truth) => rows(truth, 1),
  figures: (_p, { plannerWeight }) => [
    {
      title: "How much traders follow under the tax",
      xLabel: "periods of training",
      yLabel: "weight of the cluster's orders",
      lines: [
        { label: "learners", training: "econ/weight" },
        level("planner, and equilibrium under the tax", plannerWeight),
        level("equilibrium without it", equilibriumWeight(signals, 0)),
      ],
      caption: "Most likely weights, where traders weigh by their squared gaps, over 400 periods.",
    },
  ],
});
