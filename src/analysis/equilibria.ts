// Equilibria of dynamics with several: where starts end up, clustered, polished and classified, with their basins; and those that nothing ends up in.
//
// A map x′ = F(x) is iterated, a field ẋ = f(x) integrated, from many starts. End states less than `threshold` apart are one (connected components: being near is
// not transitive, components are). Newton on g = F(x) − x or f(x) polishes each; eigenvalues of the Jacobian, by differences, say whether it is stable.
// Equilibria that repel are found by Newton's method with those already known deflated: g is multiplied by Π (1 + 1/‖x − x_k‖²).
// Farrell, Birkisson & Funke 2015, SIAM J. Sci. Comput. 37, A2026; integration by Bogacki & Shampine's pair of orders 3 and 2 (1989).
//
// N starts in D dimensions
import { isDecided } from "../economy/decisions.ts";
import { createSimulation, type Economy, resolveParams } from "../economy/index.ts";
import { eigenvalues } from "../math/index.ts";
import { clusterStatistics, thresholdClusters } from "../metrics/index.ts";
import { type AggregateJacobian, aggregateJacobian, leavesEnough } from "./aggregates.ts";

export interface Dynamics {
  /** `map`: the next state; `field`: the derivative by time. */
  readonly kind: "map" | "field";
  /** Writes it to `out` [D]; keeps neither. */
  readonly at: (x: Float64Array, out: Float64Array) => void;
}

export interface EquilibriaOptions {
  /** [N][D] */
  readonly starts: readonly ArrayLike<number>[];
  /** End states nearer than this are one. */
  readonly threshold: number;
  /** Steps of a map, or time of a field, after which a start has not settled. Default 10,000 and 1000. */
  readonly longest?: number;
  /** Settled: a map moves less than this in a step, a field at less than this speed. Default threshold/1000. */
  readonly rest?: number;
}

export interface Equilibrium {
  readonly state: Float64Array;
  readonly stable: boolean;
  /** Of the Jacobian, by real part; a map is stable where all are within the unit circle, a field where all real parts are negative. */
  readonly eigenvalues: readonly { readonly real: number; readonly imaginary: number }[];
  /** Share of the starts that ended here; 0 of those found by Newton's method alone. */
  readonly basin: number;
  /** ‖F(x) − x‖ or ‖f(x)‖ that polishing left. */
  readonly residual: number;
}

/** A state between two basins. */
export interface Boundary {
  /** Indices of equilibria. */
  readonly between: readonly [number, number];
  readonly state: Float64Array;
}

export interface Equilibria {
  /** Those where starts ended first, in order of their first coordinates. */
  readonly equilibria: readonly Equilibrium[];
  /** [N] which of them each start ended in, −1 where it did not settle. */
  readonly ends: Int32Array;
  /** Share of starts that did not settle: cycles, chaos, or no time. */
  readonly unsettled: number;
  /** On the way between the nearest starts of two basins that touch there. */
  readonly boundaries: readonly Boundary[];
  /** How many clusters of end states there would be at other thresholds. */
  readonly sensitivity: readonly { readonly threshold: number; readonly count: number }[];
}

const FACTORS = [0.01, 0.1, 1, 10, 100] as const;
const POLISHED = 1e-10;

/** Equilibria, stable ones by where starts end, others by deflation. Time grows with the starts, and with D³ per equilibrium. */
export function findEquilibria(dynamics: Dynamics, options: EquilibriaOptions): Equilibria {
  const { starts, threshold, longest = dynamics.kind === "map" ? 10_000 : 1000, rest = threshold / 1000 } = options;
  const [N, D] = [starts.length, starts[0]?.length ?? 0];
  if (D === 0 || !starts.every((x) => x.length === D))
    throw new Error(`findEquilibria: got ${N} starts, expected at least one, all of the same length above 0.`);
  if (!(threshold > 0)) throw new Error(`findEquilibria: threshold is ${threshold}, expected a number above 0.`);
  const follow = (x: ArrayLike<number>, arrived: Arrived): Float64Array | null =>
    dynamics.kind === "map" ? iterate(dynamics, x, longest, arrived) : integrate(dynamics, x, longest, arrived);

  const settled = starts.map((x) => follow(x, (_, speed) => speed < rest));
  const kept = settled.flatMap((x, i) => (x === null ? [] : [i]));
  const points = Float64Array.from(kept.flatMap((i) => [...settled[i]!]));
  const { cluster, count } = thresholdClusters(points, { dimensions: D, threshold });
  const { mean, size } = clusterStatistics(points, cluster, { dimensions: D, clusters: count });

  const g = residualOf(dynamics, D);
  const found: Equilibrium[] = [];
  for (let c = 0; c < count; c++) {
    const centre = mean.slice(c * D, (c + 1) * D);
    const polished = newton(g, centre, []);
    const near = polished !== null && distance(polished, centre) < threshold;
    found.push(described(dynamics, g, near ? polished : centre, size[c]! / N));
  }
  const order = found.map((_, c) => c).sort((a, b) => compared(found[a]!.state, found[b]!.state));
  const place = new Int32Array(count);
  for (const [k, c] of order.entries()) place[c] = k;
  const ends = new Int32Array(N).fill(-1);
  for (const [k, i] of kept.entries()) ends[i] = place[cluster[k]!]!;
  const attractors = order.map((c) => found[c]!);

  const known = attractors.map(({ state }) => state);
  const repelling: Equilibrium[] = [];
  const guesses = [...midpoints(known), ...starts.map((x) => Float64Array.from(x))];
  const [low, high] = boxOf([...starts, ...known], D);
  for (const guess of guesses.slice(0, MOST_GUESSES))
    for (;;) {
      const all = [...known, ...repelling.map((e) => e.state)];
      const state = newton(g, guess, all);
      if (state === null || !within(state, low, high) || all.some((x) => distance(x, state) < threshold)) break;
      repelling.push(described(dynamics, g, state, 0));
    }
  repelling.sort((a, b) => compared(a.state, b.state));

  return {
    equilibria: [...attractors, ...repelling],
    ends,
    unsettled: (N - kept.length) / N,
    boundaries: boundariesOf(starts, ends, attractors, threshold, follow),
    sensitivity: sensitivityOf(points, D, threshold),
  };
}
const MOST_GUESSES = 500;

/** Points of a grid over a box, `each` per dimension, ends included. */
export function gridOfStarts(box: readonly (readonly [number, number])[], each: number): Float64Array[] {
  let points: number[][] = [[]];
  for (const [low, high] of box)
    points = points.flatMap((point) =>
      Array.from({ length: each }, (_, k) => [
        ...point,
        each === 1 ? (low + high) / 2 : low + (k / (each - 1)) * (high - low),
      ]),
    );
  return points.map((point) => Float64Array.from(point));
}

export interface EndsOptions {
  /** Settings of the economy to begin at. */
  readonly starts: readonly Readonly<Record<string, unknown>>[];
  /** What is looked at in the end: metrics of the economy. */
  readonly metrics: readonly string[];
  readonly periods: number;
  /** Of those, the last so many whose mean is the end state. Default a tenth. */
  readonly last?: number;
  /** End states nearer than this, in units of `scale`, are one. */
  readonly threshold: number;
  /** [D] Units of the metrics. Default 1 each. */
  readonly scale?: readonly number[];
  /** One run of each start by each seed. Default [1]. */
  readonly seeds?: readonly number[];
}

export interface Ends {
  /** In order of their first metrics. */
  readonly clusters: readonly {
    readonly mean: Readonly<Record<string, number>>;
    readonly deviation: Readonly<Record<string, number>>;
    /** Share of runs that ended here. */
    readonly basin: number;
    /** Of the metrics in units of `scale`, by how they fluctuate around this end; null where one does not move. */
    readonly jacobian: AggregateJacobian | null;
    /** Largest mean movement of a metric from the half to the end of the last periods, in units of `scale`: what has not settled. */
    readonly drift: number;
  }[];
  /** [starts × seeds] the cluster of each run, seeds of a start beside each other. */
  readonly ends: Int32Array;
  readonly sensitivity: readonly { readonly threshold: number; readonly count: number }[];
}

/**
 * Where an economy ends up from several settings: it is played by its rules, without learners, and means of metrics over the last periods are clustered. With
 * luck in the economy end states scatter: the threshold should be well above their deviation within a cluster.
 */
export function endsOfEconomy(economy: Economy, options: EndsOptions): Ends {
  const { starts, metrics, periods, threshold, seeds = [1] } = options;
  const { last = Math.max(1, Math.floor(periods / 10)), scale = metrics.map(() => 1) } = options;
  const where = `endsOfEconomy: "${economy.name}"`;
  for (const [d, name] of metrics.entries()) {
    if (!Object.hasOwn(economy.metrics, name))
      throw new Error(`${where} has no metric "${name}", expected one of ${Object.keys(economy.metrics).join(", ")}.`);
    if (metrics.indexOf(name) < d) throw new Error(`${where}: the metric "${name}" is named twice. Name it once.`);
  }
  if (starts.length === 0) throw new Error(`${where}: got no starts, expected at least one.`);
  if (!(threshold > 0)) throw new Error(`${where}: threshold is ${threshold}, expected a number above 0.`);
  if (!(last >= 1 && last <= periods))
    throw new Error(`${where}: got the last ${last} of ${periods} periods, expected from 1 to all of them.`);
  if (scale.length !== metrics.length)
    throw new Error(`${where}: got ${scale.length} scales for ${metrics.length} metrics, expected one for each.`);
  for (const params of starts) resolveParams(economy, params); // refuses what is out of range before anything is played
  const D = metrics.length;
  const runs = starts.flatMap((params) =>
    seeds.map((seed) => played(economy, { params, seed, metrics, periods, last, scale })),
  );
  const points = Float64Array.from(runs.flatMap(({ mean }) => [...mean]));
  const { cluster, count } = thresholdClusters(points, { dimensions: D, threshold });
  const { mean, variance, size } = clusterStatistics(points, cluster, { dimensions: D, clusters: count });
  const order = Array.from({ length: count }, (_, c) => c).sort((a, b) => mean[a * D]! - mean[b * D]!);
  const named = (of: (d: number) => number): Record<string, number> =>
    Object.fromEntries(metrics.map((name, d) => [name, of(d) * scale[d]!]));
  return {
    clusters: order.map((c) => ({
      mean: named((d) => mean[c * D + d]!),
      deviation: named((d) => Math.sqrt(variance[c * D + d]!)),
      basin: size[c]! / runs.length,
      jacobian: jacobianOf(
        runs.filter((_, i) => cluster[i] === c),
        D,
      ),
      drift: Math.max(...runs.filter((_, i) => cluster[i] === c).map(({ drift }) => drift)),
    })),
    ends: Int32Array.from(cluster, (c) => order.indexOf(c)),
    sensitivity: sensitivityOf(points, D, threshold),
  };
}

interface Play extends Pick<EndsOptions, "metrics" | "periods"> {
  readonly params: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly last: number;
  readonly scale: readonly number[];
}

interface Played {
  /** [last, D] Scaled metrics. */
  readonly path: Float64Array;
  readonly mean: Float64Array;
  readonly drift: number;
}

/** The last periods, their means, and how far the means of their two halves are apart. */
function played(economy: Economy, { params, seed, metrics, periods, last, scale }: Play): Played {
  const simulation = createSimulation(economy, { params: params as Record<string, number>, seed });
  if (isDecided(economy, simulation.params))
    throw new Error(
      `endsOfEconomy: somebody decides in "${economy.name}", expected an economy that plays by its rules alone.`,
    );
  simulation.reset(0);
  const D = metrics.length;
  const halves = [0, 1].map(() => new Float64Array(D));
  const path = new Float64Array(last * D);
  const first = Math.floor(last / 2);
  for (let t = 0; t < periods; t++) {
    for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
    const k = t - (periods - last);
    if (k < 0) continue;
    for (const [d, name] of metrics.entries()) {
      const value = economy.metrics[name]!.of(simulation.worlds[0]!, simulation.params) / scale[d]!;
      if (!Number.isFinite(value))
        throw new Error(
          `endsOfEconomy: "${economy.name}": ${name} is ${value} in period ${t + 1} of seed ${seed} from ${JSON.stringify(params)}, expected a number. Tell ends apart by another metric.`,
        );
      path[k * D + d] = value;
      halves[k < first ? 0 : 1]![d]! += value;
    }
  }
  const [a, b] = halves as [Float64Array, Float64Array];
  return {
    path,
    mean: a.map((x, d) => (x + b[d]!) / last),
    drift: first === 0 ? 0 : a.reduce((most, x, d) => Math.max(most, Math.abs(x / first - b[d]! / (last - first))), 0),
  };
}

/** Null, too, where the last periods are too few. */
function jacobianOf(runs: readonly Played[], D: number): AggregateJacobian | null {
  const paths = runs.map(({ path }) => path);
  return leavesEnough(paths, D) ? aggregateJacobian(paths, D) : null;
}

function sensitivityOf(points: Float64Array, dimensions: number, threshold: number): Equilibria["sensitivity"] {
  return FACTORS.map((factor) => ({
    threshold: factor * threshold,
    count: thresholdClusters(points, { dimensions, threshold: factor * threshold }).count,
  }));
}

type Arrived = (x: Float64Array, speed: number) => boolean;

function iterate({ at }: Dynamics, start: ArrayLike<number>, longest: number, arrived: Arrived): Float64Array | null {
  let x = Float64Array.from(start);
  let next = new Float64Array(x.length);
  for (let k = 0; k < longest; k++) {
    at(x, next);
    const moved = distance(x, next);
    [x, next] = [next, x];
    if (!Number.isFinite(moved)) return null;
    if (arrived(x, moved)) return x;
  }
  return null;
}

/** Relative and absolute tolerance of a step. */
const TOLERANCE = 1e-6;

function integrate({ at }: Dynamics, start: ArrayLike<number>, longest: number, arrived: Arrived): Float64Array | null {
  const x = Float64Array.from(start);
  const [k1, k2, k3, k4, y] = Array.from({ length: 5 }, () => new Float64Array(x.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  at(x, k1);
  for (let [t, h, tries] = [0, 1e-3 / (1 + length(k1)), 0]; t < longest && tries < 1e6; tries++) {
    if (!Number.isFinite(length(k1))) return null;
    if (arrived(x, length(k1))) return x;
    for (let d = 0; d < x.length; d++) y[d] = x[d]! + (h / 2) * k1[d]!;
    at(y, k2);
    for (let d = 0; d < x.length; d++) y[d] = x[d]! + 0.75 * h * k2[d]!;
    at(y, k3);
    for (let d = 0; d < x.length; d++) y[d] = x[d]! + (h / 9) * (2 * k1[d]! + 3 * k2[d]! + 4 * k3[d]!);
    at(y, k4);
    let error = 0;
    for (let d = 0; d < x.length; d++) {
      const off = (h / 72) * (-5 * k1[d]! + 6 * k2[d]! + 8 * k3[d]! - 9 * k4[d]!);
      error = Math.max(error, Math.abs(off) / (TOLERANCE * (1 + Math.abs(x[d]!))));
    }
    if (error <= 1) {
      t += h;
      x.set(y);
      k1.set(k4);
    }
    // .9 error^(−1/3) would want a power; half and double do
    if (!(error <= 1)) h /= 2;
    else if (error < 0.05) h *= 2;
  }
  return null;
}

export type Residual = (x: Float64Array, out: Float64Array) => void;

/** g = F(x) − x of a map, f of a field. */
export function residualOf({ kind, at }: Dynamics, D: number): Residual {
  if (kind === "field") return at;
  const image = new Float64Array(D);
  return (x, out) => {
    at(x, image);
    for (let d = 0; d < D; d++) out[d] = image[d]! - x[d]!;
  };
}

/** [D, D] by central differences, row-major. */
function jacobian(g: Residual, x: Float64Array): Float64Array {
  const D = x.length;
  const J = new Float64Array(D * D);
  const [above, below, y] = [new Float64Array(D), new Float64Array(D), x.slice()];
  for (let j = 0; j < D; j++) {
    const h = 6e-6 * (1 + Math.abs(x[j]!)); // ε^(1/3)
    y[j] = x[j]! + h;
    g(y, above);
    y[j] = x[j]! - h;
    g(y, below);
    y[j] = x[j]!;
    for (let i = 0; i < D; i++) J[i * D + j] = (above[i]! - below[i]!) / (2 * h);
  }
  return J;
}

/** Newton's method away from states that are known; null where it does not arrive. Of a deflated residual m g the step is dx/(1 − m⁻¹∇m·dx), where dx is that of g. */
export function newton(g: Residual, start: ArrayLike<number>, known: readonly Float64Array[]): Float64Array | null {
  const x = Float64Array.from(start);
  const out = new Float64Array(x.length);
  for (let step = 0; step < 200; step++) {
    g(x, out);
    const dx = solve(
      jacobian(g, x),
      out.map((v) => -v),
    );
    if (dx === null) return null;
    let slope = 0; // ∇ ln m · dx
    for (const at of known) {
      const r = distance(x, at);
      const r2 = r * r;
      if (r2 === 0) return null;
      for (let d = 0; d < x.length; d++) slope += ((-2 * (x[d]! - at[d]!)) / (r2 * r2 + r2)) * dx[d]!;
    }
    const stretch = 1 / (1 - slope);
    if (!Number.isFinite(stretch)) return null;
    // no longer than what is there to walk: deflated steps beside a known state are wild
    const most = (1 + length(x)) / Math.max(length(dx) * Math.abs(stretch), 1e-300);
    for (let d = 0; d < x.length; d++) x[d]! += Math.min(1, most) * stretch * dx[d]!;
    if (!Number.isFinite(length(x))) return null;
    if (length(dx) < POLISHED * (1 + length(x))) {
      g(x, out);
      return length(out) < 1e-6 * (1 + length(x)) ? x : null;
    }
  }
  return null;
}

/** Polished state with its eigenvalues. */
export function described(dynamics: Dynamics, g: Residual, state: Float64Array, basin: number): Equilibrium {
  const D = state.length;
  const J = jacobian(g, state);
  if (dynamics.kind === "map") for (let d = 0; d < D; d++) J[d * D + d]! += 1;
  const { real, imaginary } = eigenvalues(J, D);
  const stable =
    dynamics.kind === "field"
      ? real.every((re) => re < 0)
      : real.every((re, k) => re * re + imaginary[k]! * imaginary[k]! < 1);
  const out = new Float64Array(D);
  g(state, out);
  const pairs = Array.from(real, (re, k) => ({ real: re, imaginary: imaginary[k]! }));
  return { state, stable, eigenvalues: pairs, basin, residual: length(out) };
}

/** For each two basins, between their nearest starts, the first change of basin if it is from one to the other. */
function boundariesOf(
  starts: readonly ArrayLike<number>[],
  ends: Int32Array,
  attractors: readonly Equilibrium[],
  threshold: number,
  follow: (x: ArrayLike<number>, arrived: Arrived) => Float64Array | null,
): Boundary[] {
  const nearest = new Map<string, { a: number; b: number; apart: number }>();
  for (let a = 0; a < starts.length; a++)
    for (let b = 0; b < starts.length; b++) {
      if (ends[a]! < 0 || ends[b]! <= ends[a]!) continue;
      const apart = distance(starts[a]!, starts[b]!);
      const key = `${ends[a]},${ends[b]}`;
      if (apart < (nearest.get(key)?.apart ?? Infinity)) nearest.set(key, { a, b, apart });
    }
  // What is slow beside a boundary has not arrived yet.
  const basinAt = (x: Float64Array): number => attractors.findIndex(({ state }) => distance(state, x) < threshold);
  const basinOf = (x: Float64Array): number => {
    const end = follow(x, (y) => basinAt(y) >= 0);
    return end === null ? -1 : basinAt(end);
  };
  return [...nearest.values()].flatMap(({ a, b }) => {
    let [low, high] = [Float64Array.from(starts[a]!), Float64Array.from(starts[b]!)];
    const [from, to] = [ends[a]!, ends[b]!];
    for (let k = 0; k < 40 && distance(low, high) > 1e-9 * (1 + length(low)); k++) {
      const middle = low.map((x, d) => (x + high[d]!) / 2);
      const end = basinOf(middle);
      if (end === from) low = middle;
      else if (end === to || end === -1) high = middle;
      else return []; // a third basin lies between
    }
    return [{ between: [from, to] as const, state: low.map((x, d) => (x + high[d]!) / 2) }];
  });
}

/** x with A x = b, by elimination with the largest pivot; null where A is singular. */
function solve(A: Float64Array, b: Float64Array): Float64Array | null {
  const n = b.length;
  const x = b.slice();
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let i = c + 1; i < n; i++) if (Math.abs(A[i * n + c]!) > Math.abs(A[pivot * n + c]!)) pivot = i;
    if (!(Math.abs(A[pivot * n + c]!) > 0)) return null;
    for (let j = 0; pivot !== c && j < n; j++) [A[c * n + j], A[pivot * n + j]] = [A[pivot * n + j]!, A[c * n + j]!];
    [x[c], x[pivot]] = [x[pivot]!, x[c]!];
    for (let i = c + 1; i < n; i++) {
      const f = A[i * n + c]! / A[c * n + c]!;
      for (let j = c; j < n; j++) A[i * n + j]! -= f * A[c * n + j]!;
      x[i]! -= f * x[c]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i]! -= A[i * n + j]! * x[j]!;
    x[i]! /= A[i * n + i]!;
  }
  return x;
}

const length = (x: Float64Array): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));
function distance(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let d = 0; d < x.length; d++) sum += (x[d]! - y[d]!) * (x[d]! - y[d]!);
  return Math.sqrt(sum);
}

function compared(a: Float64Array, b: Float64Array): number {
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return a[d]! - b[d]!;
  return 0;
}

const midpoints = (points: readonly Float64Array[]): Float64Array[] =>
  points.slice(1).map((x, k) => x.map((v, d) => (v + points[k]![d]!) / 2));

function boxOf(points: readonly ArrayLike<number>[], D: number): [Float64Array, Float64Array] {
  const [low, high] = [new Float64Array(D).fill(Infinity), new Float64Array(D).fill(-Infinity)];
  for (const x of points)
    for (let d = 0; d < D; d++) {
      low[d] = Math.min(low[d]!, x[d]!);
      high[d] = Math.max(high[d]!, x[d]!);
    }
  return [low, high];
}

const within = (x: Float64Array, low: Float64Array, high: Float64Array): boolean =>
  x.every((v, d) => v >= low[d]! - 1e-9 * (1 + Math.abs(low[d]!)) && v <= high[d]! + 1e-9 * (1 + Math.abs(high[d]!)));
