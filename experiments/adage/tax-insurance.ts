// The households of adage/tax-free, worlds and seeds the same, under the best linear income tax of households who solved their problem, by rule.
import type { Experiment } from "walras";
import { BEST_RATE } from "./parts/solved-households.ts";
import { besideFree, effects } from "./parts/tax-effects.ts";
import { figures, none, outcome, ruledBy } from "./parts/taxation.ts";
import taxFree from "./tax-free.ts";

const taxInsurance: Experiment = {
  ...ruledBy(
    { ...none, incomeTaxRate: BEST_RATE },
    {
      name: "adage/tax-insurance",
      summary: "The households of adage/tax-free under a funded income tax: what insurance can do.",
    },
  ),
  beside: { free: taxFree },
  measure: (player, _p, _training, { free }) => besideFree(outcome(player), free!),
  figures: (p, truth) => figures(p, truth as never, { besideFree: true }),
  expect: effects,
};

export default taxInsurance;
