// A confidence interval for any statistic of independent values, by resampling them: bias-corrected and accelerated (BCa).
// Efron 1987, "Better bootstrap confidence intervals", JASA 82, 171-185; Efron & Tibshirani 1993, ch. 14.

import { type Interval, mean, normalCdf, pairwiseSum, quantile } from "../math/index.ts";
import { normalQuantile, type Stream } from "../random/index.ts";

export interface BootstrapOptions {
  /** A stream for this purpose alone, for example `rng.fork("bootstrap")`: resample b draws at its period b. */
  readonly stream: Stream;
  /** Default 2000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly level?: number;
  /** Default: the mean. */
  readonly statistic?: (x: Float64Array) => number;
}

/** The statistic of the sample as `mean`, and its BCa interval. A statistic that no resample changes has an interval of width 0. */
export function bootstrapInterval(
  x: ArrayLike<number>,
  { stream, resamples = 2000, level = 0.95, statistic = mean }: BootstrapOptions,
): Interval {
  const sample = Float64Array.from(x);
  const n = sample.length;
  if (n < 2) throw new Error(`bootstrapInterval: got ${n} values, expected at least 2.`);
  const estimate = statistic(sample);
  const rows = new Int32Array(n);
  const resample = new Float64Array(n);
  const replicas = Float64Array.from({ length: resamples }, (_, period) => {
    stream.integers(rows, { lane: 0, period, from: 0 }, n);
    for (let i = 0; i < n; i++) resample[i] = sample[rows[i]];
    return statistic(resample);
  });

  // z₀ = Φ⁻¹(share of replicas below the estimate); ties count half
  let below = 0;
  for (const replica of replicas) below += replica < estimate ? 1 : replica === estimate ? 0.5 : 0;
  const bias = normalQuantile(Math.min(1 - 0.5 / resamples, Math.max(0.5 / resamples, below / resamples)));
  const a = acceleration(sample, statistic);
  // α′ = Φ(z₀ + (z₀ + z) / (1 − a (z₀ + z)))
  const end = (probability: number) => {
    const z = bias + normalQuantile(probability);
    return quantile(replicas, normalCdf(bias + z / (1 - a * z)));
  };
  return { mean: estimate, low: end((1 - level) / 2), high: end((1 + level) / 2) };
}

// a = Σ d³ / (6 (Σ d²)^(3/2)),   d = mean of the leave-one-out statistics minus each
function acceleration(sample: Float64Array, statistic: (x: Float64Array) => number): number {
  const without = sample.map((_, left) => statistic(sample.filter((_, i) => i !== left)));
  const centre = mean(without);
  const squares = pairwiseSum(without.map((value) => (centre - value) * (centre - value)));
  const cubes = pairwiseSum(without.map((value) => (centre - value) * (centre - value) * (centre - value)));
  return squares === 0 ? 0 : cubes / (6 * squares * Math.sqrt(squares));
}
