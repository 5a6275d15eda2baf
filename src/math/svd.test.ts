import { expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import { svd } from "./svd.ts";

const entries = (rows: number, cols: number, seed = 1): Float64Array => {
  const out = new Float64Array(rows * cols);
  seedStream(seed).normal(out, { lane: 0, period: 0, from: 0 });
  return out;
};

function product({ left, values, right }: ReturnType<typeof svd>, rows: number, cols: number): number[] {
  const r = values.length;
  return Array.from({ length: rows * cols }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < r; k++) sum += left[Math.floor(at / cols) * r + k]! * values[k]! * right[(at % cols) * r + k]!;
    return sum;
  });
}

test("models §12: singular values of [[3, 2, 2], [2, 3, −2]] are 5 and 3", () => {
  const { values, right } = svd([3, 2, 2, 2, 3, -2], 2, 3);
  expect([...values]).toEqual([expect.closeTo(5, 13), expect.closeTo(3, 13)]);
  expect(right[0]).toBeCloseTo(Math.SQRT1_2, 13);
});

test.each([
  [7, 4],
  [4, 7],
  [1, 3],
  [5, 1],
])("U Σ Vᵀ is a matrix of %i rows and %i columns, and both sides are orthonormal", (rows, cols) => {
  const A = entries(rows, cols);
  const found = svd(A, rows, cols);
  product(found, rows, cols).forEach((value, i) => {
    expect(value).toBeCloseTo(A[i]!, 12);
  });
  const r = Math.min(rows, cols);
  for (const [side, n] of [
    [found.left, rows],
    [found.right, cols],
  ] as const)
    for (let a = 0; a < r; a++)
      for (let b = 0; b < r; b++) {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += side[i * r + a]! * side[i * r + b]!;
        expect(sum).toBeCloseTo(a === b ? 1 : 0, 12);
      }
  expect([...found.values]).toEqual([...found.values].sort((a, b) => b - a));
});

test("the largest entry of a right vector is positive", () => {
  const { left, right } = svd(
    [-1, -2, 2, 4, 0.5, 1].map((x) => -x),
    3,
    2,
  );
  expect([...right.filter((_, i) => i % 2 === 0)]).toEqual([
    expect.closeTo(Math.sqrt(0.2), 12),
    expect.closeTo(Math.sqrt(0.8), 12),
  ]);
  expect(left[0]).toBeGreaterThan(0);
  expect(svd([1, -2, 0.5], 1, 3).right[1]).toBeGreaterThan(0);
  expect(svd([1, -2, 0.5], 1, 3).left[0]).toBe(-1);
});

test("small singular values keep their relative precision: diag(1, 1e-12) turned has 1e-12", () => {
  // (1, 1; ε, −ε)/√2 has singular values 1 and ε; squared, ε² is below rounding
  const [s, ε] = [Math.SQRT1_2, 1e-12];
  const { values } = svd([s, s, ε * s, -ε * s], 2, 2);
  expect(values[1]! / ε).toBeCloseTo(1, 10);
});

test("a matrix of rank 1 has one singular value above 0, and zero columns beside it", () => {
  const { values, left } = svd([1, 2, 2, 4, 3, 6], 3, 2);
  expect(values[0]).toBeCloseTo(Math.sqrt(70), 12);
  expect(values[1]).toBeLessThan(1e-14);
  expect(left.every(Number.isFinite)).toBe(true);
});

test("wrong lengths and entries are refused", () => {
  expect(() => svd([1, 2, 3], 2, 2)).toThrow("svd: got 3 entries, expected 2 rows of 2");
  expect(() => svd([1, Number.NaN], 1, 2)).toThrow("svd: entry 1 is NaN");
});
