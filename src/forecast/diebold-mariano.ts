// Are two forecasts equally accurate? Diebold & Mariano 1995, JBES 13, 253, with the small-sample correction of Harvey, Leybourne & Newbold 1997, IJF 13, 281.
//
//   d_t = loss of a − loss of b,   DM = d̄/√((γ_0 + 2 Σ_{k<h} γ_k)/n),   DM* = DM √((n + 1 − 2h + h(h − 1)/n)/n) ~ t(n − 1)
import { mean, pairwiseSum, studentWithin } from "../math/index.ts";
import { finiteSeries, wholeAtLeast } from "../metrics/series.ts";

export interface DieboldMariano {
  readonly n: number;
  /** DM*: below 0 where a loses less than b. */
  readonly statistic: number;
  /** Two-sided. */
  readonly pValue: number;
  /** d̄ */
  readonly difference: number;
  /** Weights of autocovariances: "bartlett" where equal ones gave a variance that is not above 0. */
  readonly weights: "equal" | "bartlett";
}

/** Tests losses of forecast a against those of b, both of `ahead` periods (h): errors of h-step forecasts overlap for h − 1 periods. */
export function dieboldMariano(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { ahead = 1 }: { readonly ahead?: number } = {},
): DieboldMariano {
  wholeAtLeast("dieboldMariano", "ahead", ahead, 1);
  if (a.length !== b.length)
    throw new Error(`dieboldMariano: got ${a.length} and ${b.length} losses, expected pairs of the same periods.`);
  const y = finiteSeries("dieboldMariano", b, ahead + 1);
  const d = finiteSeries("dieboldMariano", a, ahead + 1).map((loss, t) => loss - y[t]!);
  const n = d.length;
  const difference = mean(d);
  const centred = d.map((v) => v - difference);
  const autocovariances = Array.from(
    { length: ahead },
    (_, k) => pairwiseSum(Float64Array.from({ length: n - k }, (_, t) => centred[t]! * centred[t + k]!)) / n,
  );
  const variance = (weight: (k: number) => number): number =>
    autocovariances.reduce((sum, γ, k) => sum + (k === 0 ? γ : 2 * weight(k) * γ), 0);
  const equal = variance(() => 1);
  const weights = equal > 0 ? "equal" : "bartlett";
  const long = equal > 0 ? equal : variance((k) => 1 - k / ahead);
  if (difference === 0) return { n, statistic: 0, pValue: 1, difference, weights };
  const correction = Math.sqrt((n + 1 - 2 * ahead + (ahead * (ahead - 1)) / n) / n);
  const statistic = (correction * difference) / Math.sqrt(long / n);
  const pValue = Number.isFinite(statistic) ? 1 - studentWithin(statistic, n - 1) : 0;
  return { n, statistic, pValue, difference, weights };
}
