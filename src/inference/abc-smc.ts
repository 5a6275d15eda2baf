// Approximate Bayesian computation by sequential Monte Carlo: weighted particles whose simulated data are ever closer to what was observed.
//
//   1  N particles from the prior; summaries are scaled by their median absolute deviation there.
//   2  The next tolerance leaves particles within it an effective size of `keep` times what it was (Del Moral, Doucet & Jasra 2012, Statistics and Computing 22, 1009).
//   3  Particles within it are drawn by weight, moved by a normal kernel of twice their covariance, simulated, and accepted within the tolerance, until there are N; weights are the prior's density over
//      the mixture of kernels that proposed (Beaumont, Cornuet, Marin & Robert 2009, Biometrika 96, 983).
//   4  Stops at a tolerance, at a share of acceptances, or where simulations run out; an unfinished generation is dropped.
//
// A proposal is a function of its generation and its number, and is judged in that order: results do not depend on who simulates it.
// Not here: several simulations per particle; see neural-posterior.ts for estimates without a tolerance.
//
// N particles, d parameters, m summaries; z are normal scores under the prior (prior.ts)
import { cholesky, exp, log, pairwiseSum, quantile, solveLower } from "../math/index.ts";
import { seedStream } from "../random/index.ts";
import { drawScores, type Prior } from "./prior.ts";
import { answered, type Rounds } from "./rounds.ts";
import { effectiveSize, type Sample } from "./sample.ts";

export interface Proposal {
  /** [d] */
  readonly theta: Float64Array;
  /** Different for every proposal: a seed of its simulation. */
  readonly index: number;
}

/** Summaries [m] of data simulated at each proposal; a proposal that could not be simulated is its error. */
export type Simulate = (
  proposals: readonly Proposal[],
) => Promise<readonly (Float64Array | Error)[]> | readonly (Float64Array | Error)[];

export interface AbcSmcRounds {
  readonly prior: Prior;
  /** Summaries of the data [m]. */
  readonly observed: Float64Array;
  readonly seed: number;
  /** N. Default 500. */
  readonly particles?: number;
  /** Share of the effective size that a tolerance keeps. Default 0.5. */
  readonly keep?: number;
  /** Simulations in all. Default 20 N. */
  readonly simulations?: number;
  /** Stops where fewer proposals than this share are accepted. Default 0.02. */
  readonly leastAcceptance?: number;
  /** Stops once this distance is reached. Default 0. */
  readonly tolerance?: number;
  readonly onGeneration?: (generation: Generation) => void;
}

export interface AbcSmcOptions extends AbcSmcRounds {
  readonly simulate: Simulate;
}

export interface Generation {
  readonly tolerance: number;
  /** Simulations of this generation. */
  readonly simulations: number;
  readonly acceptance: number;
  readonly effectiveSize: number;
}

export interface AbcPosterior extends Sample {
  /** Normal scores [N, d]. */
  readonly scores: Float64Array;
  /** Simulated summaries [N, m], in units of `scale`. */
  readonly summaries: Float64Array;
  /** Of each particle's data from the observed, [N]. */
  readonly distances: Float64Array;
  /** Median absolute deviations of summaries under the prior, [m]; Infinity for summaries that do not vary, which are left out. */
  readonly scale: Float64Array;
  /** Proposal of each particle [N]. */
  readonly indices: Int32Array;
  readonly generations: readonly Generation[];
  readonly effectiveSize: number;
  /** In all, those of an unfinished generation among them. */
  readonly simulations: number;
  /** Of them, how many failed, and the last one's message. */
  readonly failed: number;
  readonly failure: string | null;
}

interface Population {
  readonly scores: Float64Array; // [N, d]
  readonly summaries: readonly Float64Array[]; // [N] of [m]
  readonly distances: Float64Array; // [N]
  readonly weights: Float64Array; // [N], sum 1
  readonly indices: Int32Array; // [N]
}

/** Proposals simulated side by side. Part of the result, unlike the number of threads. */
const BATCH = 32;

export const abcSmc = ({ simulate, ...options }: AbcSmcOptions): Promise<AbcPosterior> =>
  answered(abcSmcRounds(options), simulate);

/** The same for a caller who simulates the proposals of each round. */
export function* abcSmcRounds(options: AbcSmcRounds): Rounds<Proposal, Float64Array, AbcPosterior> {
  const { prior, observed, particles: N = 500, keep = 0.5, leastAcceptance = 0.02, tolerance = 0 } = options;
  const { simulations: budget = 20 * N, onGeneration } = options;
  const d = prior.names.length;
  refuse(observed, N, keep, budget);
  const stream = seedStream(options.seed).fork("abc-smc");
  const [start, moves, choices] = [stream.fork("prior"), stream.fork("moves"), stream.fork("ancestors")];
  let used = 0;
  let failed = 0;
  let failure: string | null = null;
  function* simulate(
    scores: readonly Float64Array[],
  ): Rounds<Proposal, Float64Array, readonly (Float64Array | null)[]> {
    const found = yield scores.map((z, b) => ({ theta: prior.theta(z), index: used + b }));
    used += scores.length;
    return found.map((summaries) => {
      if (!(summaries instanceof Error)) return checkedSummaries(summaries, observed.length);
      failed++;
      failure = summaries.message;
      return null;
    });
  }

  const drawn = Array.from({ length: N }, (_, i) => drawScores(start, d, 0, i));
  const first: (Float64Array | null)[] = [];
  for (let i = 0; i < N; i += BATCH) first.push(...(yield* simulate(drawn.slice(i, i + BATCH))));
  const alive = drawn.flatMap((_, i) => (first[i] ? [i] : []));
  if (alive.length < N / 2)
    throw new Error(
      `abcSmc: ${N - alive.length} of ${N} draws of the prior could not be simulated. The last one: ${failure} Narrow the prior.`,
    );
  const scale = scalesOf(alive.map((i) => first[i]!));
  const distance = (summaries: Float64Array): number => distanceOf(summaries, observed, scale);
  let population: Population = {
    scores: joined(
      alive.map((i) => drawn[i]!),
      d,
    ),
    summaries: alive.map((i) => first[i]!),
    distances: Float64Array.from(alive, (i) => distance(first[i]!)),
    weights: new Float64Array(alive.length).fill(1 / alive.length),
    indices: Int32Array.from(alive),
  };
  const generations: Generation[] = [];
  const report = (generation: Generation): void => {
    generations.push(generation);
    onGeneration?.(generation);
  };
  report({
    tolerance: population.distances.reduce((a, b) => Math.max(a, b)),
    simulations: N,
    acceptance: alive.length / N,
    effectiveSize: alive.length,
  });

  while (used < budget && generations.at(-1)!.tolerance > tolerance) {
    const within = Math.max(tolerance, nextTolerance(population, keep));
    if (!(within < generations.at(-1)!.tolerance)) break;
    const g = generations.length;
    const kernel = kernelOf(population, within, d);
    if (kernel === null) break; // all at one place
    const [accepted, summaries, distances, indices]: [Float64Array[], Float64Array[], number[], number[]] = [
      [],
      [],
      [],
      [],
    ];
    let attempts = 0;
    while (accepted.length < N && used < budget) {
      const proposals = Array.from({ length: Math.min(BATCH, budget - used) }, (_, b) => {
        const u = choices.uniformAt(g, attempts + b, 0);
        return kernel.move(u, drawScores(moves, d, g, attempts + b));
      });
      const found = yield* simulate(proposals);
      for (let b = 0; b < proposals.length && accepted.length < N; b++) {
        attempts++;
        const s = found[b];
        const apart = s ? distance(s) : Infinity;
        if (!(apart <= within)) continue;
        accepted.push(proposals[b]!);
        summaries.push(s!);
        distances.push(apart);
        indices.push(used - proposals.length + b);
      }
    }
    if (accepted.length < N) break;
    const scores = joined(accepted, d);
    const weights = normalised(accepted.map((z) => logNormal(z) - kernel.logDensity(z)));
    population = {
      scores,
      summaries,
      distances: Float64Array.from(distances),
      weights,
      indices: Int32Array.from(indices),
    };
    const acceptance = N / attempts;
    report({ tolerance: within, simulations: attempts, acceptance, effectiveSize: effectiveSize(weights) });
    if (acceptance < leastAcceptance) break;
  }

  const { scores, weights, distances } = population;
  const n = weights.length;
  const theta = new Float64Array(n * d);
  for (let i = 0; i < n; i++) theta.set(prior.theta(scores.subarray(i * d, (i + 1) * d)), i * d);
  const m = observed.length;
  const summaries = new Float64Array(n * m);
  population.summaries.forEach((s, i) => {
    for (let j = 0; j < m; j++) summaries[i * m + j] = s[j]! / scale[j]!;
  });
  return {
    names: prior.names,
    theta,
    scores,
    weights,
    distances,
    summaries,
    scale,
    indices: population.indices,
    generations,
    effectiveSize: effectiveSize(weights),
    simulations: used,
    failed,
    failure,
  };
}

function refuse(observed: Float64Array, N: number, keep: number, budget: number): void {
  if (observed.length === 0) throw new Error("abcSmc: the data have no summaries, expected at least one.");
  const bad = observed.findIndex((s) => !Number.isFinite(s));
  if (bad >= 0) throw new Error(`abcSmc: summary ${bad} of the data is ${observed[bad]}, expected a number.`);
  if (!(Number.isInteger(N) && N >= 10)) throw new Error(`abcSmc: ${N} particles, expected at least 10.`);
  if (!(keep > 0 && keep < 1)) throw new Error(`abcSmc: keep is ${keep}, expected more than 0 and less than 1.`);
  if (!(budget >= N))
    throw new Error(`abcSmc: ${budget} simulations for ${N} particles, expected at least as many. Raise simulations.`);
}

function checkedSummaries(summaries: Float64Array, m: number): Float64Array {
  if (summaries.length !== m)
    throw new Error(`abcSmc: a simulation has ${summaries.length} summaries, the data have ${m}.`);
  const bad = summaries.findIndex((s) => !Number.isFinite(s));
  if (bad >= 0)
    throw new Error(
      `abcSmc: summary ${bad} of a simulation is ${summaries[bad]}, expected a number. Return an Error for data that cannot be summarised.`,
    );
  return summaries;
}

/** Median absolute deviation of each summary, [m]; where that is 0 the standard deviation; Infinity where nothing varies. */
export function scalesOf(summaries: readonly Float64Array[]): Float64Array {
  return summaries[0]!.map((_, j) => {
    const x = Float64Array.from(summaries, (s) => s[j]!);
    const middle = quantile(x, 0.5);
    const deviation = quantile(
      x.map((value) => Math.abs(value - middle)),
      0.5,
    );
    if (deviation > 0) return deviation;
    const root = Math.sqrt(pairwiseSum(x.map((value) => (value - middle) * (value - middle))) / x.length);
    return root > 0 ? root : Infinity;
  });
}

function distanceOf(a: Float64Array, b: Float64Array, scale: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) {
    const apart = scale[j] === Infinity ? 0 : (a[j]! - b[j]!) / scale[j]!;
    sum += apart * apart;
  }
  return Math.sqrt(sum);
}

/** The distance within which particles have `keep` of the effective size of all. */
export function nextTolerance({ distances, weights }: Pick<Population, "distances" | "weights">, keep: number): number {
  const wanted = keep * effectiveSize(weights);
  const order = Array.from(distances, (_, i) => i).sort((a, b) => distances[a]! - distances[b]! || a - b);
  let [sum, squares] = [0, 0];
  for (const i of order) {
    sum += weights[i]!;
    squares += weights[i]! * weights[i]!;
    if (squares > 0 && (sum * sum) / squares >= wanted) return distances[i]!;
  }
  return distances[order.at(-1)!]!;
}

/** Kernels around the particles within a tolerance: N(z_j, 2 Σ), Σ the weighted covariance of these particles; null where it is singular. */
function kernelOf({ scores, distances, weights }: Population, within: number, d: number) {
  const alive = Float64Array.from(weights, (w, i) => (distances[i]! <= within ? w : 0));
  const total = pairwiseSum(alive);
  const centre = new Float64Array(d);
  for (let i = 0; i < alive.length; i++)
    for (let k = 0; k < d; k++) centre[k]! += (alive[i]! / total) * scores[i * d + k]!;
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < alive.length; i++)
    for (let k = 0; k < d; k++)
      for (let l = 0; l <= k; l++)
        covariance[k * d + l]! +=
          2 * (alive[i]! / total) * (scores[i * d + k]! - centre[k]!) * (scores[i * d + l]! - centre[l]!);
  const L = cholesky(covariance, d);
  if (L === null) return null;
  let logRoot = 0; // ln |L|
  for (let k = 0; k < d; k++) logRoot += log(L[k * d + k]!);
  const members = Array.from(alive, (_, i) => i).filter((i) => alive[i]! > 0);
  // Σ of weights up to each member, and L⁻¹ z_j, so that a distance between whitened points is all that a density takes
  const reached = new Float64Array(members.length);
  const whitened = new Float64Array(members.length * d);
  members.forEach((j, n) => {
    reached[n] = (n > 0 ? reached[n - 1]! : 0) + alive[j]! / total;
    whitened.set(solveLower(L, scores.subarray(j * d, (j + 1) * d)), n * d);
  });
  const exponents = new Float64Array(members.length);
  return {
    move(u: number, noise: Float64Array): Float64Array {
      let [low, high] = [0, members.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (u < reached[middle]!) high = middle;
        else low = middle + 1;
      }
      const i = members[low]!;
      const z = scores.slice(i * d, (i + 1) * d);
      for (let k = 0; k < d; k++) for (let l = 0; l <= k; l++) z[k]! += L[k * d + l]! * noise[l]!;
      return z;
    },
    logDensity(z: Float64Array): number {
      const at = solveLower(L, z);
      let most = -Infinity;
      for (let n = 0; n < members.length; n++) {
        let sum = 0;
        for (let k = 0; k < d; k++) {
          const apart = at[k]! - whitened[n * d + k]!;
          sum += apart * apart;
        }
        exponents[n] = -0.5 * sum;
        if (exponents[n]! > most) most = exponents[n]!;
      }
      let mixture = 0;
      for (let n = 0; n < members.length; n++) mixture += (alive[members[n]!]! / total) * exp(exponents[n]! - most);
      return most + log(mixture) - logRoot - 0.5 * d * LOG_2PI;
    },
  };
}

const LOG_2PI = 1.8378770664093453;

/** ln of the prior's density of scores. */
function logNormal(z: Float64Array): number {
  let sum = -0.5 * z.length * LOG_2PI;
  for (let k = 0; k < z.length; k++) sum -= 0.5 * z[k]! * z[k]!;
  return sum;
}

function normalised(logs: readonly number[]): Float64Array {
  const most = logs.reduce((a, b) => Math.max(a, b));
  const weights = Float64Array.from(logs, (value) => exp(value - most));
  const total = pairwiseSum(weights);
  return weights.map((w) => w / total);
}

function joined(rows: readonly Float64Array[], d: number): Float64Array {
  const all = new Float64Array(rows.length * d);
  rows.forEach((row, i) => void all.set(row, i * d));
  return all;
}
