// Kalman filter: what is known of a hidden state that moves linearly, from noisy observations of it.
//
//   x′ = F x + w, w ~ N(0, Q);   y = H x + v, v ~ N(0, R)
//   predict: m⁻ = F m, P⁻ = F P Fᵀ + Q
//   update:  S = H P⁻ Hᵀ + R, K = P⁻ Hᵀ S⁻¹, m = m⁻ + K (y − H m⁻), P = (I − K H) P⁻ (I − K H)ᵀ + K R Kᵀ
//
// The last in Joseph's form, which stays symmetric and not negative. An observation that is missing (NaN) leaves its row out; where all are missing nothing is updated.
// Kalman 1960; Durbin & Koopman 2012, Time Series Analysis by State Space Methods, ch. 4.
//
// D states, M observations; matrices row-major
import { cholesky, log, solveCholesky } from "../math/index.ts";

export interface StateSpace {
  /** F [D, D]. */
  readonly transition: ArrayLike<number>;
  /** H [M, D]. */
  readonly observation: ArrayLike<number>;
  /** Q [D, D]. */
  readonly processNoise: ArrayLike<number>;
  /** R [M, M], positive definite. */
  readonly observationNoise: ArrayLike<number>;
}

/** What is known of the state: normal with this mean [D] and covariance [D, D]. */
export interface Belief {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

export interface Update extends Belief {
  /** K [D, M]; 0 for what is missing. */
  readonly gain: Float64Array;
  /** y − H m⁻ [M]; NaN of what is missing. */
  readonly innovation: Float64Array;
  /** Logarithm of the density of what was observed, before it was. */
  readonly logLikelihood: number;
}

/** A level that drifts by steps of variance `drift` a period, seen with noise of variance `noise`. */
export const localLevel = ({ drift, noise }: { readonly drift: number; readonly noise: number }): StateSpace => ({
  transition: [1],
  observation: [1],
  processNoise: [drift],
  observationNoise: [noise],
});

/** Position and velocity, pushed by accelerations of this variance that last a step; the position is seen with noise. */
export function constantVelocity(options: {
  readonly step: number;
  readonly acceleration: number;
  readonly noise: number;
}): StateSpace {
  const { step: Δ, acceleration: q, noise } = options;
  return {
    transition: [1, Δ, 0, 1],
    observation: [1, 0],
    processNoise: [(q * Δ * Δ * Δ * Δ) / 4, (q * Δ * Δ * Δ) / 2, (q * Δ * Δ * Δ) / 2, q * Δ * Δ],
    observationNoise: [noise],
  };
}

/** The belief a period later, before anything is observed. */
export function predict(model: StateSpace, { mean, covariance }: Belief): Belief {
  const D = dimensionOf(model, mean);
  const moved = product(model.transition, mean, D, D, 1);
  const P = product(product(model.transition, covariance, D, D, D), transposed(model.transition, D, D), D, D, D);
  return { mean: moved, covariance: P.map((x, k) => x + model.processNoise[k]!) };
}

/** The belief after an observation [M], NaN where it is missing. */
export function update(model: StateSpace, belief: Belief, observation: ArrayLike<number>): Update {
  const D = dimensionOf(model, belief.mean);
  const M = model.observation.length / D;
  if (observation.length !== M)
    throw new Error(`kalman.update: got ${observation.length} observations, expected ${M}, NaN where one is missing.`);
  const seen = Array.from({ length: M }, (_, m) => m).filter((m) => !Number.isNaN(observation[m]!));
  const m = seen.length;
  const gain = new Float64Array(D * M);
  const innovation = new Float64Array(M).fill(Number.NaN);
  if (m === 0)
    return { mean: belief.mean.slice(), covariance: belief.covariance.slice(), gain, innovation, logLikelihood: 0 };

  const P = belief.covariance;
  const H = Float64Array.from(seen.flatMap((r) => Array.from({ length: D }, (_, d) => model.observation[r * D + d]!)));
  const R = Float64Array.from(seen.flatMap((r) => seen.map((c) => model.observationNoise[r * M + c]!)));
  const PHt = product(P, transposed(H, m, D), D, D, m);
  const S = product(H, PHt, m, D, m).map((x, k) => x + R[k]!);
  const L = cholesky(S, m);
  if (L === null) throw new Error(`kalman.update: H P Hᵀ + R is not positive definite. Is observationNoise?`);
  const K = new Float64Array(D * m);
  for (let d = 0; d < D; d++) K.set(solveCholesky(L, PHt.subarray(d * m, (d + 1) * m)), d * m);

  const expected = product(H, belief.mean, m, D, 1);
  const surprise = Float64Array.from(seen, (r, k) => observation[r]! - expected[k]!);
  const mean = product(K, surprise, D, m, 1).map((x, d) => belief.mean[d]! + x);
  const left = product(K, H, D, m, D).map((x, k) => (k % (D + 1) === 0 ? 1 : 0) - x);
  const kept = product(product(left, P, D, D, D), transposed(left, D, D), D, D, D);
  const added = product(product(K, R, D, m, m), transposed(K, D, m), D, m, D);
  const weighed = solveCholesky(L, surprise);
  let logLikelihood = 0;
  for (let k = 0; k < m; k++) logLikelihood -= (surprise[k]! * weighed[k]! + log(2 * Math.PI)) / 2 + log(L[k * m + k]!);
  for (const [k, r] of seen.entries()) {
    innovation[r] = surprise[k]!;
    for (let d = 0; d < D; d++) gain[d * M + r] = K[d * m + k]!;
  }
  return { mean, covariance: kept.map((x, k) => x + added[k]!), gain, innovation, logLikelihood };
}

/** Predicts and updates by each observation in turn. */
export function kalmanFilter(model: StateSpace, first: Belief, observations: Iterable<ArrayLike<number>>): Update[] {
  const out: Update[] = [];
  let belief = first;
  for (const observation of observations) {
    const updated = update(model, predict(model, belief), observation);
    out.push(updated);
    belief = updated;
  }
  return out;
}

function dimensionOf(
  { transition, observation, processNoise, observationNoise }: StateSpace,
  mean: ArrayLike<number>,
): number {
  const D = mean.length;
  const M = observation.length / D;
  if (
    transition.length === D * D &&
    processNoise.length === D * D &&
    Number.isInteger(M) &&
    observationNoise.length === M * M
  )
    return D;
  throw new Error(
    `kalman: transition, processNoise, observation and observationNoise have ${transition.length}, ${processNoise.length}, ${observation.length} and ${observationNoise.length} entries, expected D², D², M D and M² for D = ${D} states.`,
  );
}

/** A [n, k] B [k, m]. */
function product(A: ArrayLike<number>, B: ArrayLike<number>, n: number, k: number, m: number): Float64Array {
  const C = new Float64Array(n * m);
  for (let i = 0; i < n; i++)
    for (let l = 0; l < k; l++) for (let j = 0; j < m; j++) C[i * m + j]! += A[i * k + l]! * B[l * m + j]!;
  return C;
}

const transposed = (A: ArrayLike<number>, rows: number, columns: number): Float64Array =>
  Float64Array.from({ length: rows * columns }, (_, k) => A[(k % rows) * columns + Math.floor(k / rows)]!);
