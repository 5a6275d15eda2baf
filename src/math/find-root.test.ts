import { expect, test } from "vitest";
import { findRoot, NotConverged, requireConverged } from "./index.ts";

test("roots with a closed form are found to the last digits", () => {
  expect(findRoot((x) => x * x - 2, 0, 2)).toBeCloseTo(Math.SQRT2, 14);
  expect(findRoot((x) => Math.cos(x), 0, 3)).toBeCloseTo(Math.PI / 2, 14);
  expect(findRoot((x) => Math.exp(x) - 5, -10, 10)).toBeCloseTo(Math.log(5), 14);
  expect(findRoot((x) => x - 3, 3, 4)).toBe(3);
  expect(findRoot((x) => (x > 0.3 ? 1 : -1), 0, 1)).toBeCloseTo(0.3, 13);
});

test("a flat triple root and a steep pole-like bend converge within the iterations", () => {
  expect(findRoot((x) => (x - 1) ** 3, 0, 3)).toBeCloseTo(1, 4);
  expect(findRoot((x) => x ** 19, -0.5, 1.2)).toBeCloseTo(0, 1);
  expect(findRoot((x) => 1 / (x - 3) - 1e3, 3 + 1e-9, 10)).toBeCloseTo(3.001, 12);
});

test("smooth functions take few evaluations", () => {
  let calls = 0;
  const f = (x: number) => {
    calls++;
    return x * x * x - x - 2;
  };
  findRoot(f, 1, 2);
  expect(calls).toBeLessThan(12);
});

test("an interval without a change of sign is an error with both values", () => {
  expect(() => findRoot((x) => x * x + 1, -1, 2)).toThrow("f(-1) = 2 and f(2) = 5 do not differ in sign");
  expect(() => findRoot(() => NaN, 0, 1)).toThrow("do not differ in sign");
});

test("too few iterations are an error with half the bracket that is left", () => {
  try {
    findRoot((x) => x * x * x - 2, 0, 2, { maxIterations: 3 });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(NotConverged);
    const { residual, tolerance, message } = error as NotConverged;
    expect(residual).toBeGreaterThan(tolerance);
    expect(residual).toBeLessThanOrEqual(1);
    expect(message).toMatch(/^findRoot: ends with a residual of .*, expected at most .* After 3 iterations/);
  }
});

test("a residual that is not a number is beyond every tolerance", () => {
  expect(() => requireConverged("it", Number.NaN, 1, "Stop.")).toThrow(
    "it: ends with a residual of NaN, expected at most 1.0. Stop.",
  );
  expect(() => requireConverged("it", 1, 1, "Stop.")).not.toThrow();
});
