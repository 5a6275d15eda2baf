// What a network is like: its degrees, clustering, components, who matters. Nothing here takes N²: a network has 10⁶ rows and 10⁷ links.
//
// N rows, L links; a tie between two rows is two links, one from either end.

import { exp, findRoot, log } from "../math/index.ts";
import { UnionFind } from "../math/union-find.ts";
import { wholeAtLeast } from "./series.ts";

/** Links by source row, as an economy's links have them: those of row i lead to target[start[i]] … target[start[i + 1] − 1]. */
export interface Adjacency {
  /** [N + 1] */
  readonly start: ArrayLike<number>;
  /** [L] */
  readonly target: ArrayLike<number>;
}

interface Network {
  readonly rows: number;
  readonly start: Int32Array;
  readonly target: Int32Array;
}

/** The same rows with a tie between any two that a link leads between: once from either end, ascending, and none to itself. O(N + L). */
export function undirected(links: Adjacency): { start: Int32Array; target: Int32Array } {
  const { rows, start, target } = networkOf("undirected", links);
  const from = new Int32Array(rows + 1); // both directions, by one end
  for (let i = 0; i < rows; i++)
    for (let l = start[i]!; l < start[i + 1]!; l++) {
      from[i + 1]!++;
      from[target[l]! + 1]!++;
    }
  for (let i = 0; i < rows; i++) from[i + 1]! += from[i]!;
  const ends = new Int32Array(from[rows]!);
  const place = from.slice(0, rows);
  for (let i = 0; i < rows; i++)
    for (let l = start[i]!; l < start[i + 1]!; l++) {
      ends[place[i]!++] = target[l]!;
      ends[place[target[l]!]!++] = i;
    }
  // Turned round, lists come out ascending.
  const sorted = new Int32Array(ends.length);
  place.set(from.subarray(0, rows));
  for (let i = 0; i < rows; i++) for (let l = from[i]!; l < from[i + 1]!; l++) sorted[place[ends[l]!]!++] = i;
  const begin = new Int32Array(rows + 1);
  let kept = 0;
  for (let i = 0; i < rows; i++) {
    begin[i] = kept;
    for (let l = from[i]!; l < from[i + 1]!; l++) {
      const j = sorted[l]!;
      if (j !== i && (l === from[i] || j !== sorted[l - 1])) sorted[kept++] = j;
    }
  }
  begin[rows] = kept;
  return { start: begin, target: sorted.slice(0, kept) };
}

/** [N] links of each row. */
export function degrees(links: Adjacency): Int32Array {
  const { rows, start } = networkOf("degrees", links);
  return Int32Array.from({ length: rows }, (_, i) => start[i + 1]! - start[i]!);
}

export interface PowerLaw {
  readonly exponent: number;
  readonly standardError: number;
  /** Degrees that it was fitted to. */
  readonly count: number;
}

// P(k) = k^{−α}/ζ(α, least),   k ≥ least;   Σ ln k/n = −ζ'(α, least)/ζ(α, least)
/**
 * Exponent of a power law of degrees from `least` on, by maximum likelihood over whole numbers. Clauset, Shalizi & Newman 2009, SIAM Review 51, 661.
 * A law that is one only in its tail needs a `least` in it.
 */
export function degreeExponent(degrees: ArrayLike<number>, { least }: { readonly least: number }): PowerLaw {
  const where = "degreeExponent";
  wholeAtLeast(where, "least", least, 1);
  let [count, sum, largest] = [0, 0, 0];
  for (let i = 0; i < degrees.length; i++) {
    if (!(degrees[i]! >= least)) continue;
    count++;
    sum += log(degrees[i]!);
    largest = Math.max(largest, degrees[i]!);
  }
  if (count < 2 || largest === least)
    throw new Error(
      `${where}: ${count} degrees from ${least} on, the largest ${largest}, expected two or more that differ. Lower least.`,
    );
  const h = 1e-4;
  const slope = (α: number): number => (logZeta(α + h, least) - logZeta(α - h, least)) / (2 * h);
  const mean = sum / count;
  const exponent = findRoot((α) => mean + slope(α), 1 + 1e-3, 100);
  const curvature =
    (logZeta(exponent + h, least) - 2 * logZeta(exponent, least) + logZeta(exponent - h, least)) / (h * h);
  return { exponent, standardError: 1 / Math.sqrt(count * curvature), count };
}

// Σ_k (a + k)^{−s}: the first terms, and the rest by Euler and Maclaurin
/** ln ζ(s, a) of Hurwitz, s > 1. */
function logZeta(s: number, a: number): number {
  const base = log(a); // terms over the first: none is too small
  const term = (x: number): number => exp(-s * (log(x) - base));
  let sum = 0;
  for (let k = 0; k < 12; k++) sum += term(a + k);
  const x = a + 12;
  const tail = x / (s - 1) + 1 / 2 + s / (12 * x) - (s * (s + 1) * (s + 2)) / (720 * x * x * x);
  return log(sum + term(x) * tail) - s * base;
}

export interface Clustering {
  /** [N] the share of pairs of neighbours who are tied to each other; 0 for rows with fewer than two. */
  readonly local: Float64Array;
  /** Mean of `local`. Watts & Strogatz 1998. */
  readonly average: number;
  /** Three times triangles over paths of two ties; 0 without any. */
  readonly transitivity: number;
  readonly triangles: number;
}

/**
 * Clustering of a network of ties, from all its triangles: each is found once, from its row with the fewest ties, in O(L^{3/2}).
 * Latapy 2008, Theoretical Computer Science 407, 458. Ties are once from either end, as `networks` make them and `undirected` makes any.
 */
export function clustering(ties: Adjacency): Clustering {
  const { rows, start, target } = networkOf("clustering", ties);
  const { from, to } = upward("clustering", rows, start, target);
  const triangles = new Float64Array(rows);
  const mark = new Int32Array(rows).fill(-1);
  for (let i = 0; i < rows; i++) {
    for (let l = from[i]!; l < from[i + 1]!; l++) mark[to[l]!] = i;
    for (let l = from[i]!; l < from[i + 1]!; l++) {
      const j = to[l]!;
      for (let m = from[j]!; m < from[j + 1]!; m++) {
        const k = to[m]!;
        if (mark[k] !== i) continue;
        triangles[i]!++;
        triangles[j]!++;
        triangles[k]!++;
      }
    }
  }
  const local = new Float64Array(rows);
  let [average, threefold, paths] = [0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const k = start[i + 1]! - start[i]!;
    const pairs = (k * (k - 1)) / 2;
    if (pairs > 0) local[i] = triangles[i]! / pairs;
    average += local[i]!;
    threefold += triangles[i]!;
    paths += pairs;
  }
  return {
    local,
    average: rows > 0 ? average / rows : 0,
    transitivity: paths > 0 ? threefold / paths : 0,
    triangles: threefold / 3,
  };
}

/** Each tie once, from the row with fewer ties, or of as many the lower one. */
function upward(
  where: string,
  rows: number,
  start: Int32Array,
  target: Int32Array,
): { from: Int32Array; to: Int32Array } {
  const lower = (i: number, j: number): boolean => {
    const [a, b] = [start[i + 1]! - start[i]!, start[j + 1]! - start[j]!];
    return a < b || (a === b && i < j);
  };
  const to = new Int32Array(target.length >> 1);
  const from = new Int32Array(rows + 1);
  let many = 0;
  let balance = 0; // 0 where each tie is there from both ends; else hardly ever
  for (let i = 0; i < rows; i++) {
    for (let l = start[i]!; l < start[i + 1]!; l++) {
      const j = target[l]!;
      const up = lower(i, j);
      const pair = Math.imul(Math.imul(Math.min(i, j), 0x9e3779b1) ^ Math.max(i, j), 0x85ebca6b);
      balance = (balance + (up ? pair : -pair)) | 0;
      if (up) to[many++] = j;
    }
    from[i + 1] = many;
  }
  if (2 * many !== target.length || balance !== 0)
    throw new Error(
      `${where}: ${target.length} links are no ties, expected each once from either end and none to itself. Give it metrics.undirected(links).`,
    );
  return { from, to };
}

/** Mean local clustering of the rows given, in time that grows with their neighbours' ties; draw them at random for an estimate of `clustering().average`. */
export function sampledClustering(
  ties: Adjacency,
  sample: ArrayLike<number>,
): { readonly average: number; readonly standardError: number } {
  const { rows, start, target } = networkOf("sampledClustering", ties);
  if (!(sample.length >= 2))
    throw new Error(`sampledClustering: ${sample.length} rows, expected at least 2. Draw more of them.`);
  const mark = new Int32Array(rows).fill(-1);
  let [sum, squares] = [0, 0];
  for (let s = 0; s < sample.length; s++) {
    const i = rowOf("sampledClustering", sample[s]!, rows);
    const k = start[i + 1]! - start[i]!;
    let tied = 0;
    for (let l = start[i]!; l < start[i + 1]!; l++) mark[target[l]!] = s;
    for (let l = start[i]!; l < start[i + 1]!; l++)
      for (let m = start[target[l]!]!; m < start[target[l]! + 1]!; m++) if (mark[target[m]!] === s) tied++;
    const share = k > 1 ? tied / (k * (k - 1)) : 0; // `tied` has both directions
    sum += share;
    squares += share * share;
  }
  const n = sample.length;
  const average = sum / n;
  return { average, standardError: Math.sqrt(Math.max(0, squares / n - average * average) / (n - 1)) };
}

export interface Components {
  /** [N] the component of each row, numbered in order of their first rows. */
  readonly component: Int32Array;
  /** Rows of each component. */
  readonly sizes: Int32Array;
  /** Rows of the largest. */
  readonly largest: number;
}

/** Parts of a network that no link leads between, whatever way links lead. */
export function components(links: Adjacency): Components {
  const { rows, start, target } = networkOf("components", links);
  const sets = new UnionFind(rows);
  for (let i = 0; i < rows; i++) for (let l = start[i]!; l < start[i + 1]!; l++) sets.join(i, target[l]!);
  const component = sets.labels();
  const sizes = new Int32Array(sets.sets);
  let largest = 0;
  for (let i = 0; i < rows; i++) largest = Math.max(largest, ++sizes[component[i]!]!);
  return { component, sizes, largest };
}

/** Correlation of the degrees at both ends of a tie; null where all are the same. Newman 2002, Phys. Rev. Lett. 89, 208701. */
export function assortativity(ties: Adjacency): number | null {
  const { rows, start, target } = networkOf("assortativity", ties);
  const L = target.length;
  let mean = 0;
  for (let l = 0; l < L; l++) mean += (start[target[l]! + 1]! - start[target[l]!]!) / L;
  let [products, squares] = [0, 0];
  for (let i = 0; i < rows; i++) {
    const own = start[i + 1]! - start[i]! - mean;
    for (let l = start[i]!; l < start[i + 1]!; l++) {
      products += own * (start[target[l]! + 1]! - start[target[l]!]! - mean);
      squares += own * own;
    }
  }
  return squares > 1e-12 * L * mean * mean ? products / squares : null;
}

interface PowerOptions {
  /** Largest Σ |change| between two iterations at the end; default 1e-10. */
  readonly tolerance?: number;
  /** Default 1000. */
  readonly maxIterations?: number;
}

// r = (1 − d)/N + d (Aᵀ r/k + Σ_{k = 0} r/N)
/** PageRank, adding up to 1: where somebody is who follows a random link with probability `damping`, default 0.85, and goes anywhere else. Brin & Page 1998. */
export function pageRank(links: Adjacency, options: PowerOptions & { readonly damping?: number } = {}): Float64Array {
  const { rows: N, start, target } = networkOf("pageRank", links);
  const { damping: d = 0.85 } = options;
  if (!(d >= 0 && d < 1)) throw new Error(`pageRank: damping is ${d}, expected a number from 0 and below 1.`);
  return power("pageRank", new Float64Array(N).fill(1 / N), options, (now, next) => {
    next.fill(0);
    let stuck = 0;
    for (let i = 0; i < N; i++) {
      const [from, to] = [start[i]!, start[i + 1]!];
      if (from === to) stuck += now[i]!;
      const share = now[i]! / (to - from);
      for (let l = from; l < to; l++) next[target[l]!]! += share;
    }
    for (let i = 0; i < N; i++) next[i] = (1 - d) / N + d * (next[i]! + stuck / N);
  });
}

/** Centrality in proportion to the sum over those with a link to a row, of norm 1. Bonacich 1987. Of networks in one component. */
export function eigenvectorCentrality(links: Adjacency, options: PowerOptions = {}): Float64Array {
  const { rows: N, start, target } = networkOf("eigenvectorCentrality", links);
  return power("eigenvectorCentrality", new Float64Array(N).fill(1 / Math.sqrt(N)), options, (now, next) => {
    next.set(now); // A + 1 has the eigenvectors of A, and converges where ties lead between two halves only
    for (let i = 0; i < N; i++) for (let l = start[i]!; l < start[i + 1]!; l++) next[target[l]!]! += now[i]!;
    let norm = 0;
    for (let i = 0; i < N; i++) norm += next[i]! * next[i]!;
    for (let i = 0; i < N; i++) next[i]! /= Math.sqrt(norm);
  });
}

function power(
  where: string,
  first: Float64Array<ArrayBuffer>,
  { tolerance = 1e-10, maxIterations = 1000 }: PowerOptions,
  step: (now: Float64Array, next: Float64Array) => void,
): Float64Array {
  let now = first;
  let next = new Float64Array(first.length);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    step(now, next);
    let change = 0;
    for (let i = 0; i < now.length; i++) change += Math.abs(next[i]! - now[i]!);
    [now, next] = [next, now];
    if (change <= tolerance) return now;
  }
  throw new Error(
    `${where}: no convergence to ${tolerance} in ${maxIterations} iterations. Raise tolerance or maxIterations.`,
  );
}

interface Sources {
  /** Rows from which shortest paths are followed. Default: all. Draw some at random for an estimate. */
  readonly sources?: ArrayLike<number>;
}

/**
 * Betweenness: the share of shortest paths between two others that lead through a row, over all pairs. Brandes 2001, J. Mathematical Sociology 25, 163.
 * O(L) for each of `sources`, from which the rest is extrapolated.
 */
export function betweenness(links: Adjacency, options: Sources = {}): Float64Array {
  const network = networkOf("betweenness", links);
  const { rows: N, start, target } = network;
  const { sources = everyRow(N) } = options;
  const search = createSearch(network);
  const { order, distance } = search;
  const [paths, above] = [new Float64Array(N), new Float64Array(N)];
  const through = new Float64Array(N);
  for (let s = 0; s < sources.length; s++) {
    const source = rowOf("betweenness", sources[s]!, N);
    const reached = search.from(source);
    for (let at = 0; at < reached; at++) paths[order[at]!] = above[order[at]!] = 0;
    paths[source] = 1;
    for (let at = 0; at < reached; at++) {
      const i = order[at]!;
      for (let l = start[i]!; l < start[i + 1]!; l++)
        if (distance[target[l]!] === distance[i]! + 1) paths[target[l]!]! += paths[i]!;
    }
    for (let at = reached - 1; at > 0; at--) {
      const i = order[at]!;
      for (let l = start[i]!; l < start[i + 1]!; l++) {
        const j = target[l]!;
        if (distance[j] === distance[i]! + 1) above[i]! += (paths[i]! / paths[j]!) * (1 + above[j]!);
      }
      through[i]! += above[i]!;
    }
  }
  const scale = N > 2 ? N / sources.length / ((N - 1) * (N - 2)) : 0;
  return through.map((value) => value * scale);
}

/**
 * Closeness of ties: others in the component over the sum of distances to them, times their share of all others (Wasserman & Faust 1994); 0 for rows alone.
 * O(L) for each of `sources`, from which sums are extrapolated (Eppstein & Wang 2004, J. Graph Algorithms and Applications 8, 39); NaN in components without any.
 */
export function closeness(ties: Adjacency, options: Sources = {}): Float64Array {
  const network = networkOf("closeness", ties);
  const N = network.rows;
  const { sources = everyRow(N) } = options;
  const { component, sizes } = components(ties);
  const search = createSearch(network);
  const { order, distance } = search;
  const [sum, others] = [new Float64Array(N), new Float64Array(N)];
  for (let s = 0; s < sources.length; s++) {
    const reached = search.from(rowOf("closeness", sources[s]!, N));
    for (let at = 1; at < reached; at++) {
      sum[order[at]!]! += distance[order[at]!]!;
      others[order[at]!]!++;
    }
  }
  return sum.map((far, i) => {
    const rest = sizes[component[i]!]! - 1;
    return rest === 0 ? 0 : ((rest / (N - 1)) * others[i]!) / far; // Σ d ≈ far · rest/others
  });
}

/** Breadth-first search: `from` returns how many rows are reached; they stand in `order`, nearest first, with their `distance`, −1 for others. */
function createSearch({ rows, start, target }: Network) {
  const order = new Int32Array(rows);
  const distance = new Int32Array(rows).fill(-1);
  let reached = 0;
  return {
    order,
    distance,
    from(source: number): number {
      for (let at = 0; at < reached; at++) distance[order[at]!] = -1;
      order[0] = source;
      distance[source] = 0;
      reached = 1;
      for (let at = 0; at < reached; at++) {
        const i = order[at]!;
        for (let l = start[i]!; l < start[i + 1]!; l++) {
          const j = target[l]!;
          if (distance[j]! >= 0) continue;
          distance[j] = distance[i]! + 1;
          order[reached++] = j;
        }
      }
      return reached;
    },
  };
}

const everyRow = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, i) => i);

function rowOf(where: string, row: number, rows: number): number {
  if (!(Number.isInteger(row) && row >= 0 && row < rows))
    throw new Error(`${where}: got row ${row}, expected a whole number from 0 to ${rows - 1}.`);
  return row;
}

function networkOf(where: string, { start: from, target: to }: Adjacency): Network {
  const start = from instanceof Int32Array ? from : Int32Array.from(from);
  const rows = start.length - 1;
  const links = start[rows] ?? -1;
  if (!(rows >= 0 && start[0] === 0 && links <= to.length))
    throw new Error(
      `${where}: start has ${start.length} values, ${start[0]} to ${links}, for ${to.length} targets, expected rows + 1 values from 0 to the number of links.`,
    );
  const target = to instanceof Int32Array ? to.subarray(0, links) : Int32Array.from(to).subarray(0, links);
  for (let i = 0; i < rows; i++)
    if (!(start[i + 1]! >= start[i]!))
      throw new Error(`${where}: start falls from ${start[i]} to ${start[i + 1]} at row ${i}.`);
  for (let l = 0; l < links; l++)
    if (!(target[l]! >= 0 && target[l]! < rows))
      throw new Error(`${where}: link ${l} leads to row ${target[l]}, expected 0 to ${rows - 1}.`);
  return { rows, start, target };
}
