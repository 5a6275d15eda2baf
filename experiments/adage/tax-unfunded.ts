// The economy as the paper writes it, in which nobody pays for transfers: what its gain in welfare is made of.
import { defineExperiment, leaders, ppo } from "walras";
import { tax } from "../../economies/tax.ts";
import { figures, outcome, search, socialWelfare, training, world } from "./parts/taxation.ts";

export default defineExperiment({
  name: "adage/tax-unfunded",
  summary: "A government without a budget gives away what nobody has produced.",
  economy: tax,
  params: { ...world, budget: "unfunded" },
  algorithm: leaders.nested({ task: socialWelfare, followers: ppo, optimiser: leaders.bayesianOptimisation }),
  config: { ...search, warmup: 0.3, settle: 0.4 },
  ...training,
  measure: outcome,
  figures,
  expect: () => [
    {
      item: "budget surplus over output, negative: goods from nowhere",
      measure: "surplus",
      claim: "not mentioned",
      theory: 0,
      unit: "1",
      tolerance: -0.05,
      kind: "atMost",
      note: "theory: 0, if somebody had to pay",
    },
  ],
});
