// A funded tax beside the free market: the same households, worlds and seeds, and what the tax does to them, seed by seed, held against households who
// have solved their problem.
import type { Expectation, ParamSettings } from "walras";
import { type SolvedMeasure, solvedEffect } from "./solved-households.ts";
import { decilesOf, funded } from "./taxation.ts";

type Summary = Readonly<Record<string, number>>;

/** What is measured as taxed less free; those that theory has rise, as free less taxed. */
const falls = ["hours", "wage", "consumption", "consumptionGini"] as const satisfies readonly SolvedMeasure[];
const rises = ["welfare", "wealthGini", "incomeGini"] as const satisfies readonly SolvedMeasure[];

/** Measures of households under a tax, and of those in the free market beside them. */
export function besideFree(taxed: Summary, free: Summary): Record<string, number> {
  const difference = (name: string): number => taxed[name]! - free[name]!;
  return {
    ...taxed,
    ...decilesOf("free", free),
    freeWelfare: free["welfare"]!,
    "less/savingShare": difference("savingShare"),
    ...Object.fromEntries(falls.map((name) => [`less/${name}`, difference(name)])),
    ...Object.fromEntries(rises.map((name) => [`forgone/${name}`, -difference(name)])),
  };
}

/** Of theory's effect, how much there has to be: what is learned is within a quarter of what is solved. */
const QUARTER = [0.75, 1.25] as const;
/** Eight tenths of what the best linear tax is worth, or more. */
const MOST_OF_IT = [0.8, Number.POSITIVE_INFINITY] as const;

/** The gain is real and at least eight tenths of what solved households have from the best linear income tax. */
export const gain = (p: ParamSettings): Expectation => ({
  item: "welfare of the free market, less that of the funded tax",
  measure: "forgone/welfare",
  claim: "taxes are better",
  theory: -solvedEffect(p, "welfare"),
  unit: "utils",
  tolerance: 0.05,
  kind: "below",
  ofTheory: MOST_OF_IT,
  note: "theory: at τ = 0.18, under perfect foresight",
});

/** What else the best linear income tax does. */
export function effects(p: ParamSettings): Expectation[] {
  const row = (item: string, name: SolvedMeasure, claim: string, unit: string): Expectation => {
    const fall = (falls as readonly string[]).includes(name);
    return {
      item: `${item}, ${fall ? "taxed less free" : "free less taxed"}`,
      measure: `${fall ? "less" : "forgone"}/${name}`,
      claim,
      theory: (fall ? 1 : -1) * solvedEffect(p, name),
      unit,
      tolerance: 0.05,
      kind: "below",
      ofTheory: QUARTER,
    };
  };
  return [
    gain(p),
    row("hours", "hours", "less work", "hours"),
    row("wage", "wage", "higher wages", "goods/hour"),
    row("consumption", "consumption", "more consumption", "goods"),
    row("Gini of consumption", "consumptionGini", "more equal", "1"),
    row("Gini of wealth", "wealthGini", "more equal", "1"),
    row("Gini of income before taxes", "incomeGini", "no less equal", "1"),
    funded,
  ];
}
