import { expect, test } from "vitest";
import { meanInterval } from "../math/index.ts";
import { lineOverSeeds } from "./figures.ts";

const seeds = [
  {
    summary: { "histogram/0": 1, "histogram/0.5": 2, "histogram/10": 9, "histogram/mean": 7 },
    rows: [{ step: 10, loss: 4 }],
  },
  {
    summary: { "histogram/0": 3, "histogram/0.5": 2 },
    rows: [
      { step: 10, loss: 8 },
      { step: 20, loss: 6 },
    ],
  },
];

test("measured values become points in the order of x, with the interval of their mean", () => {
  const { x, y, low, high, as } = lineOverSeeds({ label: "", measured: "histogram" }, seeds, "interval");
  expect([x, y, as]).toEqual([[0, 0.5, 10], [2, 2, 9], "line"]);
  expect([low[0], high[0]]).toEqual([meanInterval([1, 3]).low, meanInterval([1, 3]).high]);
  expect([low[2], high[2]]).toEqual([9, 9]); // one seed has it
});

test("a metric of training is averaged where seeds have it, within the range of the seeds", () => {
  expect(lineOverSeeds({ label: "loss", training: "loss" }, seeds, "range")).toEqual({
    label: "loss",
    as: "line",
    x: [10, 20],
    y: [6, 6],
    low: [4, 6],
    high: [8, 6],
  });
});

test("one seed has no band, and neither have given points, which are a reference", () => {
  expect(lineOverSeeds({ label: "", training: "loss" }, seeds.slice(0, 1), "interval").high).toEqual([]);
  const points = [
    [0, 1],
    [2, 5],
  ] as const;
  expect(lineOverSeeds({ label: "theory", points }, seeds, "interval")).toEqual({
    label: "theory",
    as: "reference",
    x: [0, 2],
    y: [1, 5],
    low: [],
    high: [],
  });
});
