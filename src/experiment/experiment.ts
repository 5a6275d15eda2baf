// An experiment: an economy, an algorithm, what differs from the defaults, and what is expected of the result.
// Typed by its economy and its algorithm; resolved to plain JSON with every default filled in, whose hash names the run.
import type { AnyAlgorithm, RunConfig } from "../algorithms/algorithm.ts";
import { resolveConfig } from "../algorithms/algorithm.ts";
import { withDiscounts } from "../algorithms/discount.ts";
import { decisionsOf, isDecided } from "../economy/decisions.ts";
import {
  type AnyParamValues,
  closest,
  type Economy,
  type ParamDeclarations,
  type ParamSettings,
  type ParamValue,
  type ParamValues,
  param,
  readParam,
  resolveParams,
  type Truth,
  type TypedEconomy,
} from "../economy/index.ts";
import type { BackendName } from "../nn/index.ts";
import {
  type CalibrationDefaults,
  checkedExpectations,
  checkedFigures,
  checkedTables,
  type Expectation,
  type ExperimentFigure,
  type ExperimentTable,
  refuseMisspelt,
} from "./declared.ts";
import type { RunInputs } from "./inputs.ts";
import type { Player } from "./play.ts";

export interface ExperimentDefinition<P extends ParamDeclarations, W, G, T extends Truth, D extends ParamDeclarations> {
  readonly name: string;
  readonly summary: string;
  readonly economy: TypedEconomy<P, W, G, T>;
  readonly params?: Partial<ParamValues<P>>;
  readonly algorithm: AnyAlgorithm & { readonly config: D };
  /** Settings for all populations; under `populations`, what holds for one of them instead. */
  readonly config?: Partial<ParamValues<NoInfer<D>>> & {
    readonly populations?: { readonly [K in keyof NoInfer<G>]?: Partial<ParamValues<NoInfer<D>>> };
  };
  /** E, worlds in parallel. */
  readonly numEnvs: number;
  /** World-periods, over all worlds. */
  readonly totalSteps: number;
  /** Seeds of `reproduce`. */
  readonly seeds?: readonly number[];
  /** Processor seconds that a seed may take; `reproduce` judges it. */
  readonly maxSeconds?: number;
  /** Play by which learning is watched and judged. */
  readonly evaluation?: {
    /** Actions are drawn from the policies instead of being their most likely ones. Default false. */
    readonly sampled?: boolean;
    /** Periods of one evaluation while training, and of the final one. */
    readonly periods?: number;
    readonly finalPeriods?: number;
    /** Updates between evaluations. */
    readonly every?: number;
    readonly params?: Partial<ParamValues<P>>;
  };
  /**
   * Other experiments to compare with, by a name; they are run with the same seed after this one, before `measure`. A function makes one of what this one
   * found, from the metrics of its last update.
   */
  readonly beside?: Readonly<Record<string, Beside>>;
  /**
   * More to measure on the final policies than the economy's own metrics; `training` holds the metrics of the last update, `beside` the summaries of the
   * experiments beside this one, `seed` the run's, for worlds of their own for each seed.
   */
  readonly measure?: (
    player: Player,
    params: ParamValues<P>,
    training: Readonly<Record<string, number>>,
    beside: Readonly<Record<string, Readonly<Record<string, number>>>>,
    seed: number,
  ) => Readonly<Record<string, number>>;
  readonly expect?: (params: ParamValues<P>, truth: T) => readonly Expectation[];
  readonly figures?: (params: ParamValues<P>, truth: T) => readonly ExperimentFigure[];
  readonly tables?: (params: ParamValues<P>, truth: T) => readonly ExperimentTable[];
  readonly calibration?: CalibrationDefaults;
}

/** An experiment in which nobody learns: agents follow rules, and those who decide play at random. */
export interface SimulationDefinition<P extends ParamDeclarations, W, G, T extends Truth>
  extends Pick<
    ExperimentDefinition<P, W, G, T, ParamDeclarations>,
    | "name"
    | "summary"
    | "economy"
    | "params"
    | "seeds"
    | "maxSeconds"
    | "beside"
    | "expect"
    | "figures"
    | "tables"
    | "calibration"
  > {
  /** E, worlds in parallel. Default 1. */
  readonly numEnvs?: number;
  /** World-periods, over all worlds. Default: one episode of each world. */
  readonly totalSteps?: number;
  /** More to measure than the economy's own metrics, by simulations of its own. */
  readonly measure?: (run: SimulatedRun<P>) => Readonly<Record<string, number>>;
}

export interface SimulatedRun<P extends ParamDeclarations> {
  readonly params: ParamValues<P>;
  readonly seed: number;
  /** The economy's metrics at the end. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Summaries of the experiments beside this one, by name. */
  readonly beside: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export type Beside = Experiment | ((training: Readonly<Record<string, number>>) => Experiment);

export interface Experiment {
  readonly name: string;
  readonly summary: string;
  readonly economy: Economy;
  readonly params: ParamSettings;
  readonly algorithm: AnyAlgorithm | null;
  readonly config: ParamSettings;
  readonly numEnvs: number;
  readonly totalSteps: number;
  readonly seeds: readonly number[];
  readonly maxSeconds: number | null;
  readonly evaluation: {
    readonly sampled: boolean;
    readonly periods: number;
    readonly finalPeriods: number;
    readonly every: number;
    readonly params: ParamSettings;
  };
  readonly beside: Readonly<Record<string, Beside>>;
  readonly measure:
    | ((
        player: Player,
        params: AnyParamValues,
        training: Readonly<Record<string, number>>,
        beside: Readonly<Record<string, Readonly<Record<string, number>>>>,
        seed: number,
      ) => Readonly<Record<string, number>>)
    | null;
  /** Of an experiment in which nobody learns, what it measures instead. */
  readonly measureSimulated?: (
    run: Omit<SimulatedRun<ParamDeclarations>, "params"> & { readonly params: AnyParamValues },
  ) => Readonly<Record<string, number>>;
  readonly expect: ((params: AnyParamValues, truth: Truth) => readonly Expectation[]) | null;
  readonly figures: ((params: AnyParamValues, truth: Truth) => readonly ExperimentFigure[]) | null;
  readonly tables: ((params: AnyParamValues, truth: Truth) => readonly ExperimentTable[]) | null;
  readonly calibration: CalibrationDefaults | null;
}

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

export function defineExperiment<P extends ParamDeclarations, W, G, T extends Truth, const D extends ParamDeclarations>(
  definition: ExperimentDefinition<P, W, G, T, D>,
): Experiment {
  refuseMisspelt(definition);
  const { params = {}, config = {}, evaluation = {}, seeds = SEEDS } = definition;
  const { sampled = false, periods = 10, finalPeriods = 50, every = 1 } = evaluation;
  return {
    ...definition,
    params,
    config,
    seeds,
    maxSeconds: definition.maxSeconds ?? null,
    evaluation: { sampled, periods, finalPeriods, every, params: evaluation.params ?? {} },
    beside: definition.beside ?? {},
    measure: (definition.measure ?? null) as Experiment["measure"],
    calibration: definition.calibration ?? null,
    ...checkedResults(definition),
  };
}

/** What `defineExperiment` returns, of an economy in which nobody learns: `walras run` and `reproduce` take it like all others. */
export function defineSimulation<P extends ParamDeclarations, W, G, T extends Truth>(
  definition: SimulationDefinition<P, W, G, T>,
): Experiment {
  refuseMisspelt(definition, { simulated: true });
  const { name, summary, economy, params = {}, seeds = SEEDS, numEnvs = 1, totalSteps = 0, measure } = definition;
  return {
    ...bareExperiment(economy),
    name,
    summary,
    params,
    numEnvs,
    totalSteps,
    seeds,
    maxSeconds: definition.maxSeconds ?? null,
    beside: definition.beside ?? {},
    ...(measure && { measureSimulated: measure as NonNullable<Experiment["measureSimulated"]> }),
    calibration: definition.calibration ?? null,
    ...checkedResults(definition),
  };
}

/** What an experiment makes of its results, refused where it is misspelt. */
function checkedResults<P extends ParamDeclarations, W, G, T extends Truth>({
  name,
  expect,
  figures,
  tables,
}: Pick<ExperimentDefinition<P, W, G, T, ParamDeclarations>, "name" | "expect" | "figures" | "tables">): Pick<
  Experiment,
  "expect" | "figures" | "tables"
> {
  return {
    expect: expect ? (p, truth) => checkedExpectations(name, expect(p as ParamValues<P>, truth as T)) : null,
    figures: figures ? (p, truth) => checkedFigures(name, figures(p as ParamValues<P>, truth as T)) : null,
    tables: tables ? (p, truth) => checkedTables(name, tables(p as ParamValues<P>, truth as T)) : null,
  };
}

/** An economy on its own, simulated without learning: whoever decides plays at random. */
export function bareExperiment(economy: Economy): Experiment {
  return {
    name: economy.name,
    summary: economy.summary,
    economy,
    params: {},
    algorithm: null,
    config: {},
    numEnvs: 1,
    totalSteps: 0, // one episode per world, see resolve
    seeds: [1],
    maxSeconds: null,
    evaluation: { sampled: false, periods: 0, finalPeriods: 0, every: 1, params: {} },
    beside: {},
    measure: null,
    expect: null,
    figures: null,
    tables: null,
    calibration: null,
  };
}

/** Everything a run depends on, as plain JSON; equal resolved runs have equal results. */
export interface ResolvedRun {
  readonly experiment: string;
  readonly economy: string;
  readonly algorithm: string | null;
  readonly params: AnyParamValues;
  readonly config: RunConfig;
  readonly numEnvs: number;
  readonly totalSteps: number;
  readonly seed: number;
  /** What computes losses. */
  readonly backend: BackendName;
  /** Files and streams that it takes in besides; missing: none. */
  readonly inputs?: RunInputs;
}

/**
 * Overrides as they come from a command line: `agents=6`, `params.agents=6`, `config.learningRate=1e-4`, `config.firms.learningRate=1e-4` for one
 * population, `numEnvs=4`, `totalSteps=1e5`.
 */
export type Overrides = Readonly<Record<string, unknown>>;

const runSettings = {
  numEnvs: param(1, { min: 1, max: 1e7, integer: true }),
  totalSteps: param(1, { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true }),
};

/** Fills in every default and checks every override; the error names the offender and its nearest namesake. */
export function resolveRun(
  experiment: Experiment,
  overrides: Overrides,
  seed: number,
  backend: BackendName = "wasm",
): ResolvedRun {
  if (!(Number.isSafeInteger(seed) && seed >= 0))
    throw new Error(`seed: got ${seed}, expected a whole number from 0 on.`);
  const { economy, algorithm } = experiment;
  const params: Record<string, unknown> = { ...experiment.params };
  const config: Record<string, unknown> = { ...experiment.config };
  const own: Record<string, Record<string, unknown>> = {};
  for (const [population, settings] of Object.entries((config["populations"] ?? {}) as object))
    own[population] = { ...settings };
  const run: Record<string, ParamValue> = {};
  const configNames = algorithm ? Object.keys(algorithm.config) : [];
  const deciding = decisionKeys(economy);
  const paths = [
    ...Object.keys(economy.params),
    ...configNames.map((name) => `config.${name}`),
    ...Object.keys(runSettings),
  ];
  const ownPaths = algorithm?.mixed ? deciding.flatMap((k) => configNames.map((name) => `config.${k}.${name}`)) : [];
  for (const [path, value] of Object.entries(overrides)) {
    const name = path.replace(/^params\./, "");
    if (Object.hasOwn(economy.params, name)) params[name] = value;
    else if (path.startsWith("config.") && configNames.includes(path.slice(7))) config[path.slice(7)] = value;
    else if (ownPaths.includes(path)) {
      const [, population, setting] = path.split(".");
      (own[population!] ??= {})[setting!] = value;
    } else if (Object.hasOwn(runSettings, path))
      run[path] = readParam(path, runSettings[path as keyof typeof runSettings], value);
    else
      throw new Error(
        `Unknown parameter "${path}" of ${experiment.name}.${closest(name, [...paths, ...ownPaths], 3)} walras describe lists its ${paths.length} settings` +
          `${ownPaths.length > 0 ? `; for one population alone it is config.<population>.<setting>, <population> one of ${deciding.join(", ")}` : ""}.`,
      );
  }
  if (Object.keys(own).length > 0) config["populations"] = own;
  const values = resolveParams(economy, params);
  const numEnvs = (run["numEnvs"] as number | undefined) ?? experiment.numEnvs;
  const horizon = typeof economy.horizon === "number" ? economy.horizon : (values[economy.horizon] as number);
  return {
    experiment: experiment.name,
    economy: economy.name,
    algorithm: algorithm?.name ?? null,
    params: values,
    config: algorithm
      ? resolveConfig(algorithm, withDiscounts(algorithm, economy, values, config, deciding), deciding)
      : {},
    numEnvs,
    totalSteps: (run["totalSteps"] as number | undefined) ?? (experiment.totalSteps || horizon * numEnvs),
    seed,
    backend,
  };
}

/** Whether those who decide draw their actions at random: they decide, and nobody learns. */
export const playsAtRandom = ({ economy, algorithm }: Experiment, { params }: Pick<ResolvedRun, "params">): boolean =>
  algorithm === null && isDecided(economy, params);

/** Decisions by key, in order of events. */
function decisionKeys(economy: Economy): string[] {
  return decisionsOf(economy).map(({ key }) => key);
}
