// Fitting an economy's parameters to a series, and saying what the series says about them.
//
//   1  Search: an optimiser proposes parameters, the economy is simulated there with the same random numbers each time, and is told minus
//      the distance to the data.
//   2  Probes: along the profile of every parameter, where the model of all distances so far is least sure whether a value remains possible.
//   3  Tolerance: data sets simulated at the best parameters are fitted in the same way, on the simulations at hand. How much closer than
//      a parameter's own value another one seems to them, in 95 of 100, is what chance does to the distance.
//   4  Profiles within the tolerance are intervals; see identify.ts for when they are none.
//
// Simulated method of moments and its kin: Gouriéroux & Monfort 1996; intervals by inverting a bootstrapped distance statistic.
// Not here: priors and posteriors, several series at once.
//
// d parameters, n candidates, T values in the data; x in the unit cube

import { resolveConfig } from "../algorithms/algorithm.ts";
import { plainMemory } from "../economy/index.ts";
import { quantile, variance } from "../math/index.ts";
import type { AnyOptimiser } from "../optimise/optimiser.ts";
import { fitGaussianProcess, type GaussianProcess } from "../optimise/parts/gaussian-process.ts";
import { seedStream } from "../random/index.ts";
import { type Comparison, createDistance, type DistanceName } from "./distance.ts";
import { compareFacts, type Facts } from "./facts.ts";
import { type Features, featuresOf, type Segments } from "./features.ts";
import { conditional, descend, type Identified, identify, type Surface } from "./identify.ts";

export interface Fitted {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly integer: boolean;
  /** What the economy has it at when nothing is fitted. */
  readonly usual: number;
}

export interface Candidate {
  readonly params: Readonly<Record<string, number>>;
  readonly worlds: number;
  /** Different for repeated evaluations; the same for all candidates of the search. */
  readonly seed: number;
  readonly trainSeed: number;
}

export interface CalibrateOptions {
  readonly data: Float64Array;
  readonly fit: readonly Fitted[];
  readonly distance: DistanceName;
  readonly compare: Comparison;
  readonly optimiser: AnyOptimiser;
  /** Candidates in all, probes included. */
  readonly steps: number;
  readonly worlds: number;
  /** Worlds of as many periods as the data, each as if it were the data, for the tolerance. */
  readonly replicas: number;
  readonly seed: number;
  /** The data are returns, at least LEAST_RETURNS, whose stylised facts are wanted. */
  readonly returns?: boolean;
  /** The series of each candidate, [worlds] each; a candidate that failed is its error. */
  readonly simulate: (candidates: readonly Candidate[]) => Promise<readonly (readonly Segments[] | Error)[]>;
  readonly onEvaluation?: (evaluations: readonly Evaluation[]) => void;
}

export interface Evaluation {
  readonly params: Readonly<Record<string, number>>;
  readonly distance: number;
  readonly purpose: "defaults" | "search" | "probe";
  readonly error: string | null;
}

export interface Calibration {
  readonly best: Readonly<Record<string, number>>;
  readonly distanceAtBest: number;
  readonly distanceAtDefaults: number | null;
  readonly parameters: readonly (Identified & {
    readonly name: string;
    readonly value: number;
    /** What chance does to the distance when this parameter is held and the others are chosen anew. */
    readonly tolerance: number;
  })[];
  /** What chance does to the distance, 95th percentile: the least difference that means anything. */
  readonly tolerance: number;
  /** Standard deviation of the distance at the best parameters over other random numbers. */
  readonly simulationNoise: number;
  /** Share of data sets simulated at the best parameters that are further from its simulation than the data are. */
  readonly fitPValue: number;
  readonly evaluations: readonly Evaluation[];
  readonly features: { readonly data: Features; readonly best: Features; readonly defaults: Features | null };
  /** Of returns, else null. */
  readonly facts: Facts | null;
}

/** Proposals simulated side by side. Part of the result, unlike the number of threads. */
const BATCH = 4;
/** Share of the candidates that look for the best; the others look for what else is possible. */
const SEARCHED = 0.4;
/** Values of each parameter at which a probe may be made. */
const STOPS = 13;
const REPEATS = 4;
const MODELLED = 120;

export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const { data, fit, steps, worlds, seed, simulate } = options;
  const d = fit.length;
  const rng = seedStream(seed).fork("calibrate");
  const target = featuresOf([[data]]);
  const distance = createDistance(options.distance, options.compare, data, rng.fork("moments"));
  const low = Float64Array.from(fit, (p) => p.low);
  const high = Float64Array.from(fit, (p) => p.high);
  const search = options.optimiser.create(resolveConfig(options.optimiser) as never, {
    low,
    high,
    most: steps + 1,
    rng: rng.fork("optimiser"),
    memory: plainMemory,
  });
  const unit = (θ: ArrayLike<number>) => low.map((from, k) => (θ[k] - from) / (high[k] - from));
  const named = (θ: ArrayLike<number>) =>
    Object.fromEntries(fit.map((p, k) => [p.name, p.integer ? Math.round(θ[k]) : θ[k]]));

  const evaluations: Evaluation[] = [];
  const told: { x: Float64Array; distance: number; features: Features }[] = [];
  const evaluate = async (thetas: readonly Float64Array[], purpose: Evaluation["purpose"]): Promise<void> => {
    const candidates = thetas.map((θ) => ({ params: named(θ), worlds, seed, trainSeed: seed }));
    const found = await simulate(candidates);
    found.forEach((series, c) => {
      const { params } = candidates[c];
      if (series instanceof Error) {
        // Further than anything measured, so that the search turns away.
        const worst = Math.max(1, ...told.map((t) => t.distance));
        evaluations.push({ params, distance: Number.NaN, purpose, error: series.message });
        if (inside(thetas[c])) search.tell(thetas[c], -1.5 * worst);
        return;
      }
      const features = featuresOf(series);
      const value = distance(features, target);
      evaluations.push({ params, distance: value, purpose, error: null });
      if (!inside(thetas[c])) {
        outside = features;
        return;
      }
      told.push({ x: unit(thetas[c]), distance: value, features });
      search.tell(thetas[c], -value);
    });
    options.onEvaluation?.(evaluations);
    const failures = evaluations.filter(({ error }) => error !== null);
    if (failures.length >= 5 && failures.length > evaluations.length / 2)
      throw new Error(
        `${failures.length} of ${evaluations.length} candidates failed. The last one, at ${shownParams(failures.at(-1)!.params)}: ${failures.at(-1)!.error} Narrow the ranges with --range.`,
      );
  };
  let outside: Features | null = null;
  const inside = (θ: ArrayLike<number>) => low.every((from, k) => θ[k] >= from && θ[k] <= high[k]);

  const usual = Float64Array.from(fit, (p) => p.usual);
  await evaluate([usual], "defaults");
  const defaults = outside ?? told[0]?.features ?? null;

  const searched = Math.max(3, Math.ceil(SEARCHED * steps));
  let done = 1;
  while (done < searched) {
    const proposals = Array.from({ length: Math.min(BATCH, searched - done) }, () => search.ask());
    const news = proposals.filter((θ, c) => {
      const others = [...told.map(({ x }) => x), ...proposals.slice(0, c).map(unit)];
      return !others.some((x) => near(x, unit(θ)));
    });
    if (news.length === 0) break; // the search has settled
    await evaluate(news, "search");
    done += news.length;
  }
  if (told.length < 3) throw new Error(`Only ${told.length} candidates could be simulated, too few to say anything.`);

  let model = modelled(told, d);
  const first = await replicate(model);
  const guess = quantile(
    first.excess.map(({ all }) => all),
    0.95,
  );
  for (; done < steps; done += BATCH) {
    const places = worthKnowing(model, d, guess, Math.min(BATCH, steps - done));
    if (places.length === 0) break;
    await evaluate(
      places.map((x) => low.map((from, j) => Math.min(high[j], from + x[j] * (high[j] - from)))),
      "probe",
    );
    model = modelled(told, d);
  }

  const best = model.starts[0];
  const chosen = told.find(({ x }) => x === best)!;
  const params = paramsAt(best);
  const again = await simulate([1, 2, 3].map((r) => ({ params, worlds, seed: seed + r, trainSeed: seed + r })));
  const repeated = again.map((series) => distance(featuresOf(simulated(series)), target));
  const simulationNoise = Math.sqrt(variance([chosen.distance, ...repeated], { ddof: 1 }));
  const { series, excess, apart } =
    best === first.best
      ? { series: first.series, ...chance(first.series, model, distance, chosen) }
      : await replicate(model);
  const usually = (values: readonly number[]) => Math.max(quantile(values, 0.95), 2 * simulationNoise);
  const tolerances = fit.map((_, k) => usually(excess.map(({ alone }) => alone[k])));

  function paramsAt(x: Float64Array): Readonly<Record<string, number>> {
    return named(low.map((from, k) => from + x[k] * (high[k] - from)));
  }

  async function replicate(about: Model) {
    const best = about.starts[0];
    const candidate = { params: paramsAt(best), worlds: options.replicas, seed: seed + REPEATS, trainSeed: seed };
    const series = simulated((await simulate([candidate]))[0]);
    return { best, series, ...chance(series, about, distance, told.find(({ x }) => x === best)!) };
  }

  const identified = identify(surfaceOf(model.process, d, model.starts), best, tolerances);
  return {
    best: params,
    distanceAtBest: chosen.distance,
    distanceAtDefaults: evaluations[0].error === null ? evaluations[0].distance : null,
    parameters: identified.map((found, k) => ({
      ...found,
      name: fit[k].name,
      value: params[fit[k].name],
      tolerance: tolerances[k],
    })),
    tolerance: usually(excess.map(({ all }) => all)),
    simulationNoise,
    fitPValue: apart.filter((value) => value >= chosen.distance).length / apart.length,
    evaluations,
    features: { data: target, best: chosen.features, defaults },
    facts: options.returns ? compareFacts(data, series) : null,
  };
}

function simulated(series: readonly Segments[] | Error): readonly Segments[] {
  if (!(series instanceof Error)) return series;
  throw new Error(`The best parameters could not be simulated again with other random numbers: ${series.message}`);
}

/**
 * Places along the profiles where it is least clear whether a value remains possible: the straddle heuristic, 2 sd − |mean − limit|, of Bryan
 * et al. 2005, "Active learning for identifying function threshold boundaries". Those of a batch count as measured for the next.
 */
function worthKnowing(model: Model, d: number, tolerance: number, count: number): Float64Array[] {
  let { process } = model;
  const limit = process.mean(model.starts[0]) + tolerance;
  const surface = surfaceOf(process, d, model.starts);
  const along: Float64Array[] = [];
  for (let k = 0; k < d; k++)
    for (let i = 0; i < STOPS; i++)
      along.push(conditional(surface, k, i / (STOPS - 1), i > 0 ? along.slice(-1) : []).x);
  const chosen: Float64Array[] = [];
  while (chosen.length < count) {
    const open = along.filter((x) => ![...model.told.map((t) => t.x), ...chosen].some((other) => near(other, x)));
    if (open.length === 0) break;
    const worth = open.map((x) => {
      const { mean, sd } = process.predict(x);
      return 2 * sd - Math.abs(mean - limit);
    });
    const x = open[worth.indexOf(Math.max(...worth))];
    process = process.with(x, process.mean(x));
    chosen.push(x);
  }
  return chosen;
}

/** So close together that one measurement serves for both. */
const near = (a: Float64Array, b: Float64Array): boolean => a.every((value, k) => Math.abs(value - b[k]) < 1e-3);

interface Told {
  readonly x: Float64Array;
  readonly distance: number;
  readonly features: Features;
}

interface Model {
  readonly process: GaussianProcess;
  /** The candidates it is fitted to. */
  readonly told: readonly Told[];
  /** Their places, the one with the least modelled distance first; a few. */
  readonly starts: readonly Float64Array[];
}

/** A Gaussian process of the distance over the candidates: over the best of them, and some of the others, if there are very many. */
function modelled(all: readonly Told[], d: number): Model {
  const sorted = all.toSorted((a, b) => a.distance - b.distance);
  const near = sorted.slice(0, (2 * MODELLED) / 3);
  const rest = sorted.slice(near.length);
  const every = Math.max(1, Math.ceil(rest.length / (MODELLED / 3)));
  const told = [...near, ...rest.filter((_, i) => i % every === 0)];
  const process = fitGaussianProcess(
    points(told, d),
    Float64Array.from(told, (t) => t.distance),
    d,
  );
  const means = told.map(({ x }) => process.mean(x));
  const order = told.map((_, i) => i).sort((a, b) => means[a] - means[b]);
  return { process, told, starts: order.slice(0, 5).map((i) => told[i].x) };
}

function points(told: readonly Told[], d: number): Float64Array {
  const all = new Float64Array(told.length * d);
  told.forEach(({ x }, i) => void all.set(x, i * d));
  return all;
}

function surfaceOf(process: GaussianProcess, d: number, starts: readonly Float64Array[]): Surface {
  return { d, starts, distance: (x, gradient) => process.mean(x, gradient) };
}

/**
 * Every world as if it were the data: how far it is from the simulation at its own parameters (`apart`), and how much closer something
 * else seems to it (`excess`): anything else, or what has one parameter as it is. Distances are smoothed as those of the data are.
 */
function chance(series: readonly Segments[], { process, told }: Model, distance: Distance, best: Told) {
  const d = best.x.length;
  const apart: number[] = [];
  const excess = series.map((world) => {
    const features = featuresOf([world]);
    const distances = Float64Array.from(told, (candidate) => distance(candidate.features, features));
    apart.push(distances[told.indexOf(best)]);
    const smoothed = process.retold(distances);
    const means = told.map(({ x }) => smoothed.mean(x));
    const closest = told[means.indexOf(Math.min(...means))].x;
    const surface = surfaceOf(smoothed, d, [closest, best.x]);
    const least = descend(surface, closest);
    return {
      all: means[told.indexOf(best)] - least,
      alone: Array.from(best.x, (value, k) => conditional(surface, k, value).value - least),
    };
  });
  return { excess, apart };
}

const shownParams = (params: Readonly<Record<string, number>>): string =>
  Object.entries(params)
    .map(([name, value]) => `${name} = ${Number(value.toPrecision(6))}`)
    .join(", ");

type Distance = ReturnType<typeof createDistance>;
