// Clusters of crowds whose places are known: means by hand, names that stay, and clusters of nobody that begin anew.
import { expect, test } from "vitest";
import { CELLS, CLUSTERS, cellOf, FIGURES, followCrowd } from "./crowd-clusters.ts";

/** Agents [sentiment, doublings, how many, wealth each, share in money]. */
type Crowd = readonly (readonly [number, number, number, number, number])[];
const follow = (clusters: Float64Array, crowd: Crowd): number[][] => {
  const [counts, wealth, money] = [0, 1, 2].map(() => new Float64Array(CELLS));
  for (const [sentiment, doublings, n, each, share] of crowd) {
    const cell = cellOf(sentiment, doublings);
    counts[cell] += n;
    wealth[cell] += n * each;
    money[cell] += n * each * share;
  }
  followCrowd(clusters, counts, wealth, money);
  return Array.from({ length: CLUSTERS }, (_, k) => [...clusters.subarray(k * FIGURES, (k + 1) * FIGURES)]);
};
const SIX: Crowd = [
  [-3.25, 4, 10, 1, 0.5],
  [-3.25, 20, 20, 8, 0.25],
  [0.25, 4, 30, 1, 0.75],
  [0.25, 20, 10, 8, 0],
  [3.25, 4, 20, 1, 0.5],
  [3.25, 20, 10, 8, 0.5],
];

test("six crowds apart are the six clusters, with the means and shares of each", () => {
  const clusters = new Float64Array(CLUSTERS * FIGURES);
  const found = follow(clusters, SIX);
  const expected = SIX.map(([sentiment, doublings, n, each, share]) => [
    n / 100,
    sentiment,
    doublings + 0.5, // the middle of a cell
    (n * each) / 380,
    1 - share,
  ]);
  const sorted = (rows: readonly (readonly number[])[]) => [...rows].sort((a, b) => a[1] - b[1] || a[2] - b[2]);
  sorted(found).forEach((row, k) => {
    row.forEach((x, f) => {
      expect(x).toBeCloseTo(sorted(expected)[k][f], 12);
    });
  });
});

test("a cluster keeps its name while its crowd wanders", () => {
  const clusters = new Float64Array(CLUSTERS * FIGURES);
  const before = follow(clusters, SIX);
  const after = follow(
    clusters,
    SIX.map(([sentiment, doublings, ...rest]) => [sentiment + 0.5, doublings + 1, ...rest] as const),
  );
  before.forEach((row, k) => {
    expect(after[k][1] - row[1]).toBeCloseTo(0.5, 12);
    expect(after[k][2] - row[2]).toBeCloseTo(1, 12);
  });
});

test("where there are fewer crowds than clusters the others are of nobody, and begin anew where a new crowd appears", () => {
  const clusters = new Float64Array(CLUSTERS * FIGURES);
  const shares = (rows: readonly (readonly number[])[]) => rows.map(([share]) => share).sort((a, b) => b - a);
  expect(shares(follow(clusters, SIX.slice(0, 2)))).toEqual([2 / 3, 1 / 3, 0, 0, 0, 0]);
  expect(shares(follow(clusters, SIX.slice(0, 3)))).toEqual([0.5, 1 / 3, 1 / 6, 0, 0, 0]);
  expect(shares(follow(clusters, []))).toEqual([0.5, 1 / 3, 1 / 6, 0, 0, 0]); // nobody: as it was
});

test("a doubling of wealth counts two thirds of a standard deviation, and a deviation more than that", () => {
  const clusters = new Float64Array(CLUSTERS * FIGURES);
  // Two agents more, each two doublings, 4/3 of a deviation, from one crowd, and one deviation, or one and a half, from another
  const two: Crowd = [
    [1.25, 4, 1, 1, 0],
    [-1.75, 4, 1, 1, 0],
  ];
  const crowd: Crowd = [SIX[0], [-1.75, 6, 20, 1, 0], SIX[2], SIX[3], SIX[4], [1.25, 6, 10, 1, 0], ...two];
  const found = follow(clusters, crowd).sort((a, b) => a[1] - b[1] || a[2] - b[2]);
  expect(found.map(([share]) => share * 102)).toEqual([10, 21, 10, 31, 10, 20].map((n) => expect.closeTo(n, 9)));
});

test("cells are within the grid wherever an agent is", () => {
  expect([cellOf(-99, 0), cellOf(99, 31)]).toEqual([0, CELLS - 1]);
  expect(cellOf(-4, 3)).toBe(3);
  expect(cellOf(0, 0)).toBe(CELLS / 2);
});
