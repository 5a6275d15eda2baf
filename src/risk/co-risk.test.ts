// CoVaR and shortfalls of samples: quantile regression against its definition, and the bivariate normal law's closed forms.
import { expect, test } from "vitest";
import { createDraws } from "../economy/draws.ts";
import { normalDensity } from "../math/index.ts";
import { seedStream } from "../random/index.ts";
import {
  contagionProbability,
  coVaR,
  expectedShortfall,
  exposuresOf,
  marginalExpectedShortfall,
  quantileLine,
  thresholdCascade,
  valueAtRisk,
} from "./index.ts";

/** n draws each of two independent normals. */
function normals(n: number) {
  const draws = createDraws("co-risk");
  draws.reseed(seedStream(7));
  draws.at(0, 0, 0, n);
  return [draws.rows.normal("a").slice(), draws.rows.normal("b").slice()] as const;
}

test("of a bivariate normal law: VaR, ES, MES = r σ φ(z)/(1 − q), ΔCoVaR = r σ_s z", () => {
  const n = 15_000;
  const [a, b] = normals(n);
  const [σ, σs, r, q, z] = [2, 3, 0.6, 0.95, 1.6448536269514722];
  const bank = a.map((x) => 1 + σ * x);
  const system = b.map((x, t) => σs * (r * a[t] + Math.sqrt(1 - r * r) * x));
  // Standard error of a quantile, and of means of the 750 samples beyond: four of them
  const tail = normalDensity(z) / (1 - q);
  const quantileError = (4 * Math.sqrt((q * (1 - q)) / n)) / normalDensity(z);
  const meanError = 4 / Math.sqrt(n * (1 - q));
  expect(Math.abs(valueAtRisk(bank, q) - 1 - σ * z)).toBeLessThan(σ * quantileError);
  expect(Math.abs(expectedShortfall(system, q) - σs * tail)).toBeLessThan(σs * meanError);
  expect(Math.abs(marginalExpectedShortfall(bank, system, q) - 1 - r * σ * tail)).toBeLessThan(σ * meanError);
  const { slope, coVaR: value, deltaCoVaR } = coVaR(bank, system, q);
  // Slope of a quantile: deviation √(q(1 − q)/n)/(f(z) σ), of residuals with deviation σ_s √(1 − r²)
  const rest = σs * Math.sqrt(1 - r * r);
  expect(Math.abs(slope - (r * σs) / σ)).toBeLessThan((rest * quantileError) / σ);
  expect(Math.abs(deltaCoVaR - r * σs * z)).toBeLessThan(rest * quantileError * z + r * σs * quantileError);
  expect(Math.abs(value - r * σs * z - rest * z)).toBeLessThan(3 * σs * quantileError);
});

test.each([
  [31, 0.1],
  [31, 0.5],
  [31, 0.9],
  [5, 0.3],
  [6, 0.5],
  [7, 0.8],
  [8, 0.25],
])("of %d samples, the line of the %d-quantile has the least sum of tilted distances", (n, q) => {
  const [a, b] = normals(n);
  const y = a.map((x, t) => 0.5 * x + b[t] * (1 + 0.3 * x));
  const { intercept, slope } = quantileLine(a, y, q);
  const sum = (c: number, m: number): number =>
    y.reduce((all, v, t) => {
      const u = v - c - m * a[t];
      return all + u * (q - (u < 0 ? 1 : 0));
    }, 0);
  // Some least line goes through two samples
  let least = Number.POSITIVE_INFINITY;
  for (let s = 0; s < n; s++)
    for (let t = 0; t < s; t++) {
      const m = (y[s] - y[t]) / (a[s] - a[t]);
      least = Math.min(least, sum(y[s] - m * a[s], m));
    }
  expect(sum(intercept, slope)).toBeCloseTo(least, 9);
});

test("CoVaR is on the line of quantiles at the bank's value at risk, and shortfalls take losses at the value at risk, too", () => {
  const [a, b] = normals(31);
  const y = a.map((x, t) => 0.5 * x + b[t]);
  const { intercept, slope } = quantileLine(a, y, 0.9);
  const [high, median] = [0.9, 0.5].map((level) => valueAtRisk(a, level));
  const found = coVaR(a, y, 0.9);
  expect(found.coVaR).toBeCloseTo(intercept + slope * high, 13);
  expect(found.deltaCoVaR).toBeCloseTo(slope * (high - median), 13);
  expect(expectedShortfall([3, 1, 2], 0.5)).toBe(2.5);
  expect(() => marginalExpectedShortfall([1], [1, 2], 0.5)).toThrow("marginalExpectedShortfall: got 1 and 2 samples");
  expect(() => quantileLine([1], [1, 2], 0.5)).toThrow("quantileLine: got 1 and 2 samples");
  for (const level of [0, 1]) expect(() => quantileLine([1, 2], [1, 2], level)).toThrow(`level is ${level}, expected`);
});

test("a bank that always loses the same tells nothing of the system; samples have to be pairs", () => {
  expect(coVaR([2, 2, 2], [1, 2, 3], 0.5)).toMatchObject({ slope: 0, deltaCoVaR: 0 });
  expect(() => coVaR([1], [1, 2], 0.5)).toThrow("coVaR: got 1 and 2 samples, expected as many of both.");
  expect(() => valueAtRisk([1], 1)).toThrow("valueAtRisk: level is 1, expected a share between 0 and 1.");
  expect(() => valueAtRisk([], 0.5)).toThrow("valueAtRisk: there are no samples.");
});

test("stress goes on where exposures to several stressed banks together reach the threshold", () => {
  // Row i: what i loses if the column is stressed
  const exposures = exposuresOf([
    [0, 0, 0, 0],
    [1, 0, 0, 0],
    [0.5, 0.5, 0, 0],
    [0.2, 0.2, 0.2, 0],
  ]);
  expect([...thresholdCascade(exposures, [1, 1, 1, 0.7], [0])]).toEqual([0, 1, 2, -1]);
  expect([...thresholdCascade(exposures, [1, 1.1, 1, 0.5], [0])]).toEqual([0, -1, -1, -1]);
  expect([...thresholdCascade(exposures, [1, 1.1, 1, 0.5], [0, 1, 1])]).toEqual([0, 0, 1, 2]);
  expect(() => thresholdCascade(exposures, [1, 1, 1, 1], [4])).toThrow(
    "thresholdCascade: bank 4 is stressed at first, expected banks from 0 to 3.",
  );
});

test("who is stressed at first stays so, and what is no bank or has no threshold is refused", () => {
  const ring = exposuresOf([
    [0, 1],
    [1, 0],
  ]);
  expect([...thresholdCascade(ring, [1, 1], [0])]).toEqual([0, 1]);
  expect(() => thresholdCascade(ring, [1], [0])).toThrow("thresholdCascade: got thresholds of 1 banks, expected 2.");
  for (const bank of [-1, 0.5])
    expect(() => thresholdCascade(ring, [1, 1], [bank])).toThrow(`bank ${bank} is stressed at first, expected banks`);
});

test("with normal thresholds a bank is stressed in the next round as often as contagionProbability says, several stressed nodes together", () => {
  const n = 20_000;
  const [z] = normals(n);
  const exposures = exposuresOf([
    [0, 0, 0],
    [0, 0, 0],
    [0.5, 0.4, 0],
  ]);
  const theory = contagionProbability([0.5, 0.4], 1, 0.2);
  const hit = z.filter((x) => thresholdCascade(exposures, [9, 9, 1 + 0.2 * x], [0, 1])[2] === 1).length / n;
  expect(theory).toBeCloseTo(0.3085375387, 9);
  expect(Math.abs(hit - theory)).toBeLessThan(4 * Math.sqrt((theory * (1 - theory)) / n));
});
