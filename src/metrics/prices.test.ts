// Estimators of prices and returns against vectors whose figures are known, independent programs, and laws.
import fc from "fast-check";
import { expect, test } from "vitest";
import { constantProductIn, constantProductOut, linearCurve, weightedOut } from "../economy/mechanisms/index.ts";
import { seedStream } from "../random/index.ts";
import {
  autocorrelation,
  drawdown,
  entropy,
  excessKurtosis,
  expectedRescaledRange,
  halfLife,
  herfindahl,
  hillTailIndex,
  hurstDetrended,
  hurstRescaledRange,
  impermanentLoss,
  logReturns,
  priceEntropy,
  priceEntropyOverPeriods,
  realisedVolatility,
  rescaledRange,
  resilience,
  settlingTime,
  slippage,
  stylisedFactNames,
  stylisedFactsOf,
  theil,
  varianceRatio,
  weightedImpermanentLoss,
} from "./index.ts";

/** x′ = 4 x (1 − x) from 0.1: the same bits in every language. */
function logistic(n: number): Float64Array {
  const x = new Float64Array(n);
  x[0] = 0.1;
  for (let t = 1; t < n; t++) x[t] = 4 * x[t - 1] * (1 - x[t - 1]);
  return x;
}

function normals(purpose: string, n: number, lane = 0): Float64Array {
  const z = new Float64Array(n);
  seedStream(3).fork(purpose).normal(z, { lane, period: 0, from: 0 });
  return z;
}

test("four holdings of 10, 20, 30 and 40: 3⅓ effective holders, Theil and entropy add up to ln 4", () => {
  const x = [10, 20, 30, 40];
  expect(1 / herfindahl(x)).toBeCloseTo(3.333333, 6);
  expect(theil(x)).toBeCloseTo(0.1064401353, 10);
  expect(entropy(x)).toBeCloseTo(1.2798542258, 10);
  expect(theil(x) + entropy(x)).toBeCloseTo(Math.log(4), 14);
});

test("entropy of ten prices in four bins is Shannon's over bins; summed over periods every price counts again", () => {
  const prices = [1, 1.2, 1.1, 1.5, 1.4, 1.3, 1.2, 1.9, 2, 1.1];
  const shannon = priceEntropy(prices, { bins: 4 });
  expect(shannon).toBeCloseTo(1.2206072646, 10);
  expect(shannon / Math.LN2).toBeCloseTo(1.7609640474, 10);
  expect(shannon / Math.log(4)).toBeCloseTo(0.8804820237, 10);
  expect(priceEntropyOverPeriods(prices, { bins: 4 })).toBeCloseTo(3.2506767906, 10);
  // twice the series: the same entropy, twice the sum
  const twice = [...prices, ...prices];
  expect(priceEntropy(twice, { bins: 4 })).toBeCloseTo(shannon, 14);
  expect(priceEntropyOverPeriods(twice, { bins: 4 })).toBeCloseTo(2 * 3.2506767906, 9);
  // wider bins, one price, ends that leave a price out
  expect(priceEntropy(prices, { bins: 2, low: 0, high: 4 })).toBeCloseTo(entropy([9, 1]), 14); // 2 is in [2, 4]
  expect([priceEntropy([3, 3], { bins: 4 }), priceEntropyOverPeriods([3, 3], { bins: 4 })]).toEqual([0, 0]);
  expect(() => priceEntropy(prices, { bins: 4, low: 1.05 })).toThrow(
    "priceEntropy: got a price of 1, outside the bins from 1.05 to 2. Widen them.",
  );
  expect(() => priceEntropyOverPeriods([1, Number.NaN], { bins: 4 })).toThrow(
    "priceEntropyOverPeriods: value 1 is NaN, expected finite numbers. Leave such values out first.",
  );
  expect(() => priceEntropy([], { bins: 4 })).toThrow("priceEntropy: got 0 values, expected at least 1.");
});

test("a price that loses three tenths of its deviation each period: resilience, half-life and time to 5 %", () => {
  const path = [2, 1.7, 1.49, 1.343, 1.2401];
  expect(resilience(path, 1)).toBeCloseTo(5.2638505066, 10);
  expect(
    resilience(
      path.map((price) => 7 * price),
      7,
    ),
  ).toBeCloseTo(5.2638505066, 10);
  expect(resilience([3, 3], 3)).toBe(Infinity);
  expect(halfLife(path, 1)).toBeCloseTo(1.94335821, 8);
  expect(halfLife([0.5, 1.25, 0.875], 1)).toBeCloseTo(1, 14); // alternating, half of it each period
  expect([halfLife([1, 2, 4], 0), halfLife([1, 0, 0], 0)]).toEqual([Infinity, 0]);
  const decay = (multiplier: number) => Array.from({ length: 80 }, (_, t) => 1 + multiplier ** t);
  // ⌈ln .05/ln |1 − r|⌉ periods
  const reactions = [0.05, 0.1, 0.14, 0.5, 1.9] as const;
  expect(reactions.map((r) => settlingTime(decay(1 - r), 1))).toEqual([59, 29, 20, 5, 29]);
  expect(settlingTime([2, 1, 0.5, 1, 1], 1)).toBe(3); // crossing is no recovery
  expect(settlingTime(path, 1)).toBe(null);
  expect(settlingTime(path, 1, { share: 0.5 })).toBe(2);
  expect(settlingTime([1, 1], 1)).toBe(0);
  expect(() => settlingTime(path, 1, { share: 1 })).toThrow("settlingTime: got a share of 1");
  expect(() => halfLife(path, Number.NaN)).toThrow("halfLife: got a rest of NaN, expected a finite number.");
  expect(() => halfLife([1, 1, 2], 1)).toThrow("halfLife: the path is 1 in every period but the last");
  expect(() => resilience(path, 0)).toThrow(
    "resilience: got a price before the shock of 0, expected a number above 0.",
  );
  expect(() => resilience([1], 1)).toThrow("resilience: got 1 values, expected at least 2. Give it a longer series.");
});

test("realised volatility is the root of the mean squared log return, over as many periods as asked", () => {
  const prices = [1, Math.E, 1, Math.E ** 2];
  const r = logReturns(prices);
  [1, -1, 2].forEach((value, t) => void expect(r[t]).toBeCloseTo(value, 14));
  expect(realisedVolatility(prices)).toBeCloseTo(Math.sqrt(2), 14);
  expect(realisedVolatility(prices, { periods: 252 })).toBeCloseTo(Math.sqrt(504), 12);
  expect(() => realisedVolatility([1, 0])).toThrow("realisedVolatility: value 1 is 0, expected values above 0.");
  expect(() => realisedVolatility(prices, { periods: 0 })).toThrow("got 0 periods, expected a number above 0.");
  expect(() => logReturns([1])).toThrow("logReturns: got 1 values, expected at least 2.");
});

test("the drawdown is the largest of all falls from an earlier price to a later one", () => {
  expect(drawdown([2, 4, 3, 5, 1, 2, 6, 3])).toEqual({ share: 0.8, peak: 3, trough: 4 });
  expect(drawdown([1, 2, 3])).toEqual({ share: 0, peak: 0, trough: 0 });
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 12 }), (prices) => {
      const falls = prices.flatMap((peak, s) => prices.slice(s).map((later) => 1 - later / peak));
      const { share, peak, trough } = drawdown(prices);
      expect(share).toBe(Math.max(0, ...falls));
      expect(1 - prices[trough] / prices[peak]).toBe(share);
    }),
  );
});

test("impermanent loss is what a provider's part of a pool falls behind its first holdings once trade has moved the price", () => {
  expect(impermanentLoss(4)).toBeCloseTo(-0.2, 15); // 2 · 2/5 − 1
  expect(impermanentLoss(1)).toBe(0);
  expect(impermanentLoss(1 / 3)).toBeCloseTo(impermanentLoss(3), 15);
  expect(impermanentLoss(1 + 1e-9)).toBeCloseTo(-1.25e-19, 25); // −(r − 1)²/8, which 2√r/(1 + r) − 1 rounds away
  const [x, y] = [1000, 2000];
  for (const paid of [10, 400, 2500]) {
    const left = y - constantProductOut({ balanceIn: x, balanceOut: y }, paid);
    const price = (x + paid) / left; // of y in x
    const ratio = price / (x / y);
    expect((x + paid + left * price) / (x + y * price) - 1).toBeCloseTo(impermanentLoss(ratio), 12);
    expect(constantProductIn({ balanceIn: x, balanceOut: y }, y - left)).toBeCloseTo(paid, 9);
  }
  // weights .8 and .2: the price of the second in the first is (w₂ x)/(w₁ y)
  const [w, v] = [0.8, 0.2];
  const left = y - weightedOut({ balanceIn: x, balanceOut: y, weightIn: w, weightOut: v }, 300);
  const price = (v * (x + 300)) / (w * left);
  const before = (v * x) / (w * y);
  const loss = (x + 300 + left * price) / (x + y * price) - 1;
  expect(weightedImpermanentLoss([1, price / before], [w, v])).toBeCloseTo(loss, 12);
  expect(weightedImpermanentLoss([1, 4], [0.5, 0.5])).toBeCloseTo(impermanentLoss(4), 15);
  expect(weightedImpermanentLoss([3, 3, 3], [0.2, 0.3, 0.5])).toBeCloseTo(0, 15);
  expect(() => weightedImpermanentLoss([1, 2], [0.5, 0.6])).toThrow(
    "expected a weight above 0 for each that add up to 1.",
  );
  expect(() => weightedImpermanentLoss([1, 0], [0.5, 0.5])).toThrow(
    "got a price ratio of 0, expected a number above 0.",
  );
  expect(() => impermanentLoss(-1)).toThrow("impermanentLoss: got a price ratio of -1, expected a number above 0.");
});

test("slippage on a linear curve is half the impact, to the buyer's and to the seller's cost", () => {
  const curve = linearCurve({ slope: 0.01, intercept: 1 });
  const price = curve.price(100);
  expect(slippage({ amount: 10, paid: curve.mintCost(100, 10), price })).toBeCloseTo(0.025, 12);
  expect(slippage({ amount: -10, paid: -curve.burnProceeds(100, 10), price })).toBeCloseTo(0.025, 12);
  expect(slippage({ amount: -10, paid: 0, price })).toBe(1); // all is lost
  for (const [amount, paid] of [
    [1, -1],
    [-1, 1],
    [0, 0],
    [1, Number.NaN],
  ])
    expect(() => slippage({ amount, paid, price })).toThrow("expected both above 0 (bought) or below 0 (sold)");
});

test("rescaled ranges of independent values have the means of Anis and Lloyd", () => {
  const known = { 64: 8.965568, 128: 13.090666, 256: 18.943068, 512: 27.233821, 1024: 38.969327 };
  for (const [n, mean] of Object.entries(known)) expect(expectedRescaledRange(Number(n))).toBeCloseTo(mean, 6);
  expect(expectedRescaledRange(65)).toBeCloseTo(9.042881016236, 11); // scipy 1.17.1: gammaln
  expect(expectedRescaledRange(2)).toBe(1); // |d|/2 ÷ |d|/2
  const samples = Array.from({ length: 1000 }, (_, k) => rescaledRange(normals("three", 3, k)));
  const average = samples.reduce((a, b) => a + b) / 1000; // R/S of three is between 1.22 and 1.42, so its s.e. is at most 0.1/√1000
  expect(Math.abs(average - expectedRescaledRange(3))).toBeLessThan(0.013);
  expect(() => expectedRescaledRange(1)).toThrow("got n 1, expected a whole number from 2.");
  expect(() => rescaledRange([1, 1])).toThrow("rescaledRange: all 2 values are 1, so there is no scale.");
});

test("Hurst exponents of a series are those that numpy's polyfit gives by the same definitions", () => {
  // numpy 2.4.6: windows of 100, 50, 25 values; cumsum, std and polyfit
  const x = logistic(200).map((value, i) => value - 0.5 + (i % 50) / 100);
  expect(rescaledRange(x)).toBeCloseTo(19.061903416012555, 11);
  expect(hurstRescaledRange(x)).toBeCloseTo(0.5357458989374505, 10);
  expect(hurstDetrended(x)).toBeCloseTo(0.7053681530785355, 10);
  expect(() => hurstRescaledRange(x.subarray(0, 63))).toThrow(
    "hurstRescaledRange: got 63 values, expected at least 64.",
  );
  expect(() => hurstDetrended(x, { least: 7 })).toThrow("got least 7, expected a whole number from 8.");
  expect(() => hurstRescaledRange(new Float64Array(64))).toThrow("in all windows of 32 values nothing changes.");
  expect(() => hurstDetrended(new Float64Array(64))).toThrow("the series does not fluctuate about its mean.");
});

/** Fractional Gaussian noise with exponent H, exact: Hosking's recursion (1984). */
function fractionalNoise(H: number, n: number, lane: number): Float64Array {
  const γ = Array.from(
    { length: n + 1 },
    (_, k) => ((k + 1) ** (2 * H) - 2 * k ** (2 * H) + Math.abs(k - 1) ** (2 * H)) / 2,
  );
  const x = normals("fractional", n, lane);
  let φ = new Float64Array(0);
  let v = 1;
  for (let t = 1; t < n; t++) {
    let κ = γ[t];
    for (let j = 0; j < t - 1; j++) κ -= φ[j] * γ[t - 1 - j];
    κ /= v;
    const next = new Float64Array(t);
    for (let j = 0; j < t - 1; j++) next[j] = φ[j] - κ * φ[t - 2 - j];
    next[t - 1] = κ;
    φ = next;
    v *= 1 - κ * κ;
    x[t] *= Math.sqrt(v);
    for (let j = 0; j < t; j++) x[t] += φ[j] * x[t - 1 - j];
  }
  return x;
}

test("the two Hurst estimators find ½ in independent values, and tell persistent from anti-persistent noise", () => {
  const average = (values: readonly number[]) => {
    const n = values.length;
    const mean = values.reduce((a, b) => a + b) / n;
    return { mean, error: Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n * (n - 1))) };
  };
  const samples = (of: (lane: number) => Float64Array, n: number) => Array.from({ length: n }, (_, lane) => of(lane));
  const white = samples((lane) => normals("white", 512, lane), 40);
  // Anis and Lloyd's correction leaves no bias but that of a ratio's logarithm, below 0.02 at windows of 16; DFA1's own is below 0.05 there.
  const ranges = average(white.map((x) => hurstRescaledRange(x)));
  expect(Math.abs(ranges.mean - 0.5)).toBeLessThan(0.02 + 4 * ranges.error);
  const detrended = average(white.map((x) => hurstDetrended(x)));
  expect(Math.abs(detrended.mean - 0.5)).toBeLessThan(0.05 + 4 * detrended.error);
  for (const H of [0.3, 0.75]) {
    const noise = samples((lane) => fractionalNoise(H, 512, lane), 6);
    const found = average(noise.map((x) => hurstDetrended(x)));
    expect(Math.abs(found.mean - H)).toBeLessThan(0.05 + 4 * found.error);
    expect(Math.sign(average(noise.map((x) => hurstRescaledRange(x))).mean - 0.5)).toBe(Math.sign(H - 0.5));
  }
});

test("a variance ratio is Lo and MacKinlay's: by its sums, 1 on average for independent returns, below 1 for a price that returns", () => {
  const x = [3, -1, 4, 1, -5, 9, 2, -6];
  const [n, centre] = [8, 7 / 8];
  const s2 = x.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (n - 1);
  for (const q of [1, 2, 3, 4]) {
    const sums = x.slice(0, n - q + 1).map((_, t) => x.slice(t, t + q).reduce((a, b) => a + b, 0) - q * centre);
    const m = q * (n - q + 1) * (1 - q / n);
    expect(varianceRatio(x, q)).toBeCloseTo(sums.reduce((sum, v) => sum + v * v, 0) / m / s2, 12);
  }
  const white = Array.from({ length: 40 }, (_, k) => varianceRatio(normals("ratio", 256, k), 16));
  const error = Math.sqrt((2 * 31 * 15) / (3 * 16 * 256) / 40);
  expect(Math.abs(white.reduce((a, b) => a + b) / 40 - 1)).toBeLessThan(4 * error);
  // P′ = φ P + ε: (1 − φ^q)/(q (1 − φ))
  let price = 0;
  const prices = normals("price", 20_000).map((z) => (price = 0.8 * price + z));
  const returns = prices.slice(1).map((p, t) => p - prices[t]);
  expect(Math.abs(varianceRatio(returns, 16) - (1 - 0.8 ** 16) / (16 * 0.2))).toBeLessThan(
    4 * Math.sqrt((2 * 31 * 15) / (3 * 16 * 20_000)),
  );
  expect(() => varianceRatio(x, 5)).toThrow("varianceRatio: got 8 values, expected at least 10.");
  expect(() => varianceRatio(x, 0)).toThrow("varianceRatio: got periods 0, expected a whole number from 1.");
});

test("Hill's index of a Pareto law is its exponent, for any scale and within its standard error", () => {
  const z = new Float64Array(20_000);
  seedStream(2).fork("pareto").uniform(z, { lane: 0, period: 0, from: 0 });
  const pareto = z.map((u) => (1 - u) ** (-1 / 3));
  expect(Math.abs(hillTailIndex(pareto) - 3)).toBeLessThan((4 * 3) / Math.sqrt(1000));
  expect(hillTailIndex(pareto.map((x) => 1000 * x))).toBeCloseTo(hillTailIndex(pareto), 9);
  expect(hillTailIndex([4, 1, 2, 8], { count: 2 })).toBeCloseTo(2 / (Math.log(4) + Math.log(2)), 14); // over the third, 2
  expect(() => hillTailIndex([1, 2], { count: 2 })).toThrow("got count 2 of 2 values, expected fewer than there are.");
  expect(() => hillTailIndex([3, 1, -1], { count: 2 })).toThrow(
    "the value after the 2 largest is -1, expected it above 0.",
  );
  expect(() => hillTailIndex([3, 3, 3], { count: 1 })).toThrow("the 2 largest values are all 3, so they have no tail.");
});

test("stylised facts of independent normal returns are those of the law, and clustering is seen where volatility lasts", () => {
  const z = normals("returns", 4000);
  const white = stylisedFactsOf(z);
  const error = 4 / Math.sqrt(4000);
  expect(Math.abs(white.excessKurtosis)).toBeLessThan(Math.sqrt(24) * error);
  expect(Math.abs(white.skewness)).toBeLessThan(Math.sqrt(6) * error);
  expect(Math.abs(white.autocorrelation)).toBeLessThan(error);
  expect(Math.abs(white.absoluteAutocorrelation)).toBeLessThan(error);
  // quiet and restless stretches of 50: kurtosis of a mixture of two variances, 3 (1 + 16)/2 ÷ ((1 + 4)/2)² − 3 with sd 1 and 2
  const mixed = z.map((value, t) => (t % 100 < 50 ? value : 2 * value));
  const facts = stylisedFactsOf(mixed);
  expect(Math.abs(facts.excessKurtosis - 1.08)).toBeLessThan(0.5);
  expect(facts.excessKurtosis).toBe(excessKurtosis(mixed));
  // cov(|r|, |r′|) = (E|z|)² var(sd) of (0.25 · 2/π) over var |r| = 2.5 − 1.5² · 2/π, one pair in fifty across the border of a stretch
  const clustering = (0.25 * (2 / Math.PI)) / (2.5 - 2.25 * (2 / Math.PI));
  expect(Math.abs(facts.absoluteAutocorrelation - 0.96 * clustering)).toBeLessThan(error);
  // … and at lag k one in 50/k: mean over 1 … 20 of 1 − 2k/50 is 0.58
  expect(Math.abs(facts.absoluteMemory - 0.58 * clustering)).toBeLessThan(error);
  const memory = Array.from({ length: 20 }, (_, k) => autocorrelation(mixed.map(Math.abs), k + 1));
  expect(facts.absoluteMemory).toBeCloseTo(memory.reduce((a, b) => a + b) / 20, 12);
  expect(facts.absoluteHurst).toBe(hurstRescaledRange(mixed.map(Math.abs)));
  expect(facts.hurst).toBe(hurstRescaledRange(mixed));
  expect(facts.tailIndex).toBe(hillTailIndex(mixed.map(Math.abs)));
  expect(Object.keys(facts)).toEqual(stylisedFactNames);
  expect(() => stylisedFactsOf(z.subarray(0, 99))).toThrow("stylisedFactsOf: got 99 values, expected at least 100.");
  expect(() => stylisedFactsOf(new Float64Array(100))).toThrow("all 100 returns are 0, so they have no shape.");
});
