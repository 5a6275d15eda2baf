// Spectra that are known: of companion matrices, rotations, triangles, and sums that traces and determinants say.
import { expect, test } from "vitest";
import { eigenvalues } from "./index.ts";

const flat = (rows: number[][]): number[] => rows.flat();

/** Companion matrix of a monic polynomial with these roots. */
function companion(roots: readonly number[]): number[] {
  let c = [1]; // ascending coefficients
  for (const root of roots) {
    const next = [...c, 0].map(() => 0);
    c.forEach((x, i) => {
      next[i + 1] += x;
      next[i] -= root * x;
    });
    c = next;
  }
  const n = roots.length;
  return flat(
    Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (j === n - 1 ? -c[i] : i === j + 1 ? 1 : 0)),
    ),
  );
}

test("companion matrices have the roots of their polynomials, up to eight of them", () => {
  for (const roots of [[3], [5, -2], [4, 1, -3], [6, 3, 2, -1, -5], [9, 7, 5, 3, 1, -2, -4, -8]]) {
    const { real, imaginary } = eigenvalues(companion(roots), roots.length);
    for (const [i, root] of roots.entries()) expect(real[i]).toBeCloseTo(root, 9);
    expect(Math.max(...imaginary.map(Math.abs))).toBe(0);
  }
});

test("turning matrices have complex pairs, the positive first; a permutation has the roots of 1", () => {
  const turn = eigenvalues([0.6, -0.8, 0, 0.8, 0.6, 0, 0, 0, 0.5], 3);
  expect([...turn.real].map((x) => Number(x.toFixed(12)))).toEqual([0.6, 0.6, 0.5]);
  expect([...turn.imaginary].map((x) => Number(x.toFixed(12)))).toEqual([0.8, -0.8, 0]);
  const n = 5;
  const cycle = flat(
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => Number(j === (i + 1) % n))),
  );
  const { real, imaginary } = eigenvalues(cycle, n);
  for (let k = 0; k < n; k++) expect(Math.hypot(real[k], imaginary[k])).toBeCloseTo(1, 12);
  expect(real[0]).toBeCloseTo(1, 12);
  expect(real[1]).toBeCloseTo(Math.cos((2 * Math.PI) / 5), 12);
});

test("of matrices without a pattern, eigenvalues are turned by nobody: trace, determinant and the matrix transposed agree", () => {
  let seed = 7;
  const next = (): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 1073741824 - 1;
  };
  for (const n of [2, 3, 4, 6, 11]) {
    const A = Array.from({ length: n * n }, next);
    const { real, imaginary } = eigenvalues(A, n);
    expect(real.length).toBe(n);
    expect(real.reduce((a, b) => a + b)).toBeCloseTo(
      Array.from({ length: n }, (_, i) => A[i * n + i]).reduce((a, b) => a + b),
      10,
    );
    // tr A² = Σ λ²
    let square = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) square += A[i * n + j] * A[j * n + i];
    expect(real.reduce((s, re, k) => s + re * re - imaginary[k] * imaginary[k], 0)).toBeCloseTo(square, 9);
    const turned = eigenvalues(
      A.map((_, k) => A[(k % n) * n + Math.floor(k / n)]),
      n,
    );
    for (const [k, re] of real.entries()) expect(turned.real[k]).toBeCloseTo(re, 8);
  }
});

test("a matrix that is not finite is refused", () => {
  expect(() => eigenvalues([1, Number.NaN, 0, 1], 2)).toThrow(
    "eigenvalues: an entry of the matrix is NaN, expected a number.",
  );
});
