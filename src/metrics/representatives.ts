// A population by weighted representatives: each stands for the points of one cluster, at their mean, with as much weight as there are.
//
// N points in D dimensions, [N, D] row by row; K representatives
//
// What responds to a point by f makes an error of Σ_i f(x_i) − Σ_k n_k f(x̄_k) ≈ ½ Σ_k n_k tr(f″ Σ_k), Σ_k a cluster's covariance: clusters' means leave no first-order
// term, and so the error falls as K^{−2/D}, where random members of the population leave K^{−1/2}.

import { byGroup } from "../math/grid.ts";
import { clusterStatistics, pointsOf } from "./clusters.ts";
import { kMeans } from "./k-means.ts";
import { wholeAtLeast } from "./series.ts";

export interface Representatives {
  /** [K, D] */
  readonly points: Float64Array;
  /** [K] how many points each stands for. */
  readonly weight: Float64Array;
  /** [N] the representative of each point. */
  readonly cluster: Int32Array;
}

interface Common {
  readonly dimensions: number;
  /** K, at most: clusters that end up empty have no representative. */
  readonly count: number;
  /** The next of a sequence of uniform draws: `draw.sequence.uniform("representatives")` in a phase. */
  readonly draw: () => number;
}

/** Representatives by k-means: clusters are the smaller the more points there are. */
export function representatives(points: ArrayLike<number>, { dimensions, count, draw }: Common): Representatives {
  const { cluster } = kMeans(points, { dimensions, clusters: count, draw });
  return standing(points, cluster, dimensions, count);
}

export interface RefineOptions extends Common {
  /** The error, of at least 0, that a representative [D] makes for its members, given by their rows. */
  readonly error: (representative: Float64Array, members: Int32Array) => number;
}

/** More representatives where the error is: the one with the largest has its members dealt among two, again and again, until there are `count` or none errs. */
export function refine(points: ArrayLike<number>, given: Representatives, options: RefineOptions): Representatives {
  const { dimensions: D, count, draw, error } = options;
  const N = pointsOf("refine", points, D);
  wholeAtLeast("refine", "count", count, 1);
  if (given.cluster.length !== N)
    throw new Error(`refine: representatives of ${given.cluster.length} points, expected of the ${N} given.`);
  const { start, points: rows } = byGroup(given.cluster, given.weight.length);
  const judged = (members: Int32Array) => ({ members, error: error(meanOf(points, members, D), members) });
  const parts = Array.from(given.weight, (_, k) => judged(rows.subarray(start[k]!, start[k + 1]!)));
  while (parts.length < count) {
    const worst = parts.reduce((a, b, k) => (b.error > parts[a]!.error ? k : a), 0);
    const { members, error: left } = parts[worst]!;
    if (!(left > 0)) break;
    const own = new Float64Array(members.length * D);
    members.forEach((i, n) => {
      for (let d = 0; d < D; d++) own[n * D + d] = points[i * D + d]!;
    });
    const batch = Math.min(1024, members.length);
    const { cluster } = kMeans(own, { dimensions: D, clusters: Math.min(2, members.length), draw, batch, steps: 10 });
    const [first, second] = [0, 1].map((side) => members.filter((_, n) => cluster[n] === side));
    if (!first || !second || first.length === 0 || second.length === 0) {
      parts[worst] = { members, error: 0 }; // all in one place
      continue;
    }
    parts[worst] = judged(first);
    parts.push(judged(second));
  }
  const cluster = new Int32Array(N);
  parts.forEach(({ members }, k) => {
    for (const i of members) cluster[i] = k;
  });
  return standing(points, cluster, D, parts.length);
}

function meanOf(points: ArrayLike<number>, members: Int32Array, D: number): Float64Array {
  const mean = new Float64Array(D);
  for (const i of members) for (let d = 0; d < D; d++) mean[d]! += points[i * D + d]! / members.length;
  return mean;
}

/** Means and weights of the clusters that have points. */
function standing(
  points: ArrayLike<number>,
  cluster: Int32Array,
  dimensions: number,
  clusters: number,
): Representatives {
  const { size, mean } = clusterStatistics(points, cluster, { dimensions, clusters });
  const full = Array.from(size.keys()).filter((k) => size[k]! > 0);
  const number = new Int32Array(clusters);
  full.forEach((k, n) => {
    number[k] = n;
  });
  return {
    points: Float64Array.from(
      { length: full.length * dimensions },
      (_, n) => mean[full[Math.floor(n / dimensions)]! * dimensions + (n % dimensions)]!,
    ),
    weight: Float64Array.from(full, (k) => size[k]!),
    cluster: cluster.map((k) => number[k]!),
  };
}
