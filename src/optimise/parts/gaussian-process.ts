// Gaussian process regression with a Matérn 5/2 kernel, one length scale per dimension, and noise of unknown size.
// Rasmussen & Williams 2006, Gaussian Processes for Machine Learning, ch. 2, 4.2 and 5.4; the prior on length scales grows with √d
// as in Hvarfner, Hellsten & Nardi 2024, https://arxiv.org/abs/2402.02229.
//
// n points in d dimensions, expected to fill a unit cube; values are standardised inside, and all that is returned is in their unit.
// φ = (log ℓ₁ … log ℓ_d, log s², log σ²): length scales, signal variance, noise variance; the last two in standardised units.

import {
  cholesky,
  exp,
  expEach,
  invertCholesky,
  log,
  mean,
  minimise,
  solveCholesky,
  solveLower,
  variance,
} from "../../math/index.ts";

export interface GaussianProcess {
  /** [d + 2] φ, as above. */
  readonly hyperparameters: Float64Array;
  readonly lengthScales: Float64Array; // [d]
  /** Standard deviation of one measurement's noise. */
  readonly noiseSd: number;
  /** Log marginal likelihood of the standardised values. */
  readonly logLikelihood: number;
  /** Of the function itself, without a measurement's noise. `gradient`, if given, takes [2d]: ∂mean/∂x, ∂sd/∂x. */
  predict(x: ArrayLike<number>, gradient?: Float64Array): { mean: number; sd: number };
  /** The mean alone, at a cost of n instead of n². `gradient`, if given, takes [d]. */
  mean(x: ArrayLike<number>, gradient?: Float64Array): number;
  /** The same process after another measurement, hyperparameters and standardisation kept. */
  with(x: ArrayLike<number>, value: number): GaussianProcess;
  /** The same points and hyperparameters with other values, standardised anew. */
  retold(values: Float64Array): GaussianProcess;
}

const LOG_2PI = 1.8378770664093453;
// Bounds of φ: far outside what data in a unit cube can tell apart.
const bounds = (d: number) => ({
  low: Float64Array.from({ length: d + 2 }, (_, k) => (k < d ? log(0.005) : k === d ? log(0.01) : log(1e-8))),
  high: Float64Array.from({ length: d + 2 }, (_, k) => (k < d ? log(50) : k === d ? log(100) : log(4))),
});

/** Fits hyperparameters by the posterior's mode, from three starts, and conditions on the data. Equal data give equal bits. */
export function fitGaussianProcess(points: Float64Array, values: Float64Array, d: number): GaussianProcess {
  const { centre, scale, standardised } = standardise(values);
  let best: { x: Float64Array; value: number } | null = null;
  for (const [length, noise] of [
    [0.3, 1e-4],
    [1, 1e-2],
    [0.15, 0.3],
  ]) {
    const start = new Float64Array(d + 2).fill(log(length), 0, d);
    start[d + 1] = log(noise);
    const descend = (φ: Float64Array, gradient: Float64Array) => -logPosterior(points, standardised, d, φ, gradient);
    const found = minimise((φ, g) => negated(descend(φ, g), g), start, { ...bounds(d), tolerance: 1e-3 });
    if (best === null || found.value < best.value - 1e-9) best = found;
  }
  return condition(points, standardised, d, best!.x, centre, scale);
}

function negated(value: number, gradient: Float64Array): number {
  for (let k = 0; k < gradient.length; k++) gradient[k] = -gradient[k];
  return value;
}

/** A process with given hyperparameters. */
export function gaussianProcess(
  points: Float64Array,
  values: Float64Array,
  d: number,
  hyperparameters: Float64Array,
): GaussianProcess {
  const { centre, scale, standardised } = standardise(values);
  return condition(points, standardised, d, hyperparameters, centre, scale);
}

function standardise(values: Float64Array) {
  const centre = mean(values);
  const scale = Math.sqrt(variance(values)) || 1;
  return { centre, scale, standardised: values.map((value) => (value - centre) / scale) };
}

// μ(x) = k(x)ᵀ α,   s²(x) = k(x, x) − k(x)ᵀ (K + σ²I)⁻¹ k(x),   α = (K + σ²I)⁻¹ y
function condition(
  points: Float64Array, // [n, d]
  y: Float64Array, // [n]
  d: number,
  φ: Float64Array,
  centre: number,
  scale: number,
  L: Float64Array = factor(nearness(points, y.length, d, φ), y.length, d, φ).L,
): GaussianProcess {
  const n = y.length;
  const α = solveCholesky(L, y);
  const signal = exp(φ[d]);
  const inverseLengths = φ.slice(0, d).map((logLength) => exp(-logLength));
  const k = new Float64Array(n);
  const decay = new Float64Array(n);
  const slopes = new Float64Array(n * d); // ∂k(x, x_i)/∂x
  return {
    hyperparameters: φ,
    lengthScales: φ.slice(0, d).map(exp),
    noiseSd: scale * Math.sqrt(exp(φ[d + 1])),
    logLikelihood: likelihood(L, y, α),
    predict(x, gradient) {
      for (let i = 0; i < n; i++) {
        const r = scaledDistance(x, 0, points, i * d, d, inverseLengths);
        k[i] = signal * matern(r);
        if (!gradient) continue;
        const slope = -signal * maternSlope(r);
        for (let j = 0; j < d; j++)
          slopes[i * d + j] = slope * (x[j] - points[i * d + j]) * inverseLengths[j] * inverseLengths[j];
      }
      let μ = 0;
      for (let i = 0; i < n; i++) μ += k[i] * α[i];
      const v = solveLower(L, k);
      let explained = 0;
      for (let i = 0; i < n; i++) explained += v[i] * v[i];
      const sd = Math.sqrt(Math.max(1e-12 * signal, signal - explained));
      if (gradient) {
        const β = solveCholesky(L, k);
        for (let j = 0; j < d; j++) {
          let ofMean = 0;
          let ofExplained = 0;
          for (let i = 0; i < n; i++) {
            ofMean += slopes[i * d + j] * α[i];
            ofExplained += slopes[i * d + j] * β[i];
          }
          gradient[j] = scale * ofMean;
          gradient[d + j] = (-scale * ofExplained) / sd;
        }
      }
      return { mean: centre + scale * μ, sd: scale * sd };
    },
    mean(x, gradient) {
      let μ = 0;
      if (!gradient) {
        for (let i = 0; i < n; i++) k[i] = -SQRT_5 * scaledDistance(x, 0, points, i * d, d, inverseLengths);
        expEach(decay, k);
        for (let i = 0; i < n; i++) μ += signal * ((1 - k[i] + (k[i] * k[i]) / 3) * decay[i]) * α[i];
        return centre + scale * μ;
      }
      gradient.fill(0);
      for (let i = 0; i < n; i++) {
        const r = scaledDistance(x, 0, points, i * d, d, inverseLengths);
        μ += signal * matern(r) * α[i];
        const slope = -scale * signal * maternSlope(r) * α[i];
        for (let j = 0; j < d; j++)
          gradient[j] += slope * (x[j] - points[i * d + j]) * inverseLengths[j] * inverseLengths[j];
      }
      return centre + scale * μ;
    },
    with(x, value) {
      const more = new Float64Array((n + 1) * d);
      more.set(points);
      for (let j = 0; j < d; j++) more[n * d + j] = x[j];
      const values = new Float64Array(n + 1);
      values.set(y);
      values[n] = (value - centre) / scale;
      return condition(more, values, d, φ, centre, scale);
    },
    retold(values) {
      const anew = standardise(values);
      return condition(points, anew.standardised, d, φ, anew.centre, anew.scale, L);
    },
  };
}

// log p(y | φ) = −½ yᵀα − Σ log L_ii − n/2 log 2π
function likelihood(L: Float64Array, y: Float64Array, α: Float64Array): number {
  const n = y.length;
  let sum = -0.5 * n * LOG_2PI;
  for (let i = 0; i < n; i++) sum -= 0.5 * y[i] * α[i] + log(L[i * n + i]);
  return sum;
}

// ∂ log p/∂φ_k = ½ tr((α αᵀ − (K + σ²I)⁻¹) ∂(K + σ²I)/∂φ_k)
/** Log marginal likelihood plus log prior of φ, up to a constant; its gradient goes to `gradient` [d + 2]. */
export function logPosterior(
  points: Float64Array,
  y: Float64Array,
  d: number,
  φ: Float64Array,
  gradient: Float64Array,
): number {
  const n = y.length;
  const near = nearness(points, n, d, φ);
  const { L, jitter } = factor(near, n, d, φ);
  const α = solveCholesky(L, y);
  const inverse = invertCholesky(L, n);
  const signal = exp(φ[d]);
  const inverseLengths = φ.slice(0, d).map((logLength) => exp(-logLength));
  gradient.fill(0);
  let at = 0;
  for (let i = 0; i < n; i++) {
    const own = α[i] * α[i] - inverse[i * n + i];
    gradient[d] += 0.5 * own * (signal + jitter);
    gradient[d + 1] += 0.5 * own * exp(φ[d + 1]);
    for (let j = 0; j < i; j++) {
      const weight = α[i] * α[j] - inverse[i * n + j]; // both triangles
      const a = near.a[at];
      const decay = near.decay[at++];
      gradient[d] += weight * signal * ((1 + a + (a * a) / 3) * decay);
      const slope = weight * signal * ((5 / 3) * (1 + a) * decay);
      for (let k = 0; k < d; k++) {
        const δ = (points[i * d + k] - points[j * d + k]) * inverseLengths[k];
        gradient[k] += slope * δ * δ;
      }
    }
  }
  return likelihood(L, y, α) + logPrior(φ, d, gradient);
}

// log ℓ ~ N(log √d − 0.7, 1²),   log s² ~ N(0, 1²),   log σ² ~ N(log 10⁻³, 3²): weak, so that a few values do not run away with them
function logPrior(φ: Float64Array, d: number, gradient: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < d + 2; k++) {
    const [centre, sd] = k < d ? [0.5 * log(d) - 0.7, 1] : k === d ? [0, 1] : [log(1e-3), 3];
    const z = (φ[k] - centre) / sd;
    sum -= 0.5 * z * z;
    gradient[k] -= z / sd;
  }
  return sum;
}

/** √5 r of each pair of points and e^(−√5 r), pairs (1, 0), (2, 0), (2, 1), … */
function nearness(points: Float64Array, n: number, d: number, φ: Float64Array) {
  const inverseLengths = φ.slice(0, d).map((logLength) => exp(-logLength));
  const a = new Float64Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) a[at++] = SQRT_5 * scaledDistance(points, i * d, points, j * d, d, inverseLengths);
  const decay = a.map((x) => -x);
  expEach(decay, decay);
  return { a, decay };
}

/** L of K + σ²I; where rounding makes that indefinite, of the least jitter on its diagonal that helps. */
function factor(
  { a, decay }: ReturnType<typeof nearness>,
  n: number,
  d: number,
  φ: Float64Array,
): { L: Float64Array; jitter: number } {
  const signal = exp(φ[d]);
  const noise = exp(φ[d + 1]);
  const K = new Float64Array(n * n);
  let at = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++, at++) K[i * n + j] = signal * ((1 + a[at] + (a[at] * a[at]) / 3) * decay[at]);
  for (let jitter = 0; jitter < 0.1 * signal; jitter = jitter === 0 ? 1e-10 * signal : 10 * jitter) {
    for (let i = 0; i < n; i++) K[i * n + i] = signal + noise + jitter;
    const L = cholesky(K, n);
    if (L) return { L, jitter };
  }
  throw new Error(`gaussianProcess: the ${n} points have no usable covariance. Are all coordinates and values finite?`);
}

// r = √Σ ((x_k − x′_k)/ℓ_k)²
function scaledDistance(
  x: ArrayLike<number>,
  at: number,
  y: ArrayLike<number>,
  to: number,
  d: number,
  inverseLengths: Float64Array,
): number {
  let sum = 0;
  for (let k = 0; k < d; k++) {
    const δ = (x[at + k] - y[to + k]) * inverseLengths[k];
    sum += δ * δ;
  }
  return Math.sqrt(sum);
}

const SQRT_5 = Math.sqrt(5);

// (1 + √5 r + 5/3 r²) e^(−√5 r)
/** Matérn 5/2 correlation at scaled distance r. */
export function matern(r: number): number {
  const a = SQRT_5 * r;
  return (1 + a + (a * a) / 3) * exp(-a);
}

// −(1/r) dk/dr = 5/3 (1 + √5 r) e^(−√5 r)
function maternSlope(r: number): number {
  const a = SQRT_5 * r;
  return (5 / 3) * (1 + a) * exp(-a);
}
