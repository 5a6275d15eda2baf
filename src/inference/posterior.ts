// The posterior of an economy's parameters given a series, from simulations alone: by ABC-SMC on one summary per parameter, or by a neural posterior on all summaries; and the effect of a policy under it.
//
// d parameters, m summaries, W worlds of each draw
import { quantile } from "../math/index.ts";
import { seedStream } from "../random/index.ts";
import { abcSmcRounds, type Generation, scalesOf } from "./abc-smc.ts";
import { type PolicyEffect, policyEffect } from "./counterfactual.ts";
import { fitNeuralPosterior } from "./neural-posterior.ts";
import { drawScores, type Prior } from "./prior.ts";
import { regressionAdjusted } from "./regression-adjustment.ts";
import { regressionSummaries } from "./regression-summaries.ts";
import { answered, type Rounds } from "./rounds.ts";
import { type ParameterSummary, resampled, type Sample, summarise } from "./sample.ts";

export const posteriorMethods = ["abc", "neural"] as const;
export type PosteriorMethod = (typeof posteriorMethods)[number];

/** One simulation asked for: parameters [d], and a seed that no other has. */
export interface Draw {
  readonly theta: Float64Array;
  readonly seed: number;
}
type Answers = Promise<readonly (Float64Array | Error)[]>;

export interface PosteriorRounds {
  readonly prior: Prior;
  readonly method: PosteriorMethod;
  /** Summaries of the data [m]. */
  readonly observed: Float64Array;
  /** In all, at least 400. */
  readonly simulations: number;
  /** Of ABC-SMC. Default a twentieth of the simulations, at least 50. */
  readonly particles?: number;
  /** Equally weighted draws from the posterior that are returned. Default 200. */
  readonly draws?: number;
  readonly seed: number;
  readonly onSimulated?: (simulations: number) => void;
}

export interface PosteriorOptions extends PosteriorRounds {
  /** Summaries [m] of data simulated at each draw. */
  readonly summaries: (draws: readonly Draw[]) => Answers;
}

export interface SimulatedPosterior {
  /** Equally weighted. */
  readonly sample: Sample;
  readonly parameters: readonly ParameterSummary[];
  /** Standard deviation of each parameter's normal score: 1 where the data say nothing beyond the prior. */
  readonly scoreDeviations: readonly number[];
  readonly simulations: number;
  readonly failed: number;
  /** Summaries in which the data are beyond all simulations from the prior. */
  readonly outside: readonly number[];
  /** Of ABC-SMC; none of a neural posterior. */
  readonly generations: readonly Generation[];
  /** Of ABC-SMC's particles; null of a neural posterior. */
  readonly effectiveSize: number | null;
  /**
   * Of ABC-SMC, the last tolerance over the median distance between two simulations at the same draw of the posterior: above 1 particles are further from the data than chance alone takes them, and intervals are wider than the data allow.
   */
  readonly toleranceOverChance: number | null;
  /** Mean −ln density of held-out parameters; null of ABC-SMC. */
  readonly heldOutLoss: number | null;
}

/** Share of ABC's simulations that teach its summaries; within bounds. */
const PILOT = 0.25;
const [FEWEST, MOST] = [200, 1000];
const BATCH = 64;
/** Pairs of simulations that measure what chance does. */
const CHANCE = 25;
/** Seeds of one seed's simulations; those of the next begin there. */
const ROOM = 10_000_000;

export const simulatedPosterior = ({ summaries, ...options }: PosteriorOptions): Promise<SimulatedPosterior> =>
  answered(posteriorRounds(options), summaries);

/** The same for a caller who simulates the draws of each round and answers with their summaries. */
export function* posteriorRounds(options: PosteriorRounds): Rounds<Draw, Float64Array, SimulatedPosterior> {
  const { prior, method, observed, simulations, seed, draws = 200, onSimulated } = options;
  const d = prior.names.length;
  const bad = observed.findIndex((s) => !Number.isFinite(s));
  if (bad >= 0)
    throw new Error(`simulatedPosterior: summary ${bad} of the data is ${observed[bad]}, expected a number.`);
  if (!(simulations >= 2 * FEWEST && simulations < ROOM))
    throw new Error(`simulatedPosterior: ${simulations} simulations, expected at least ${2 * FEWEST}.`);
  const particles = options.particles ?? Math.max(50, Math.round(simulations / 20));
  const stream = seedStream(seed).fork("posterior");
  let used = 0;
  function* simulate(thetas: readonly Float64Array[]): Rounds<Draw, Float64Array, readonly (Float64Array | Error)[]> {
    const from = seed * ROOM + used;
    used += thetas.length;
    const found = yield thetas.map((theta, b) => ({ theta, seed: from + b }));
    onSimulated?.(used);
    return found;
  }

  const wanted = method === "neural" ? simulations : Math.round(Math.min(MOST, Math.max(FEWEST, PILOT * simulations)));
  const fromPrior = stream.fork("prior");
  const scores: Float64Array[] = [];
  const summaries: Float64Array[] = [];
  let [failed, failure] = [0, ""];
  for (let i = 0; i < wanted; i += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, wanted - i) }, (_, b) => drawScores(fromPrior, d, 0, i + b));
    const found = yield* simulate(batch.map((z) => prior.theta(z)));
    found.forEach((s, b) => {
      if (s instanceof Error) {
        failed++;
        failure = s.message;
        return;
      }
      scores.push(batch[b]!);
      summaries.push(s);
    });
  }
  if (summaries.length < wanted / 2)
    throw new Error(
      `${failed} of ${wanted} draws of the prior could not be simulated. The last one: ${failure} Narrow the ranges.`,
    );
  const outside = Array.from(observed, (_, j) => j).filter((j) => {
    const all = summaries.map((s) => s[j]!);
    return observed[j]! < Math.min(...all) || observed[j]! > Math.max(...all);
  });
  const flat = new Float64Array(scores.length * d);
  scores.forEach((z, i) => void flat.set(z, i * d));

  if (method === "neural") {
    const theta = new Float64Array(flat.length);
    scores.forEach((z, i) => void theta.set(prior.theta(z), i * d));
    const network = fitNeuralPosterior({ prior, theta, summaries, seed });
    const sample = network.sample(observed, draws, seed);
    const { heldOutLoss } = network;
    return {
      ...described(sample, prior),
      simulations: used,
      failed,
      outside,
      generations: [],
      effectiveSize: null,
      toleranceOverChance: null,
      heldOutLoss,
    };
  }
  const project = regressionSummaries(flat, summaries);
  const target = project(observed);
  const particlesOf = abcSmcRounds({
    prior,
    observed: target,
    seed,
    particles,
    simulations: simulations - used - 2 * CHANCE,
  });
  const raw = new Map<number, Float64Array>();
  let step = particlesOf.next();
  while (!step.done) {
    const asked = step.value;
    const answers = yield* simulate(asked.map(({ theta }) => theta));
    answers.forEach((one, b) => {
      if (!(one instanceof Error)) raw.set(asked[b]!.index, one);
    });
    step = particlesOf.next(answers.map((one) => (one instanceof Error ? one : project(one))));
  }
  const found = step.value;
  // Adjusted on all summaries: near the data they say more than their projection, which was learned all over the prior.
  const near = Array.from(found.indices, (index) => raw.get(index)!);
  const scale = scalesOf(near);
  const all = new Float64Array(near.length * observed.length);
  near.forEach((s, i) => {
    for (let j = 0; j < s.length; j++) all[i * s.length + j] = s[j]! / scale[j]!;
  });
  const adjusted = regressionAdjusted({ ...found, summaries: all, scale }, prior, observed);
  const chosen = resampled(adjusted.weights, draws, stream.fork("draws").uniformAt(0, 0, 0));
  const theta = new Float64Array(draws * d);
  chosen.forEach((i, n) => void theta.set(adjusted.theta.subarray(i * d, (i + 1) * d), n * d));
  const sample = { names: prior.names, theta, weights: new Float64Array(draws).fill(1 / draws) };
  // Pairs of simulations at draws spread over the posterior.
  const pairs = Array.from({ length: CHANCE }, (_, n) => {
    const i = Math.floor((n * draws) / CHANCE);
    return theta.slice(i * d, (i + 1) * d);
  });
  const twice = yield* simulate([...pairs, ...pairs]);
  const apart = pairs.flatMap((_, n) => {
    const [one, other] = [twice[n]!, twice[n + CHANCE]!];
    if (one instanceof Error || other instanceof Error) return [];
    const [a, b] = [project(one), project(other)];
    return [
      Math.sqrt(a.reduce((sum, x, j) => sum + ((x - b[j]!) / found.scale[j]!) * ((x - b[j]!) / found.scale[j]!), 0)),
    ];
  });
  const chance = apart.length > 0 ? quantile(apart, 0.5) : 0;
  return {
    ...described(sample, prior, adjusted),
    simulations: used,
    failed: failed + found.failed,
    outside,
    generations: found.generations,
    effectiveSize: found.effectiveSize,
    toleranceOverChance: chance > 0 ? found.generations.at(-1)!.tolerance / chance : null,
    heldOutLoss: null,
  };
}

function described(sample: Sample, prior: Prior, from: Sample = sample) {
  const d = sample.names.length;
  const scores = new Float64Array(from.theta.length);
  for (let i = 0; i < from.weights.length; i++)
    scores.set(prior.scores(from.theta.subarray(i * d, (i + 1) * d)).map(within), i * d);
  return {
    sample,
    parameters: summarise(from),
    scoreDeviations: summarise({ ...from, theta: scores }).map(({ sd }) => sd),
  };
}

/** An end of the prior's range has an infinite score; it counts as far out. */
const within = (z: number): number => Math.min(6, Math.max(-6, z));

export interface CounterfactualRounds {
  readonly sample: Sample;
  readonly worlds: number;
  readonly seed: number;
}

export interface CounterfactualOptions extends CounterfactualRounds {
  /** Outcomes [W] of worlds simulated at each draw, with the policy or without; equal seeds have equal shocks. */
  readonly outcomes: (draws: readonly Draw[], policy: boolean) => Answers;
}

/** A draw to be simulated, with the policy or without. */
export interface PolicyDraw extends Draw {
  readonly policy: boolean;
}

export interface Counterfactual extends PolicyEffect {
  /** Draws of the posterior that could not be simulated, with or without the policy, and are left out. */
  readonly leftOut: number;
  readonly failure: string | null;
}

/** E[y | π] over the draws of a posterior, with and without a policy, each pair of worlds with the same shocks. */
export const counterfactual = ({ outcomes, ...options }: CounterfactualOptions): Promise<Counterfactual> =>
  answered(counterfactualRounds(options), async (draws) => {
    const half = draws.length / 2;
    const [without, under] = await Promise.all([
      outcomes(draws.slice(0, half), false),
      outcomes(draws.slice(half), true),
    ]);
    return [...without, ...under];
  });

/** The same for a caller who answers with outcomes [W]: those of a round without the policy come first, then the same draws with it. */
export function* counterfactualRounds({
  sample,
  worlds,
  seed,
}: CounterfactualRounds): Rounds<PolicyDraw, Float64Array, Counterfactual> {
  const d = sample.names.length;
  const n = sample.weights.length;
  const base: number[] = [];
  const policy: number[] = [];
  let [leftOut, failure]: [number, string | null] = [0, null];
  for (let i = 0; i < n; i += BATCH) {
    const draws = Array.from({ length: Math.min(BATCH, n - i) }, (_, b) => ({
      theta: sample.theta.slice((i + b) * d, (i + b + 1) * d),
      // Seeds from the end, away from those of the posterior's simulations.
      seed: (seed + 1) * ROOM - 1 - (i + b),
    }));
    const found = yield [false, true].flatMap((policy) => draws.map((draw) => ({ ...draw, policy })));
    draws.forEach((_, b) => {
      const [one, other] = [found[b]!, found[draws.length + b]!];
      if (one instanceof Error || other instanceof Error) {
        leftOut++;
        failure = (one instanceof Error ? one : (other as Error)).message;
        return;
      }
      base.push(...one);
      policy.push(...other);
    });
  }
  if (leftOut > n / 2)
    throw new Error(
      `${leftOut} of ${n} draws of the posterior could not be simulated with and without the policy. The last one: ${failure}`,
    );
  return {
    ...policyEffect({ base: Float64Array.from(base), policy: Float64Array.from(policy), worlds }),
    leftOut,
    failure,
  };
}
