import { expect, test } from "vitest";
import { categorical } from "./index.ts";

test("the unit interval is divided in proportion to the weights", () => {
  const weights = new Float64Array([1, 0, 2, 1]);
  expect([0, 0.24, 0.25, 0.5, 0.74, 0.75, 0.999].map((u) => categorical(u, weights))).toEqual([0, 0, 2, 2, 2, 3, 3]);
});

test("a part of an array can hold the weights", () => {
  expect(categorical(0.6, new Float64Array([9, 9, 1, 1, 9]), 2, 4)).toBe(1);
});

test("rounding never chooses a category of weight 0", () => {
  expect(categorical(1, new Float64Array([0.1, 0.2, 0.3, 0]))).toBe(2);
  expect(categorical(0, new Float64Array([0, 1]))).toBe(1);
});

test("weights that sum to nothing are an error", () => {
  expect(() => categorical(0.5, new Float64Array(3))).toThrow("sum to 0");
});
