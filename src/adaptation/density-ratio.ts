// How likely states are in a new regime relative to an old one, from samples of both: logistic regression tells the regimes apart, and its log odds are the log density ratio.
// Sugiyama, Suzuki & Kanamori 2012, Density Ratio Estimation in Machine Learning, ch. 4; weights are truncated as in Ionides 2008, JCGS 17, 295.
//
//   ln p_new(x)/p_old(x) = b·φ(x) + ln(n_old/n_new),   φ = 1, x, products of two: exact where both are normal
//
// n rows of d columns
import { cholesky, exp, log, mean, pairwiseSum, sigmoid, solveCholesky, variance } from "../math/index.ts";

export interface DensityRatio {
  /** ln p_new(x)/p_old(x) of a row [d]. */
  log(row: ArrayLike<number>): number;
  /** Weights of old rows [n, d], truncated at √n times their mean and scaled to a mean of 1: old samples as if they were new. */
  weights(rows: Float64Array): Float64Array;
}

/** In units of a coefficient's own curvature: samples that can be told apart perfectly would have infinite coefficients. */
const RIDGE = 0.1;
const STEPS = 50;

export function densityRatio(before: Float64Array, after: Float64Array, d: number): DensityRatio {
  const n = before.length / d;
  const m = after.length / d;
  for (const [name, rows, count] of [
    ["old", before, n],
    ["new", after, m],
  ] as const) {
    if (!(Number.isInteger(count) && count >= 2))
      throw new Error(
        `densityRatio: got ${rows.length} numbers of the ${name} regime, expected at least 2 rows of ${d}.`,
      );
    const bad = rows.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new Error(
        `densityRatio: column ${bad % d} of row ${Math.floor(bad / d)} of the ${name} regime is ${rows[bad]}.`,
      );
  }
  // Columns are scaled by both regimes together.
  const scales = Array.from({ length: d }, (_, k) => {
    const column = Float64Array.from({ length: n + m }, (_, i) =>
      i < n ? before[i * d + k]! : after[(i - n) * d + k]!,
    );
    return { centre: mean(column), sd: Math.sqrt(variance(column)) || 1 };
  });
  const features = (row: ArrayLike<number>): Float64Array => {
    const x = scales.map(({ centre, sd }, k) => (row[k]! - centre) / sd);
    return Float64Array.of(1, ...x, ...x.flatMap((a, k) => x.slice(k).map((b) => a * b)));
  };
  const designOf = (rows: Float64Array, count: number): Float64Array[] =>
    Array.from({ length: count }, (_, i) => features(rows.subarray(i * d, (i + 1) * d)));
  const all = [...designOf(before, n), ...designOf(after, m)];
  const coefficients = logistic(all, n);
  const shift = log(n / m);
  const ratio = (row: ArrayLike<number>): number => {
    const φ = features(row);
    return φ.reduce((sum, value, k) => sum + coefficients[k]! * value, shift);
  };
  return {
    log: ratio,
    weights(rows) {
      const count = rows.length / d;
      const logs = Array.from({ length: count }, (_, i) => ratio(rows.subarray(i * d, (i + 1) * d)));
      const most = logs.reduce((a, b) => Math.max(a, b));
      const raw = Float64Array.from(logs, (value) => exp(value - most));
      const limit = Math.sqrt(count) * mean(raw);
      const cut = raw.map((w) => Math.min(w, limit));
      const total = pairwiseSum(cut);
      return cut.map((w) => (w * count) / total);
    },
  };
}

/** Newton's method on the penalised likelihood, halving steps that lead down. The first `zeros` rows are of class 0. */
function logistic(rows: readonly Float64Array[], zeros: number): Float64Array {
  const K = rows[0]!.length;
  let b = new Float64Array(K);
  const value = (at: Float64Array): number => {
    const terms = Float64Array.from(rows, (φ, i) => {
      const η = φ.reduce((sum, x, k) => sum + at[k]! * x, 0);
      const signed = i < zeros ? η : -η;
      return signed > 0 ? signed + log(1 + exp(-signed)) : log(1 + exp(signed));
    });
    let penalty = 0;
    for (let k = 1; k < K; k++) penalty += 0.5 * RIDGE * at[k]! * at[k]!;
    return pairwiseSum(terms) + penalty;
  };
  let now = value(b);
  for (let step = 0; step < STEPS; step++) {
    const gradient = b.map((x, k) => (k > 0 ? -RIDGE * x : 0));
    const curvature = new Float64Array(K * K);
    rows.forEach((φ, i) => {
      const p = sigmoid(φ.reduce((sum, x, k) => sum + b[k]! * x, 0));
      const residual = (i < zeros ? 0 : 1) - p;
      for (let k = 0; k < K; k++) {
        gradient[k]! += residual * φ[k]!;
        for (let l = 0; l <= k; l++) curvature[k * K + l]! += p * (1 - p) * φ[k]! * φ[l]!;
      }
    });
    for (let k = 0; k < K; k++) curvature[k * K + k]! += k > 0 ? RIDGE : 1e-9;
    const L = cholesky(curvature, K);
    if (L === null) return b;
    const direction = solveCholesky(L, gradient);
    let length = 1;
    let next = b;
    let after = now;
    for (; length > 1e-6; length /= 2) {
      next = b.map((x, k) => x + length * direction[k]!);
      after = value(next);
      if (after <= now) break;
    }
    const gained = now - after;
    if (!(gained >= 0)) return b;
    [b, now] = [next, after];
    if (gained < 1e-10 * Math.max(1, Math.abs(now))) return b;
  }
  return b;
}
