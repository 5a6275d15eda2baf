import { expect, test } from "vitest";
import { box, discrete, grid, resolveSpace, type Space } from "./spaces.ts";

const p = { low: 0.5, high: 2, many: 4, calm: "yes" };
const resolve = (space: Space) => resolveSpace("town: people.price", space, p);

test("a grid has its ends exactly and equal steps between them", () => {
  const { values, count, low, high } = resolve(grid(0, 2, 201));
  expect(count).toBe(201);
  expect([low, high, values[0], values[200]]).toEqual([0, 2, 0, 2]);
  for (let i = 0; i < 200; i++) expect(values[i + 1] - values[i]).toBeCloseTo(0.01, 14);
  expect(resolve(grid(0.1, 0.7, 7)).values[6]).toBe(0.7);
});

test("a logarithmic grid has its ends exactly and equal ratios between them", () => {
  const { values } = resolve(grid(0.01, 100, 5, { spacing: "log" }));
  expect(values[0]).toBe(0.01);
  expect(values[4]).toBe(100);
  for (let i = 0; i < 4; i++) expect(values[i + 1] / values[i]).toBeCloseTo(10, 12);
});

test("bounds and counts may be parameters", () => {
  expect([...resolve(grid("low", "high", "many")).values]).toEqual([0.5, 1, 1.5, 2]);
  expect(resolve(box("low", 9))).toMatchObject({ low: 0.5, high: 9, count: 0 });
  expect([...resolve(discrete("many")).values]).toEqual([0, 1, 2, 3]);
});

test.each([
  [grid(2, 2, 3), "low is 2 and high is 2, expected low < high."],
  [box(3, "high"), "low is 3 and high is 2, expected low < high."],
  [grid(0, 1, 1), "count is 1, expected an integer of at least 2."],
  [grid(0, 1, 2.5), "count is 2.5, expected an integer of at least 2."],
  [grid(0, 1, 3, { spacing: "log" }), "low is 0, expected a number above 0 on a log grid."],
  [grid(0, "hihg", 3), "high is undefined, expected a finite number."],
  [box("calm", 3), "low is yes, expected a finite number."],
  [box(0, Infinity), "high is Infinity, expected a finite number."],
  [discrete(0), "count is 0, expected an integer of at least 1."],
  [discrete(2.5), "count is 2.5, expected an integer of at least 1."],
])("%j is refused: %s", (space, message) => {
  expect(() => resolve(space)).toThrow(`town: people.price: ${message}`);
});
