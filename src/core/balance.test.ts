import fc from "fast-check";
import { expect, test } from "vitest";
import { balancedCuts, migrate } from "./balance.ts";

const loads = fc.array(fc.oneof(fc.constant(0), fc.nat(5), fc.nat(100)), { maxLength: 40 });
const sum = (x: readonly number[]) => x.reduce((a, b) => a + b, 0);
const partsOf = (load: readonly number[], cuts: ArrayLike<number>) =>
  Array.from({ length: cuts.length - 1 }, (_, k) => sum(load.slice(cuts[k], cuts[k + 1])));

test("balanced cuts rise from the first row to the last, and no part is more than a row above the mean", () => {
  fc.assert(
    fc.property(loads, fc.integer({ min: 1, max: 9 }), (load, parts) => {
      const cuts = [...balancedCuts(load, parts)];
      expect([cuts[0], cuts[parts], cuts.length]).toEqual([0, load.length, parts + 1]);
      expect(cuts).toEqual([...cuts].sort((a, b) => a - b));
      const most = Math.max(0, ...load);
      for (const part of partsOf(load, cuts)) expect(part).toBeLessThanOrEqual(sum(load) / parts + most);
    }),
  );
  expect([...balancedCuts([4, 1, 1, 1, 1], 2)]).toEqual([0, 1, 5]);
  expect([...balancedCuts([1, 1, 1, 1, 4], 3)]).toEqual([0, 3, 4, 5]);
});

test("rows migrate from heavy parts to light neighbours until no pair is uneven, and stay where none is", () => {
  const cut = fc.array(fc.nat(40), { maxLength: 5 });
  const tolerance = fc.constantFrom(0, 0.1, 0.5, 2);
  fc.assert(
    fc.property(loads, cut, tolerance, (load, inner, ε) => {
      const N = load.length;
      const before = [0, ...inner.map((row) => Math.min(row, N)).sort((a, b) => a - b), N];
      const after = [...migrate(load, before, ε)];
      expect([after[0], after.at(-1), after.length]).toEqual([0, N, before.length]);
      expect(after).toEqual([...after].sort((a, b) => a - b));
      const [old, now] = [partsOf(load, before), partsOf(load, after)];
      expect(Math.max(...now)).toBeLessThanOrEqual(Math.max(...old));
      const squares = (x: readonly number[]) => sum(x.map((part) => part * part));
      expect(squares(now)).toBeLessThanOrEqual(squares(old));
      const uneven = (parts: readonly number[], cuts: readonly number[]) =>
        parts.slice(1).some((right, k) => {
          const left = parts[k];
          // the row that would go, if any
          const row = left > right ? cuts[k + 1] - 1 : cuts[k + 1];
          const heavy = Math.max(left, right);
          const light = Math.min(left, right);
          return heavy > (1 + ε) * light && light + load[row] < heavy;
        });
      expect(uneven(now, after)).toBe(false);
      if (!uneven(old, before)) expect(after).toEqual(before);
      expect([...migrate(load, after, ε)]).toEqual(after);
    }),
    { numRuns: 300 },
  );
});

test("rows go from the heavy to the light", () => {
  expect([...migrate([1, 1, 1, 1, 1, 1], [0, 5, 6], 0.1)]).toEqual([0, 3, 6]); // k = 0 gives, l = 1 takes
  expect([...migrate([1, 1, 1, 1, 1, 1], [0, 1, 6], 0.1)]).toEqual([0, 3, 6]);
  expect([...migrate([1, 1, 1, 1, 1, 1], [0, 2, 6], 1)]).toEqual([0, 2, 6]); // just twice
  expect([...migrate([9, 1, 1], [0, 1, 3], 0.1)]).toEqual([0, 1, 3]); // one row cannot be halved
  expect(() => migrate([1, 1], [0, 3], 0)).toThrow("got cuts 0, 3 of 2 rows");
  expect(() => migrate([1, -1], [0, 2], 0)).toThrow("row 1 has the load -1");
  expect(() => migrate([1], [0, 1], -1)).toThrow("tolerance is -1");
  expect(() => balancedCuts([1], 0)).toThrow("got 0 parts");
});
