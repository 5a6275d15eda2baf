import fc from "fast-check";
import { expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import { cholesky, invertCholesky, minimise, solveCholesky, solveLower, symmetricEigen } from "./index.ts";

const draws = seedStream(4).fork("matrices");
const random = (lane: number, n: number) => {
  const out = new Float64Array(n);
  draws.normal(out, { lane, period: n, from: 0 });
  return out;
};
const product = (A: Float64Array, B: Float64Array, n: number, transposed = false) =>
  Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let k = 0; k < n; k++) sum += A[i * n + k] * (transposed ? B[j * n + k] : B[k * n + j]);
    return sum;
  });
const distance = (a: Float64Array, b: Float64Array) => a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);
const identity = (n: number) => Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));

test("a positive definite matrix is the product of its factor, and its inverse undoes it", () => {
  for (const n of [1, 2, 5, 30]) {
    const B = random(1, n * n);
    const A = product(B, B, n, true).map((v, at) => v + (at % (n + 1) === 0 ? 0.1 : 0));
    const L = cholesky(A, n)!;
    expect(distance(product(L, L, n, true), A)).toBeLessThan(1e-12 * n);
    expect(distance(product(invertCholesky(L, n), A, n), identity(n))).toBeLessThan(1e-9);
    const b = random(2, n);
    const x = solveCholesky(L, b);
    const half = solveLower(L, b);
    expect(half.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(
      b.reduce((sum, v, i) => sum + v * x[i], 0),
      7,
    ); // ‖L⁻¹b‖² = bᵀA⁻¹b
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += A[i * n + k] * x[k];
      expect(sum).toBeCloseTo(b[i], 8);
    }
  }
});

test("a matrix that is not positive definite has no factor", () => {
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeNull();
  expect(cholesky(Float64Array.of(Number.NaN), 1)).toBeNull();
});

test("a symmetric matrix is rebuilt from its eigenvalues and orthonormal vectors", () => {
  const known = symmetricEigen(Float64Array.of(0.6165555556, 0.6154444444, 0.6154444444, 0.7165555556), 2);
  expect(known.values[0]).toBeCloseTo(0.0490834, 7);
  expect(known.values[1]).toBeCloseTo(1.28402771, 8);
  expect(Math.abs(known.vectors[1])).toBeCloseTo(0.6778734, 7);
  for (const n of [1, 3, 12, 40]) {
    const B = random(3, n * n);
    const A = B.map((_, at) => B[at] + B[(at % n) * n + Math.floor(at / n)]);
    const { values, vectors } = symmetricEigen(A, n);
    const scaled = vectors.map((v, at) => v * values[at % n]);
    expect(distance(product(scaled, vectors, n, true), A)).toBeLessThan(1e-12 * n);
    expect(distance(product(vectors, vectors, n, true), identity(n))).toBeLessThan(1e-13 * n);
    expect([...values]).toEqual([...values].sort((a, b) => a - b));
  }
});

test("equal and zero eigenvalues are no trouble", () => {
  expect([...symmetricEigen(new Float64Array(9), 3).values]).toEqual([0, 0, 0]);
  expect([...symmetricEigen(identity(4), 4).values]).toEqual([1, 1, 1, 1]);
  const ones = symmetricEigen(new Float64Array(16).fill(1), 4).values;
  expect(distance(ones, Float64Array.of(0, 0, 0, 4))).toBeLessThan(1e-14);
});

test("Rosenbrock's valley is followed to its end, and to the best point of a box that leaves the end out", () => {
  const rosenbrock = (x: Float64Array, g: Float64Array) => {
    g[0] = -400 * x[0] * (x[1] - x[0] * x[0]) - 2 * (1 - x[0]);
    g[1] = 200 * (x[1] - x[0] * x[0]);
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2;
  };
  const wide = minimise(rosenbrock, [-1.2, 1], { low: [-5, -5], high: [5, 5] });
  expect(wide.x[0]).toBeCloseTo(1, 6);
  expect(wide.value).toBeLessThan(1e-12);
  const cut = minimise(rosenbrock, [-1.2, 1], { low: [-5, -5], high: [0.5, 5] });
  expect([...cut.x]).toEqual([0.5, expect.closeTo(0.25, 6)]);
});

test("the minimum of a convex quadratic in a box meets the conditions of Karush, Kuhn and Tucker", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 }), (centre) => {
      const A = [2, 0.5, 0.3, 0.5, 1, -0.2, 0.3, -0.2, 3];
      const f = (x: Float64Array, g: Float64Array) => {
        let value = 0;
        for (let i = 0; i < 3; i++) {
          g[i] = 0;
          for (let j = 0; j < 3; j++) g[i] += A[3 * i + j] * (x[j] - centre[j]);
          value += 0.5 * g[i] * (x[i] - centre[i]);
        }
        return value;
      };
      const { x } = minimise(f, [0, 0, 0], { low: [-1, -1, -1], high: [1, 1, 1] });
      const g = new Float64Array(3);
      f(x, g);
      for (let k = 0; k < 3; k++) {
        if (x[k] > -1) expect(g[k]).toBeLessThan(1e-6);
        if (x[k] < 1) expect(g[k]).toBeGreaterThan(-1e-6);
      }
    }),
  );
});

test("a matrix with an entry that is no number is an error with the residual", () => {
  expect(() => symmetricEigen(Float64Array.of(1, Number.NaN, Number.NaN, 1), 2)).toThrow(
    "symmetricEigen: ends with a residual of NaN, expected at most 0.0. Is every entry of A finite?",
  );
});
