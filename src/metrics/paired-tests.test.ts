import fc from "fast-check";
import { expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import {
  autocorrelation,
  bootstrapInterval,
  excessKurtosis,
  pairedT,
  signTest,
  skewness,
  wilcoxonSignedRank,
} from "./index.ts";

// The published volatility of a market-entry game without and with a transaction tax, and the relative price changes, at nine capacities.
const sd = {
  base: [1.35, 0.92, 1.23, 1.64, 3.67, 2.13, 1.88, 1.39, 2.22],
  tax: [1.2, 0.86, 1.42, 1.48, 1.49, 1.62, 1.31, 1.97, 0.75],
};
const change = {
  base: [0.66, 0.09, 0.49, 0.25, 0.08, 0.16, 0.14, 0.09, 0.15],
  tax: [0.63, 0.14, 0.07, 0.19, 0.13, 0.05, 0.06, 0.14, 0.04],
};

test("nine pairs of which seven or six fall prove little", () => {
  expect(signTest(sd.base, sd.tax)).toMatchObject({ n: 9, statistic: 7, pValue: 92 / 512 }); // p = .18
  expect(signTest(change.base, change.tax).pValue).toBe((2 * 130) / 512); // p = .51
  expect(wilcoxonSignedRank(sd.base, sd.tax)).toMatchObject({ n: 9, statistic: 11 });
  expect(wilcoxonSignedRank(sd.base, sd.tax).pValue).toBeCloseTo(0.2031, 4);
  expect(pairedT(sd.base, sd.tax).pValue).toBeCloseTo(0.13, 2);
});

test("ranks with ties and zeros match scipy, exactly for few pairs and normally for many", () => {
  // scipy 1.17.1: wilcoxon(a, b), ttest_rel(a, b)
  const a = [125, 115, 130, 140, 140, 115, 140, 125, 140, 135];
  const b = [110, 122, 125, 120, 140, 124, 123, 137, 135, 145];
  const rank = wilcoxonSignedRank(a, b);
  expect(rank).toMatchObject({ n: 9, statistic: 18 });
  expect(rank.pValue).toBeCloseTo(0.6328125, 14);
  expect(pairedT(a, b).pValue).toBeCloseTo(0.5404255793265436, 12);
  // wilcoxon(d) with zeros and ties, ttest_1samp(d, 0), and wilcoxon(d[:40] + .03, method="exact")
  const d = Array.from({ length: 60 }, (_, i) => Math.round((((i + 1) * 37) % 61) - 29) / 10);
  const none = d.map(() => 0);
  expect(wilcoxonSignedRank(d, none)).toMatchObject({ n: 59, statistic: 798 });
  expect(wilcoxonSignedRank(d, none).pValue).toBeCloseTo(0.5113485017675268, 12);
  expect(pairedT(d, none).pValue).toBeCloseTo(0.5084517091167969, 11);
  const shifted = d.slice(0, 40).map((value) => value + 0.03);
  expect(wilcoxonSignedRank(shifted, none.slice(0, 40)).pValue).toBeCloseTo(0.8160389817658142, 12);
});

test("p-values do not depend on which sample comes first, and all signs alike give 2 in 2ⁿ", () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 })), { minLength: 2 });
  fc.assert(
    fc.property(pairs, (list) => {
      const x = list.map(([value]) => value);
      const y = list.map(([, value]) => value);
      for (const run of [signTest, wilcoxonSignedRank, pairedT]) {
        expect(run(x, y).pValue).toBeCloseTo(run(y, x).pValue, 12);
        expect(run(x, y).pValue).toBeGreaterThanOrEqual(0);
        expect(run(x, y).pValue).toBeLessThanOrEqual(1);
      }
    }),
  );
  for (let n = 1; n <= 40; n += 13) {
    const rising = Array.from({ length: n }, (_, i) => i + 1);
    const zero = rising.map(() => 0);
    expect(signTest(rising, zero).pValue).toBeCloseTo(2 / 2 ** n, 15);
    expect(wilcoxonSignedRank(rising, zero).pValue).toBeCloseTo(2 / 2 ** n, 15);
  }
});

test("pairs without a partner or without a value are refused, and no difference at all proves nothing", () => {
  expect(() => signTest([1, 2], [1])).toThrow("got 2 and 1 values");
  expect(() => pairedT([1, Number.NaN], [1, 2])).toThrow("pair 1 is NaN and 2");
  for (const run of [signTest, wilcoxonSignedRank, pairedT]) expect(run([1, 2], [1, 2]).pValue).toBe(1);
});

test("bootstrap intervals hold the truth about as often as they say", () => {
  const stream = seedStream(1);
  const draws = stream.fork("samples");
  const trials = 1000; // 3000 of them: 91.4 %, scipy.stats.bootstrap 91.5 %
  let covered = 0;
  for (let k = 0; k < trials; k++) {
    const x = new Float64Array(25);
    draws.lognormal(x, { lane: k, period: 0, from: 0 }, 0, 0.5);
    const { low, high } = bootstrapInterval(x, { stream: stream.fork(`trial ${k}`), resamples: 400 });
    if (low <= Math.exp(0.125) && Math.exp(0.125) <= high) covered++;
  }
  expect(covered / trials).toBeGreaterThan(0.88);
  expect(covered / trials).toBeLessThan(0.99);
});

test("the bootstrap is near Student's interval for normal values, asymmetric for skewed ones, and of width 0 for equal ones", () => {
  const x = new Float64Array(200);
  seedStream(2).fork("x").normal(x, { lane: 0, period: 0, from: 0 });
  const { mean, low, high } = bootstrapInterval(x, { stream: seedStream(3).fork("bootstrap") });
  expect((high - low) / 2).toBeCloseTo(1.96 / Math.sqrt(200), 1);
  expect(Math.abs(high + low - 2 * mean)).toBeLessThan(0.02);
  const skewed = x.slice(0, 30).map(Math.exp);
  const interval = bootstrapInterval(skewed, { stream: seedStream(3).fork("bootstrap") });
  expect(interval.high - interval.mean).toBeGreaterThan(interval.mean - interval.low);
  const same = bootstrapInterval([2, 2, 2], { stream: seedStream(3).fork("bootstrap") });
  expect([same.low, same.high]).toEqual([2, 2]);
});

test("ten returns have their known shape and memory", () => {
  const returns = [0.01, -0.02, 0.03, -0.01, 0.05, -0.08, 0.02, 0, 0.01, -0.03];
  expect(skewness(returns)).toBeCloseTo(-0.7819799616, 10);
  expect(excessKurtosis(returns)).toBeCloseTo(0.3532555879, 10);
  expect(autocorrelation(returns, 1)).toBeCloseTo(-0.6380952381, 10);
  expect(autocorrelation(returns.map(Math.abs), 1)).toBeCloseTo(0.219047619, 10);
  expect(autocorrelation(returns, 0)).toBe(1);
});
