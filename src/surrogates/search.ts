// A leader that searches a surrogate for the best policy, among what the surrogate may be trusted with, and then has it simulated.
import { resolveConfig } from "../algorithms/algorithm.ts";
import { plainMemory } from "../economy/index.ts";
import { type Interval, meanInterval } from "../math/index.ts";
import { cmaEs } from "../optimise/cma-es.ts";
import type { AnyOptimiser } from "../optimise/optimiser.ts";
import { seedStream } from "../random/index.ts";
import type { Surrogate } from "./surrogate.ts";

export interface SurrogateSearchOptions {
  /** Controls that are not searched but given, such as the leader's circumstances. */
  readonly given?: Readonly<Record<string, number>>;
  /** Predictions asked for. Default 400. */
  readonly evaluations?: number;
  /** A score counts as its prediction less so many of its deviations. Default 0. */
  readonly caution?: number;
  /** Default CMA-ES. */
  readonly optimiser?: AnyOptimiser;
  readonly seed: number;
}

export interface SurrogateChoice {
  /** [d], those that are given among them. */
  readonly point: Float64Array;
  readonly predicted: number;
  readonly sd: number;
  /** Why the prediction may not be trusted; null where nothing speaks against it. */
  readonly distrust: string | null;
}

/** Where the surrogate expects the highest value. Points that may not be trusted are passed over as if they were bad. */
export function searchSurrogate(surrogate: Surrogate, options: SurrogateSearchOptions): SurrogateChoice {
  const { given = {}, evaluations = 400, caution = 0, optimiser = cmaEs, seed } = options;
  const { names, low, high } = surrogate.box;
  for (const name of Object.keys(given))
    if (!names.includes(name))
      throw new Error(`searchSurrogate: "${name}" is none of its controls: ${names.join(", ")}.`);
  const free = names.map((_, k) => k).filter((k) => given[names[k]!] === undefined);
  if (free.length === 0) throw new Error("searchSurrogate: every control is given, and there is nothing to search.");
  const search = optimiser.create(resolveConfig(optimiser) as never, {
    low: Float64Array.from(free, (k) => low[k]!),
    high: Float64Array.from(free, (k) => high[k]!),
    most: evaluations,
    rng: seedStream(seed).fork("surrogate search"),
    memory: plainMemory,
  });
  const pointOf = (theta: Float64Array): Float64Array => {
    const point = Float64Array.from(names, (name) => given[name] ?? 0);
    free.forEach((k, at) => {
      point[k] = theta[at]!;
    });
    return point;
  };
  const careful = (point: Float64Array): number => {
    const { mean, sd } = surrogate.predict(point);
    return mean - caution * sd;
  };
  let best: Float64Array | null = null;
  let worst = Infinity;
  let top = Number.NEGATIVE_INFINITY;
  for (let asked = 0; asked < evaluations; asked++) {
    const theta = search.ask();
    const point = pointOf(theta);
    const score = caution === 0 ? surrogate.mean(point) : careful(point);
    worst = Math.min(worst, score);
    // What would not be chosen anyhow needs no trust.
    const distrusted = score > top && surrogate.distrust(point) !== null;
    search.tell(theta, distrusted ? worst - 1 : score);
    if (distrusted || score <= top) continue;
    top = score;
    best = point;
  }
  const chosen = best ?? pointOf(search.best().theta);
  const { mean: predicted, sd } = surrogate.predict(chosen);
  return { point: chosen, predicted, sd, distrust: surrogate.distrust(chosen) };
}

export interface Verified {
  /** Simulated at the choice, 95 % interval of the mean. */
  readonly simulated: Interval;
  readonly predicted: number;
  /** Whether the prediction, give or take two of its deviations, meets the interval. */
  readonly confirmed: boolean;
  /** Simulated at the choice less simulated at the reference, in pairs with the same seeds. */
  readonly gain: Interval;
}

/** Simulates a choice and a reference with the same seeds: `simulate(point, replicate)` is one run's value. */
export function verifyChoice(
  choice: SurrogateChoice,
  reference: ArrayLike<number>,
  simulate: (point: ArrayLike<number>, replicate: number) => number,
  replicates: number,
): Verified {
  if (!(replicates >= 2)) throw new Error(`verifyChoice: ${replicates} replicates, expected at least 2.`);
  const at = Array.from({ length: replicates }, (_, r) => simulate(choice.point, r));
  const other = Array.from({ length: replicates }, (_, r) => simulate(reference, r));
  const simulated = meanInterval(at);
  const room = 2 * choice.sd;
  return {
    simulated,
    predicted: choice.predicted,
    confirmed: choice.predicted + room >= simulated.low && choice.predicted - room <= simulated.high,
    gain: meanInterval(at.map((value, r) => value - other[r]!)),
  };
}
