// Surrogates: a function of a few controls learned from runs, with its uncertainty, its error on runs it has not seen, and where it may not be trusted.
//
// n runs at points [n, d] in natural units; models see x = (point − low)/(high − low), the unit cube of the design
import { leastSquaresLine, mean, variance } from "../math/index.ts";
import { fitGaussianProcess } from "../optimise/parts/gaussian-process.ts";
import { latinHypercube } from "../optimise/parts/latin-hypercube.ts";
import { seedStream } from "../random/index.ts";
import { fitEnsemble } from "./ensemble.ts";
import type { Model, Prediction } from "./prediction.ts";

export const surrogateKinds = ["gaussian-process", "network"] as const;
export type SurrogateKind = (typeof surrogateKinds)[number];

export interface Box {
  readonly names: readonly string[];
  /** [d] */
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
}

export interface Runs {
  readonly box: Box;
  /** Controls of each run [n, d]. */
  readonly points: Float64Array;
  /** What each run scored [n]. */
  readonly values: Float64Array;
}

/** How well runs that were held out are predicted by a model of the others. */
export interface HeldOut {
  readonly runs: number;
  /** Root mean square of prediction less run. */
  readonly error: number;
  /** 1 − error²/variance of the held-out runs: 0 is no better than their mean. */
  readonly explained: number;
  /** Share of held-out runs within 1.96 predicted deviations. */
  readonly covered: number;
  /** Slope of runs on predictions: below 1 where predictions exaggerate. */
  readonly slope: number;
}

export interface Surrogate {
  readonly kind: SurrogateKind;
  readonly box: Box;
  predict(point: ArrayLike<number>): Prediction;
  /** The mean alone: of a Gaussian process at a cost of n runs instead of n². */
  mean(point: ArrayLike<number>): number;
  /** Why the prediction at a point may not be trusted, in words; null where nothing speaks against it. */
  distrust(point: ArrayLike<number>): string | null;
  readonly heldOut: HeldOut;
}

export interface FitOptions {
  readonly kind: SurrogateKind;
  readonly seed: number;
  /** Share of the runs that are held out for the error; the surrogate itself is then fitted to all. Default 0.2. */
  readonly heldOut?: number;
  /** Networks of an ensemble. Default 5. */
  readonly members?: number;
  /** Steps of 32 runs that networks train for. Default 3000: with fewer they are still smoother than what they are to learn. */
  readonly steps?: number;
}

/** Where runs scatter no less than their own spread the surrogate knows nothing. */
const KNOWN = 0.5;
/** Points further from all runs than the furthest run from its nearest are in a hole of the design. */
const HOLE = 1.5;
/** Runs that a surrogate is fitted to, at least. */
export const FEWEST = 10;

/** `count` points spread evenly over a box by a Latin hypercube, [count, d]: where to make the runs. */
export function design({ low, high }: Box, count: number, seed: number): Float64Array {
  const d = low.length;
  const points = new Float64Array(count * d);
  latinHypercube(seedStream(seed).fork("design"), count, d).forEach((x, i) => {
    for (let k = 0; k < d; k++) points[i * d + k] = low[k]! + x[k]! * (high[k]! - low[k]!);
  });
  return points;
}

export function fitSurrogate(runs: Runs, options: FitOptions): Surrogate {
  const { box, values } = runs;
  const { kind, seed, heldOut: share = 0.2 } = options;
  const d = box.names.length;
  const n = values.length;
  checked(runs, share);
  const x = new Float64Array(n * d);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < d; k++) x[i * d + k] = (runs.points[i * d + k]! - box.low[k]!) / (box.high[k]! - box.low[k]!);
  const modelOf = (rows: readonly number[], purpose: number): Model => {
    const points = new Float64Array(rows.length * d);
    rows.forEach((i, r) => void points.set(x.subarray(i * d, (i + 1) * d), r * d));
    const told = Float64Array.from(rows, (i) => values[i]!);
    if (kind === "network")
      return fitEnsemble(points, told, d, {
        seed: 2 * seed + purpose,
        members: options.members ?? 5,
        steps: options.steps ?? 3000,
      });
    const process = fitGaussianProcess(points, told, d);
    return Object.assign((at: ArrayLike<number>) => ({ ...process.predict(at), noiseSd: process.noiseSd }), {
      mean: (at: ArrayLike<number>) => process.mean(at),
    });
  };

  const keys = new Float64Array(n);
  seedStream(seed).fork("held out").uniform(keys, { lane: 0, period: 0, from: 0 });
  const order = Array.from(keys, (_, i) => i).sort((a, b) => keys[a]! - keys[b]!);
  const out = Math.max(2, Math.round(share * n));
  const partial = modelOf(order.slice(out), 1);
  const heldOut = judge(
    order.slice(0, out).map((i) => values[i]!),
    order.slice(0, out).map((i) => partial(x.subarray(i * d, (i + 1) * d))),
  );

  const model = modelOf(
    Array.from(keys, (_, i) => i),
    0,
  );
  const spread = Math.sqrt(variance(values));
  const furthest = Math.max(...Array.from(keys, (_, i) => nearest(x, d, x.subarray(i * d, (i + 1) * d), i)));
  const unit = (point: ArrayLike<number>): Float64Array => {
    if (point.length !== d)
      throw new Error(`Surrogate: got a point of ${point.length} numbers, expected ${d}: ${box.names.join(", ")}.`);
    return Float64Array.from({ length: d }, (_, k) => (point[k]! - box.low[k]!) / (box.high[k]! - box.low[k]!));
  };
  const ends = box.names.map((_, k) => {
    const column = Array.from(values, (_, i) => runs.points[i * d + k]!);
    return [Math.min(...column), Math.max(...column)] as const;
  });
  return {
    kind,
    box,
    heldOut,
    predict: (point) => model(unit(point)),
    mean: (point) => model.mean(unit(point)),
    distrust(point) {
      const at = unit(point);
      for (let k = 0; k < d; k++) {
        const [least, most] = ends[k]!;
        // A design's outermost points stand for the slices they are drawn from.
        const margin = (most - least) / n;
        if (!(point[k]! >= least - margin && point[k]! <= most + margin))
          return `${box.names[k]} is ${point[k]}, beyond the runs, which have it from ${least} to ${most}`;
      }
      const apart = nearest(x, d, at, -1);
      if (apart > HOLE * furthest)
        return `the nearest run is ${apart.toPrecision(2)} of the box away, and runs are at most ${furthest.toPrecision(2)} from their nearest`;
      const { sd } = model(at);
      if (sd > KNOWN * spread)
        return `the prediction's deviation is ${sd.toPrecision(2)}, and that of all runs ${spread.toPrecision(2)}`;
      return null;
    },
  };
}

function checked({ box, points, values }: Runs, share: number): void {
  const d = box.names.length;
  if (box.low.length !== d || box.high.length !== d)
    throw new Error(`fitSurrogate: ${d} names with ${box.low.length} lower and ${box.high.length} upper ends.`);
  for (let k = 0; k < d; k++)
    if (!(box.low[k]! < box.high[k]!))
      throw new Error(
        `fitSurrogate: ${box.names[k]} is from ${box.low[k]} to ${box.high[k]}, expected the low end below the high end.`,
      );
  if (points.length !== values.length * d)
    throw new Error(`fitSurrogate: got ${points.length / d} points and ${values.length} values.`);
  if (values.length < FEWEST) throw new Error(`fitSurrogate: got ${values.length} runs, expected at least ${FEWEST}.`);
  if (!(share > 0 && share < 1))
    throw new Error(`fitSurrogate: heldOut is ${share}, expected more than 0 and less than 1.`);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new Error(`fitSurrogate: run ${bad} scored ${values[bad]}, expected a number. Leave failed runs out.`);
  const wild = points.findIndex((value) => !Number.isFinite(value));
  if (wild >= 0)
    throw new Error(`fitSurrogate: ${box.names[wild % d]} of run ${Math.floor(wild / d)} is ${points[wild]}.`);
}

function judge(runs: readonly number[], predictions: readonly Prediction[]): HeldOut {
  const squares = runs.map((run, i) => (run - predictions[i]!.mean) * (run - predictions[i]!.mean));
  const within = runs.filter((run, i) => {
    const { mean: centre, sd, noiseSd } = predictions[i]!;
    return Math.abs(run - centre) <= 1.96 * Math.sqrt(sd * sd + noiseSd * noiseSd);
  });
  return {
    runs: runs.length,
    error: Math.sqrt(mean(squares)),
    explained: 1 - mean(squares) / variance(runs),
    covered: within.length / runs.length,
    slope: leastSquaresLine(
      predictions.map((p) => p.mean),
      runs,
    ).slope,
  };
}

/** Distance to the nearest point of x other than `except`. */
function nearest(x: Float64Array, d: number, at: ArrayLike<number>, except: number): number {
  let least = Infinity;
  for (let i = 0; i * d < x.length; i++) {
    if (i === except) continue;
    let sum = 0;
    for (let k = 0; k < d; k++) sum += (x[i * d + k]! - at[k]!) * (x[i * d + k]! - at[k]!);
    if (sum < least) least = sum;
  }
  return Math.sqrt(least);
}
