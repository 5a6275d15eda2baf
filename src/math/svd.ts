// Singular values and vectors of a real matrix by one-sided Jacobi rotations: + − × ÷ √ in a fixed order, so the same bits on every engine. Small singular values keep
// their relative precision, which squaring the matrix loses. For up to a few hundred rows or columns, whichever are fewer.
// Hestenes 1958; Golub & Van Loan 2013, Matrix Computations, 4th ed., ch. 8.6.3.
import { NotConverged } from "./not-converged.ts";

export interface Svd {
  /** [rank] Singular values, descending; rank is the smaller of rows and columns. */
  readonly values: Float64Array;
  /** [rows, rank] Orthonormal columns; a column whose singular value is 0 is 0. */
  readonly left: Float64Array;
  /** [cols, rank] Likewise. */
  readonly right: Float64Array;
}

const MAX_SWEEPS = 60;

// A = U Σ Vᵀ
/** Of A [rows, cols], row-major, which is left as it is. Each right vector's largest entry in size is positive. */
export function svd(A: ArrayLike<number>, rows: number, cols: number): Svd {
  if (A.length !== rows * cols || rows < 1 || cols < 1)
    throw new Error(`svd: got ${A.length} entries, expected ${rows} rows of ${cols}, at least one of each.`);
  for (let i = 0; i < A.length; i++)
    if (!Number.isFinite(A[i])) throw new Error(`svd: entry ${i} is ${A[i]}, expected a finite number.`);
  const tall = rows >= cols;
  const [m, n] = tall ? [rows, cols] : [cols, rows];
  // columns of the tall matrix, one after the other
  const W = new Float64Array(m * n);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) W[tall ? j * m + i : i * m + j] = A[i * cols + j]!;
  const V = new Float64Array(n * n);
  for (let j = 0; j < n; j++) V[j * n + j] = 1;
  for (let sweep = 0; orthogonalise(W, V, m, n); sweep++)
    if (sweep >= MAX_SWEEPS) throw new NotConverged("svd", 1, 0, "Are entries of very different sizes?");

  const sizes = Float64Array.from({ length: n }, (_, j) => Math.sqrt(dot(W, j * m, j * m, m)));
  const order = Array.from(sizes, (_, j) => j).sort((a, b) => sizes[b]! - sizes[a]!);
  const values = Float64Array.from(order, (j) => sizes[j]!);
  const outer = new Float64Array(m * n);
  const inner = new Float64Array(n * n);
  for (const [k, j] of order.entries()) {
    for (let i = 0; i < m; i++) outer[i * n + k] = values[k]! > 0 ? W[j * m + i]! / values[k]! : 0;
    for (let i = 0; i < n; i++) inner[i * n + k] = V[j * n + i]!;
  }
  const [left, right] = tall ? [outer, inner] : [inner, outer];
  for (let k = 0; k < n; k++) {
    let largest = 0;
    for (let i = 0; i < cols; i++) if (Math.abs(right[i * n + k]!) > Math.abs(largest)) largest = right[i * n + k]!;
    if (largest >= 0) continue;
    for (let i = 0; i < cols; i++) right[i * n + k] = -right[i * n + k]!;
    for (let i = 0; i < rows; i++) left[i * n + k] = -left[i * n + k]!;
  }
  return { values, left, right };
}

function dot(W: Float64Array, a: number, b: number, m: number): number {
  let sum = 0;
  for (let i = 0; i < m; i++) sum += W[a + i]! * W[b + i]!;
  return sum;
}

/** A sweep over all pairs of columns; false when all were orthogonal to rounding. */
function orthogonalise(W: Float64Array, V: Float64Array, m: number, n: number): boolean {
  let turned = false;
  for (let p = 0; p < n; p++)
    for (let q = p + 1; q < n; q++) {
      const [a, b, c] = [dot(W, p * m, p * m, m), dot(W, q * m, q * m, m), dot(W, p * m, q * m, m)];
      if (Math.abs(c) <= 1e-15 * Math.sqrt(a * b) || c === 0) continue;
      turned = true;
      // t = tan of the angle that makes the columns orthogonal: the smaller root of t² + 2 ϑ t − 1 = 0, ϑ = (b − a)/(2 c)
      const ϑ = (b - a) / (2 * c);
      const t = (ϑ >= 0 ? 1 : -1) / (Math.abs(ϑ) + Math.sqrt(1 + ϑ * ϑ));
      const cos = 1 / Math.sqrt(1 + t * t);
      turn(W, p * m, q * m, m, cos, t * cos);
      turn(V, p * n, q * n, n, cos, t * cos);
    }
  return turned;
}

function turn(X: Float64Array, p: number, q: number, m: number, cos: number, sin: number): void {
  for (let i = 0; i < m; i++) {
    const [a, b] = [X[p + i]!, X[q + i]!];
    X[p + i] = cos * a - sin * b;
    X[q + i] = sin * a + cos * b;
  }
}
