// K-means: clusters around K means.
//
// N points in D dimensions, [N, D] row by row; K clusters

import { type Clusters, clusterStatistics, pointsOf } from "./clusters.ts";
import { wholeAtLeast } from "./series.ts";

export interface Means extends Clusters {
  /** [K, D] */
  readonly means: Float64Array;
  /** Σ of squared distances to the nearest mean. */
  readonly inertia: number;
}

export interface MeansOptions {
  readonly dimensions: number;
  /** K. */
  readonly clusters: number;
  /** The next of a sequence of uniform draws: `draw.sequence.uniform("means")` in a phase. */
  readonly draw: () => number;
  /** Points per step. Default 1024. */
  readonly batch?: number;
  /** Default 100. */
  readonly steps?: number;
}

/**
 * Mini-batch k-means: means move towards the points of random batches that are nearest to them, from a k-means++ start on a sample; in the end each is the mean of all its
 * points. Sculley 2010, WWW, 1177; Arthur & Vassilvitskii 2007. Clusters are numbered as their means were found, and some may be empty.
 */
export function kMeans(points: ArrayLike<number>, options: MeansOptions): Means {
  const where = "kMeans";
  const { dimensions: D, clusters: K, draw, batch = 1024, steps = 100 } = options;
  const N = pointsOf(where, points, D);
  for (let n = 0; n < N * D; n++)
    if (!Number.isFinite(points[n]!))
      throw new Error(
        `${where}: point ${Math.floor(n / D)} has the coordinate ${points[n]}, expected a finite number.`,
      );
  wholeAtLeast(where, "clusters", K, 1);
  wholeAtLeast(where, "batch", batch, 1);
  wholeAtLeast(where, "steps", steps, 0);
  if (K > N) throw new Error(`${where}: ${K} clusters of ${N} points, expected at most as many.`);
  const any = (): number => Math.floor(draw() * N);
  const means = new Float64Array(K * D);
  spread(
    means,
    points,
    D,
    Int32Array.from({ length: Math.min(N, Math.max(batch, 20 * K)) }, N <= batch ? (_, i) => i : any),
    draw,
  );
  const seen = new Float64Array(K);
  const [chosen, nearest] = [new Int32Array(batch), new Int32Array(batch)];
  for (let step = 0; step < steps; step++) {
    for (let b = 0; b < batch; b++) chosen[b] = any();
    for (let b = 0; b < batch; b++) nearest[b] = nearestMean(points, chosen[b]!, means, K, D);
    for (let b = 0; b < batch; b++) {
      const c = nearest[b]!;
      const rate = 1 / ++seen[c]!;
      for (let d = 0; d < D; d++) means[c * D + d]! += rate * (points[chosen[b]! * D + d]! - means[c * D + d]!);
    }
  }
  const cluster = new Int32Array(N);
  const assign = (): number => {
    let inertia = 0;
    for (let i = 0; i < N; i++) {
      const c = nearestMean(points, i, means, K, D);
      cluster[i] = c;
      inertia += squaredDistance(points, i, means, c, D);
    }
    return inertia;
  };
  assign();
  const { size, mean } = clusterStatistics(points, cluster, { dimensions: D, clusters: K });
  for (let c = 0; c < K; c++) if (size[c]! > 0) means.set(mean.subarray(c * D, (c + 1) * D), c * D);
  return { inertia: assign(), cluster, count: K, means };
}

/** k-means++: each mean is a point of the sample, drawn in proportion to its squared distance from those before. */
function spread(
  means: Float64Array,
  points: ArrayLike<number>,
  D: number,
  sample: Int32Array,
  draw: () => number,
): void {
  const distance = new Float64Array(sample.length).fill(Infinity);
  const K = means.length / D;
  let chosen = Math.floor(draw() * sample.length);
  for (let c = 0; c < K; c++) {
    for (let d = 0; d < D; d++) means[c * D + d] = points[sample[chosen]! * D + d]!;
    let sum = 0;
    for (let s = 0; s < sample.length; s++) {
      distance[s] = Math.min(distance[s]!, squaredDistance(points, sample[s]!, means, c, D));
      sum += distance[s]!;
    }
    let left = draw() * sum;
    chosen = 0;
    for (left -= distance[0]!; left >= 0 && chosen < sample.length - 1; left -= distance[chosen]!) chosen++;
  }
}

function nearestMean(points: ArrayLike<number>, i: number, means: Float64Array, K: number, D: number): number {
  let [best, least] = [0, Infinity];
  for (let c = 0; c < K; c++) {
    const distance = squaredDistance(points, i, means, c, D);
    if (distance < least) {
      least = distance;
      best = c;
    }
  }
  return best;
}

function squaredDistance(points: ArrayLike<number>, i: number, means: Float64Array, c: number, D: number): number {
  let sum = 0;
  for (let d = 0; d < D; d++) {
    const gap = points[i * D + d]! - means[c * D + d]!;
    sum += gap * gap;
  }
  return sum;
}
