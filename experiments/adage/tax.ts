// A government that pays for what it gives looks for the income tax that households are best off under, once they have responded; beside it the same
// households, worlds and seeds without taxes. A wealth tax is left at 0: it lowers welfare here (docs/economies/tax.md); adage/tax-four-rates may use it.
import { defineExperiment, type Expectation, leaders, ppo } from "walras";
import { tax } from "../../economies/tax.ts";
import { decilesOf, figures, funded, outcome, search, socialWelfare, training, world } from "./parts/taxation.ts";
import taxFree from "./tax-free.ts";

/** What is measured as taxed less free, negative where taxes lower it. */
const compared = [
  "hours",
  "wage",
  "savingShare",
  "consumption",
  "wealthGini",
  "incomeGini",
  "consumptionGini",
] as const;

const lower = (item: string, measure: string, claim: string, unit: string, note: string): Expectation => ({
  item,
  measure,
  claim,
  theory: 0,
  unit,
  tolerance: 0.05,
  kind: "below",
  note,
});

const near = (item: string, measure: string, claim: string, note: string): Expectation => ({
  item,
  measure,
  claim,
  theory: 0,
  unit: "1",
  tolerance: 0.05,
  kind: "absolute",
  note,
});

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
  measure(player, _p, _training, { free }) {
    const taxed = outcome(player);
    const difference = (name: string) => taxed[name]! - free![name]!;
    return {
      ...taxed,
      ...decilesOf("free", free!),
      freeWelfare: free!["welfare"]!,
      welfareForgone: -difference("welfare"),
      ...Object.fromEntries(compared.map((name) => [`less/${name}`, difference(name)])),
    };
  },
  figures: (p, truth) => figures(p, truth, { besideFree: true }),
  expect: () => [
    lower(
      "welfare of the free market, less that of the funded tax",
      "welfareForgone",
      "taxes are better",
      "utils",
      "solved households: 0.0903 − 0.0965 = −0.0062 at the best linear tax",
    ),
    lower("hours, taxed less free", "less/hours", "less work", "hours", "theory: −0.047"),
    lower("wage, taxed less free", "less/wage", "higher wages", "goods/hour", "theory: lower, since capital is"),
    lower("consumption, taxed less free", "less/consumption", "more consumption", "goods", "theory: −0.056"),
    lower("Gini of consumption, taxed less free", "less/consumptionGini", "more equal", "1", "theory: −0.016"),
    near("Gini of wealth, taxed less free", "less/wealthGini", "more equal", "theory, of linear taxes: 0.000"),
    near("Gini of income before taxes, taxed less free", "less/incomeGini", "no less equal", "theory: about 0"),
    funded,
  ],
});
