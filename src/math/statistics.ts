// Mean, variance and quantiles of a sample, and the line through pairs. An empty sample gives NaN.

import { pairwiseSum } from "./pairwise-sum.ts";

export function mean(x: ArrayLike<number>): number {
  return pairwiseSum(x) / x.length;
}

// Σ (xᵢ − x̄)² / (n − ddof), in two passes
/** Variance with divisor n − ddof: 0 (default) for a whole population, 1 for an unbiased estimate from a sample. */
export function variance(x: ArrayLike<number>, options: { readonly ddof?: 0 | 1 } = {}): number {
  const centre = mean(x);
  const squares = new Float64Array(x.length);
  for (let i = 0; i < squares.length; i++) squares[i] = (x[i] - centre) * (x[i] - centre);
  return pairwiseSum(squares) / (x.length - (options.ddof ?? 0));
}

// Hyndman & Fan 1996, type 7: between the order statistics around h = (n − 1) p. The default of R, numpy and Excel.
/** The p-quantile, 0 ≤ p ≤ 1; `x` need not be sorted and is left as it is. */
export function quantile(x: ArrayLike<number>, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new Error(`quantile: got p = ${p}, expected 0 to 1.`);
  const sorted = Float64Array.from(x).sort();
  const h = (sorted.length - 1) * p;
  const i = Math.floor(h);
  if (i + 1 >= sorted.length) return sorted.length === 0 ? NaN : sorted[i];
  return sorted[i] + (h - i) * (sorted[i + 1] - sorted[i]);
}

/** The line through pairs (xᵢ, yᵢ) by ordinary least squares; NaN where all x are equal. */
export function leastSquaresLine(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): { readonly slope: number; readonly intercept: number } {
  const [centreX, centreY] = [mean(x), mean(y)];
  const dx = Float64Array.from(x, (value) => value - centreX);
  const slope =
    pairwiseSum(dx.map((value, i) => value * (y[i] - centreY))) / pairwiseSum(dx.map((value) => value * value));
  return { slope, intercept: centreY - slope * centreX };
}
