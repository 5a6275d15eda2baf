import { expect, test } from "vitest";
import { readSeeds } from "./reproduce.ts";

test("seeds are a number of them, ranges, a list, or ranges in a list", () => {
  expect(readSeeds("10")).toBe(10);
  expect(readSeeds("1001-1004")).toEqual([1001, 1002, 1003, 1004]);
  expect(readSeeds("3, 7,12")).toEqual([3, 7, 12]);
  expect(readSeeds("5-5")).toEqual([5]);
  expect(readSeeds("0-1,8")).toEqual([0, 1, 8]);
  expect(readSeeds("1-1000")).toHaveLength(1000);
});

test.each([
  "",
  "0",
  "1001", // a number of seeds, and too many: 1001-1001 is the seed
  "-3",
  "2.5",
  "ten",
  "3,",
  "3-",
  "12-3",
  "1-3,2",
  "1-1001",
  "0-999,2000-2001",
  "1-9007199254740993",
])("seeds %j are refused with what is expected", (text) => {
  expect(() => readSeeds(text)).toThrow(
    `got "${text}", expected how many, from 1 to 1000, or which, such as 1001-1010 or 3,7,12.`,
  );
});
