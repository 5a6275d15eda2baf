// A category with probability proportional to its weight, from one uniform draw.

/**
 * The index k, counted from `from`, with w₀ + … + wₖ₋₁ ≤ u Σw < w₀ + … + wₖ, over weights[from, to).
 * Weights are non-negative and need not sum to 1; a category of weight 0 is never chosen.
 */
export function categorical(u: number, weights: ArrayLike<number>, from = 0, to = weights.length): number {
  let total = 0;
  for (let k = from; k < to; k++) total += weights[k];
  if (!(total > 0 && total < Infinity)) {
    throw new Error(
      `categorical: weights ${from} to ${to} sum to ${total}, expected a positive finite sum. Give at least one category a positive weight.`,
    );
  }
  const target = u * total;
  let sum = 0;
  let last = from; // the latest category of positive weight: rounding of u Σw may carry the target past the end
  for (let k = from; k < to; k++) {
    if (weights[k] > 0) {
      sum += weights[k];
      last = k;
      if (target < sum) break;
    }
  }
  return last - from;
}
