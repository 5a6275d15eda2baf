import { expect, test } from "vitest";
import { hilbertIndex, hilbertOrder } from "./index.ts";

test("places on Hilbert's curve are those computed elsewhere", () => {
  const rows = (bits: number) =>
    Array.from({ length: 1 << bits }, (_, y) => Array.from({ length: 1 << bits }, (_, x) => hilbertIndex(bits, x, y)));
  expect(rows(0)).toEqual([[0]]);
  expect(rows(1)).toEqual([[0, 3], [1, 2]]); // biome-ignore format: a square
  expect(rows(2)).toEqual([[0, 1, 14, 15], [3, 2, 13, 12], [4, 7, 8, 11], [5, 6, 9, 10]]); // biome-ignore format: a square
  expect(hilbertIndex(4, 5, 10)).toBe(119);
  expect(hilbertIndex(10, 512, 511)).toBe(873813);
  expect(hilbertIndex(26, 2 ** 26 - 1, 0)).toBe(2 ** 52 - 1);
});

test.each([1, 3, 5, 6])("the curve of %i bits goes through every cell once, from neighbour to neighbour", (bits) => {
  const side = 1 << bits;
  const at: (readonly [number, number])[] = [];
  for (let x = 0; x < side; x++) for (let y = 0; y < side; y++) at[hilbertIndex(bits, x, y)] = [x, y];
  expect(at.flat().length).toBe(2 * side * side); // no hole
  for (let d = 1; d < at.length; d++)
    expect(Math.abs(at[d][0] - at[d - 1][0]) + Math.abs(at[d][1] - at[d - 1][1])).toBe(1);
});

test("rows are ordered along the curve, wherever they lie", () => {
  const [x, y] = [[3, 0, 3, 0, 1.5, 0], [0, 3, 3, 0, 1.5, 0]]; // biome-ignore format: corners and the middle
  expect([...hilbertOrder(x, y)]).toEqual([3, 5, 1, 4, 2, 0]);
  const moved = (values: readonly number[]) => values.map((value) => -7 + 1e-3 * value);
  expect([...hilbertOrder(moved(x), moved(y))]).toEqual([3, 5, 1, 4, 2, 0]);
  expect([...hilbertOrder([0, 0, 0, 0], [0, 3, 1, 2])]).toEqual([0, 2, 3, 1]); // up the left side
  expect([...hilbertOrder([1, 1, 1], [2, 2, 2])]).toEqual([0, 1, 2]);
  expect([...hilbertOrder([], [])]).toEqual([]);
  const n = 5000;
  const order = hilbertOrder(
    Float64Array.from({ length: n }, (_, i) => (i * 0.618) % 1),
    Float64Array.from({ length: n }, (_, i) => (i * 0.755) % 1),
  );
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  expect(() => hilbertOrder([0, Number.NaN], [0, 0])).toThrow("row 1 is at NaN, 0");
  expect(() => hilbertOrder([0], [0, 0])).toThrow("x has 1 and y 2 values");
  expect(() => hilbertIndex(2, 4, 0)).toThrow("got the cell 4, 0, expected whole numbers from 0 to 3");
  expect(() => hilbertIndex(27, 0, 0)).toThrow("got 27 bits");
});
