// How heavy the tails of a law are, from its largest values.

import { log, pairwiseSum } from "../math/index.ts";
import { finiteSeries, wholeAtLeast } from "./series.ts";

// α = k / Σ_{i ≤ k} ln (x₍ᵢ₎/x₍ₖ₊₁₎),   x descending
/**
 * Tail index of a heavy-tailed law from its `count` largest values: Hill 1975, Annals of Statistics 3, 1163. P(X > x) falls as x^−α; standard error α/√count.
 * For returns give it |r|. Default count: a twentieth of the values.
 */
export function hillTailIndex(x: ArrayLike<number>, options: { readonly count?: number } = {}): number {
  const where = "hillTailIndex";
  const sorted = finiteSeries(where, x, 2).sort().reverse();
  const { count = Math.max(1, Math.floor(sorted.length / 20)) } = options;
  wholeAtLeast(where, "count", count, 1);
  if (count >= sorted.length)
    throw new Error(`${where}: got count ${count} of ${sorted.length} values, expected fewer than there are.`);
  const threshold = sorted[count];
  if (!(threshold > 0))
    throw new Error(
      `${where}: the value after the ${count} largest is ${threshold}, expected it above 0. Lower count.`,
    );
  const excess = pairwiseSum(sorted.subarray(0, count).map((value) => log(value / threshold)));
  if (excess === 0)
    throw new Error(`${where}: the ${count + 1} largest values are all ${threshold}, so they have no tail.`);
  return count / excess;
}
