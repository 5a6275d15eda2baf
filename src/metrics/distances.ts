// How far two samples are from each other as distributions: neither their order nor their sizes need to agree.
// F and G are their empirical distribution functions; both are steps, so the integrals below are exact sums over the merged sample.
//
// Székely & Rizzo 2013, "Energy statistics", J. Statistical Planning and Inference 143, 1249-1272.
// Energy distance and Wasserstein-1 are in powers of the data's unit; histogram errors are masses, Kolmogorov-Smirnov a probability.

import { pairwiseSum } from "../math/index.ts";

export interface EnergyOptions {
  /**
   * "V" (default) counts a value's distance 0 to itself: a squared distance between the two empirical laws, never negative.
   * "U" leaves it out: without bias for the laws the samples came from, so it may fall below 0 when they are the same.
   */
  readonly statistic?: "V" | "U";
}

// 2 E|X − Y| − E|X − X′| − E|Y − Y′| = 2 ∫ (F − G)² dx;   U: E|X − X′| over pairs i ≠ j, that is times n/(n − 1)
export function energyDistance(x: ArrayLike<number>, y: ArrayLike<number>, { statistic = "V" }: EnergyOptions = {}) {
  const { gaps, differences } = steps("energyDistance", x, y);
  for (let k = 0; k < gaps.length; k++) gaps[k] *= differences[k] * differences[k];
  const v = 2 * pairwiseSum(gaps);
  if (statistic === "V") return v;
  return v - meanDifference(x) / (x.length - 1) - meanDifference(y) / (y.length - 1);
}

// W₁ = ∫ |F − G| dx
/** Wasserstein-1: the least average distance that the mass of one sample must travel to become the other. */
export function wasserstein(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const { gaps, differences } = steps("wasserstein", x, y);
  for (let k = 0; k < gaps.length; k++) gaps[k] *= Math.abs(differences[k]);
  return pairwiseSum(gaps);
}

// sup |F − G|
/** Kolmogorov-Smirnov: the largest difference between the two distribution functions. */
export function kolmogorovSmirnov(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const { gaps, differences } = steps("kolmogorovSmirnov", x, y);
  return differences.reduce((most, difference, k) => (gaps[k] > 0 ? Math.max(most, Math.abs(difference)) : most), 0);
}

export interface Bins {
  readonly low: number;
  readonly high: number;
  readonly bins: number;
}

/** Mean absolute and root mean squared difference between the masses of equal bins on [low, high]. */
export function histogramErrors(x: ArrayLike<number>, y: ArrayLike<number>, bins: Bins): { mae: number; rmse: number } {
  const f = histogram(x, bins);
  const g = histogram(y, bins);
  const errors = f.map((mass, i) => mass - g[i]);
  return {
    mae: pairwiseSum(errors.map(Math.abs)) / bins.bins,
    rmse: Math.sqrt(pairwiseSum(errors.map((error) => error * error)) / bins.bins),
  };
}

/**
 * Share of the sample in each of `bins` equal intervals, closed below and open above but for the last. Values outside
 * [low, high] are in none, so the shares may add up to less than 1.
 */
export function histogram(x: ArrayLike<number>, { low, high, bins }: Bins): Float64Array {
  if (!(low < high && Number.isInteger(bins) && bins >= 1))
    throw new Error(`histogram: got ${bins} bins from ${low} to ${high}, expected at least one and low below high.`);
  const masses = new Float64Array(bins);
  for (const value of sorted("histogram", x)) {
    if (value < low || value > high) continue;
    masses[Math.min(bins - 1, Math.floor((bins * (value - low)) / (high - low)))]++;
  }
  return masses.map((count) => count / x.length);
}

/** Widths between neighbours of the merged sample, and F − G on each. O(n log n), O(n) for samples already sorted. */
function steps(name: string, x: ArrayLike<number>, y: ArrayLike<number>) {
  const xs = sorted(name, x);
  const ys = sorted(name, y);
  const gaps = new Float64Array(xs.length + ys.length - 1);
  const differences = new Float64Array(gaps.length);
  let i = 0;
  let j = 0;
  let at = 0;
  for (let k = -1; k < gaps.length; k++) {
    const to = j >= ys.length || (i < xs.length && xs[i] <= ys[j]) ? xs[i++] : ys[j++];
    if (k >= 0) gaps[k] = to - at;
    at = to;
    if (k + 1 < gaps.length) differences[k + 1] = i / xs.length - j / ys.length; // between equal values too, over a gap of width 0
  }
  return { gaps, differences };
}

// E|X − X′| over all n² pairs = 2/n² Σᵢ (2i − n − 1) x₍ᵢ₎
function meanDifference(x: ArrayLike<number>): number {
  const n = x.length;
  const weighted = sorted("energyDistance", x).map((value, i) => value * (2 * i + 1 - n));
  return (2 * pairwiseSum(weighted)) / (n * n);
}

function sorted(name: string, x: ArrayLike<number>): Float64Array {
  if (x.length === 0) throw new Error(`${name}: got an empty sample, expected at least one value.`);
  const values = x instanceof Float64Array && isSorted(x) ? x : Float64Array.from(x).sort();
  // NaN sorts last
  if (!(values[0] > -Infinity && values[values.length - 1] < Infinity))
    throw new Error(`${name}: got a value that is not finite. Leave such values out first.`);
  return values;
}

function isSorted(x: Float64Array): boolean {
  for (let i = 1; i < x.length; i++) if (!(x[i - 1] <= x[i])) return false;
  return true;
}
