// One summary per parameter instead of many: the mean of the parameter given all summaries, by regression on simulations from the prior.
// Fearnhead & Prangle 2012, "Constructing summary statistics for approximate Bayesian computation: semi-automatic ABC", JRSS B 74, 419. With as many summaries as parameters a tolerance loses least, and summaries that say nothing no longer
// make data look far apart.
//
//   z_k ≈ b_0 + Σ_j b_j s_j + c_j s_j²,   by ridge regression
//
// n simulations, m summaries, d parameters
import { cholesky, quantile, solveCholesky } from "../math/index.ts";
import { scalesOf } from "./abc-smc.ts";

/** Share of a column's own square that is added to it: columns that move together stay solvable. */
const RIDGE = 1e-4;
/** Standardised summaries are cut off here, so that one that runs away does not lead the regression. */
const FURTHEST = 5;

/** `scores` [n, d] of simulations from the prior, and their summaries. */
export function regressionSummaries(
  scores: Float64Array,
  summaries: readonly Float64Array[],
): (summaries: Float64Array) => Float64Array {
  const n = summaries.length;
  const d = scores.length / n;
  const scale = scalesOf(summaries);
  const kept = Array.from(scale, (_, j) => j).filter((j) => scale[j] !== Infinity);
  const K = 1 + 2 * kept.length;
  if (!(Number.isInteger(d) && n > K))
    throw new Error(
      `regressionSummaries: got ${n} simulations of ${scores.length} scores, expected more than ${K} simulations.`,
    );
  const centres = kept.map((j) =>
    quantile(
      summaries.map((s) => s[j]!),
      0.5,
    ),
  );
  const rowOf = (s: Float64Array): Float64Array => {
    const row = new Float64Array(K);
    row[0] = 1;
    kept.forEach((j, at) => {
      const x = Math.min(FURTHEST, Math.max(-FURTHEST, (s[j]! - centres[at]!) / scale[j]!));
      row[1 + 2 * at] = x;
      row[2 + 2 * at] = x * x;
    });
    return row;
  };
  const normal = new Float64Array(K * K);
  const right = Array.from({ length: d }, () => new Float64Array(K));
  summaries.forEach((s, i) => {
    const row = rowOf(s);
    for (let a = 0; a < K; a++) {
      for (let b = 0; b <= a; b++) normal[a * K + b]! += row[a]! * row[b]!;
      for (let k = 0; k < d; k++) right[k]![a]! += row[a]! * scores[i * d + k]!;
    }
  });
  for (let a = 0; a < K; a++) normal[a * K + a]! += RIDGE * normal[a * K + a]!;
  const L = cholesky(normal, K);
  if (L === null) throw new Error("regressionSummaries: the summaries are not finite.");
  const slopes = right.map((b) => solveCholesky(L, b));
  return (s) => {
    const row = rowOf(s);
    return Float64Array.from(slopes, (slope) => slope.reduce((sum, b, a) => sum + b * row[a]!, 0));
  };
}
