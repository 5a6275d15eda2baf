import { expect, test } from "vitest";
import { normalQuantile } from "../random/index.ts";
import {
  gini,
  mean,
  meanInterval,
  millsRatio,
  normalCdf,
  normalDensity,
  quantile,
  studentT,
  studentWithin,
  variance,
} from "./index.ts";

test("the mean and variance of 1 to n have their closed forms", () => {
  for (const n of [2, 10, 1000]) {
    const x = Float64Array.from({ length: n }, (_, i) => i + 1);
    expect(mean(x)).toBeCloseTo((n + 1) / 2, 12);
    expect(variance(x)).toBeCloseTo((n * n - 1) / 12, 8);
    expect(variance(x, { ddof: 1 })).toBeCloseTo((n * (n + 1)) / 12, 8);
  }
  expect(mean([])).toBeNaN();
});

test("the variance does not suffer from a large mean", () => {
  expect(variance([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16], { ddof: 1 })).toBe(30);
});

test("quantiles are numpy's default, and the sample keeps its order", () => {
  // numpy 2: [quantile([3,1,4,1,5,9,2,6], p) for p in (0, .1, .25, .5, .9, 1)]
  const x = [3, 1, 4, 1, 5, 9, 2, 6];
  const expected = [1, 1, 1.75, 3.5, 6.9, 9];
  [0, 0.1, 0.25, 0.5, 0.9, 1].forEach((p, i) => {
    expect(quantile(x, p)).toBeCloseTo(expected[i], 14);
  });
  expect(x[0]).toBe(3);
  expect(() => quantile(x, 1.1)).toThrow("got p = 1.1");
});

test("Student's t matches its closed forms for 1 and 2 degrees of freedom, and scipy", () => {
  expect(studentT(0.95, 1)).toBeCloseTo(Math.tan(0.475 * Math.PI), 10);
  expect(studentT(0.95, 2)).toBeCloseTo(0.95 * Math.sqrt(2 / (1 - 0.95 ** 2)), 12);
  // scipy 1.17.1: t.ppf(0.975, d), t.ppf(0.95, 7)
  const table: [number, number][] = [
    [3, 3.1824463052837078],
    [4, 2.7764451051977934],
    [9, 2.262157162798205],
    [10, 2.228138851986274],
    [29, 2.045229642132703],
    [1000, 1.9623390808264083],
  ];
  for (const [degrees, t] of table) expect(studentT(0.95, degrees)).toBeCloseTo(t, 10);
  expect(studentT(0.9, 7)).toBeCloseTo(1.8945786050900062, 10);
});

test("an interval over seeds is centred on their mean and half as wide as t s / sqrt(n)", () => {
  const interval = meanInterval([1, 2, 3, 4, 5]);
  const half = 2.7764451051977934 * Math.sqrt(2.5 / 5);
  expect(interval.mean).toBe(3);
  expect(interval.high - 3).toBeCloseTo(half, 10);
  expect(3 - interval.low).toBeCloseTo(half, 10);
});

test("a single seed has an infinite interval", () => {
  expect(meanInterval([7])).toEqual({ mean: 7, low: -Infinity, high: Infinity });
});

test("the Gini coefficient is 0 when all have the same and (n - 1)/n when one has all", () => {
  expect(gini(new Float64Array(10).fill(3))).toBeCloseTo(0, 15);
  expect(gini([0, 0, 0, 8])).toBe(0.75);
  expect(gini([0, 0])).toBe(0);
});

test("the Gini coefficient of 1 to n is (n - 1) / 3n, whatever the order and the currency", () => {
  const x = [3, 1, 5, 2, 4];
  expect(gini(x)).toBeCloseTo(4 / 15, 15);
  expect(gini(x.map((v) => 100 * v))).toBeCloseTo(4 / 15, 15);
  expect(x).toEqual([3, 1, 5, 2, 4]);
  expect(() => gini([1, -2])).toThrow("got a holding of -2");
});

test("the probability within ±t is the inverse of Student's quantile, and 0 and 1 at the ends", () => {
  for (const degrees of [1, 2, 3, 8, 29])
    for (const level of [0.01, 0.5, 0.95, 0.999])
      expect(studentWithin(-studentT(level, degrees), degrees)).toBeCloseTo(level, 11);
  expect(studentWithin(0, 5)).toBeCloseTo(0, 12);
  expect(studentWithin(1e9, 5)).toBeCloseTo(1, 12);
});

test("the normal distribution function matches mpmath, also far in its lower tail", () => {
  // mpmath 1.4.1, 50 digits: erfc(-x / sqrt(2)) / 2
  const table: [number, number][] = [
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1.96, 0.024997895148220435],
    [-2.99, 0.0013948872354922494],
    [-3, 0.0013498980316300946],
    [-8, 6.220960574271784e-16],
    [-30, 4.906713927148187e-198],
    [6, 0.9999999990134123],
  ];
  for (const [x, Φ] of table) expect(Math.abs(normalCdf(x) / Φ - 1)).toBeLessThan(2e-13);
  // mpmath: sqrt(pi / 2) * exp(x * x / 2) * erfc(x / sqrt(2))
  const mills: [number, number][] = [
    [-2, 18.10024771112615],
    [0, 1.2533141373155003],
    [1, 0.6556795424187984],
    [4, 0.23665238291356067],
    [50, 0.019992009580853568],
    [1000, 0.0009999990000029999],
  ];
  for (const [x, ratio] of mills) expect(millsRatio(x) / ratio).toBeCloseTo(1, 12);
  for (const z of [-5, -1.3, 0.2, 3.7]) expect(normalQuantile(normalCdf(z))).toBeCloseTo(z, 9);
  const slope = (normalCdf(0.701) - normalCdf(0.699)) / 0.002;
  expect(normalDensity(0.7)).toBeCloseTo(slope, 6);
});
