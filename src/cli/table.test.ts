import { expect, test } from "vitest";
import { table } from "./table.ts";

const header = ["item", "theory", "ours", "unit", "", "note"];
const rows = [
  ["leader's quantity", "4.5", "4.49721", "goods", "pass", "9 of 10 seeds within 0.05"],
  [
    "follower's best-response gap",
    "0",
    "0.0006",
    "money",
    "FAIL",
    "10 of 10 seeds at most 0.02; what a deviation could still gain",
  ],
];
const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

test("where there is room every row is a line, numbers to the right", () => {
  expect(table(header.slice(0, 3), [rows[0]!.slice(0, 3)], 80)).toBe(
    [
      "item               theory     ours",
      "─────────────────  ──────  ───────",
      "leader's quantity     4.5  4.49721",
    ].join("\n"),
  );
  expect(table(header, rows).split("\n")).toHaveLength(4);
});

test("at 80 columns text is wrapped inside its column", () => {
  expect(table(header, rows, 80)).toBe(
    [
      "item                      theory     ours  unit         note",
      "────────────────────────  ──────  ───────  ─────  ────  ────────────────────────",
      "leader's quantity            4.5  4.49721  goods  pass  9 of 10 seeds within",
      "                                                        0.05",
      "follower's best-response       0   0.0006  money  FAIL  10 of 10 seeds at most",
      "gap                                                     0.02; what a deviation",
      "                                                        could still gain",
    ].join("\n"),
  );
});

test.each([80, 60, 40, 30, 24])("at %i columns no line is longer, and nothing is lost", (width) => {
  const text = table(header, rows, width);
  expect(widest(text)).toBeLessThanOrEqual(width);
  const words = text.split(/\s+/).sort();
  for (const word of rows.flat().flatMap((cell) => cell.split(" ")))
    if (word.length < 12) expect(words).toContain(word);
});

test("a word longer than its column is cut, not lost", () => {
  const long = "x".repeat(50);
  const text = table(["name", "path"], [["a", long]], 30);
  expect(widest(text)).toBeLessThanOrEqual(30);
  expect(text.replace(/[^x]/g, "")).toBe(long);
});

test("where not even wrapped text fits every row is a block", () => {
  expect(table(["item", "theory", "ours", "unit"], [["price", "0.851520", "0.850300", ""]], 24)).toBe(
    ["price", "  theory  0.851520", "  ours    0.850300"].join("\n"),
  );
});
