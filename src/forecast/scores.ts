// Scores of forecasts that are laws, not numbers: continuous ranked probability score, and the probability integral transform with its test of uniformity.
//
//   CRPS(F, y) = ∫ (F(x) − 1{x ≥ y})² dx = E|X − y| − ½ E|X − X′|       Gneiting & Raftery 2007, JASA 102, 359
//   PIT = F(y), uniform where F is the law of y                         Dawid 1984, JRSS A 147, 278
import { exp, log, normalCdf, normalDensity, pairwiseSum } from "../math/index.ts";
import { finiteSeries } from "../metrics/series.ts";

/** A normal law, or a mixture of S of them with weights that add up to 1. */
export interface Law {
  /** [S] */
  readonly means: ArrayLike<number>;
  /** [S] Standard deviations, above 0. */
  readonly deviations: ArrayLike<number>;
  /** [S] Default: equal. */
  readonly weights?: ArrayLike<number>;
}

const weightOf = ({ weights, means }: Law, s: number): number => (weights ? weights[s]! : 1 / means.length);
const INVERSE_SQRT_PI = 1 / Math.sqrt(Math.PI);

/** P(X ≤ y) */
export function cdf(law: Law, y: number): number {
  let sum = 0;
  for (let s = 0; s < law.means.length; s++)
    sum += weightOf(law, s) * normalCdf((y - law.means[s]!) / law.deviations[s]!);
  return sum;
}

// E|X − m| of a normal law with mean m + d and deviation σ: σ (2 φ(d/σ) + d/σ (2 Φ(d/σ) − 1))
function meanDistance(d: number, σ: number): number {
  const z = d / σ;
  return σ * (2 * normalDensity(z) + z * (2 * normalCdf(z) - 1));
}

/** CRPS of a law at y, in units of y; of one normal law in closed form, of a mixture likewise by its S² pairs: Grimit et al. 2006, QJRMS 132, 2925. */
export function crps(law: Law, y: number): number {
  const { means, deviations } = law;
  const S = means.length;
  if (S === 1) return meanDistance(y - means[0]!, deviations[0]!) - deviations[0]! * INVERSE_SQRT_PI;
  let [near, apart] = [0, 0];
  for (let s = 0; s < S; s++) {
    const w = weightOf(law, s);
    near += w * meanDistance(y - means[s]!, deviations[s]!);
    apart += w * w * deviations[s]! * 2 * INVERSE_SQRT_PI;
    for (let r = 0; r < s; r++) {
      const σ = Math.sqrt(deviations[s]! * deviations[s]! + deviations[r]! * deviations[r]!);
      apart += 2 * w * weightOf(law, r) * meanDistance(means[s]! - means[r]!, σ);
    }
  }
  return near - apart / 2;
}

/** CRPS of the empirical law of a sample at y; takes S log S operations. */
export function crpsOfSample(sample: ArrayLike<number>, y: number): number {
  const x = finiteSeries("crpsOfSample", sample, 1).sort();
  const S = x.length;
  const near = pairwiseSum(x.map((v) => Math.abs(v - y))) / S;
  return near - pairwiseSum(x.map((v, k) => v * (2 * k + 1 - S))) / (S * S);
}

// S(F, y) = −ln f(y)       Good 1952, JRSS B 14, 107
/** Logarithmic score of a law of a number, or of probabilities of categories 0, 1, …: nats, low is good. */
export function logScore(law: Law | ArrayLike<number>, y: number): number {
  if (!("means" in law)) return -log(probabilityOf("logScore", law, y));
  let density = 0;
  for (let s = 0; s < law.means.length; s++)
    density += (weightOf(law, s) * normalDensity((y - law.means[s]!) / law.deviations[s]!)) / law.deviations[s]!;
  return -log(density);
}

// RPS = Σ_c (F_c − 1{c ≥ y})²       Epstein 1969, J. Applied Meteorology 8, 985
/** CRPS of probabilities of ordered categories 0, 1, …, at a distance of 1 from each to the next. */
export function rankedProbabilityScore(probabilities: ArrayLike<number>, y: number): number {
  probabilityOf("rankedProbabilityScore", probabilities, y);
  let [below, sum] = [0, 0];
  for (let c = 0; c + 1 < probabilities.length; c++) {
    below += probabilities[c]!;
    const off = below - (c >= y ? 1 : 0);
    sum += off * off;
  }
  return sum;
}

// u F(y) + (1 − u) F(y − 1)       Czado, Gneiting & Held 2009, Biometrics 65, 1254
/** Probability integral transform of a category with u drawn uniformly: uniform where the law is right. */
export function randomisedTransform(probabilities: ArrayLike<number>, y: number, u: number): number {
  const own = probabilityOf("randomisedTransform", probabilities, y);
  let below = 0;
  for (let c = 0; c < y; c++) below += probabilities[c]!;
  return Math.min(1, below + u * own);
}

function probabilityOf(who: string, probabilities: ArrayLike<number>, y: number): number {
  const p = probabilities[y];
  if (p === undefined)
    throw new Error(`${who}: got category ${y}, expected an integer from 0 to ${probabilities.length - 1}.`);
  return p;
}

export interface Uniformity {
  readonly n: number;
  /** D, the largest distance between the empirical distribution function and the uniform one. */
  readonly statistic: number;
  /** Of Kolmogorov's law with Stephens' correction for small n; for independent values whose law was not fitted to them. */
  readonly pValue: number;
}

// P(D > d) = 2 Σ (−1)^{k−1} e^{−2 k² λ²},   λ = (√n + .12 + .11/√n) d       Stephens 1970, JRSS B 32, 115
/** Kolmogorov and Smirnov's test that values from 0 to 1 are uniform. */
export function uniformity(values: ArrayLike<number>): Uniformity {
  const x = finiteSeries("uniformity", values, 1).sort();
  const n = x.length;
  if (!(x[0]! >= 0 && x[n - 1]! <= 1))
    throw new Error(`uniformity: got values from ${x[0]} to ${x[n - 1]}, expected from 0 to 1.`);
  let statistic = 0;
  for (let k = 0; k < n; k++) statistic = Math.max(statistic, (k + 1) / n - x[k]!, x[k]! - k / n);
  const λ = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * statistic;
  let pValue = 0;
  for (let k = 1; k <= 100; k++) pValue += (k % 2 === 1 ? 2 : -2) * exp(-2 * k * k * λ * λ);
  return { n, statistic, pValue: λ < 0.2 ? 1 : Math.min(1, Math.max(0, pValue)) };
}
