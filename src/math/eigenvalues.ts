// Eigenvalues of a real matrix that need not be symmetric: reduced to Hessenberg form by elimination, then QR steps with a double shift.
// + − × ÷ √ in a fixed order, so the same bits on every engine; for n up to about a hundred. No eigenvectors.
// Golub & Van Loan 2013, Matrix Computations, 4th ed., ch. 7.4–7.5; Francis 1961.
import { NotConverged } from "./not-converged.ts";

export interface Eigenvalues {
  /** [n] Real parts, descending. */
  readonly real: Float64Array;
  /** [n] Imaginary parts; of a pair the positive first. */
  readonly imaginary: Float64Array;
}

const MAX_STEPS = 60;

/** Of A [n, n], row-major, which is left as it is. */
export function eigenvalues(A: ArrayLike<number>, n: number): Eigenvalues {
  const H = Float64Array.from(A);
  for (const x of H)
    if (!Number.isFinite(x)) throw new Error(`eigenvalues: an entry of the matrix is ${x}, expected a number.`);
  hessenberg(H, n);
  const found: [number, number][] = [];
  let norm = 0;
  for (const x of H) norm = Math.max(norm, Math.abs(x));
  let shift = 0;
  for (let high = n - 1, steps = 0; high >= 0; ) {
    let low = high; // rows low … high are not split yet
    for (; low > 0; low--) {
      const size = Math.abs(H[(low - 1) * n + low - 1]!) + Math.abs(H[low * n + low]!);
      if (Math.abs(H[low * n + low - 1]!) <= 2.3e-16 * (size || norm)) break;
    }
    const [x, above] = [H[high * n + high]!, high > 0 ? (high - 1) * n : 0];
    if (low === high) {
      found.push([x + shift, 0]);
      high--;
      steps = 0;
    } else if (low === high - 1) {
      const [y, w] = [H[above + high - 1]!, H[high * n + high - 1]! * H[above + high]!];
      const half = (y - x) / 2;
      const q = half * half + w;
      const root = Math.sqrt(Math.abs(q));
      if (q >= 0) {
        const z = half + (half >= 0 ? root : -root);
        found.push([x + shift + z, 0], [x + shift - (z !== 0 ? w / z : 0), 0]);
      } else found.push([x + shift + half, root], [x + shift + half, -root]);
      high -= 2;
      steps = 0;
    } else {
      if (++steps > MAX_STEPS)
        throw new NotConverged("eigenvalues", Math.abs(H[high * n + high - 1]!), 0, "Is the matrix badly scaled?");
      if (steps % 10 === 0) {
        // an exceptional shift, for matrices that QR steps leave as they are
        shift += x;
        for (let i = 0; i <= high; i++) H[i * n + i]! -= x;
        const s = Math.abs(H[high * n + high - 1]!) + Math.abs(H[above + high - 2]!);
        doubleStep(H, n, low, high, 1.5 * s, s * s);
      } else {
        const y = H[above + high - 1]!;
        doubleStep(H, n, low, high, x + y, x * y - H[high * n + high - 1]! * H[above + high]!);
      }
    }
  }
  found.sort((a, b) => b[0] - a[0] || b[1] - a[1]);
  return { real: Float64Array.from(found, ([re]) => re), imaginary: Float64Array.from(found, ([, im]) => im) };
}

/** To upper Hessenberg form, by elimination with the largest pivot. */
function hessenberg(H: Float64Array, n: number): void {
  for (let m = 1; m < n - 1; m++) {
    let pivot = m;
    for (let i = m; i < n; i++) if (Math.abs(H[i * n + m - 1]!) > Math.abs(H[pivot * n + m - 1]!)) pivot = i;
    const x = H[pivot * n + m - 1]!;
    if (x === 0) continue;
    if (pivot !== m) {
      for (let j = 0; j < n; j++) swap(H, pivot * n + j, m * n + j);
      for (let i = 0; i < n; i++) swap(H, i * n + pivot, i * n + m);
    }
    for (let i = m + 1; i < n; i++) {
      const y = H[i * n + m - 1]! / x;
      if (y === 0) continue;
      for (let j = m - 1; j < n; j++) H[i * n + j]! -= y * H[m * n + j]!;
      for (let k = 0; k < n; k++) H[k * n + m]! += y * H[k * n + i]!;
      H[i * n + m - 1] = 0;
    }
  }
}

const swap = (a: Float64Array, i: number, j: number): void => {
  const x = a[i]!;
  a[i] = a[j]!;
  a[j] = x;
};

/** H ← Qᵀ H Q on rows and columns low … high, for shifts whose sum and product are given: reflections of three rows chase the bulge down. */
function doubleStep(H: Float64Array, n: number, low: number, high: number, sum: number, product: number): void {
  const h = (i: number, j: number): number => H[i * n + j]!;
  let p = h(low, low) * (h(low, low) - sum) + h(low, low + 1) * h(low + 1, low) + product;
  let q = h(low + 1, low) * (h(low, low) + h(low + 1, low + 1) - sum);
  let r = h(low + 1, low) * h(low + 2, low + 1);
  for (let k = low; k < high; k++) {
    const rows = Math.min(3, high - k + 1);
    if (k > low) [p, q, r] = [h(k, k - 1), h(k + 1, k - 1), rows === 3 ? h(k + 2, k - 1) : 0];
    if (rows === 2) r = 0;
    const length = Math.sqrt(p * p + q * q + r * r);
    if (length === 0) continue;
    // I − β v vᵀ with v = (p ± length, q, r)
    const v = [p + (p < 0 ? -length : length), q, r];
    const β = 2 / (v[0]! * v[0]! + q * q + r * r);
    for (let j = Math.max(0, k - 1); j < n; j++) {
      let s = 0;
      for (let i = 0; i < rows; i++) s += v[i]! * h(k + i, j);
      for (let i = 0; i < rows; i++) H[(k + i) * n + j]! -= β * s * v[i]!;
    }
    for (let i = 0; i <= Math.min(high, k + 3); i++) {
      let s = 0;
      for (let j = 0; j < rows; j++) s += v[j]! * h(i, k + j);
      for (let j = 0; j < rows; j++) H[i * n + k + j]! -= β * s * v[j]!;
    }
    for (let i = k + 1; k > low && i < k + rows; i++) H[i * n + k - 1] = 0;
  }
}
