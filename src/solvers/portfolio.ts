// Mean–variance portfolios and what it costs to come to them. Markowitz 1952; quadratic costs as in Gârleanu & Pedersen 2013, "Dynamic trading with predictable returns and transaction costs", Journal of Finance 68,
// 2309, for one period; proportional costs as in Davis & Norman 1990, which leave a region without trade.
//
//   minimise over r:   ½ γ (H + r)′ Σ (H + r) − μ′ (H + r) + ½ r′ K r + Σ_i κ_i |r_i|
//
// Without κ:  r = (γΣ + K)⁻¹ (μ − γΣH).  With κ one trade after another, until none changes: r_i = shrink(g_i, κ_i)/(γ Σ_ii + K_i), where g_i is the marginal gain at r_i = 0 and shrink takes κ_i off its size. The
// problem is strictly convex and its kinks are separable, so that this converges (Tseng 2001).
import { cholesky, requireConverged, solveCholesky } from "../math/index.ts";

export interface Portfolio {
  /** μ: of each asset, over the riskless return. */
  readonly means: readonly number[];
  /** Σ, by rows. */
  readonly covariance: readonly (readonly number[])[];
  /** γ. */
  readonly riskAversion: number;
}

/** w = (γΣ)⁻¹ μ: what a mean–variance investor holds where trading costs nothing. */
export const meanVariance = (portfolio: Portfolio): Float64Array =>
  rebalance(portfolio, new Array<number>(portfolio.means.length).fill(0));

export interface TradingCosts {
  /** K_i ≥ 0: half of it times the squared trade of each asset. Default 0. */
  readonly quadratic?: readonly number[];
  /** κ_i ≥ 0 per unit of the trade of each asset. Default 0. */
  readonly proportional?: readonly number[];
}

const SWEEPS = 100_000;

/** The trades r of an investor who holds H. */
export function rebalance(
  { means: μ, covariance, riskAversion: γ }: Portfolio,
  holdings: readonly number[],
  { quadratic, proportional }: TradingCosts = {},
): Float64Array {
  const n = μ.length;
  const where = "rebalance";
  const zeros = new Array<number>(n).fill(0);
  const [K, κ] = [quadratic ?? zeros, proportional ?? zeros];
  if (!(γ > 0 && γ < Infinity)) throw new Error(`${where}: riskAversion is ${γ}, expected a number above 0.`);
  for (const [name, list] of Object.entries({ means: μ, holdings, quadratic: K, proportional: κ })) {
    if (list.length !== n || !list.every(Number.isFinite))
      throw new Error(`${where}: ${name} is [${list}], expected ${n} finite numbers.`);
    if ((list === K || list === κ) && list.some((cost) => cost < 0))
      throw new Error(`${where}: ${name} is [${list}], expected costs of at least 0.`);
  }
  if (
    covariance.length !== n ||
    covariance.some((row, i) => row.length !== n || row.some((x, j) => x !== covariance[j]![i]))
  )
    throw new Error(`${where}: the covariance is not a symmetric matrix of ${n} assets.`);
  // A = γΣ + K, b = μ − γΣH
  const A = new Float64Array(n * n);
  const b = Float64Array.from(μ);
  covariance.forEach((row, i) => {
    row.forEach((x, j) => {
      A[i * n + j] = γ * x + (i === j ? K[i]! : 0);
      b[i]! -= γ * x * holdings[j]!;
    });
  });
  const L = cholesky(A, n);
  if (L === null) throw new Error(`${where}: γΣ + K is not positive definite; two assets may be the same.`);
  if (κ.every((cost) => cost === 0)) return solveCholesky(L, b);
  const r = new Float64Array(n);
  const tolerance = 1e-14 * b.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  let change = Infinity;
  for (let sweep = 0; change > tolerance && sweep < SWEEPS; sweep++) {
    change = 0;
    for (let i = 0; i < n; i++) {
      let gain = b[i]!;
      for (let j = 0; j < n; j++) if (j !== i) gain -= A[i * n + j]! * r[j]!;
      const next = (Math.sign(gain) * Math.max(0, Math.abs(gain) - κ[i]!)) / A[i * n + i]!;
      change = Math.max(change, Math.abs(next - r[i]!) * A[i * n + i]!);
      r[i] = next;
    }
  }
  requireConverged(where, change, tolerance, "Assets that are nearly the same take long; join them.");
  return r;
}
