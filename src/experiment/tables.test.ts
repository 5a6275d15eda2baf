import { expect, test } from "vitest";
import { tableInWords, tableOverSeeds } from "./tables.ts";

const table = {
  title: "Curves",
  cases: ["curve"],
  columns: [
    { name: "take", unit: "money" },
    { name: "share", unit: "1" },
  ],
  rows: [
    { of: ["linear"], cells: ["take/linear", 0.25] },
    { of: ["sigmoid"], cells: ["take/sigmoid", null] },
  ],
  note: "",
};

test("a cell is the mean over seeds with Student's interval; given numbers have none, and empty cells stay empty", () => {
  const seeds = [1, 2, 3].map((x) => ({ "take/linear": x, "take/sigmoid": 7 }));
  const filled = tableOverSeeds(table, seeds);
  const [linear, sigmoid] = filled.rows.map(({ cells }) => cells);
  // mean ± t(.975, 2) s/√n = 2 ± 4.302653/√3
  expect(linear[0].mean).toBe(2);
  expect(linear[0].low).toBeCloseTo(2 - 4.302653 / Math.sqrt(3), 5);
  expect(linear[0].high).toBeCloseTo(2 + 4.302653 / Math.sqrt(3), 5);
  expect(linear[1]).toEqual({ mean: 0.25, low: null, high: null });
  expect(sigmoid).toEqual([
    { mean: 7, low: 7, high: 7 },
    { mean: null, low: null, high: null },
  ]);
  const { head, rows } = tableInWords(filled, (x) => (x === null ? "–" : x.toFixed(1)));
  expect(head).toEqual(["curve", "take, money", "share"]);
  expect(rows).toEqual([
    ["linear", "2.0 [-0.5, 4.5]", "0.3"],
    ["sigmoid", "7.0", "–"],
  ]);
});

test("an interval narrower than its digits is left out", () => {
  const seeds = [1, 1 + 1e-12].map((x) => ({ "take/linear": x, "take/sigmoid": 0 }));
  expect(tableInWords(tableOverSeeds(table, seeds), (x) => `${x?.toFixed(3)}`).rows[0]).toEqual([
    "linear",
    "1.000",
    "0.250",
  ]);
});

test("one seed has no interval, and a measure that no run has is an error", () => {
  const seed = { "take/linear": 1, "take/sigmoid": Number.NaN };
  const [[cell], [unmeasured]] = tableOverSeeds(table, [seed]).rows.map(({ cells }) => cells);
  expect(cell).toEqual({ mean: 1, low: null, high: null });
  expect(unmeasured.mean).toBeNaN();
  expect(() => tableOverSeeds(table, [seed, { "take/linear": 1 }])).toThrow(
    'Table "Curves" needs the measure "take/sigmoid", which the run does not have.',
  );
});
