// Clusters of points, such as agents' strategies, by a threshold distance; and what clusters are like.
//
// N points in D dimensions, [N, D] row by row as a column with `each: D` has them; C clusters

import { createGrid } from "../math/grid.ts";
import { UnionFind } from "../math/union-find.ts";
import { wholeAtLeast } from "./series.ts";

export interface Clusters {
  /** [N] the cluster of each point, numbered in order of their first points. */
  readonly cluster: Int32Array;
  /** C. */
  readonly count: number;
}

/** Coordinates farther out, in thresholds, would be too coarse as doubles to be told apart. */
const FAR = 0x40_0000_0000;
const KEYS = 0x10_0000_0000_0000;

// Cells of side θ/k, k > √D: points of one cell are less than θ apart, and so only pairs of cells have to be looked at. A cell's partners lie in the
// surroundings of a wider cell, of side θ, which hold the few cells of points that can be so near.
/**
 * Connected components of the graph in which points less than `threshold` apart are tied: single linkage cut at the threshold, exactly. Any two points of
 * different clusters are at least the threshold apart. About O(N log N) in a few dimensions; beyond four, points near in four of them are compared.
 */
export function thresholdClusters(
  given: ArrayLike<number>,
  { dimensions, threshold }: { readonly dimensions: number; readonly threshold: number },
): Clusters {
  const where = "thresholdClusters";
  const D = dimensions;
  const N = pointsOf(where, given, D);
  const θ = threshold;
  if (!(θ > 0 && θ < Infinity)) throw new Error(`${where}: threshold is ${θ}, expected a number above 0.`);
  const [least, most] = [new Float64Array(D).fill(Infinity), new Float64Array(D).fill(-Infinity)];
  for (let n = 0, d = 0; n < N * D; n++) {
    const x = given[n]!;
    if (!(Math.abs(x) <= FAR * θ))
      throw new Error(
        `${where}: point ${Math.floor(n / D)} has the coordinate ${x}, expected a number within 2^38 thresholds of 0.`,
      );
    if (x < least[d]!) least[d] = x;
    if (x > most[d]!) most[d] = x;
    d = d + 1 < D ? d + 1 : 0;
  }
  const widest = Array.from({ length: D }, (_, d) => d)
    .sort((a, b) => most[b]! - least[b]! - (most[a]! - least[a]!) || a - b)
    .slice(0, 4);
  // Points near each other become neighbours in memory: 10⁶ of them take a second instead of five.
  const order = inCellOrder(given, D, N, widest, θ, least, most);
  const points = new Float64Array(N * D);
  for (let i = 0; i < N; i++) for (let d = 0; d < D; d++) points[i * D + d] = given[order[i]! * D + d]!;
  const k = Math.floor(Math.sqrt(D)) + 1;
  const side = (θ * (1 + 1e-4)) / k; // a little wider: rounding never hides a neighbour
  const fine = createGrid(N, D, side, (i, d) => points[i * D + d]!);
  const { cells, coordinates, start, points: members } = fine;
  const [low, high] = [new Float64Array(cells * D).fill(Infinity), new Float64Array(cells * D).fill(-Infinity)];
  for (let i = 0; i < N; i++)
    for (let d = 0, c = fine.cell[i]! * D; d < D; d++, c++) {
      const x = points[i * D + d]!;
      if (x < low[c]!) low[c] = x;
      if (x > high[c]!) high[c] = x;
    }
  const wide = createGrid(cells, widest.length, k, (c, d) => coordinates[c * D + widest[d]!]!);
  const sets = new UnionFind(cells);

  /** Whether some point of cell a is less than θ from some of cell b. */
  const close = (a: number, b: number): boolean => {
    let between = 0;
    for (let d = 0; d < D; d++) {
      const gap = Math.max(low[a * D + d]! - high[b * D + d]!, low[b * D + d]! - high[a * D + d]!, 0);
      between += gap * gap;
    }
    if (!(between < θ * θ)) return false;
    for (let p = start[a]!; p < start[a + 1]!; p++) {
      const i = members[p]! * D;
      let away = 0;
      for (let d = 0; d < D; d++) {
        const x = points[i + d]!;
        const gap = Math.max(low[b * D + d]! - x, x - high[b * D + d]!, 0);
        away += gap * gap;
      }
      if (!(away < θ * θ)) continue;
      for (let q = start[b]!; q < start[b + 1]!; q++) {
        const j = members[q]! * D;
        let distance = 0;
        for (let d = 0; d < D; d++) {
          const gap = points[i + d]! - points[j + d]!;
          distance += gap * gap;
        }
        if (distance < θ * θ) return true;
      }
    }
    return false;
  };
  const meet = (a: number, b: number): void => {
    if (sets.find(a) !== sets.find(b) && close(a, b)) sets.join(a, b);
  };

  const offsets = halfOfSurroundings(widest.length);
  for (let c = 0; c < wide.cells; c++) {
    const [from, to] = [wide.start[c]!, wide.start[c + 1]!];
    for (let a = from; a < to; a++) for (let b = a + 1; b < to; b++) meet(wide.points[a]!, wide.points[b]!);
    const own = wide.coordinates.subarray(c * widest.length, (c + 1) * widest.length);
    for (const offset of offsets) {
      const other = wide.at(own, offset);
      if (other < 0) continue;
      for (let a = from; a < to; a++)
        for (let b = wide.start[other]!; b < wide.start[other + 1]!; b++) meet(wide.points[a]!, wide.points[b]!);
    }
  }
  const cluster = new Int32Array(N);
  for (let i = 0; i < N; i++) cluster[order[i]!] = sets.find(fine.cell[i]!);
  const number = new Int32Array(cells).fill(-1);
  let count = 0;
  for (let i = 0; i < N; i++) {
    const first = cluster[i]!;
    if (number[first]! < 0) number[first] = count++;
    cluster[i] = number[first]!;
  }
  return { cluster, count };
}

/** Points by cell of the wider grid, cells by one coordinate after the other; where cells are too many for a key, about so. */
function inCellOrder(
  points: ArrayLike<number>,
  D: number,
  N: number,
  axes: readonly number[],
  side: number,
  least: Float64Array,
  most: Float64Array,
): Int32Array {
  const keys = KEYS / Math.max(1, N); // with a point's number a key is a whole number below 2⁵²
  let width = side;
  const along = (d: number): number => Math.floor((most[d]! - least[d]!) / width) + 1;
  while (axes.reduce((product, d) => product * along(d), 1) > keys) width *= 2;
  const sorted = new Float64Array(N);
  const counts = axes.map(along);
  for (let i = 0; i < N; i++) {
    let key = 0;
    for (let a = 0; a < axes.length; a++) {
      const d = axes[a]!;
      key = key * counts[a]! + Math.floor((points[i * D + d]! - least[d]!) / width);
    }
    sorted[i] = key * N + i;
  }
  sorted.sort();
  return Int32Array.from(sorted, (key) => key % N);
}

/** One of each two opposite offsets to the 3^D − 1 cells around one. */
function halfOfSurroundings(D: number): Int32Array[] {
  let all: number[][] = [[]];
  for (let d = 0; d < D; d++) all = all.flatMap((offset) => [-1, 0, 1].map((step) => [...offset, step]));
  return all.slice((all.length + 1) / 2).map((offset) => Int32Array.from(offset)); // those after the middle, which is the cell itself
}

export interface ClusterStatistics {
  /** [C] points. */
  readonly size: Int32Array;
  /** [C, D]; NaN of an empty cluster. */
  readonly mean: Float64Array;
  /** [C, D] around the mean, over the size; NaN of an empty cluster. */
  readonly variance: Float64Array;
}

/** Sizes, means and variances of points by cluster, in two passes. */
export function clusterStatistics(
  points: ArrayLike<number>,
  cluster: ArrayLike<number>,
  { dimensions: D, clusters: C }: { readonly dimensions: number; readonly clusters: number },
): ClusterStatistics {
  const where = "clusterStatistics";
  const N = pointsOf(where, points, D);
  wholeAtLeast(where, "clusters", C, 0);
  if (cluster.length !== N)
    throw new Error(`${where}: ${cluster.length} clusters given for ${N} points, expected as many.`);
  const [size, mean, variance] = [new Int32Array(C), new Float64Array(C * D), new Float64Array(C * D)];
  for (let i = 0; i < N; i++) {
    const c = cluster[i]!;
    if (!(Number.isInteger(c) && c >= 0 && c < C))
      throw new Error(`${where}: point ${i} is in cluster ${c}, expected a whole number from 0 to ${C - 1}.`);
    size[c]!++;
    for (let d = 0; d < D; d++) mean[c * D + d]! += points[i * D + d]!;
  }
  for (let n = 0; n < C * D; n++) mean[n]! /= size[Math.floor(n / D)]!;
  for (let i = 0; i < N; i++)
    for (let d = 0, c = cluster[i]! * D; d < D; d++, c++) {
      const gap = points[i * D + d]! - mean[c]!;
      variance[c]! += gap * gap;
    }
  for (let n = 0; n < C * D; n++) variance[n]! /= size[Math.floor(n / D)]!;
  return { size, mean, variance };
}

/** How many points there are. */
export function pointsOf(where: string, points: ArrayLike<number>, dimensions: number): number {
  wholeAtLeast(where, "dimensions", dimensions, 1);
  const N = points.length / dimensions;
  if (!Number.isInteger(N))
    throw new Error(`${where}: ${points.length} coordinates in ${dimensions} dimensions, expected a multiple of them.`);
  return N;
}
