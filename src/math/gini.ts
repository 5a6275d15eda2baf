// Gini coefficient of a whole population: half the mean absolute difference between two members, over the mean.
// It runs from 0 to (n − 1)/n, reached when one has all. For a sample's unbiased estimate multiply by n/(n − 1).

import { pairwiseSum } from "./pairwise-sum.ts";

// G = Σᵢ (2i − n − 1) x₍ᵢ₎ / (n Σ x),   x sorted, i = 1 … n
/** Gini coefficient of non-negative holdings, which stay in their order. 0 when nobody has anything. */
export function gini(x: ArrayLike<number>): number {
  const n = x.length;
  const sorted = Float64Array.from(x).sort();
  if (sorted[0] < 0)
    throw new Error(`gini: got a holding of ${sorted[0]}, expected none below 0. Shift or drop debts first.`);
  const total = pairwiseSum(sorted);
  if (total === 0) return 0;
  for (let i = 0; i < n; i++) sorted[i] *= 2 * i + 1 - n;
  return pairwiseSum(sorted) / (n * total);
}
