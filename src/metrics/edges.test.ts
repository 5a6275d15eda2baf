// The bootstrap against its formulas, written out once more; and what is refused at the edges of every metric's range.
import { expect, test } from "vitest";
import { normalCdf, quantile } from "../math/index.ts";
import { normalQuantile, seedStream } from "../random/index.ts";
import {
  atkinson,
  bootstrapInterval,
  energyDistance,
  entropy,
  herfindahl,
  histogram,
  histogramErrors,
  kolmogorovSmirnov,
  lorenzCurve,
  profitGain,
  theil,
  topShare,
  wasserstein,
} from "./index.ts";

/** Efron & Tibshirani 1993, equations 14.9, 14.10, 14.14 and 14.15. */
function bca(x: readonly number[], statistic: (x: ArrayLike<number>) => number, resamples: number, level: number) {
  const stream = seedStream(4).fork("bootstrap");
  const n = x.length;
  const estimate = statistic(x);
  const replicas = Float64Array.from({ length: resamples }, (_, b) =>
    statistic(x.map((_, i) => x[stream.integerAt(0, b, i, n)])),
  );
  const [less, same] = [replicas.filter((r) => r < estimate).length, replicas.filter((r) => r === estimate).length];
  const share = (less + same / 2) / resamples;
  const z0 = normalQuantile(Math.min(Math.max(share, 0.5 / resamples), 1 - 0.5 / resamples));
  const jack = x.map((_, left) => statistic(x.filter((_, i) => i !== left)));
  const centre = jack.reduce((a, b) => a + b) / n;
  const [d2, d3] = [2, 3].map((power) => jack.reduce((sum, value) => sum + (centre - value) ** power, 0));
  const a = d2 === 0 ? 0 : d3 / (6 * d2 ** 1.5);
  const end = (p: number) => {
    const z = normalQuantile(p);
    return quantile(replicas, normalCdf(z0 + (z0 + z) / (1 - a * (z0 + z))));
  };
  return { mean: estimate, low: end((1 - level) / 2), high: end((1 + level) / 2) };
}
const average = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b) / x.length;
const largest = (x: ArrayLike<number>) => Math.max(...Array.from(x));
const least = (x: ArrayLike<number>) => Math.min(...Array.from(x));
const middle = (x: ArrayLike<number>) => quantile(Float64Array.from(x), 0.5);

test.each([
  ["the mean of skewed values", [0.1, 0.3, 0.2, 5, 1.1, 0.7, 9.5], average],
  ["the mean of values skewed to the other side", [9.9, 9.7, 9.8, 5, 8.9, 9.3, 0.5], average],
  ["the median of few values, with many ties", [1, 2, 2, 3, 9], middle],
  ["the largest value, which no replica exceeds", [1, 2, 4, 8], largest],
  ["the least value, which no replica is below", [1, 2, 4, 8], least],
  ["two values", [1, 4], average],
  ["a statistic that never changes", [3, 3, 3], average],
] as const)("BCa intervals of %s are those of the formulas", (_what, x, statistic) => {
  for (const [resamples, level] of [
    [199, 0.95],
    [50, 0.8],
  ]) {
    const stream = seedStream(4).fork("bootstrap");
    const [ours, plain] = [
      bootstrapInterval(x, { stream, statistic, resamples, level }),
      bca(x, statistic, resamples, level),
    ];
    for (const end of ["mean", "low", "high"] as const) expect(ours[end]).toBeCloseTo(plain[end], 9);
  }
});

test("a sample of one has no interval", () => {
  const stream = seedStream(1);
  for (const x of [[], [1]])
    expect(() => bootstrapInterval(x, { stream })).toThrow(`got ${x.length} values, expected at least 2.`);
});

test("the profit gain is 0 at Nash, 1 at monopoly, and linear between and beyond", () => {
  expect([1, 2, 3, 5, 0].map((profit) => profitGain(profit, 1, 3))).toEqual([0, 0.5, 1, 2, -0.5]);
  for (const monopoly of [1, 0.5, Number.NaN])
    expect(() => profitGain(1, 1, monopoly)).toThrow(
      `profitGain: the monopoly profit is ${monopoly} and the Nash profit 1, expected more under monopoly.`,
    );
});

test("shares, aversions and holdings outside their ranges are refused, and their ends are not", () => {
  const x = [1, 3];
  expect([topShare(x, 0), topShare(x, 1), topShare(x, 0.5), topShare(x, 0.25)]).toEqual([0, 1, 0.75, 0.375]);
  for (const fraction of [-0.1, 1.1, Number.NaN])
    expect(() => topShare(x, fraction)).toThrow(`got fraction ${fraction}`);
  expect(atkinson(x, 0)).toBe(0);
  for (const aversion of [-1, Infinity, Number.NaN])
    expect(() => atkinson(x, aversion)).toThrow(`got aversion ${aversion}, expected a number from 0.`);
  expect([atkinson([0, 2], 1), atkinson([0, 2], 3)]).toEqual([1, 1]);
  expect(atkinson([0, 2], 0.5)).toBeCloseTo(0.5, 14); // 1 − (√2/2)²
  expect(lorenzCurve([0.1, 0.2, 0.3]).holdings).toHaveLength(4);
  for (const bad of [-1, Infinity, Number.NaN]) {
    expect(() => theil([1, bad])).toThrow(`theil: got a holding of ${bad}`);
    expect(() => herfindahl([bad, 1])).toThrow(`herfindahl: got a holding of ${bad}`);
  }
  expect(() => theil([])).toThrow("theil: got no holdings");
});

test("entropy takes masses with zeros among them, and none below 0 or without a finite sum", () => {
  expect(entropy([0, 2, 2, 0])).toBeCloseTo(Math.log(2), 14);
  for (const masses of [[3, -1], [-1, 3], [0, 0], [Infinity, 1], [Number.NaN]])
    expect(() => entropy(masses)).toThrow("expected none below 0 and a positive sum.");
});

test("a histogram leaves out what is outside, and needs a bin and a width", () => {
  expect([...histogram([-1, 0, 0.5, 1, 1.5, 2, 3], { low: 0, high: 2, bins: 2 })]).toEqual([2 / 7, 3 / 7]);
  expect([...histogram([0, 1], { low: 0, high: 1, bins: 1 })]).toEqual([1]);
  for (const [low, high, bins] of [
    [1, 1, 2],
    [2, 1, 2],
    [0, 1, 0],
    [0, 1, -1],
    [0, 1, 1.5],
  ])
    expect(() => histogram([1], { low, high, bins })).toThrow(`got ${bins} bins from ${low} to ${high}`);
  expect(histogramErrors([0, 1], [0, 0], { low: 0, high: 1, bins: 2 })).toEqual({ mae: 0.5, rmse: 0.5 });
});

test("distances of two samples are the same in whatever order and array they come", () => {
  const [x, y] = [
    [3, 1, 2, 2],
    [2, 5, 0],
  ];
  const metrics = [
    wasserstein,
    kolmogorovSmirnov,
    energyDistance,
    (a: ArrayLike<number>, b: ArrayLike<number>) => energyDistance(a, b, { statistic: "U" }),
  ];
  for (const metric of metrics) {
    const of = metric(x, y);
    const sortedFirst = [Float64Array.from(x).sort(), Float64Array.from(y).sort()] as const;
    expect(metric(Float64Array.from(x), Float64Array.from(y))).toBe(of);
    expect(metric(...sortedFirst)).toBe(of);
    expect(metric(sortedFirst[1], sortedFirst[0])).toBeCloseTo(of, 14);
    expect(metric([...x].reverse(), y)).toBe(of);
  }
  // F − G: −1/3 on [0, 1], −1/12 on [1, 2], 1/12 on [2, 3], 1/3 on [3, 5]
  expect(wasserstein(x, y)).toBeCloseTo(1 / 3 + 1 / 12 + 1 / 12 + 2 / 3, 14);
  expect(kolmogorovSmirnov(x, y)).toBeCloseTo(1 / 3, 14);
  expect(energyDistance(x, y)).toBeCloseTo(2 * (1 / 9 + 1 / 144 + 1 / 144 + 2 / 9), 14);
  for (const bad of [Infinity, -Infinity, Number.NaN]) {
    expect(() => wasserstein([1, bad], [1])).toThrow("wasserstein: got a value that is not finite.");
    expect(() => wasserstein([bad], [1])).toThrow("wasserstein: got a value that is not finite.");
    expect(() => wasserstein(Float64Array.of(bad, 1), [1])).toThrow("not finite");
  }
});
