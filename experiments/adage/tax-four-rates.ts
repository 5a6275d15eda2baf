// The paper's four rates: income and wealth, each with its progressivity. What the search over them finds, wealth taxes among it, and what that costs.
import { defineExperiment, leaders, ppo } from "walras";
import { tax } from "../../economies/tax.ts";
import { figures, households, outcome, socialWelfare, training, world } from "./parts/taxation.ts";

export default defineExperiment({
  name: "adage/tax-four-rates",
  summary:
    "A government with a wealth tax besides the income tax looks for the taxes, rebated in equal parts, that are best.",
  economy: tax,
  params: world,
  algorithm: leaders.nested({ task: socialWelfare, followers: ppo, optimiser: leaders.bayesianOptimisation }),
  config: {
    updates: 100,
    warmup: 0.3,
    settle: 0.4,
    exploration: 0.5,
    proposals: 2,
    evaluationWorlds: 2,
    gapGrid: 0,
    ...households,
  },
  ...training,
  measure: outcome,
  figures,
  expect: () => [
    {
      item: "deficit over output",
      measure: "deficit",
      claim: "not mentioned",
      theory: 0,
      unit: "1",
      tolerance: 1e-9,
      kind: "absolute",
      note: "what is given is what is taken",
    },
  ],
});
