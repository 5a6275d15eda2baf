// The paper's four rates: income and wealth, each with its progressivity. Whether what the search finds among them is better than no taxes at all.
import { defineExperiment, leaders, optimise, ppo } from "walras";
import { tax } from "../../economies/tax.ts";
import { besideFree, gain } from "./parts/tax-effects.ts";
import { figures, funded, ruledBy, searchOfFour, settledOn, socialWelfare, training, world } from "./parts/taxation.ts";
import taxFree from "./tax-free.ts";

export default defineExperiment({
  name: "adage/tax-four-rates",
  summary:
    "A government with a wealth tax besides the income tax looks for the taxes, rebated in equal parts, that are best.",
  economy: tax,
  params: world,
  algorithm: leaders.nested({ task: socialWelfare, followers: ppo, optimiser: optimise.bayesianOptimisation }),
  config: searchOfFour,
  ...training,
  beside: {
    free: taxFree,
    found: (last) =>
      ruledBy(settledOn(last), { name: "adage/tax-found", summary: "Households under the taxes that were found." }),
  },
  measure: (_player, _p, last, { free, found }) => ({ ...besideFree(found!, free!), ...settledOn(last) }),
  figures: (p, truth) => figures(p, truth, { besideFree: true }),
  expect: (p) => {
    const { ofTheory: _, ...better } = gain(p);
    return [{ ...better, note: "theory: of the best linear income tax alone, which four rates contain" }, funded];
  },
});
