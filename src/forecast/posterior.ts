// Posterior predictive: P(x′ | x) = ∫ P(x′ | x, θ) p(θ | data) dθ by draws of θ, so that what is not known of θ widens the forecast.
//
// Draws by adaptive Metropolis: steps normal with 2.38²/K times the covariance of the draws so far. Haario, Saksman & Tamminen 2001, Bernoulli 7, 223. Adaptation ends with the
// warm-up, so that what is kept comes from one Markov chain.
//
// K parameters, S draws
import { cholesky, log, mean } from "../math/index.ts";
import { wholeAtLeast } from "../metrics/series.ts";
import { seedStream } from "../random/index.ts";
import type { Law } from "./scores.ts";

export interface PosteriorOptions {
  /** ln p(θ | data) up to a constant; −Infinity where θ is impossible. Keeps no reference to θ. */
  readonly logPosterior: (θ: Float64Array) => number;
  /** [K] A θ that is possible. */
  readonly start: ArrayLike<number>;
  /** [K] Rough sizes of first steps. Default 0.1 each. */
  readonly steps?: ArrayLike<number>;
  /** S. Default 500. */
  readonly draws?: number;
  /** Steps between draws that are kept. Default 10. */
  readonly thin?: number;
  /** Steps before the first draw. Default 2000. */
  readonly warmUp?: number;
  readonly seed: number;
}

export interface Posterior {
  /** [S, K] */
  readonly draws: Float64Array;
  readonly parameters: number;
  /** Share of steps taken after the warm-up: far from a quarter to a half, the chain hardly moves or hardly explores. */
  readonly accepted: number;
}

/** Draws from a posterior. Takes warmUp + draws · thin evaluations of it. */
export function posterior(options: PosteriorOptions): Posterior {
  const { logPosterior, start, draws: S = 500, thin = 10, warmUp = 2000, seed } = options;
  wholeAtLeast("posterior", "draws", S, 1);
  wholeAtLeast("posterior", "thin", thin, 1);
  wholeAtLeast("posterior", "warmUp", warmUp, 0);
  const K = start.length;
  const { steps = new Float64Array(K).fill(0.1) } = options;
  let θ: Float64Array = Float64Array.from(start);
  let height = logPosterior(θ);
  if (K === 0 || steps.length !== K || !Number.isFinite(height))
    throw new Error(
      `posterior: got ${K} parameters, ${steps.length} steps and a log posterior of ${height} at the start, expected at least one, as many steps, and a finite number.`,
    );
  const stream = seedStream(seed).fork("posterior");
  const [moves, lots] = [stream.fork("moves"), stream.fork("lots")];
  const scale = 2.38 / Math.sqrt(K);
  let L: Float64Array = new Float64Array(K * K);
  for (let k = 0; k < K; k++) L[k * K + k] = steps[k]!;
  const centre = Float64Array.from(start);
  const scatter = new Float64Array(K * K);
  const draws = new Float64Array(S * K);
  const z = new Float64Array(K);
  let accepted = 0;
  for (let step = 0; step < warmUp + S * thin; step++) {
    moves.normal(z, { lane: 0, period: step, from: 0 });
    const next = θ.map((value, k) => {
      let sum = 0;
      for (let j = 0; j <= k; j++) sum += L[k * K + j]! * z[j]!;
      return value + scale * sum;
    });
    const its = logPosterior(next);
    if (its - height > log(lots.uniformAt(0, step, 0))) {
      [θ, height] = [next, its];
      if (step >= warmUp) accepted++;
    }
    if (step < warmUp) {
      const off = θ.map((value, k) => value - centre[k]!);
      for (let k = 0; k < K; k++) centre[k] = centre[k]! + off[k]! / (step + 2);
      for (let i = 0; i < K; i++)
        for (let j = 0; j < K; j++) scatter[i * K + j] = scatter[i * K + j]! + off[i]! * (θ[j]! - centre[j]!);
      if (step >= 100 && step % 100 === 0)
        L =
          cholesky(
            scatter.map((s) => s / (step + 1)),
            K,
          ) ?? L;
      continue;
    }
    const kept = step - warmUp + 1;
    if (kept % thin === 0) draws.set(θ, (kept / thin - 1) * K);
  }
  return { draws, parameters: K, accepted: accepted / (S * thin) };
}

/** Mixture over draws of the normal laws of the next state that each θ gives. */
export function posteriorPredictive(
  { draws, parameters: K }: Pick<Posterior, "draws" | "parameters">,
  law: (θ: Float64Array) => { readonly mean: number; readonly deviation: number },
): Law {
  const S = draws.length / K;
  const [means, deviations] = [new Float64Array(S), new Float64Array(S)];
  for (let s = 0; s < S; s++) {
    const { mean, deviation } = law(draws.subarray(s * K, (s + 1) * K));
    means[s] = mean;
    deviations[s] = deviation;
  }
  return { means, deviations };
}

/** Mean over draws of the probabilities of categories that each θ gives. */
export function posteriorProbabilities(
  { draws, parameters: K }: Pick<Posterior, "draws" | "parameters">,
  law: (θ: Float64Array) => ArrayLike<number>,
): Float64Array {
  const S = draws.length / K;
  const laws = Array.from({ length: S }, (_, s) => law(draws.subarray(s * K, (s + 1) * K)));
  return Float64Array.from(laws[0]!, (_, c) => mean(laws.map((p) => p[c]!)));
}
