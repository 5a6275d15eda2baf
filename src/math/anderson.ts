// Fixed points by Anderson's acceleration of damped iteration. Anderson 1965, Journal of the ACM 12, 547; Walker & Ni 2011, SIAM Journal on Numerical
// Analysis 49, 1715.

import { cholesky, solveCholesky } from "./cholesky.ts";
import { NotConverged } from "./not-converged.ts";

export interface AndersonOptions {
  /** For the error. */
  readonly name: string;
  /** For the error: what has not come about after so many rounds, and what to do. */
  readonly advice: string;
  /** Of the largest difference between x and g(x). */
  readonly tolerance: number;
  /** Default 200. */
  readonly rounds?: number;
  /** ζ. Default 0.3. */
  readonly damping?: number;
  /** Differences that are remembered. Default 8. */
  readonly remembered?: number;
}

// x ← x + ζ f − Σ γ_i (Δx_i + ζ Δf_i), f = g(x) − x, where γ minimises |f − Σ γ_i Δf_i|²
/** Iterates x until g(x), which `apply` writes to `image`, is within `tolerance` of it; returns the largest difference, throws where there is no end of it. */
export function anderson(x: Float64Array, image: Float64Array, apply: () => void, options: AndersonOptions): number {
  const { name, advice, tolerance, rounds = 200, damping: ζ = 0.3, remembered = 8 } = options;
  const n = x.length;
  const Δx: Float64Array[] = [];
  const Δf: Float64Array[] = [];
  let before: { readonly x: Float64Array; readonly f: Float64Array } | null = null;
  for (let round = 0; ; round++) {
    apply();
    const f = image.map((y, k) => y - x[k]);
    const residual = f.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
    if (residual <= tolerance) return residual;
    if (round === rounds || !(residual < 1e6))
      throw new NotConverged(name, residual, tolerance, `After ${round} rounds ${advice}`);
    if (before) {
      Δx.push(x.map((y, k) => y - before!.x[k]));
      Δf.push(f.map((y, k) => y - before!.f[k]));
      if (Δx.length > remembered) {
        Δx.shift();
        Δf.shift();
      }
    }
    before = { x: x.slice(), f };
    const m = Δf.length;
    const dot = (u: Float64Array, v: Float64Array): number => u.reduce((sum, y, k) => sum + y * v[k], 0);
    const gram = new Float64Array(m * m);
    for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) gram[i * m + j] = dot(Δf[i]!, Δf[j]!);
    for (let i = 0; i < m; i++) gram[i * m + i] *= 1 + 1e-10;
    const L = m > 0 ? cholesky(gram, m) : null;
    const γ = L
      ? solveCholesky(
          L,
          Δf.map((d) => dot(d, f)),
        )
      : new Float64Array(m);
    for (let k = 0; k < n; k++) {
      x[k] += ζ * f[k];
      for (let i = 0; i < m; i++) x[k] -= γ[i] * (Δx[i]![k] + ζ * Δf[i]![k]);
    }
  }
}
