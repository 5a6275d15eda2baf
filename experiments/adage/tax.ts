// A government that pays for what it gives looks for the income tax that households are best off under, once they have responded; beside it the same
// households, worlds and seeds without taxes. A wealth tax is left at 0: it lowers welfare here (docs/economies/tax.md); adage/tax-four-rates may use it.
import { defineExperiment, leaders, ppo } from "walras";
import { tax } from "../../economies/tax.ts";
import { besideFree, effects } from "./parts/tax-effects.ts";
import { figures, search, socialWelfare, training, world } from "./parts/taxation.ts";
import taxFree from "./tax-free.ts";

export default defineExperiment({
  name: "adage/tax",
  summary:
    "A government looks for the income tax, rebated in equal parts, that learning households are best off under.",
  economy: tax,
  params: world,
  algorithm: leaders.nested({
    task: { ...socialWelfare, controls: { assetTaxRate: 0, assetProgressivity: 0 } },
    followers: ppo,
    optimiser: leaders.bayesianOptimisation,
  }),
  config: { ...search, warmup: 0.4, settle: 0.3 },
  ...training,
  beside: { free: taxFree },
  measure: (player, _p, _training, { free }) => besideFree(player, free!),
  figures: (p, truth) => figures(p, truth, { besideFree: true }),
  expect: () => effects,
});
