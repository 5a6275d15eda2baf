// How far a simulated series is from the data. All are 0 for equal series, grow about linearly with what is wrong, and have no unit:
// the data's own standard deviations are the yardstick.

import { pairwiseSum, quantile, variance } from "../math/index.ts";
import { energyDistance, excessKurtosis, histogramErrors, wasserstein } from "../metrics/index.ts";
import type { Stream } from "../random/index.ts";
import { type Features, featuresOf, HORIZONS, momentNames, momentsOf } from "./features.ts";

export const distanceNames = ["energy", "wasserstein", "histogram", "moments", "dynamics"] as const;
export type DistanceName = (typeof distanceNames)[number];

/** Levels alone are blind to the order of values; changes see how one period follows another. */
export const comparisons = ["both", "levels", "changes"] as const;
export type Comparison = (typeof comparisons)[number];

export type Distance = (a: Features, b: Features) => number;

const BINS = 50;
const RESAMPLES = 500;

/**
 * energy        √(2 ∫ (F − G)² dx / sd): the square root makes it a distance, and near 0 linear in a shift
 * wasserstein   ∫ |F − G| dx / sd
 * histogram     root mean squared error of 50 masses over the middle 99 % of the data
 * moments       root mean square of (m − m_data)/s.e., standard errors by a moving-block bootstrap of the data
 * dynamics      the same of ln sd, autocorrelation and ln variance ratios, standard errors as for independent values
 *
 * of levels and of changes, averaged, or of either alone.
 */
export function createDistance(name: DistanceName, compare: Comparison, data: Float64Array, stream: Stream): Distance {
  if (name === "moments") {
    const errors = standardErrors(data, stream);
    return (a, b) => rootMeanSquare(a.moments.map((moment, m) => (moment - b.moments[m]) / errors[m]));
  }
  if (name === "dynamics") {
    const errors = dynamicErrors(data);
    return (a, b) => rootMeanSquare(errors.map((error, m) => (a.dynamics[m] - b.dynamics[m]) / error));
  }
  const { levels, changes } = featuresOf([[data]]);
  const parts = compare === "both" ? (["levels", "changes"] as const) : [compare];
  const distances = parts.map((part) => {
    const x = part === "levels" ? levels : changes;
    const between = scaled(name, x);
    return (a: Features, b: Features) => between(a[part], b[part]);
  });
  return (a, b) => distances.reduce((sum, distance) => sum + distance(a, b), 0) / distances.length;
}

const rootMeanSquare = (z: Float64Array): number => Math.sqrt(pairwiseSum(z.map((value) => value * value)) / z.length);

// ln sd: √((κ + 2)/(4n)), κ the excess kurtosis;  ρ₁: 1/√n;  ln VR(q): √(2 (2q − 1)(q − 1)/(3 q n))
/** Of the dynamics that n values can tell. */
function dynamicErrors(data: Float64Array): Float64Array {
  const n = data.length;
  const horizons = HORIZONS.filter((q) => 8 * q <= n);
  const ratios = horizons.map((q) => Math.sqrt((2 * (2 * q - 1) * (q - 1)) / (3 * q * n)));
  return Float64Array.of(Math.sqrt((excessKurtosis(data) + 2) / (4 * n)), 1 / Math.sqrt(n), ...ratios);
}

function scaled(name: Exclude<DistanceName, "moments" | "dynamics">, data: Float64Array) {
  const sd = Math.sqrt(variance(data)) || 1;
  const middle = { low: quantile(data, 0.005), high: quantile(data, 0.995) };
  const bins = { ...middle, high: Math.max(middle.high, middle.low + 1e-9 * sd), bins: BINS };
  return (x: Float64Array, y: Float64Array): number => {
    if (name === "energy") return Math.sqrt(energyDistance(x, y) / sd);
    if (name === "wasserstein") return wasserstein(x, y) / sd;
    return histogramErrors(x, y, bins).rmse;
  };
}

// Künsch 1989: blocks of consecutive values, here about 2 n^(1/3) long, keep the memory that moments depend on
function standardErrors(data: Float64Array, stream: Stream): Float64Array {
  const n = data.length;
  let length = 1;
  while (length * length * length < 8 * n) length++;
  length = Math.min(length, n);
  const blocks = Math.ceil(n / length);
  const starts = new Int32Array(blocks);
  const replicas = Array.from({ length: RESAMPLES }, (_, period) => {
    stream.integers(starts, { lane: 0, period, from: 0 }, n - length + 1);
    const resample = new Float64Array(blocks * length);
    starts.forEach((start, b) => void resample.set(data.subarray(start, start + length), b * length));
    return momentsOf(resample.subarray(0, n));
  });
  return Float64Array.from(momentNames, (_, m) => Math.sqrt(variance(replicas.map((moments) => moments[m]))) || 1e-12);
}
