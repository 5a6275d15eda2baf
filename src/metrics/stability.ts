// Whether a system comes to rest: drift of a Lyapunov function, and the largest Lyapunov exponent by three estimators. An exponent above 0 doubles small
// differences every ln 2/λ periods; below 0 they die out.

import { leastSquaresLine, log, mean, pairwiseSum } from "../math/index.ts";
import { finiteSeries, wholeAtLeast } from "./series.ts";

export interface LyapunovDrift {
  /** c of E[V′ | x] − V = −c V + d, V = (x − rest)²: above 0 the drift is towards rest wherever V > d/c. */
  readonly rate: number;
  /** d: what noise adds to V every period. */
  readonly noise: number;
  /** d/c, the mean of V in the long run; Infinity where c ≤ 0. */
  readonly level: number;
}

// V′ − V = −c V + d by least squares, V = (x − rest)²
/**
 * Foster–Lyapunov drift of a noisy series around `rest` by regression of V′ − V on V. With noise V cannot fall everywhere (near rest it must rise), so the
 * condition of stability is c > 0, not V′ < V: Meyn & Tweedie 2009, Markov Chains and Stochastic Stability, ch. 15.
 */
export function lyapunovDrift(x: ArrayLike<number>, rest: number): LyapunovDrift {
  if (!Number.isFinite(rest)) throw new Error(`lyapunovDrift: got a rest of ${rest}, expected a finite number.`);
  const V = finiteSeries("lyapunovDrift", x, 3).map((value) => (value - rest) * (value - rest));
  const before = V.subarray(0, -1);
  if (before.every((value) => value === V[0]))
    throw new Error(
      `lyapunovDrift: (x − ${rest})² is ${V[0]} in every period but the last, so its drift has no slope.`,
    );
  const { slope, intercept } = leastSquaresLine(
    before,
    before.map((value, t) => V[t + 1] - value),
  );
  return { rate: -slope, noise: intercept, level: slope < 0 ? -intercept / slope : Infinity };
}

// λ = lim 1/n Σ ln |f′(x_t)|,   x_{t+1} = f(x_t)
/** Largest Lyapunov exponent of a map of one variable from its derivative, averaged along an orbit: −Infinity where the orbit meets f′ = 0. */
export function lyapunovExponentOfMap({
  map,
  derivative,
  start,
  discard = 1000,
  periods = 10_000,
}: {
  readonly map: (x: number) => number;
  readonly derivative: (x: number) => number;
  readonly start: number;
  /** Periods before the average begins. Default 1000. */
  readonly discard?: number;
  /** Default 10 000. */
  readonly periods?: number;
}): number {
  const where = "lyapunovExponentOfMap";
  wholeAtLeast(where, "discard", discard, 0);
  wholeAtLeast(where, "periods", periods, 1);
  let x = start;
  for (let t = 0; t < discard; t++) x = map(x);
  const logs = new Float64Array(periods);
  for (let t = 0; t < periods; t++) {
    const slope = Math.abs(derivative(x));
    if (!(Number.isFinite(x) && slope < Infinity))
      throw new Error(
        `${where}: in period ${discard + t} the orbit is at ${x} with |f′| = ${slope}, expected finite numbers.`,
      );
    logs[t] = slope === 0 ? -Infinity : log(slope);
    x = map(x);
  }
  return logs.includes(-Infinity) ? -Infinity : mean(logs);
}

// λ = 1/n Σ ln (|y_t − x_t| / δ),   y put back to distance δ along y − x after every period
/**
 * Largest Lyapunov exponent of a map of several variables from two nearby trajectories: Benettin, Galgani & Strelcyn 1976, Physical Review A 14, 2338.
 * For random maps `step` gives both trajectories the draws of its period (common random numbers).
 */
export function lyapunovExponentOfTrajectories({
  step,
  start,
  distance = 1e-8,
  discard = 100,
  periods = 1000,
}: {
  /** The state after period t; keeps no reference to x. */
  readonly step: (x: Float64Array, period: number) => ArrayLike<number>;
  readonly start: ArrayLike<number>;
  /** δ. Default 1e-8. */
  readonly distance?: number;
  /** Periods before the average begins. Default 100. */
  readonly discard?: number;
  /** Default 1000. */
  readonly periods?: number;
}): number {
  const where = "lyapunovExponentOfTrajectories";
  wholeAtLeast(where, "discard", discard, 0);
  wholeAtLeast(where, "periods", periods, 1);
  if (!(distance > 0 && distance < Infinity))
    throw new Error(`${where}: got distance ${distance}, expected a number above 0.`);
  let x = finiteSeries(where, start, 1);
  let y = x.map((value) => value + distance / Math.sqrt(x.length));
  const logs = new Float64Array(periods);
  for (let t = 0; t < discard + periods; t++) {
    const before = norm(x, y); // δ to rounding
    x = finiteSeries(`${where}, period ${t}`, step(x, t), x.length);
    const moved = finiteSeries(`${where}, period ${t}`, step(y, t), x.length);
    const apart = norm(x, moved);
    if (apart === 0) return -Infinity;
    if (t >= discard) logs[t - discard] = log(apart / before);
    y = x.map((value, i) => value + ((moved[i] - value) * distance) / apart);
  }
  return mean(logs);
}

/**
 * Largest Lyapunov exponent of a series, without its map: slope of the mean log distance between nearest neighbours of the delay embedding, k periods on,
 * over k = 0 … `steps`. Rosenstein, Collins & De Luca 1993, Physica D 65, 117. Noise looks like chaos to it; take several dimensions.
 */
export function lyapunovExponentOfSeries(
  x: ArrayLike<number>,
  {
    dimension = 2,
    delay = 1,
    steps = 5,
    apart = 1,
  }: {
    /** Of the embedding. Default 2. */
    readonly dimension?: number;
    /** Periods between coordinates. Default 1. */
    readonly delay?: number;
    /** Periods over which distances grow. Default 5; end before they are as large as the attractor. */
    readonly steps?: number;
    /** Neighbours are more than this many periods apart (Theiler's window). Default 1; about one cycle of a smooth series. */
    readonly apart?: number;
  } = {},
): number {
  const where = "lyapunovExponentOfSeries";
  wholeAtLeast(where, "dimension", dimension, 1);
  wholeAtLeast(where, "delay", delay, 1);
  wholeAtLeast(where, "steps", steps, 1);
  wholeAtLeast(where, "apart", apart, 0);
  const width = (dimension - 1) * delay;
  const series = finiteSeries(where, x, width + 2 * steps + 2 * apart + 20);
  const M = series.length - width; // points of the embedding
  const square = (i: number, j: number): number => {
    let sum = 0;
    for (let c = 0; c <= width; c += delay) sum += (series[i + c] - series[j + c]) * (series[i + c] - series[j + c]);
    return sum;
  };
  const sums = new Float64Array(steps + 1);
  const counts = new Float64Array(steps + 1);
  for (let i = 0; i < M - steps; i++) {
    let nearest = -1;
    let least = Infinity;
    for (let j = 0; j < M - steps; j++) {
      if (Math.abs(i - j) <= apart) continue;
      const d = square(i, j);
      if (d > 0 && d < least) [nearest, least] = [j, d];
    }
    if (nearest < 0) continue;
    for (let k = 0; k <= steps; k++) {
      const d = square(i + k, nearest + k);
      if (d === 0) continue;
      sums[k] += log(d) / 2;
      counts[k]++;
    }
  }
  if (counts.some((count) => count === 0))
    throw new Error(
      `${where}: no two points of the series are at a distance above 0 for ${steps} periods, so nothing can grow.`,
    );
  const k = Float64Array.from(sums, (_, i) => i);
  return leastSquaresLine(
    k,
    sums.map((sum, i) => sum / counts[i]),
  ).slope;
}

function norm(x: Float64Array, y: Float64Array): number {
  return Math.sqrt(pairwiseSum(x.map((value, i) => (value - y[i]) * (value - y[i]))));
}
