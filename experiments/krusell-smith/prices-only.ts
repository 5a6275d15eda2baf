// As learners.ts, but nobody sees mean capital or the times: only the wage and the interest rate of today.
import { defineExperiment } from "walras";
import { againstSolution, claims, crowds, figures, measure, settings, tables } from "./parts/learners.ts";

export default defineExperiment({
  ...againstSolution,
  name: "krusell-smith/prices-only",
  summary: "Households who see their cash, their work and today's wage and interest alone learn to consume.",
  params: { ...crowds, knows: "prices" },
  config: settings,
  measure,
  figures,
  tables,
  expect: claims,
});
