import { expect, test } from "vitest";
import { isUnknown } from "../../src/economy/index.ts";
import {
  equilibrium,
  fixedPoint,
  midpointFor,
  type Outcome,
  outcome,
  plannersOptimum,
  priceAt,
  type ResourceNetwork,
} from "./resource-network.ts";

const base: ResourceNetwork = {
  users: 100,
  capacity: 100,
  priceMax: 1,
  steepness: 20,
  midpoint: 0.85,
  cooperation: 0,
  returned: 0,
};
const known = (of: ReturnType<typeof equilibrium>): Outcome => {
  if (isUnknown(of)) throw new Error(of.unknown);
  return of;
};

test("the fixed point is where the share of values above the price is the utilisation", () => {
  for (const [steepness, midpoint, U] of [
    [20, 0.85, 0.78519109],
    [10, 0.85, 0.74354985],
    [40, 0.9, 0.85553313],
    [20, 0.9, 0.82311887],
  ])
    for (const priceMax of [1, 7]) {
      const p = { ...base, steepness, midpoint, priceMax };
      expect(fixedPoint(p)).toBeCloseTo(U, 8);
      expect(1 - priceAt(U, p) / priceMax).toBeCloseTo(U, 7);
    }
  for (const k of [5, 20, 40])
    expect(fixedPoint({ ...base, steepness: k, midpoint: midpointFor(0.85, k) })).toBeCloseTo(0.85, 12);
  // Twice as many users as places, at a price that sends home fewer than half of them.
  expect(fixedPoint({ ...base, capacity: 50, midpoint: 1.5 })).toBe(1);
  const half = fixedPoint({ ...base, capacity: 50 });
  expect(half / 2).toBeCloseTo(1 - priceAt(half, base), 12);
});

test("the equilibrium tends to the fixed point, and the planner's optimum to its own, as users become many", () => {
  const planners = (U: number) => U - 1 + priceAt(U, base) * (1 + 20 * U * (1 - priceAt(U, base)));
  let [nash, best] = [1, 1];
  for (const N of [30, 100, 300, 1000]) {
    const p = { ...base, users: N, capacity: N };
    const off = Math.abs(known(equilibrium(p)).utilisation - fixedPoint(p));
    expect(off).toBeLessThan(nash / 2);
    nash = off;
    const residual = Math.abs(planners(plannersOptimum(p).utilisation));
    expect(residual).toBeLessThan(best / 2);
    best = residual;
  }
  expect(nash).toBeLessThan(1e-3);
  expect(best).toBeLessThan(2e-2);
});

/** Two users by hand: values uniform on [0, 1], each asks from its threshold on, with one or two places. */
function two(capacity: number, returned: number) {
  const p: ResourceNetwork = { ...base, users: 2, capacity, steepness: 3, midpoint: 0.7, returned };
  const one = priceAt(1 / capacity, p);
  const both = priceAt(Math.min(2, capacity) / capacity, p);
  /** Expected gains of the first and of the second, by integrals over both values. */
  const gains = (a: number, b: number): [number, number] => {
    const [pa, pb] = [1 - a, 1 - b];
    const [ma, mb] = [(1 + a) / 2, (1 + b) / 2];
    const share = capacity === 1 ? 0.5 : 1;
    const served = capacity === 1 ? 1 : 2;
    const back = (returned / 2) * ((pa * b + pb * a) * one + pa * pb * served * both);
    return [
      pa * b * (ma - one) + pa * pb * share * (ma - both) + back,
      pb * a * (mb - one) + pa * pb * share * (mb - both) + back,
    ];
  };
  return { p, gains };
}

test("of two users neither gains by another threshold, whatever it counts of the other's gain, and no common one is better than the planner's", () => {
  for (const capacity of [1, 2])
    for (const returned of [0, 0.6])
      for (const cooperation of [0, 0.3, 1]) {
        const { p, gains } = two(capacity, returned);
        const nash = known(equilibrium({ ...p, cooperation }));
        const reward = (a: number) => {
          const [own, other] = gains(a, nash.threshold);
          return own + cooperation * other;
        };
        const [first, second] = gains(nash.threshold, nash.threshold);
        expect(nash.welfare).toBeCloseTo((first + second) / 2, 12);
        const best = plannersOptimum(p);
        for (let a = 0; a <= 1; a += 0.01) {
          expect(reward(a)).toBeLessThanOrEqual(reward(nash.threshold) + 1e-12);
          expect(outcome(p, a).welfare).toBeLessThanOrEqual(best.welfare + 1e-12);
          expect(outcome(p, a).welfare).toBeCloseTo(gains(a, a)[0], 12);
        }
        expect(nash.utilisation).toBeCloseTo(
          (2 * (1 - nash.threshold) - (capacity === 1 ? (1 - nash.threshold) ** 2 : 0)) / capacity,
          12,
        );
      }
});

test("cooperative users want what the planner wants, and what they count of others lowers use where payments leave", () => {
  for (const returned of [0, 0.5, 0.925]) {
    const best = plannersOptimum({ ...base, returned });
    expect(known(equilibrium({ ...base, returned, cooperation: 1 })).threshold).toBeCloseTo(best.threshold, 12);
  }
  let before = 1;
  for (const cooperation of [0, 0.1, 0.5, 1]) {
    const { utilisation } = known(equilibrium({ ...base, cooperation }));
    expect(utilisation).toBeLessThan(before);
    before = utilisation;
  }
  // All that is paid comes back: everybody should ask.
  expect(plannersOptimum({ ...base, returned: 1 })).toMatchObject({ threshold: 0, utilisation: 1, welfare: 0.5 });
});
