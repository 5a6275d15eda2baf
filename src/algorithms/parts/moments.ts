// Running mean and variance of several features, for observations and rewards whose scale is not known beforehand.
//
// Each world adds up its own deviations; `merge` takes the worlds in order and joins them to what was there (Chan, Golub & LeVeque 1983),
// so the numbers do not depend on which thread ran which world. Between merges the scale stands still.
//
// E worlds, F features; before anything was seen: mean 0, variance 1, as if from 10⁻⁴ of a sample (Gymnasium's RunningMeanStd)
import type { Allocator } from "../../core/cut.ts";

export interface Moments {
  /** Count, means, variances: [1 + 2F]. */
  readonly running: Float64Array;
  /** Since the last merge, of each world: count, Σ (x − mean), Σ (x − mean)²: [E, 1 + 2F]. */
  readonly sums: Float64Array;
}

const LARGEST = 10;

export function createMoments(memory: Pick<Allocator, "f64">, features: number, worlds: number): Moments {
  return { running: memory.f64(1 + 2 * features), sums: memory.f64(worlds * (1 + 2 * features)) };
}

/** Before anything was seen. */
export function resetMoments({ running, sums }: Moments): void {
  const F = (running.length - 1) / 2;
  running[0] = 1e-4;
  running.fill(0, 1, 1 + F).fill(1, 1 + F);
  sums.fill(0);
}

/** Adds rows of x [rows, F] from `from` on to what world e has seen. */
export function count({ running, sums }: Moments, e: number, x: ArrayLike<number>, from: number, rows: number): void {
  const F = (running.length - 1) / 2;
  const at = e * running.length;
  sums[at] += rows;
  for (let f = 0; f < F; f++) {
    const mean = running[1 + f];
    let first = 0;
    let second = 0;
    for (let i = 0; i < rows; i++) {
      const deviation = x[from + i * F + f] - mean;
      first += deviation;
      second += deviation * deviation;
    }
    sums[at + 1 + f] += first;
    sums[at + 1 + F + f] += second;
  }
}

/** Joins what the worlds have seen since the last time. */
export function merge({ running, sums }: Moments): void {
  const width = running.length;
  const F = (width - 1) / 2;
  const total = (k: number): number => {
    let sum = 0;
    for (let at = k; at < sums.length; at += width) sum += sums[at];
    return sum;
  };
  const n = total(0);
  if (n === 0) return;
  const before = running[0];
  const after = before + n;
  for (let f = 0; f < F; f++) {
    const shift = total(1 + f) / n; // from the old mean to the batch's
    const spread = total(1 + F + f) - n * shift * shift;
    running[1 + F + f] = (running[1 + F + f] * before + spread + (shift * shift * before * n) / after) / after;
    running[1 + f] += (shift * n) / after;
  }
  running[0] = after;
  sums.fill(0);
}

export const deviationOf = (running: Float64Array, feature: number): number =>
  Math.sqrt(running[1 + (running.length - 1) / 2 + feature] + 1e-8);

/** out = (x − mean)/deviation, within ±10; rows of F features. */
export function normalise(running: Float64Array, out: Float32Array, x: Float32Array): void {
  const F = (running.length - 1) / 2;
  for (let f = 0; f < F; f++) {
    const mean = running[1 + f];
    const inverse = 1 / deviationOf(running, f);
    for (let k = f; k < x.length; k += F) out[k] = within((x[k] - mean) * inverse);
  }
}

/** x, or ±10 where it lies beyond. */
export const within = (x: number): number => Math.max(-LARGEST, Math.min(LARGEST, x));
