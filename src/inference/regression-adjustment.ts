// Particles moved to where the observed summaries would put them: local-linear regression of parameters on summaries.
// Beaumont, Zhang & Balding 2002, Genetics 162, 2025. What a tolerance above 0 adds to the posterior's spread is what summaries explain, and that is taken off; what regression is not linear in stays.
//
//   z_i* = z_i − (s_i − s_obs)ᵀ β,   β by least squares with weights w_i (1 − (d_i/ε)²), ε the largest distance
import { cholesky, solveCholesky } from "../math/index.ts";
import type { AbcPosterior } from "./abc-smc.ts";
import type { Prior } from "./prior.ts";
import type { Sample } from "./sample.ts";

/** A ridge, as a share of a summary's own square, that keeps summaries which move together from making the regression singular. */
const RIDGE = 1e-6;

/** The posterior at the observed summaries themselves, as far as parameters are linear in summaries within the tolerance. */
export function regressionAdjusted(posterior: AbcPosterior, prior: Prior, observed: Float64Array): Sample {
  const { names, scores, summaries, weights, distances, scale } = posterior;
  const d = names.length;
  const N = weights.length;
  const widest = distances.reduce((a, b) => Math.max(a, b));
  const local = weights.map((w, i) => (widest > 0 ? w * (1 - (distances[i]! / widest) * (distances[i]! / widest)) : w));
  const kept = Array.from(scale, (_, j) => j).filter((j) => scale[j] !== Infinity);
  const m = scale.length;
  const K = kept.length + 1;
  const row = new Float64Array(K); // 1, s − s_obs
  const normal = new Float64Array(K * K);
  const right = Array.from({ length: d }, () => new Float64Array(K));
  const fill = (i: number): void => {
    row[0] = 1;
    kept.forEach((j, n) => {
      row[1 + n] = summaries[i * m + j]! - observed[j]! / scale[j]!;
    });
  };
  for (let i = 0; i < N; i++) {
    fill(i);
    for (let a = 0; a < K; a++) {
      for (let b = 0; b <= a; b++) normal[a * K + b]! += local[i]! * row[a]! * row[b]!;
      for (let k = 0; k < d; k++) right[k]![a]! += local[i]! * row[a]! * scores[i * d + k]!;
    }
  }
  for (let a = 1; a < K; a++) normal[a * K + a]! += RIDGE * normal[a * K + a]! + 1e-300;
  const L = cholesky(normal, K);
  if (L === null) return { names, theta: posterior.theta, weights };
  const slopes = right.map((b) => solveCholesky(L, b));
  const theta = new Float64Array(N * d);
  const z = new Float64Array(d);
  for (let i = 0; i < N; i++) {
    fill(i);
    for (let k = 0; k < d; k++) {
      let moved = scores[i * d + k]!;
      for (let a = 1; a < K; a++) moved -= slopes[k]![a]! * row[a]!;
      z[k] = moved;
    }
    theta.set(prior.theta(z), i * d);
  }
  // Epanechnikov's weights, unless nobody is inside.
  const total = local.reduce((a, b) => a + b, 0);
  return { names, theta, weights: total > 0 ? local.map((w) => w / total) : weights };
}
