// Business cycles as the real-business-cycle literature tabulates them: the Hodrick–Prescott filter, correlations at leads and lags, and a table of moments.
// Hodrick & Prescott 1997, Journal of Money, Credit and Banking 29, 1; King & Rebelo 1999, Handbook of Macroeconomics 1, 927.

import { mean, pairwiseSum, variance } from "../math/index.ts";
import { autocorrelation } from "./moments.ts";
import { finiteSeries, wholeAtLeast } from "./series.ts";

export interface Filtered {
  readonly trend: Float64Array;
  /** The series less its trend. */
  readonly cycle: Float64Array;
}

// min over τ of Σ (y − τ)² + λ Σ (τ_{t+1} − 2 τ_t + τ_{t−1})²;   K: second differences, c = K′ (I/λ + K K′)⁻¹ K y, τ = y − c
/**
 * Hodrick–Prescott filter with smoothing λ: 1600 for quarters, 6.25 for years (Ravn & Uhlig 2002), 129 600 for months. A straight line is kept to the bit where
 * its second differences are 0. At 0 the trend is the series, at Infinity the line of least squares. O(n).
 */
export function hodrickPrescott(y: ArrayLike<number>, smoothing: number): Filtered {
  const where = "hodrickPrescott";
  const series = finiteSeries(where, y, 3);
  if (!(smoothing >= 0)) throw new Error(`${where}: got a smoothing of ${smoothing}, expected 0 or more.`);
  const n = series.length;
  const cycle = new Float64Array(n);
  if (smoothing === 0) return { trend: series, cycle };
  const w = solveBands(
    6 + 1 / smoothing,
    Float64Array.from({ length: n - 2 }, (_, t) => series[t + 2] - 2 * series[t + 1] + series[t]),
  );
  w.forEach((value, t) => {
    cycle[t] += value;
    cycle[t + 1] -= 2 * value;
    cycle[t + 2] += value;
  });
  return { trend: series.map((value, t) => value - cycle[t]), cycle };
}

/** x of A x = b, A with `diagonal` on its diagonal, −4 beside it and 1 beyond, zeros elsewhere: A = L D L′ with two bands in L. Overwrites b. */
function solveBands(diagonal: number, b: Float64Array): Float64Array {
  const m = b.length;
  const d = new Float64Array(m);
  const near = new Float64Array(m); // L[i, i − 1]
  const far = new Float64Array(m); // L[i, i − 2]
  for (let i = 0; i < m; i++) {
    if (i >= 2) far[i] = 1 / d[i - 2];
    if (i >= 1) near[i] = (-4 - (i >= 2 ? near[i - 1] : 0)) / d[i - 1];
    d[i] = diagonal;
    if (i >= 1) d[i] -= near[i] * near[i] * d[i - 1];
    if (i >= 2) d[i] -= far[i]; // far² d = far
    if (i >= 1) b[i] -= near[i] * b[i - 1];
    if (i >= 2) b[i] -= far[i] * b[i - 2];
  }
  for (let i = m - 1; i >= 0; i--) {
    b[i] /= d[i];
    if (i + 1 < m) b[i] -= near[i + 1] * b[i + 1];
    if (i + 2 < m) b[i] -= far[i + 2] * b[i + 2];
  }
  return b;
}

// Σ (x_{t+lag} − x̄)(y_t − ȳ) / √(Σ (x − x̄)² Σ (y − ȳ)²)
/** Correlation of x `lag` periods later with y now: x leads where it is largest at a lag below 0. Sums' ratio, so that |ρ| ≤ 1. */
export function crossCorrelation(x: ArrayLike<number>, y: ArrayLike<number>, lag: number): number {
  const where = "crossCorrelation";
  if (x.length !== y.length)
    throw new Error(`${where}: got ${x.length} and ${y.length} values, expected as many of one as of the other.`);
  if (!Number.isInteger(lag)) throw new Error(`${where}: got lag ${lag}, expected a whole number.`);
  const [a, b] = [x, y].map((series) => {
    const copy = finiteSeries(where, series, Math.abs(lag) + 2);
    const centre = mean(copy);
    return copy.map((value) => value - centre);
  });
  const squares = (d: Float64Array): number => pairwiseSum(d.map((value) => value * value));
  const from = Math.max(0, -lag);
  const products = Float64Array.from({ length: a.length - Math.abs(lag) }, (_, t) => a[t + from + lag] * b[t + from]);
  return pairwiseSum(products) / Math.sqrt(squares(a) * squares(b));
}

export interface CyclicalMoments {
  /** Of the series before filtering. */
  readonly mean: number;
  /** Of the cycle, as all that follow. */
  readonly sd: number;
  /** sd over that of the reference. */
  readonly relativeSd: number;
  /** At lag 1. */
  readonly autocorrelation: number;
  /** [2 leads + 1] with the reference: of this series −leads … leads periods later with the reference now. */
  readonly correlations: Float64Array;
}

/**
 * Moments of the cycles of several series of one length, by name: as tables of business cycles have them. Give logarithms, so that deviations are shares.
 * `smoothing` is that of `hodrickPrescott`; null takes deviations from the mean instead.
 */
export function cyclicalMoments<Name extends string>(
  series: Readonly<Record<Name, ArrayLike<number>>>,
  {
    reference,
    smoothing,
    leads = 2,
  }: {
    /** The series that others are correlated with, such as output. */
    readonly reference: NoInfer<Name>;
    readonly smoothing: number | null;
    /** Default 2. */
    readonly leads?: number;
  },
): Readonly<Record<Name, CyclicalMoments>> {
  const where = "cyclicalMoments";
  wholeAtLeast(where, "leads", leads, 0);
  const names = Object.keys(series) as Name[];
  if (!names.includes(reference))
    throw new Error(`${where}: there is no series "${reference}" to refer to, only ${names.join(", ")}.`);
  const length = series[reference].length;
  const cycles = names.map((name) => {
    if (series[name].length !== length)
      throw new Error(
        `${where}: ${name} has ${series[name].length} values and ${reference} ${length}, expected as many.`,
      );
    const x = finiteSeries(`${where}, ${name}`, series[name], Math.max(4, leads + 2));
    const centre = mean(x);
    return smoothing === null ? x.map((value) => value - centre) : hodrickPrescott(x, smoothing).cycle;
  });
  const base = cycles[names.indexOf(reference)];
  const baseSd = Math.sqrt(variance(base));
  const table = names.map((name, i): [Name, CyclicalMoments] => {
    const sd = Math.sqrt(variance(cycles[i]));
    return [
      name,
      {
        mean: mean(series[name]),
        sd,
        relativeSd: sd / baseSd,
        autocorrelation: autocorrelation(cycles[i], 1),
        correlations: Float64Array.from({ length: 2 * leads + 1 }, (_, k) =>
          crossCorrelation(cycles[i], base, k - leads),
        ),
      },
    ];
  });
  return Object.fromEntries(table) as Record<Name, CyclicalMoments>;
}
