// A funded tax beside the free market: the same households, worlds and seeds, and what the tax does to them, seed by seed.
import type { Expectation, Player } from "walras";
import { decilesOf, funded, outcome } from "./taxation.ts";

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

/** Measures of a funded tax and of the free market beside it. */
export function besideFree(player: Player, free: Readonly<Record<string, number>>): Record<string, number> {
  const taxed = outcome(player);
  const difference = (name: string): number => taxed[name]! - free[name]!;
  return {
    ...taxed,
    ...decilesOf("free", free),
    freeWelfare: free["welfare"]!,
    welfareForgone: -difference("welfare"),
    ...Object.fromEntries(compared.map((name) => [`less/${name}`, difference(name)])),
  };
}

export const effects: readonly Expectation[] = [
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
];
