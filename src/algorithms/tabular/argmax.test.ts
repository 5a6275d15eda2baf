import { expect, test } from "vitest";
import { argmax } from "./argmax.ts";

test("of equals the first is taken, and cells beside the row do not count", () => {
  const table = Float64Array.of(9, 1, 3, 3, 2, 9);
  expect(argmax(table, 1, 4)).toBe(1);
  expect(argmax(table, 4, 1)).toBe(0);
  expect(argmax(Float64Array.of(-1, -1), 0, 2)).toBe(0);
  expect(argmax(Float64Array.of(0, 0, 0, 1, 2, 3, 0), 3, 3)).toBe(2);
});
