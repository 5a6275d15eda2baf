// What adage/tax is compared with: the same households, worlds and seeds, and no taxes.
import { defineExperiment, leaders, ppo } from "walras";
import { tax } from "../../economies/tax.ts";
import { figures, freeMarket, households, outcome, socialWelfare, training, world } from "./parts/taxation.ts";

export default defineExperiment({
  name: "adage/tax-free",
  summary: "The households of adage/tax in a free market.",
  economy: tax,
  params: world,
  algorithm: leaders.analytic({ task: socialWelfare, followers: ppo, rule: freeMarket }),
  config: { updates: 100, exploration: 0, evaluationWorlds: 2, gapGrid: 0, ...households },
  ...training,
  measure: outcome,
  figures,
  expect: () => [
    {
      item: "welfare less that of households who solved their problem",
      measure: "overSolvedFreeMarket",
      claim: "–",
      theory: 0,
      unit: "utils",
      tolerance: 0.03,
      kind: "absolute",
      note: "0.03: 3 % of consumption",
    },
  ],
});
