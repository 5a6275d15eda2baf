import { expect, test } from "vitest";
import { cubicSpline, interpolate, monotoneCubic } from "./index.ts";

const xs = [0, 1, 3, 4, 6, 7];
const ys = [0, 2, 3, 3, 1, -4];

test("linear interpolation goes through the points, halves the way between, and extends the end segments", () => {
  for (let i = 0; i < xs.length; i++) expect(interpolate(xs, ys, xs[i])).toBe(ys[i]);
  expect(interpolate(xs, ys, 2)).toBe(2.5);
  expect(interpolate(xs, ys, -1)).toBe(-2);
  expect(interpolate(xs, ys, 8)).toBe(-9);
});

test("the monotone cubic matches scipy's PchipInterpolator", () => {
  // scipy 1.17.1: PchipInterpolator([0,1,3,4,6,7], [0,2,3,3,1,-4])([0.5, 2, 3.5, 5, 6.5])
  const expected = [1.2053571428571428, 2.7142857142857144, 3, 2.45, -0.9333333333333333];
  const f = monotoneCubic(xs, ys);
  [0.5, 2, 3.5, 5, 6.5].forEach((x, i) => {
    expect(f(x)).toBeCloseTo(expected[i], 14);
  });
});

test("the monotone cubic goes through the points and never turns between them", () => {
  const f = monotoneCubic(xs, ys);
  for (let i = 0; i < xs.length; i++) expect(f(xs[i])).toBeCloseTo(ys[i], 14);
  for (let i = 0; i + 1 < xs.length; i++) {
    const direction = Math.sign(ys[i + 1] - ys[i]);
    for (let k = 0; k < 100; k++) {
      const x = xs[i] + ((xs[i + 1] - xs[i]) * k) / 100;
      const next = xs[i] + ((xs[i + 1] - xs[i]) * (k + 1)) / 100;
      expect((f(next) - f(x)) * direction).toBeGreaterThanOrEqual(-1e-14);
    }
  }
});

test("the monotone cubic of a straight line is the line, also beyond its ends and with two points", () => {
  for (const x of [
    [0, 1, 4, 5],
    [0, 5],
  ]) {
    const f = monotoneCubic(
      x,
      x.map((v) => 2 * v + 1),
    );
    for (const at of [-2, 0, 0.3, 2, 4.9, 5, 9]) expect(f(at)).toBeCloseTo(2 * at + 1, 13);
  }
});

test("the cubic spline is every cubic exactly, ends and beyond, at uneven points", () => {
  const cubic = (x: number) => 1 - 2 * x + 0.5 * x ** 2 + 0.25 * x ** 3;
  for (const x of [xs, [0, 1, 3, 4]]) {
    const f = cubicSpline(x, x.map(cubic));
    for (const at of [-1, 0, 0.4, 2.2, 3, 3.9, 6.5, 7, 9, 0.1]) expect(f(at)).toBeCloseTo(cubic(at), 10);
  }
});

test("the cubic spline misses a smooth function by the fourth power of the step", () => {
  const worst = (n: number) => {
    const x = Array.from({ length: n + 1 }, (_, i) => i / n);
    const f = cubicSpline(x, x.map(Math.exp));
    return Math.max(...x.slice(1).map((to) => Math.abs(f(to - 0.5 / n) - Math.exp(to - 0.5 / n))));
  };
  expect(worst(20) / worst(40)).toBeGreaterThan(14);
});

test("points out of order are an error that names them", () => {
  expect(() => monotoneCubic([0, 2, 1], [0, 0, 0])).toThrow("xs[2] = 1 is not above xs[1] = 2");
  expect(() => monotoneCubic([0], [0])).toThrow("at least 2");
  expect(() => cubicSpline([0, 1, 1, 2], [0, 0, 0, 0])).toThrow("cubicSpline: xs[2] = 1 is not above xs[1] = 1");
  expect(() => cubicSpline([0, 1, 2], [0, 0, 0])).toThrow("at least 4");
});
