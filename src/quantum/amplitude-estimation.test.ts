// Amplitude estimation on the simulator against its closed forms, and measures of risk against plain sums.
import { expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import {
  amplified,
  amplifier,
  canonicalEffort,
  expectation,
  expectedShortfall,
  exponentialPowers,
  monteCarloDraws,
  mostLikely,
  phaseEstimation,
  shareBeyond,
  upToIndex,
  usesOf,
  valueAtRisk,
  valueAtRiskIndex,
} from "./index.ts";

const p = [0.05, 0.1, 0.25, 0.2, 0.15, 0.1, 0.1, 0.05];
const f = [0, 0, 0.1, 0.3, 0, 0.2, 0.9, 1];
const mean = p.reduce((sum, weight, x) => sum + weight * f[x], 0); // 0.245
const θ = Math.asin(Math.sqrt(mean));

test("k powers of Q read 1 with probability sin²((2k + 1)θ)", () => {
  const powers = [0, 1, 2, 5, 12];
  amplified(expectation(p, f), powers).forEach((probability, j) => {
    expect(probability).toBeCloseTo(Math.sin((2 * powers[j] + 1) * θ) ** 2, 12);
  });
  const chance = amplifier(expectation(p, f));
  expect([chance(5), chance(1), chance(0)]).toEqual(amplified(expectation(p, f), [5, 1, 0]));
  expect(chance(1)).toBeCloseTo(Math.sin(3 * θ) ** 2, 12);
  expect(() => chance(1.5)).toThrow("got power 1.5");
  expect(() => expectation(p, [...f.slice(0, 7), 1.1])).toThrow("f at 7 is 1.1");
});

test("phase estimation reads y with the probability of both eigenvalues, and is near enough in 8/π² of all readings", () => {
  const digits = 5;
  const M = 2 ** digits;
  const outcomes = phaseEstimation(expectation(p, f), digits);
  // sin²(Mπδ)/(M² sin²(πδ)), half at each of ±θ/π
  const kernel = (δ: number) => (Math.sin(M * Math.PI * δ) / (M * Math.sin(Math.PI * δ))) ** 2;
  let near = 0;
  const bound = (2 * Math.PI * Math.sqrt(mean * (1 - mean))) / M + (Math.PI / M) ** 2;
  outcomes.forEach((probability, y) => {
    const exact = (kernel(y / M - θ / Math.PI) + kernel(y / M + θ / Math.PI)) / 2;
    expect(probability).toBeCloseTo(exact, 12);
    if (Math.abs(Math.sin((Math.PI * y) / M) ** 2 - mean) <= bound) near += probability;
  });
  expect(near).toBeGreaterThan(8 / Math.PI ** 2);
});

test("an error of ε takes phase estimation so many digits and repeats, and Monte Carlo so many draws", () => {
  // π/512 + π²/512² = 0.0062 < 0.01 < 0.0124; most of five tries succeed with p³(6p² − 15p + 10) = 0.9499 at p = 8/π², most of three with 0.906
  expect(canonicalEffort(0.01, 0.05)).toEqual({ digits: 9, repeats: 7, calls: 7 * 511 });
  expect(canonicalEffort(0.01, 0.0502)).toEqual({ digits: 9, repeats: 5, calls: 5 * 511 });
  expect(canonicalEffort(0.01, 0.1)).toEqual({ digits: 9, repeats: 3, calls: 3 * 511 });
  expect(canonicalEffort(0.005, 0.2)).toEqual({ digits: 10, repeats: 1, calls: 1023 });
  expect(monteCarloDraws(0.01, 0.05)).toBe(Math.ceil(Math.log(40) / 0.0002));
  expect(() => canonicalEffort(0, 0.05)).toThrow("got epsilon 0");
  expect(() => monteCarloDraws(0.1, 1)).toThrow("alpha 1");
});

test("the most likely amplitude is the true one where readings are as expected, and its interval has the information's width", () => {
  const powers = exponentialPowers(6);
  expect(powers).toEqual([0, 1, 2, 4, 8, 16]);
  expect(usesOf(powers, 10)).toBe(10 * (1 + 3 + 5 + 9 + 17 + 33));
  for (const a of [0.02, 0.245, 0.5, 0.93]) {
    const angle = Math.asin(Math.sqrt(a));
    const readings = powers.map((power) => ({
      power,
      shots: 1000,
      hits: 1000 * Math.sin((2 * power + 1) * angle) ** 2,
    }));
    const { estimate, low, high } = mostLikely(readings);
    expect(estimate).toBeCloseTo(a, 6);
    const information = powers.reduce((sum, power) => sum + 4000 * (2 * power + 1) ** 2, 0);
    expect((high - low) / (2 * 1.96 * Math.sin(2 * angle))).toBeCloseTo(1 / Math.sqrt(information), 6);
  }
});

test("95 % intervals hold the truth in about 95 % of drawn readings", () => {
  const powers = exponentialPowers(5);
  const probabilities = amplified(expectation(p, f), powers);
  const stream = seedStream(1).fork("readings");
  let held = 0;
  for (let run = 0; run < 120; run++) {
    const readings = powers.map((power, j) => {
      let hits = 0;
      for (let shot = 0; shot < 50; shot++) if (stream.uniformAt(run, j, shot) < probabilities[j]) hits++;
      return { power, shots: 50, hits };
    });
    const { low, high } = mostLikely(readings);
    if (low <= mean && mean <= high) held++;
  }
  expect(held / 120).toBeGreaterThan(0.95 - 0.06); // three standard errors
});

test("value at risk and expected shortfall, by sums and by the means that circuits load", () => {
  const levels = [-2, -1, 0, 1, 2, 4, 6, 10];
  const losses = { levels, probabilities: p };
  // cumulative .05 .15 .4 .6 .75 .85 .95 1
  expect(valueAtRisk(losses, 0.8)).toBe(4);
  expect(valueAtRisk(losses, 0.86)).toBe(6);
  expect(expectedShortfall(losses, 0.8)).toBeCloseTo(4 + (2 * 0.1 + 6 * 0.05) / 0.2, 12);
  const { f: share, unit } = shareBeyond(levels, 4);
  expect([share[6], share[7], unit]).toEqual([1 / 3, 1, 6]);
  const [beyond] = amplified(expectation(p, share), [0]);
  expect(4 + (beyond * unit) / 0.2).toBeCloseTo(expectedShortfall(losses, 0.8), 12);
  const asked: number[] = [];
  const index = valueAtRiskIndex(8, 0.8, (level) => {
    asked.push(level);
    return amplified(expectation(p, upToIndex(8, level)), [0])[0];
  });
  expect(valueAtRiskIndex(4, 0.5, (level) => (level + 1) / 4)).toBe(1);
  expect([index, asked.length]).toEqual([5, 3]);
  expect(() => valueAtRisk(losses, 1)).toThrow("got confidence 1");
});
