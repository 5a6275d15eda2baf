import fc from "fast-check";
import { expect, test } from "vitest";
import { normalQuantile, seedStream } from "../random/index.ts";
import { energyDistance, histogram, histogramErrors, kolmogorovSmirnov, wasserstein } from "./index.ts";

/** n values that stand for a normal law: its quantiles at (i + ½)/n. */
const normal = (mean: number, sd: number, n: number) =>
  Float64Array.from({ length: n }, (_, i) => mean + sd * normalQuantile((i + 0.5) / n));

const sample = fc.array(
  fc.integer({ min: -40, max: 40 }).map((k) => k / 8),
  { minLength: 1, maxLength: 12 },
);
const average = (x: readonly number[], y: readonly number[]) =>
  x.reduce((sum, a) => sum + y.reduce((inner, b) => inner + Math.abs(a - b), 0), 0) / (x.length * y.length);

test("distances of samples of unequal sizes match scipy", () => {
  // scipy 1.17.1: wasserstein_distance, energy_distance squared, ks_2samp
  const x = [3.1, 0.2, 5.5, 2.2, 2.2];
  const y = [1.0, 4.0, 2.5];
  expect(wasserstein(x, y)).toBeCloseTo(0.86, 14);
  expect(energyDistance(x, y)).toBeCloseTo(0.3066666666666667, 14);
  expect(kolmogorovSmirnov(x, y)).toBeCloseTo(0.26666666666666666, 14);
});

test("rational expectations against the prices of a laboratory cobweb market: all five distances", () => {
  // N(5.9102656299, ½²) against N(5.93, 2.62); the figures come from the two laws' densities.
  const theory = normal(5.9102656299, 0.5, 40_000);
  const laboratory = normal(5.93, Math.sqrt(2.62), 30_000);
  expect(wasserstein(theory, laboratory)).toBeCloseTo(0.892686, 3);
  expect(energyDistance(theory, laboratory)).toBeCloseTo(0.312957, 4);
  expect(kolmogorovSmirnov(theory, laboratory)).toBeCloseTo(0.260091, 4);
  const { mae, rmse } = histogramErrors(theory, laboratory, { low: 0, high: 10, bins: 100 });
  expect(mae).toBeCloseTo(0.01017, 5);
  expect(rmse).toBeCloseTo(0.01633, 5);
});

test("energy distance is twice the mean distance between samples less those within them", () => {
  fc.assert(
    fc.property(sample, sample, (x, y) => {
      const v = 2 * average(x, y) - average(x, x) - average(y, y);
      expect(energyDistance(x, y)).toBeCloseTo(v, 12);
      if (x.length < 2 || y.length < 2) return;
      const pairs = (z: readonly number[]) => (average(z, z) * z.length) / (z.length - 1);
      expect(energyDistance(x, y, { statistic: "U" })).toBeCloseTo(2 * average(x, y) - pairs(x) - pairs(y), 12);
    }),
  );
});

test("the U statistic is without bias: over samples of one law it averages 0, where V stays above", () => {
  const draw = (lane: number) => {
    const out = new Float64Array(10);
    stream.normal(out, { lane, period: 0, from: 0 });
    return out;
  };
  const stream = seedStream(5).fork("samples");
  let u = 0;
  let v = 0;
  for (let k = 0; k < 2000; k++) {
    const [x, y] = [draw(2 * k), draw(2 * k + 1)];
    u += energyDistance(x, y, { statistic: "U" }) / 2000;
    v += energyDistance(x, y) / 2000;
  }
  expect(Math.abs(u)).toBeLessThan(0.01);
  expect(v).toBeCloseTo(0.2 * (2 / Math.sqrt(Math.PI)), 1);
});

test("distances are 0 from a sample to itself, symmetric, and blind to order and repetition", () => {
  fc.assert(
    fc.property(sample, sample, (x, y) => {
      for (const distance of [energyDistance, wasserstein, kolmogorovSmirnov]) {
        expect(distance(x, x)).toBe(0);
        expect(distance(x, y)).toBe(distance(y, x));
        expect(distance(x.toReversed(), [...y, ...y])).toBeCloseTo(distance(x, y), 12);
        expect(distance(x, y)).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

test("a shift by s moves all mass by s: Wasserstein-1 is |s|, and between two points energy is 2|s|", () => {
  fc.assert(
    fc.property(sample, fc.integer({ min: -20, max: 20 }), (x, s) => {
      expect(
        wasserstein(
          x,
          x.map((value) => value + s),
        ),
      ).toBeCloseTo(Math.abs(s), 12);
      expect(energyDistance([0], [s])).toBeCloseTo(2 * Math.abs(s), 12);
    }),
  );
});

test("bins are closed below, the last also above, and values outside are in none", () => {
  expect([...histogram([0, 0.5, 1, 2, 2.5, -1, 1.5, 1.99], { low: 0, high: 2, bins: 2 })]).toEqual([2 / 8, 4 / 8]);
  expect(() => histogram([1], { low: 2, high: 1, bins: 3 })).toThrow("got 3 bins from 2 to 1");
});

test("an empty sample and values that are not finite are refused", () => {
  expect(() => wasserstein([], [1])).toThrow("got an empty sample");
  expect(() => energyDistance([1, Number.NaN], [1])).toThrow("not finite");
  expect(() => kolmogorovSmirnov([1], [Infinity])).toThrow("not finite");
});
