// Shape and memory of a series: what the "stylised facts" of returns are stated in. Population moments, without corrections for n.

import { mean, pairwiseSum, variance } from "../math/index.ts";

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
  const d = Float64Array.from(x, (value) => value - centre);
  return pairwiseSum(d.subarray(lag).map((value, t) => value * d[t])) / pairwiseSum(d.map((value) => value * value));
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
