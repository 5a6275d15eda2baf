// Shape and memory of a series: what the "stylised facts" of returns are stated in. Population moments, without corrections for n.

import { mean, pairwiseSum, variance } from "../math/index.ts";
import { finiteSeries, wholeAtLeast } from "./series.ts";

// m₃ / m₂^(3/2)
export function skewness(x: ArrayLike<number>): number {
  const m2 = variance(x);
  return moment(x, 3) / (m2 * Math.sqrt(m2));
}

// m₄ / m₂² − 3
/** Kurtosis beyond the normal's. */
export function excessKurtosis(x: ArrayLike<number>): number {
  const m2 = variance(x);
  return moment(x, 4) / (m2 * m2) - 3;
}

// Σₜ (xₜ − x̄)(xₜ₋ₖ − x̄) / Σₜ (xₜ − x̄)²
/** Autocorrelation at a lag ≥ 0: the sums' ratio, as in Box & Jenkins, so that |ρ| ≤ 1. */
export function autocorrelation(x: ArrayLike<number>, lag: number): number {
  const centre = mean(x);
  const squares = new Float64Array(x.length);
  const products = new Float64Array(Math.max(0, x.length - lag));
  for (let t = 0; t < squares.length; t++) {
    const d = x[t] - centre;
    squares[t] = d * d;
    if (t >= lag) products[t - lag] = d * (x[t - lag] - centre);
  }
  return pairwiseSum(products) / pairwiseSum(squares);
}

// VR(q) = Σ (x_t + … + x_{t+q−1} − q x̄)² / (m s²),   m = q (n − q + 1)(1 − q/n), s² with divisor n − 1
/**
 * Variance ratio of returns over `periods` q: the variance of their sums over q periods, which overlap, over q times their own. 1 on average where returns are independent, below
 * where prices turn back, above where they go on; standard error √(2 (2q − 1)(q − 1)/(3 q n)). Lo & MacKinlay 1988, Review of Financial Studies 1, 41, eq. 12.
 */
export function varianceRatio(returns: ArrayLike<number>, periods: number): number {
  const where = "varianceRatio";
  wholeAtLeast(where, "periods", periods, 1);
  const x = finiteSeries(where, returns, 2 * periods);
  const n = x.length;
  const centre = mean(x);
  let sum = 0;
  for (let t = 0; t < periods - 1; t++) sum += x[t] - centre;
  const squares = x.subarray(periods - 1).map((value, t) => {
    sum += value - centre;
    const square = sum * sum;
    sum -= x[t] - centre;
    return square;
  });
  const m = periods * (n - periods + 1) * (1 - periods / n);
  return pairwiseSum(squares) / (m * variance(x, { ddof: 1 }));
}

function moment(x: ArrayLike<number>, order: number): number {
  const centre = mean(x);
  const powers = Float64Array.from(x, (value) => {
    let power = 1;
    for (let k = 0; k < order; k++) power *= value - centre;
    return power;
  });
  return pairwiseSum(powers) / x.length;
}
