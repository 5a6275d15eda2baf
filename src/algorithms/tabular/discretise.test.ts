import { expect, test } from "vitest";
import { binOf, centreOf, countStates, stateOf } from "./discretise.ts";

test("the values −1, 0 and 1 have a bin each, with three bins or any larger odd number on [−1, 1]", () => {
  for (const count of [3, 5, 21, 101]) {
    const bins = { count, low: -1, high: 1 };
    expect([-1, 0, 1].map((x) => binOf(Math.fround(x), bins))).toEqual([0, (count - 1) / 2, count - 1]);
  }
});

test("a centre falls into its own bin, whatever f32 makes of it", () => {
  for (const count of [1, 2, 7, 15, 1000]) {
    const bins = { count, low: -0.3, high: 2.9 };
    for (let bin = 0; bin < count; bin++) expect(binOf(Math.fround(centreOf(bin, bins)), bins)).toBe(bin);
  }
});

test("what lies outside the range belongs to its end, and what is no number to the first bin", () => {
  const bins = { count: 4, low: 0, high: 3 };
  expect([-9, -0.4, 0.4, 0.6, 2.6, 77, Infinity, -Infinity, NaN].map((x) => binOf(x, bins))).toEqual([
    0, 0, 0, 1, 3, 3, 3, 0, 0,
  ]);
});

test("a state numbers its bins like digits, the first feature most significant", () => {
  const bins = { count: 10, low: 0, high: 9 };
  expect(stateOf(Float32Array.of(99, 7, 0, 3, 99), 1, 3, bins)).toBe(703);
  expect(countStates(3, bins)).toBe(1000);
});

test("without features there is one state", () => {
  const bins = { count: 10, low: 0, high: 9 };
  expect(countStates(0, bins)).toBe(1);
  expect(stateOf(new Float32Array(0), 0, 0, bins)).toBe(0);
});

test("a single bin has its centre in the middle", () => {
  expect(centreOf(0, { count: 1, low: 2, high: 6 })).toBe(4);
});
