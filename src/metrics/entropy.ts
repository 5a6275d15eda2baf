// Shannon's entropy of a distribution over finitely many outcomes, in nats (divide by ln 2 for bits), and that of prices in a histogram.

import { log, pairwiseSum } from "../math/index.ts";
import { type Bins, histogram } from "./distances.ts";
import { finiteSeries } from "./series.ts";

// −Σ p ln p, with 0 ln 0 = 0
/** Entropy of masses, which are divided by their sum first: counts, shares and probabilities are all welcome. */
export function entropy(masses: ArrayLike<number>): number {
  const values = Float64Array.from(masses);
  const total = pairwiseSum(values);
  if (!(total > 0 && total < Infinity) || values.some((mass) => mass < 0))
    throw new Error(`entropy: got masses that add up to ${total}, expected none below 0 and a positive sum.`);
  return pairwiseSum(values.map((mass) => (mass === 0 ? 0 : (-mass / total) * log(mass / total))));
}

/** Entropy of a price: −Σ p ln p over equal bins, from 0 (all prices in one bin) to ln `bins`. Default ends are the lowest and the highest price. */
export function priceEntropy(prices: ArrayLike<number>, bins: PriceBins): number {
  const masses = massesOf("priceEntropy", prices, bins);
  return masses === null ? 0 : entropy(masses);
}

/**
 * −Σ_t p(P_t) ln p(P_t) over periods instead of bins: a bin with n prices in it counts n times, so the sum grows with the length of the series.
 * This is how entropy of prices is written where p(P_t) is summed over t; `priceEntropy` is Shannon's.
 */
export function priceEntropyOverPeriods(prices: ArrayLike<number>, bins: PriceBins): number {
  const masses = massesOf("priceEntropyOverPeriods", prices, bins);
  if (masses === null) return 0;
  return pairwiseSum(masses.map((p) => (p === 0 ? 0 : -Math.round(p * prices.length) * p * log(p))));
}

export interface PriceBins {
  readonly bins: number;
  readonly low?: number;
  readonly high?: number;
}

/** Share of the prices in each bin; null where one price is all there is. */
function massesOf(where: string, prices: ArrayLike<number>, { bins, low, high }: PriceBins): Float64Array | null {
  const x = finiteSeries(where, prices, 1).sort();
  const ends: Bins = { low: low ?? x[0], high: high ?? x[x.length - 1], bins };
  if (ends.low === ends.high && x[0] === x[x.length - 1]) return null;
  const outside = x.find((price) => price < ends.low || price > ends.high);
  if (outside !== undefined)
    throw new Error(
      `${where}: got a price of ${outside}, outside the bins from ${ends.low} to ${ends.high}. Widen them.`,
    );
  return histogram(x, ends);
}
