// Traders who learn how much to follow their cluster: the equilibrium's weight and correlations, and what following costs beside the planner's choice.
import { defineExperiment, known } from "walras";
import { level } from "../parts/lines.ts";
import { learners, rows, signals } from "./parts/learners.ts";

export default defineExperiment({
  ...learners,
  name: "herding/ppo",
  summary:
    "Traders learn to follow their cluster as much as in equilibrium, which is more than a planner would have them.",
  params: { ...signals, decisions: "period" },
  expect: (_p, truth) => rows(truth, known(truth.loss) / truth.plannerLoss),
  figures: (_p, { equilibriumWeight, plannerWeight }) => [
    {
      title: "How much traders follow while learning",
      xLabel: "periods of training",
      yLabel: "weight of the cluster's orders",
      lines: [
        { label: "learners", training: "econ/weight" },
        level("equilibrium", equilibriumWeight),
        level("planner", plannerWeight),
      ],
      caption: "Most likely weights, where traders weigh by their squared gaps, over 400 periods.",
    },
  ],
});
