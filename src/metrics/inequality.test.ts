import fc from "fast-check";
import { expect, test } from "vitest";
import { atkinson, entropy, gini, herfindahl, histogram, lorenzCurve, theil, topShare } from "./index.ts";

const tens = [10, 40, 20, 30];
const holdings = fc
  .array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 12 })
  .filter((x) => x.some((value) => value > 0));

test("four holdings of 10 to 40 have their known inequality", () => {
  expect(gini(tens)).toBeCloseTo(0.25, 12);
  expect(herfindahl(tens)).toBeCloseTo(0.3, 12);
  expect(1 / herfindahl(tens)).toBeCloseTo(3.333333, 6);
  expect(theil(tens)).toBeCloseTo(0.1064401353, 10);
  expect(entropy(tens)).toBeCloseTo(1.2798542258, 10);
  // scipy 1.17.1: 1 − power mean / mean; gmean for ε = 1
  expect(atkinson(tens, 0.5)).toBeCloseTo(0.055585857369545355, 12);
  expect(atkinson(tens, 1)).toBeCloseTo(0.11465446423974257, 12);
  expect(atkinson(tens, 2)).toBeCloseTo(0.232, 12);
  expect(topShare(tens, 0.25)).toBeCloseTo(0.4, 12);
  expect(topShare(tens, 0.375)).toBeCloseTo(0.55, 12);
});

test("equal holdings have no inequality, and one holder of everything has the most", () => {
  const equal = [1, 1, 1, 1];
  const all = [100, 0, 0, 0];
  expect([gini(equal), herfindahl(equal), theil(equal), atkinson(equal, 1.5)]).toEqual([0, 0.25, 0, 0]);
  expect([gini(all), herfindahl(all), atkinson(all, 1)]).toEqual([0.75, 1, 1]);
  expect(theil(all)).toBeCloseTo(Math.log(4), 12);
  expect(gini([5, 1, 1, 1, 1, 1])).toBeCloseTo(1 / 3, 12);
  expect(herfindahl([5, 1, 1, 1, 1, 1])).toBeCloseTo(0.3, 12);
  expect(topShare([0, 0], 0.5)).toBe(0.5);
});

test("twice the area between the Lorenz curve and the diagonal is the Gini coefficient", () => {
  fc.assert(
    fc.property(holdings, (x) => {
      const { population, holdings: L } = lorenzCurve(x);
      let area = 0;
      for (let i = 1; i < L.length; i++) area += (population[i] - population[i - 1]) * (L[i] + L[i - 1]);
      expect(1 - area).toBeCloseTo(gini(x), 12);
    }),
  );
});

test("a gift from a richer to a poorer holder lowers every index, and scale and replication change none", () => {
  fc.assert(
    fc.property(holdings, (x) => {
      const indices = [gini, theil, (y: number[]) => atkinson(y, 0.5)];
      const richest = x.indexOf(Math.max(...x));
      const poorest = x.indexOf(Math.min(...x));
      const gift = (x[richest] - x[poorest]) / 3;
      const after = x.map((value, i) => value + (i === poorest ? gift : 0) - (i === richest ? gift : 0));
      for (const index of indices) {
        if (gift > 0) expect(index(after)).toBeLessThan(index(x));
        expect(index(x.map((value) => 7 * value))).toBeCloseTo(index(x), 12);
        expect(index([...x, ...x])).toBeCloseTo(index(x), 12);
      }
    }),
  );
});

test("the entropy of ten prices in four bins, and a uniform law's logarithm", () => {
  const prices = [1, 1.2, 1.1, 1.5, 1.4, 1.3, 1.2, 1.9, 2, 1.1];
  const masses = histogram(prices, { low: 1, high: 2, bins: 4 });
  expect([...masses]).toEqual([0.5, 0.2, 0.1, 0.2]);
  expect(entropy(masses)).toBeCloseTo(1.2206072646, 10);
  expect(entropy([3, 3, 3, 3, 3])).toBeCloseTo(Math.log(5), 12);
  expect(entropy([1, 0])).toBe(0);
});

test("debts, absurd fractions and masses that are none are refused", () => {
  expect(() => theil([1, -1])).toThrow("got a holding of -1");
  expect(() => lorenzCurve([])).toThrow("got no holdings");
  expect(() => topShare(tens, 2)).toThrow("got fraction 2");
  expect(() => atkinson(tens, -1)).toThrow("got aversion -1");
  expect(() => entropy([0, 0])).toThrow("add up to 0");
});
