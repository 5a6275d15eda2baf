// A thousand households of eight economies learn one policy; nobody forecasts.
import { defineExperiment } from "walras";
import { againstSolution, claims, crowds, figures, measure, settings, tables } from "./parts/learners.ts";

export default defineExperiment({
  ...againstSolution,
  name: "krusell-smith/learners",
  summary:
    "Households who see their cash, their work, mean capital and the times learn to consume, and make a law of motion.",
  params: { ...crowds, rewards: "prospects" },
  seeds: [6, 7, 8, 9, 10], // 1 to 5 judged households whose rewards had the worth of wealth alone
  config: settings,
  measure,
  figures,
  tables,
  expect: claims,
});
