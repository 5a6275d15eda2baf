// What returns of most assets have in common, by name, so that data and simulation can be set side by side: heavy tails, no memory in returns, long memory in
// their size. Cont 2001, "Empirical properties of asset returns: stylized facts and statistical issues", Quantitative Finance 1, 223.

import { mean } from "../math/index.ts";
import { hurstRescaledRange } from "./hurst.ts";
import { autocorrelation, excessKurtosis, skewness } from "./moments.ts";
import { finiteSeries } from "./series.ts";
import { hillTailIndex } from "./tails.ts";

/** Lags over which the memory of |r| is averaged: about a month of days. */
const MONTH = 20;
/** Four windows of 16 for Hurst's exponent, and a tail to speak of. */
export const LEAST_RETURNS = 100;

interface StylisedFact {
  readonly doc: string;
  readonly of: (r: Float64Array) => number;
}

const size = (r: Float64Array): Float64Array => r.map(Math.abs);

export const stylisedFacts = {
  skewness: { doc: "below 0 where large falls are more frequent than large rises", of: skewness },
  excessKurtosis: { doc: "0 for normal returns; above, large returns are more frequent", of: excessKurtosis },
  tailIndex: {
    doc: "P(|r| > x) falls as x^−α; Hill's estimator on the largest twentieth of |r|; 2 to 5 for most assets",
    of: (r) => hillTailIndex(size(r)),
  },
  autocorrelation: {
    doc: "of returns at lag 1; near 0 where returns cannot be predicted",
    of: (r) => autocorrelation(r, 1),
  },
  absoluteAutocorrelation: {
    doc: "volatility clustering: of |r| at lag 1; above 0 where large returns follow large returns",
    of: (r) => autocorrelation(size(r), 1),
  },
  absoluteMemory: {
    doc: "volatility clustering that lasts: autocorrelation of |r|, mean over lags 1 to 20",
    of(r) {
      const absolute = size(r);
      return mean(Float64Array.from({ length: MONTH }, (_, k) => autocorrelation(absolute, k + 1)));
    },
  },
  hurst: {
    doc: "Hurst exponent of returns by rescaled ranges with the Anis–Lloyd correction: ½ without memory",
    of: (r) => hurstRescaledRange(r),
  },
  absoluteHurst: {
    doc: "the same of |r|: above ½ where volatility has long memory",
    of: (r) => hurstRescaledRange(size(r)),
  },
} as const satisfies Record<string, StylisedFact>;

export type StylisedFactName = keyof typeof stylisedFacts;
export const stylisedFactNames = Object.keys(stylisedFacts) as StylisedFactName[];

/** All stylised facts of a series of returns. */
export function stylisedFactsOf(returns: ArrayLike<number>): Readonly<Record<StylisedFactName, number>> {
  const r = finiteSeries("stylisedFactsOf", returns, LEAST_RETURNS);
  if (r.every((value) => value === r[0]))
    throw new Error(`stylisedFactsOf: all ${r.length} returns are ${r[0]}, so they have no shape.`);
  return Object.fromEntries(stylisedFactNames.map((name) => [name, stylisedFacts[name].of(r)])) as Record<
    StylisedFactName,
    number
  >;
}
