import { expect, test } from "vitest";
import { geometric, linear } from "./schedule.ts";

test("linear and geometric schedules go from start to end, and stand still outside [0, 1]", () => {
  expect([-1, 0, 0.25, 1, 7].map((x) => linear(2, 10, x))).toEqual([2, 2, 4, 10, 10]);
  const expected = [1, 1, 0.1, 0.01, 0.01];
  for (const [k, x] of [-3, 0, 0.5, 1, 2].entries()) expect(geometric(1, 0.01, x)).toBeCloseTo(expected[k], 15);
  expect(geometric(4, 9, 0.5)).toBeCloseTo(6, 14);
});

test("what does not change is exactly the same, also at 0; a schedule of no length has not begun", () => {
  expect(geometric(0.3, 0.3, 0.7)).toBe(0.3);
  expect(geometric(0, 0, 0.7)).toBe(0);
  expect([linear(1, 3, 0 / 0), geometric(1, 3, 0 / 0)]).toEqual([1, 1]);
});
