// The logarithm of expected improvement, which stays informative where improvement is so unlikely that its value underflows.
// Ament et al. 2023, "Unexpected improvements to expected improvement for Bayesian optimization", https://arxiv.org/abs/2310.20708

import { log, millsRatio, normalCdf, normalDensity } from "../../math/index.ts";

const HALF_LOG_2PI = 0.9189385332046727;

// E max(0, f − f*) = s h(u),   u = (μ − f*)/s,   h(u) = φ(u) + u Φ(u),   f ~ N(μ, s²)
export function expectedImprovement(mean: number, sd: number, incumbent: number): number {
  const u = (mean - incumbent) / sd;
  return sd * (normalDensity(u) + u * normalCdf(u));
}

/**
 * log E max(0, f − f*), with its derivatives: to the mean Φ/(s h), to the sd φ/(s h).
 * For u < 0 everything is kept relative to φ(u) by Mills' ratio M(x) = (1 − Φ(x))/φ(x):  h(u) = φ(u) (1 + u M(−u)).
 */
export function logExpectedImprovement(
  mean: number,
  sd: number,
  incumbent: number,
): { value: number; byMean: number; bySd: number } {
  const u = (mean - incumbent) / sd;
  if (u > -1) {
    const φ = normalDensity(u);
    const Φ = normalCdf(u);
    const h = φ + u * Φ;
    return { value: log(sd * h), byMean: Φ / (sd * h), bySd: φ / (sd * h) };
  }
  const M = millsRatio(-u);
  const rest = remainder(-u, M); // h(u) / φ(u)
  return {
    value: log(sd) - 0.5 * u * u - HALF_LOG_2PI + log(rest),
    byMean: M / (sd * rest),
    bySd: 1 / (sd * rest),
  };
}

// 1 − x M(x) → 1/x² − 3/x⁴ + 15/x⁶ as x grows, where the difference itself would cancel
function remainder(x: number, M: number): number {
  if (x < 1e3) return 1 - x * M;
  const inverse = 1 / (x * x);
  return inverse * (1 - inverse * (3 - 15 * inverse));
}
