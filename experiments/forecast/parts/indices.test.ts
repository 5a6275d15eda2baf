import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { numericColumn, parseCsv } from "../../../src/data/index.ts";
import { closings, INDICES } from "./indices.ts";

test("closing prices of four indices: as many as there are days, and DAX as in data/", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../data/dax_1991_1998.csv"), "utf8");
  const [dax, ...others] = closings();
  expect(dax).toEqual(numericColumn(parseCsv(text, "dax"), "close"));
  expect(others.map(({ length }) => length)).toEqual([1860, 1860, 1860]);
  expect(INDICES.map((_, k) => closings()[k]![1859])).toEqual([5473.72, 7676.3, 3995, 5455]);
});
