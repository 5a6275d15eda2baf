// Symmetric positive definite matrices [n, n], row-major: factor, solve, invert. Plain loops in a fixed order, for n up to a few hundred.
// Golub & Van Loan 2013, Matrix Computations, 4th ed., ch. 4.2.

// A = L Lᵀ,   L lower triangular
/** L, with zeros above its diagonal; null where A is not positive definite. Only A's lower triangle is read. */
export function cholesky(A: Float64Array, n: number): Float64Array | null {
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = A[i * n + j];
      for (let k = 0; k < j; k++) sum -= L[i * n + k] * L[j * n + k];
      if (j < i) L[i * n + j] = sum / L[j * n + j];
      else if (sum > 0) L[i * n + i] = Math.sqrt(sum);
      else return null;
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
  const M = new Float64Array(n * n); // L⁻¹
  for (let j = 0; j < n; j++) {
    M[j * n + j] = 1 / L[j * n + j];
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum -= L[i * n + k] * M[k * n + j];
      M[i * n + j] = sum / L[i * n + i];
    }
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
