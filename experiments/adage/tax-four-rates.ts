// The paper's four rates: income and wealth, each with its progressivity. What the search over them finds, wealth taxes among it, and what that costs.
import { defineExperiment, leaders, ppo } from "walras";
import { tax } from "../../economies/tax.ts";
import { figures, funded, outcome, search, socialWelfare, training, world } from "./parts/taxation.ts";

export default defineExperiment({
  name: "adage/tax-four-rates",
  summary:
    "A government with a wealth tax besides the income tax looks for the taxes, rebated in equal parts, that are best.",
  economy: tax,
  params: world,
  algorithm: leaders.nested({ task: socialWelfare, followers: ppo, optimiser: leaders.bayesianOptimisation }),
  config: { ...search, warmup: 0.3, settle: 0.4 },
  ...training,
  measure: outcome,
  figures,
  expect: () => [funded],
});
