// Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations: + − × ÷ √ in a fixed order, so the same bits on every
// engine. Quadratic convergence in a handful of sweeps; for n up to about a hundred.
// Golub & Van Loan 2013, Matrix Computations, 4th ed., ch. 8.5; the rotation in Rutishauser's form.

import { NotConverged } from "./not-converged.ts";

const MAX_SWEEPS = 60;

// A = V diag(values) Vᵀ
/** Ascending values [n] and orthonormal vectors [n, n], vector k in column k. A [n, n] is left as it is. */
export function symmetricEigen(A: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const D = A.slice();
  const V = new Float64Array(n * n);
  for (let i = 0; i < n; i++) V[i * n + i] = 1;
  const infinite = D.reduce((sum, x) => sum + 0 * x, 0); // NaN if an entry is not finite, otherwise 0
  for (let sweep = 0; ; sweep++) {
    let largest = infinite;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        const off = D[p * n + q];
        // Negligible beside both diagonal entries.
        if (Math.abs(off) <= 1e-16 * (Math.abs(D[p * n + p]) + Math.abs(D[q * n + q])) || off === 0) continue;
        largest = Math.max(largest, Math.abs(off));
        rotate(D, V, n, p, q);
      }
    if (largest === 0) break;
    if (sweep >= MAX_SWEEPS) throw new NotConverged("symmetricEigen", largest, 0, "Is every entry of A finite?");
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => D[a * n + a] - D[b * n + b]);
  const values = Float64Array.from(order, (k) => D[k * n + k]);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) vectors[i * n + j] = V[i * n + order[j]];
  return { values, vectors };
}

// t = tan of the angle that makes d_pq zero: the smaller root of t² + 2 ϑ t − 1 = 0, ϑ = (d_qq − d_pp) / (2 d_pq)
function rotate(D: Float64Array, V: Float64Array, n: number, p: number, q: number): void {
  const off = D[p * n + q];
  const ϑ = (D[q * n + q] - D[p * n + p]) / (2 * off);
  const t = (ϑ >= 0 ? 1 : -1) / (Math.abs(ϑ) + Math.sqrt(1 + ϑ * ϑ));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const a = D[k * n + p];
    const b = D[k * n + q];
    D[k * n + p] = c * a - s * b;
    D[k * n + q] = s * a + c * b;
  }
  for (let k = 0; k < n; k++) {
    const a = D[p * n + k];
    const b = D[q * n + k];
    D[p * n + k] = c * a - s * b;
    D[q * n + k] = s * a + c * b;
    const v = V[k * n + p];
    const w = V[k * n + q];
    V[k * n + p] = c * v - s * w;
    V[k * n + q] = s * v + c * w;
  }
  D[p * n + q] = 0;
  D[q * n + p] = 0;
}
