import fc from "fast-check";
import { expect, test } from "vitest";
import { fresh } from "../../test/periods.ts";
import { createDraws } from "../economy/draws.ts";
import { createSimulation, defineEconomy, f64, index, population } from "../economy/index.ts";
import { seedStream } from "../random/index.ts";
import { clusterStatistics, kMeans, thresholdClusters } from "./index.ts";

const drawsOf = (seed: number) => {
  const draws = createDraws("points");
  draws.reseed(seedStream(seed));
  draws.at(0, 0, 0, 100_000);
  return draws;
};

/** Every pair. */
function plain(points: readonly number[], D: number, θ: number): number[] {
  const N = points.length / D;
  const label = Array.from({ length: N }, (_, i) => i);
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < N; i++)
      for (let j = 0; j < i; j++) {
        let distance = 0;
        for (let d = 0; d < D; d++) distance += (points[i * D + d] - points[j * D + d]) ** 2;
        if (!(distance < θ * θ) || label[i] === label[j]) continue;
        label[i] = label[j] = Math.min(label[i], label[j]);
        changed = true;
      }
  }
  const order = [...new Set(label)];
  return label.map((first) => order.indexOf(first));
}

test("clusters are those that comparing every pair finds", () => {
  const spreads = fc.constantFrom(0.3, 1, 3, 30);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), spreads, fc.nat(1000), fc.boolean(), (D, spread, seed, lattice) => {
      const next = drawsOf(seed).world.sequence.uniform("x");
      // on a lattice of half thresholds many pairs are just a threshold apart, which is not less
      const points = Array.from({ length: 40 * D }, () => {
        const x = (next() - 0.5) * spread;
        return lattice ? Math.round(2 * x) / 2 : x;
      });
      const { cluster, count } = thresholdClusters(points, { dimensions: D, threshold: 1 });
      expect([...cluster]).toEqual(plain(points, D, 1));
      expect(count).toBe(new Set(cluster).size);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("a chain of points less than a threshold apart is one cluster, and points a threshold apart are two", () => {
  const chain = Float64Array.from({ length: 3000 }, (_, n) => 0.49 * Math.floor(n / 3));
  expect(thresholdClusters(chain, { dimensions: 3, threshold: 0.85 }).count).toBe(1);
  expect(thresholdClusters(chain, { dimensions: 3, threshold: 0.48 }).count).toBe(1000);
  expect([...thresholdClusters([0, 0.5, 1], { dimensions: 1, threshold: 0.5 }).cluster]).toEqual([0, 1, 2]);
  // a cell of two that begins less than a threshold away, with neither of them so near
  expect([...thresholdClusters([0, 0, 1, 0, 0.9, 0.45], { dimensions: 2, threshold: 1 }).cluster]).toEqual([0, 1, 1]);
  expect(thresholdClusters(new Float64Array(20_000), { dimensions: 2, threshold: 1e-3 }).count).toBe(1); // one place
  expect(thresholdClusters([], { dimensions: 2, threshold: 1 }).count).toBe(0);
  expect(() => thresholdClusters([0, Number.NaN], { dimensions: 2, threshold: 1 })).toThrow(
    "point 0 has the coordinate NaN",
  );
  expect(() => thresholdClusters([0, 1e30], { dimensions: 1, threshold: 1 })).toThrow("thresholds of 0");
  expect(() => thresholdClusters([0, 1, 2], { dimensions: 2, threshold: 1 })).toThrow("3 coordinates in 2 dimensions");
  expect(() => thresholdClusters([0], { dimensions: 1, threshold: 0 })).toThrow("threshold is 0");
});

test("k-means finds groups that lie apart, their means and what is left over", () => {
  const centres = [[0, 0], [8, 0], [0, 8], [8, 8]]; // biome-ignore format: corners
  const noise = drawsOf(2).rows.normal("noise");
  const N = 20_000;
  const points = Float64Array.from({ length: 2 * N }, (_, n) => centres[(n >> 1) % 4][n & 1] + noise[n]);
  for (const seed of [1, 2, 3]) {
    const draw = drawsOf(seed).world.sequence.uniform("draw");
    const { cluster, means, inertia } = kMeans(points, { dimensions: 2, clusters: 4, draw, batch: 256, steps: 20 });
    expect(means).toEqual(clusterStatistics(points, cluster, { dimensions: 2, clusters: 4 }).mean);
    const own = [0, 1, 2, 3].map((i) => cluster[i]);
    expect(new Set(own).size).toBe(4);
    own.forEach((c, i) => {
      for (const d of [0, 1]) expect(Math.abs(means[2 * c + d] - centres[i][d])).toBeLessThan(5 / Math.sqrt(N / 4));
    });
    expect(Math.abs(inertia / (2 * N) - 1)).toBeLessThan(5 / Math.sqrt(N)); // N χ² of two degrees of freedom
  }
  const draw = drawsOf(4).world.sequence.uniform("draw");
  // Three far from all others are among the first means.
  const few = [...Array.from({ length: 97 }, (_, i) => 1e-3 * (i % 7)), 10, 20, 30];
  expect(kMeans(few, { dimensions: 1, clusters: 4, draw, steps: 0 }).inertia).toBeLessThan(97 * 6e-3 * 6e-3);
  // As many clusters as points: each alone.
  expect(kMeans([5, 1, 9], { dimensions: 1, clusters: 3, draw, batch: 8, steps: 3 }).inertia).toBe(0);
  expect(() => kMeans([5, 1], { dimensions: 1, clusters: 3, draw })).toThrow("3 clusters of 2 points");
  expect(() => kMeans([5, Infinity], { dimensions: 2, clusters: 1, draw })).toThrow(
    "point 0 has the coordinate Infinity",
  );
});

test("statistics are those of each cluster's points", () => {
  const { size, mean, variance } = clusterStatistics([1, 10, 3, 20, 7, 7], [1, 1, 0], { dimensions: 2, clusters: 3 });
  expect([...size]).toEqual([1, 2, 0]);
  expect([...mean]).toEqual([7, 7, 2, 15, Number.NaN, Number.NaN]);
  expect([...variance]).toEqual([0, 0, 1, 25, Number.NaN, Number.NaN]);
  expect(() => clusterStatistics([1], [2], { dimensions: 1, clusters: 2 })).toThrow("point 0 is in cluster 2");
  expect(() => clusterStatistics([1], [], { dimensions: 1, clusters: 2 })).toThrow("0 clusters given for 1 points");
});

const school = defineEconomy({
  name: "school",
  source: "none",
  summary: "Traders whose strategies drift, grouped every three periods.",
  horizon: 10,
  params: {},
  populations: {
    groups: population({ size: 4, state: { members: f64({ doc: "how many" }) } }),
    traders: population({
      size: 60,
      state: {
        strategy: f64({ each: 2, doc: "two weights" }),
        group: index("groups", { doc: "of like strategies" }),
      },
    }),
  },
  phases: ({ each, total, world }) => ({
    drift: each("traders", { doc: "towards the left or the right" }, (k, from, to, _w, _p, draw) => {
      const u = draw.normal("drift");
      for (let i = from; i < to; i++) {
        k.strategy[2 * i] += 0.1 * u[i] + (i % 2 === 0 ? 1 : -1);
        k.strategy[2 * i + 1] += 0.1 * u[i];
      }
    }),
    group: world({ doc: "every three periods" }, (w, _p, draw) => {
      if (w.period % 3 !== 0) return;
      const { strategy, group } = w.traders;
      group.set(
        kMeans(strategy, { dimensions: 2, clusters: 4, draw: draw.sequence.uniform("means"), batch: 32, steps: 5 })
          .cluster,
      );
    }),
    count: total("traders", { doc: "members", by: "group" }, { members: () => 1 }),
  }),
});

test("groups re-estimated within an economy are the same for any cut", () => {
  const whole = fresh(createSimulation(school, { grain: 8 }), 5);
  const members = whole.columns["groups.members"] as Float64Array;
  expect(members.reduce((a, b) => a + b)).toBe(60);
  const group = whole.columns["traders.group"];
  const sides = new Set(Array.from(group, (g, i) => `${g} ${i % 2}`));
  expect(sides.size).toBe(new Set(group).size); // nobody of the left in a group of the right
  for (const pieces of [2, 7]) {
    const cut = fresh(createSimulation(school, { grain: 8, cut: "rows", pieces, backwards: true }), 5);
    for (const name in whole.columns) expect([name, [...cut.columns[name]]]).toEqual([name, [...whole.columns[name]]]);
  }
});
