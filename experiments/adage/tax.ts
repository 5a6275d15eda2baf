// A government that pays for what it gives looks for the linear income tax that households are best off under, once they have responded. What it is worth
// is measured by two groups of households who learn from the start, under the tax that was found and under none, with equal budgets, worlds and seeds.
// A wealth tax lowers welfare here and progressivity blurs what τ is (docs/economies/tax.md); adage/tax-four-rates may use both.
import { defineExperiment, leaders, optimise, ppo } from "walras";
import { tax } from "../../economies/tax.ts";
import { BEST_RATE } from "./parts/solved-households.ts";
import { besideFree, gain } from "./parts/tax-effects.ts";
import { figures, funded, none, ruledBy, search, settledOn, socialWelfare, training, world } from "./parts/taxation.ts";
import taxFree from "./tax-free.ts";

const { incomeTaxRate: _, ...others } = none;

export default defineExperiment({
  name: "adage/tax",
  summary:
    "A government looks for the income tax, rebated in equal parts, that learning households are best off under.",
  economy: tax,
  params: world,
  algorithm: leaders.nested({
    task: { ...socialWelfare, controls: others },
    followers: ppo,
    optimiser: optimise.bayesianOptimisation,
  }),
  config: search,
  ...training,
  beside: {
    free: taxFree,
    found: (last) =>
      ruledBy(settledOn(last), { name: "adage/tax-found", summary: "Households under the tax that was found." }),
  },
  measure: (_player, _p, last, { free, found }) => ({
    ...besideFree(found!, free!),
    settledRate: settledOn(last).incomeTaxRate,
  }),
  figures: (p, truth) => figures(p, truth, { besideFree: true }),
  expect: (p) => [
    {
      item: "income tax τ that the search settles on",
      measure: "settledRate",
      claim: "–",
      theory: BEST_RATE,
      unit: "1",
      tolerance: 0.04,
      kind: "absolute",
      note: "theory: perfect foresight; within 0.04 welfare differs by 0.0004",
    },
    gain(p),
    funded,
  ],
});
