// Hurst's exponent of a series of changes, such as returns: H is ½ without memory, above where changes persist, below where they
// turn back. Both estimators err in short series: the same on simulated series of the same length says by how much.

import { leastSquaresLine, log, mean, pairwiseSum, variance } from "../math/index.ts";
import { finiteSeries, wholeAtLeast } from "./series.ts";

// R/S = (max_k Y_k − min_k Y_k)/s,   Y_k = Σ_{i ≤ k} (x_i − x̄), k = 0 … n,   s with divisor n
/** Rescaled range of a whole series: Hurst 1951. */
export function rescaledRange(x: ArrayLike<number>): number {
  const series = finiteSeries("rescaledRange", x, 2);
  const sd = Math.sqrt(variance(series));
  if (series.every((value) => value === series[0]))
    throw new Error(`rescaledRange: all ${series.length} values are ${series[0]}, so there is no scale.`);
  const centre = mean(series);
  let [sum, low, high] = [0, 0, 0];
  for (const value of series) {
    sum += value - centre;
    low = Math.min(low, sum);
    high = Math.max(high, sum);
  }
  return (high - low) / sd;
}

// E[R/S] = Γ((n − 1)/2) / (√π Γ(n/2)) Σ_{i<n} √((n − i)/i)
/** Rescaled range that n independent normal values have on average: Anis & Lloyd 1976, Biometrika 63, 111. Far below the limit √(π n/2) for small n. */
export function expectedRescaledRange(n: number): number {
  wholeAtLeast("expectedRescaledRange", "n", n, 2);
  // Γ((n − 1)/2)/(√π Γ(n/2)): 1 at n = 2, 2/π at n = 3, and from n to n + 2 times (n − 1)/n
  let ratio = n % 2 === 0 ? 1 : 2 / Math.PI;
  for (let k = n % 2 === 0 ? 2 : 3; k < n; k += 2) ratio *= (k - 1) / k;
  return ratio * pairwiseSum(Float64Array.from({ length: n - 1 }, (_, i) => Math.sqrt((n - i - 1) / (i + 1))));
}

interface Windows {
  /** Values in the shortest window, at least 8. Default 16. */
  readonly least?: number;
}

// H = ½ + slope of ln (mean R/S ÷ E[R/S]) on ln n
/**
 * Hurst exponent by rescaled ranges with the correction of Anis & Lloyd. Windows have n = ⌊N/2⌋, ⌊N/4⌋, … values and do not overlap; windows in which
 * nothing changes are left out. Needs four times the shortest window.
 */
export function hurstRescaledRange(x: ArrayLike<number>, { least = 16 }: Windows = {}): number {
  return (
    scaling(
      "hurstRescaledRange",
      x,
      least,
      (window) => {
        const ratio = window.every((value) => value === window[0]) ? null : rescaledRange(window);
        return ratio === null ? null : ratio / expectedRescaledRange(window.length);
      },
      (ratios) => log(mean(ratios)),
    ) + 0.5
  );
}

// F(n)² = mean of squared residuals of Y from a line in each window, Y_k = Σ_{i ≤ k} (x_i − x̄);   H = slope of ln F on ln n
/**
 * Hurst exponent by detrended fluctuation analysis with lines (DFA1): Peng et al. 1994, Physical Review E 49, 1685. Trends in the mean disturb it less than
 * rescaled ranges. Windows as for `hurstRescaledRange`.
 */
export function hurstDetrended(x: ArrayLike<number>, { least = 16 }: Windows = {}): number {
  const series = finiteSeries("hurstDetrended", x, 1);
  const centre = mean(series);
  let sum = 0;
  const profile = series.map((value) => (sum += value - centre));
  return scaling("hurstDetrended", profile, least, residual, (squares) => {
    const square = mean(squares);
    if (!(square > 0)) throw new Error("hurstDetrended: the series does not fluctuate about its mean.");
    return log(square) / 2;
  });
}

/** Mean squared residual from the line of least squares. */
function residual(window: Float64Array): number {
  const t = window.map((_, i) => i);
  const { slope, intercept } = leastSquaresLine(t, window);
  return mean(window.map((value, i) => (value - intercept - slope * i) * (value - intercept - slope * i)));
}

/** Slope, over the logarithm of the windows' lengths, of what `combine` makes of `of` each window. */
function scaling(
  where: string,
  x: ArrayLike<number>,
  least: number,
  of: (window: Float64Array) => number | null,
  combine: (values: Float64Array) => number,
): number {
  wholeAtLeast(where, "least", least, 8);
  const series = finiteSeries(where, x, 4 * least);
  const [lengths, values]: [number[], number[]] = [[], []];
  for (let parts = 2; Math.floor(series.length / parts) >= least; parts *= 2) {
    const n = Math.floor(series.length / parts);
    const found = Array.from({ length: parts }, (_, w) => of(series.subarray(w * n, (w + 1) * n))).filter(
      (v) => v !== null,
    );
    if (found.length === 0) throw new Error(`${where}: in all windows of ${n} values nothing changes.`);
    lengths.push(log(n));
    values.push(combine(Float64Array.from(found)));
  }
  return leastSquaresLine(Float64Array.from(lengths), Float64Array.from(values)).slope;
}
