// Weighted samples of a posterior, and what they say.
//
// N particles of d parameters
import { pairwiseSum } from "../math/index.ts";

export interface Sample {
  readonly names: readonly string[];
  /** [N, d] */
  readonly theta: Float64Array;
  /** [N], sums to 1. */
  readonly weights: Float64Array;
}

/** Σ w_i x_i */
export function weightedMean(x: ArrayLike<number>, weights: ArrayLike<number>): number {
  return pairwiseSum(Float64Array.from(weights, (w, i) => w * x[i]!)) / pairwiseSum(weights);
}

// Σ w (x − x̄)²/(1 − Σ w²), weights summing to 1: unbiased where they are equal
/** Variance of a weighted sample. */
export function weightedVariance(x: ArrayLike<number>, weights: ArrayLike<number>): number {
  const centre = weightedMean(x, weights);
  const total = pairwiseSum(weights);
  const squares = pairwiseSum(Float64Array.from(weights, (w, i) => (w / total) * (x[i]! - centre) * (x[i]! - centre)));
  const concentration = 1 / effectiveSize(weights);
  return concentration < 1 ? squares / (1 - concentration) : 0;
}

// (Σ w)²/Σ w²
/** Effective sample size of weights (Kong 1992): how many equal ones say as much. */
export function effectiveSize(weights: ArrayLike<number>): number {
  const sum = pairwiseSum(weights);
  const squares = pairwiseSum(Float64Array.from(weights, (w) => w * w));
  return squares > 0 ? (sum * sum) / squares : 0;
}

/** The p-quantile of a weighted sample: where the weights up to and including half of a value's own, in order of values, reach p; linear in between. */
export function weightedQuantile(x: ArrayLike<number>, weights: ArrayLike<number>, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new Error(`weightedQuantile: got p = ${p}, expected 0 to 1.`);
  const order = Array.from({ length: x.length }, (_, i) => i)
    .filter((i) => weights[i]! > 0)
    .sort((a, b) => x[a]! - x[b]! || a - b);
  if (order.length === 0) return Number.NaN;
  const total = pairwiseSum(Float64Array.from(order, (i) => weights[i]!));
  let below = 0;
  let [before, reached] = [x[order[0]!]!, 0];
  for (const i of order) {
    const at = (below + weights[i]! / 2) / total;
    if (at >= p) return at > reached ? before + ((p - reached) / (at - reached)) * (x[i]! - before) : x[i]!;
    [before, reached] = [x[i]!, at];
    below += weights[i]!;
  }
  return before;
}

/** Parameter k of all particles, [N]. */
export function columnOf({ names, theta, weights }: Sample, k: number): Float64Array {
  const d = names.length;
  return Float64Array.from(weights, (_, i) => theta[i * d + k]!);
}

export interface ParameterSummary {
  readonly name: string;
  readonly mean: number;
  readonly sd: number;
  readonly median: number;
  /** Ends of the central interval that holds 95 % of the posterior. */
  readonly low: number;
  readonly high: number;
}

export function summarise(sample: Sample): readonly ParameterSummary[] {
  const { weights } = sample;
  return sample.names.map((name, k) => {
    const x = columnOf(sample, k);
    return {
      name,
      mean: weightedMean(x, weights),
      sd: Math.sqrt(weightedVariance(x, weights)),
      median: weightedQuantile(x, weights, 0.5),
      low: weightedQuantile(x, weights, 0.025),
      high: weightedQuantile(x, weights, 0.975),
    };
  });
}

/** `count` indices of particles by systematic resampling from one uniform draw u: each particle as often as its weight says, to within one. */
export function resampled(weights: Float64Array, count: number, u: number): Int32Array {
  const total = pairwiseSum(weights);
  const chosen = new Int32Array(count);
  let [i, reached] = [0, weights[0]! / total];
  for (let n = 0; n < count; n++) {
    const at = (n + u) / count;
    while (at >= reached && i < weights.length - 1) reached += weights[++i]! / total;
    chosen[n] = i;
  }
  return chosen;
}
