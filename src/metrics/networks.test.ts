import fc from "fast-check";
import { expect, test } from "vitest";
import { createDraws } from "../economy/draws.ts";
import { networks } from "../economy/index.ts";
import type { Wiring } from "../economy/phases/wire.ts";
import { seedStream } from "../random/index.ts";
import {
  type Adjacency,
  assortativity,
  betweenness,
  closeness,
  clustering,
  components,
  degreeExponent,
  degrees,
  eigenvectorCentrality,
  pageRank,
  sampledClustering,
  undirected,
} from "./index.ts";

type Pair = readonly [number, number];
/** Links in the order given, by source. */
function adjacency(rows: number, links: readonly Pair[]): Adjacency & { start: Int32Array; target: Int32Array } {
  const lists = Array.from({ length: rows }, (): number[] => []);
  for (const [i, j] of links) lists[i].push(j);
  const start = new Int32Array(rows + 1);
  lists.forEach((list, i) => {
    start[i + 1] = start[i] + list.length;
  });
  return { start, target: Int32Array.from(lists.flat()) };
}
const ties = (rows: number, pairs: readonly Pair[]) =>
  adjacency(rows, pairs.flatMap(([i, j]): Pair[] => [[i, j], [j, i]])); // biome-ignore format: both ways
function made(wiring: Wiring, rows: number, seed = 1) {
  const links: Pair[] = [];
  const draws = createDraws("made");
  draws.reseed(seedStream(seed));
  draws.at(0, 0, 0, rows);
  wiring((i, j) => links.push([i, j]), { sources: rows, targets: rows, same: true }, draws.world.sequence);
  return { network: adjacency(rows, links), draws };
}
const sum = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b, 0);
const near = (x: ArrayLike<number>, expected: readonly number[], digits = 9) =>
  expected.forEach((value, i) => {
    expect(x[i]).toBeCloseTo(value, digits);
  });

// Zachary's karate club, 78 ties: each member's later neighbours
const CLUB = [
  [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 17, 19, 21, 31], [2, 3, 7, 13, 17, 19, 21, 30], [3, 7, 8, 9, 13, 27, 28, 32],
  [7, 12, 13], [6, 10], [6, 10, 16], [16], [], [30, 32, 33], [33], [], [], [], [33], [32, 33], [32, 33], [], [], [32, 33],
  [33], [32, 33], [], [32, 33], [25, 27, 29, 32, 33], [25, 27, 31], [31], [29, 33], [33], [31, 33], [32, 33], [32, 33],
  [32, 33], [33], [],
]; // biome-ignore format: lists
const club = ties(
  34,
  CLUB.flatMap((later, i) => later.map((j): Pair => [i, j])),
);
const MEMBERS = [0, 2, 33, 11];
const ofMembers = (x: ArrayLike<number>) => MEMBERS.map((i) => x[i]);

test("figures of a club are those of networkx", () => {
  // networkx 3.6.1: average_clustering, transitivity, triangles, degree_assortativity_coefficient, pagerank(tol=1e-14), eigenvector_centrality, …
  const { average, transitivity, triangles } = clustering(club);
  near([average, transitivity, triangles], [0.5706384782076823, 0.2556818181818182, 45], 12);
  expect(assortativity(club)).toBeCloseTo(-0.47561309768461413, 12);
  near(ofMembers(pageRank(club)), [0.0969972853883738, 0.05707850948846012, 0.1009191823325516, 0.009564745492141206]);
  near(
    ofMembers(eigenvectorCentrality(club)),
    [0.35549144452448955, 0.3171925044864054, 0.37336347029155703, 0.05285569749350583],
  );
  near(ofMembers(betweenness(club)), [0.43763528138528146, 0.14365680615680618, 0.30407497594996596, 0], 12);
  near(ofMembers(closeness(club)), [0.5689655172413793, 0.559322033898305, 0.55, 0.36666666666666664], 12);
  expect(sum(closeness(club))).toBeCloseTo(14.500307507499796, 11);
});

test("directed links with dead ends, and ties of several components, are those of networkx", () => {
  const directed = adjacency(7, [[0, 1], [1, 2], [2, 0], [2, 3], [3, 1], [4, 3], [5, 4], [1, 3]]); // biome-ignore format: links
  near(pageRank(directed), [0.09796700285403605, 0.349956569096501, 0.17312178576844509, 0.28505220325662745, 0.0451219512195122, 0.02439024390243903, 0.02439024390243903]); // biome-ignore format: a row
  near(betweenness(directed), [1 / 60, 4 / 15, 2 / 15, 13 / 60, 2 / 15, 0, 0], 12);
  const apart = ties(8, [[0, 1], [1, 2], [2, 3], [4, 5], [5, 6]]); // biome-ignore format: links
  near(closeness(apart), [3 / 14, 9 / 28, 9 / 28, 3 / 14, 4 / 21, 2 / 7, 4 / 21, 0], 12);
  expect(components(directed)).toEqual({
    component: Int32Array.of(0, 0, 0, 0, 0, 0, 1),
    sizes: Int32Array.of(6, 1),
    largest: 6,
  });
  expect([...components(apart).sizes]).toEqual([4, 3, 1]);
});

test("rings, complete networks and stars have the figures of their formulas", () => {
  for (const k of [2, 4, 10]) {
    const { network } = made(networks.ring({ neighbours: k }), 40);
    expect(clustering(network).average).toBeCloseTo((3 * (k - 2)) / (4 * (k - 1)), 12);
    expect(clustering(network).transitivity).toBeCloseTo((3 * (k - 2)) / (4 * (k - 1)), 12);
    expect(assortativity(network)).toBeNull();
    near(pageRank(network), new Array(40).fill(1 / 40), 12);
    near(eigenvectorCentrality(network), new Array(40).fill(1 / Math.sqrt(40)), 12);
  }
  const n = 9;
  const { network: complete } = made(networks.complete(), n);
  expect(clustering(complete)).toMatchObject({ average: 1, transitivity: 1, triangles: 84 });
  near(betweenness(complete), new Array(n).fill(0));
  near(closeness(complete), new Array(n).fill(1));
  const star = ties(
    n,
    Array.from({ length: n - 1 }, (_, i): Pair => [0, i + 1]),
  );
  expect(assortativity(star)).toBeCloseTo(-1, 12);
  expect(clustering(star)).toMatchObject({ average: 0, triangles: 0 });
  near(betweenness(star), [1, ...new Array(n - 1).fill(0)], 12);
  near(closeness(star), [1, ...new Array(n - 1).fill((n - 1) / (2 * n - 3))], 12);
  near(eigenvectorCentrality(star), [Math.SQRT1_2, ...new Array(n - 1).fill(1 / Math.sqrt(2 * (n - 1)))]); // a network of two halves
  expect([...degrees(star)]).toEqual([n - 1, ...new Array(n - 1).fill(1)]);
  const none = ties(3, []);
  expect(clustering(none)).toMatchObject({ average: 0, transitivity: 0, triangles: 0 });
  expect(assortativity(none)).toBeNull();
  near(pageRank(none), [1 / 3, 1 / 3, 1 / 3], 12);
});

test("random networks cluster as their laws say", () => {
  const n = 3000;
  // Erdős & Rényi: triangles are Poisson with mean (n over 3) p³ = 20³/6, about; C = p. 4 standard errors.
  const { network: random } = made(networks.random({ degree: 20 }), n);
  const expected = 20 ** 3 / 6;
  expect(Math.abs(clustering(random).triangles - expected)).toBeLessThan(4 * Math.sqrt(expected));
  // Watts & Strogatz: C(p) = C(0)(1 − p)³, but for 1/n. Barrat & Weigt 2000.
  const { network: small, draws } = made(networks.smallWorld({ neighbours: 10, rewiring: 0.1 }), n);
  const { average } = clustering(small);
  expect(Math.abs(average - (2 / 3) * 0.9 ** 3)).toBeLessThan(0.015);
  const sampled = sampledClustering(small, draws.rows.integers("sample", n).subarray(0, 400));
  expect(Math.abs(sampled.average - average)).toBeLessThan(4 * sampled.standardError);
  expect(sampled.standardError).toBeLessThan(0.02);
  const every = Int32Array.from({ length: n }, (_, i) => i);
  expect(sampledClustering(small, every).average).toBeCloseTo(average, 12);
  // Sampled paths against all of them, in a network where some matter more than others.
  const { network: hubs } = made(networks.scaleFree({ ties: 2 }), 400);
  const sources = every.subarray(0, 400).filter((i) => i % 2 === 0);
  const [all, half] = [betweenness(hubs), betweenness(hubs, { sources })];
  const error = Math.sqrt(sum(all.map((b, i) => (b - half[i]) ** 2)) / sum(all.map((b) => b * b)));
  expect(error).toBeLessThan(0.15);
  const [far, about] = [closeness(hubs), closeness(hubs, { sources })];
  expect(Math.max(...far.map((c, i) => Math.abs(c / about[i] - 1)))).toBeLessThan(0.05);
});

test("the exponent of degrees is that of their law", () => {
  // Barabási & Albert: P(k) = 2m(m + 1)/(k(k + 1)(k + 2)), whose exponent is 3 in the limit; of degrees from 30 on, about that of (k + 1)^−3.
  const m = 4;
  const { network } = made(networks.scaleFree({ ties: m }), 40_000);
  const least = 30;
  // P(K ≥ k) = least (least + 1)/(k (k + 1)): quantiles of the law
  const quantiles = Array.from({ length: 20_000 }, (_, q) =>
    Math.floor((Math.sqrt(1 + (4 * least * (least + 1)) / ((q + 0.5) / 20_000)) - 1) / 2),
  );
  const limit = degreeExponent(quantiles, { least }).exponent;
  expect(limit).toBeGreaterThan(2.9);
  expect(limit).toBeLessThan(3);
  const { exponent, standardError, count } = degreeExponent(degrees(network), { least });
  expect(count).toBe([...degrees(network)].filter((k) => k >= least).length);
  expect(standardError).toBeCloseTo((exponent - 1) / Math.sqrt(count), 1);
  expect(Math.abs(exponent - limit)).toBeLessThan(4 * standardError);
  // scipy 1.17: the maximum of −n ln ζ(α, 2) − α Σ ln k
  expect(degreeExponent([2, 2, 2, 3, 1, 4, 7, 2, 12], { least: 2 }).exponent).toBeCloseTo(2.337177068944543, 7);
  expect(() => degreeExponent([3, 3, 2], { least: 3 })).toThrow("2 degrees from 3 on, the largest 3");
});

test("any links become ties: from both ends, ascending, once, and none to itself", () => {
  const pair = fc.tuple(fc.nat(7), fc.nat(7));
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 30 }), (links) => {
      const { start, target } = undirected(adjacency(8, links));
      const all = links.flatMap(([i, j]) => (i === j ? [] : [[i, j], [j, i]])); // biome-ignore format: both ways
      const lists = Array.from({ length: 8 }, (_, i) => [
        ...new Set(all.flatMap(([a, b]) => (a === i ? [b] : [])).sort()),
      ]);
      expect(Array.from({ length: 8 }, (_, i) => [...target.subarray(start[i], start[i + 1])])).toEqual(lists);
      // against all triples
      const tied = (i: number, j: number) => lists[i].includes(j);
      let triangles = 0;
      for (let i = 0; i < 8; i++)
        for (let j = 0; j < i; j++) for (let k = 0; k < j; k++) if (tied(i, j) && tied(j, k) && tied(i, k)) triangles++;
      expect(clustering({ start, target }).triangles).toBe(triangles);
    }),
    { numRuns: 60 },
  );
});

test("what is no network is refused", () => {
  expect(() => clustering(adjacency(3, [[0, 1], [1, 2]]))).toThrow("Give it metrics.undirected(links)."); // biome-ignore format: links
  expect(() => degrees({ start: [0, 2], target: [0] })).toThrow("0 to 2, for 1 targets");
  expect(() => degrees({ start: [0, 2, 1], target: [0, 1] })).toThrow("start falls from 2 to 1 at row 1");
  expect(() => components({ start: [0, 1], target: [3] })).toThrow("link 0 leads to row 3, expected 0 to 0.");
  expect(() => pageRank(club, { damping: 1 })).toThrow("damping is 1");
  expect(() => pageRank(club, { maxIterations: 2 })).toThrow("no convergence to 1e-10 in 2 iterations");
  expect(() => betweenness(club, { sources: [34] })).toThrow("got row 34, expected a whole number from 0 to 33");
  expect(() => sampledClustering(club, [1])).toThrow("1 rows, expected at least 2");
});
