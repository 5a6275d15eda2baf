// What an algorithm is: declared settings, a generator of updates, and a player for what it has learned.
//
// The caller owns the loop, so pause, early stop, checkpoint and streaming need no callbacks:
//   for (const update of dqn.train(context)) { record(update.metrics); if (enough()) break; }
// With several threads every rank runs the same generator on the same memory; ranks meet at barriers inside, and rank 0 records.

import type { Team } from "../core/cut.ts";
import { closest, list } from "../core/errors.ts";
import type { AnyParamValues, ParamDeclarations, ParamSettings, ParamValue, ParamValues } from "../core/params.ts";
import { readParam, resolveParams } from "../core/params.ts";
import type { PopulationSpec, VectorEnv } from "../env/vector-env.ts";
import type { Arena } from "../kernels/arena.ts";
import type { Backend, BackendName } from "../nn/backend.ts";
import type { Stream } from "../random/index.ts";

export type Arrays = Readonly<Record<string, ArrayBufferView>>;

/** A point to continue from, bit for bit. Arrays may be views of live memory: copy or write them before the next update. */
export interface Snapshot {
  readonly arrays: Arrays;
  readonly meta: Readonly<Record<string, number>>;
}

export interface Update {
  /** World-periods so far, over all worlds. */
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
  snapshot(): Snapshot;
}

/** Plays what was learned, one action per row. */
export interface Policy {
  /** Takes parameters from a snapshot's arrays. */
  load(arrays: Arrays): void;
  /**
   * Forgets what was seen in a world, by default in all of them, and there by one row or by default by all: an episode or a life begins. Row r of all calls in between is the
   * same agent. Missing where a policy remembers nothing.
   */
  reset?(world?: number, row?: number): void;
  /**
   * Greedily: `rows` observations [rows, F] in, actions [rows, D] out; rows ≤ the size of the population. `mask [rows, Σ choices]`: what may be chosen, where the
   * economy says so. `world`, by default 0: whose past is remembered, one call per decision. `who [rows]`: rows that decide now, by default all; the others remember nothing of it,
   * and their actions mean nothing.
   */
  act(
    actions: Int32Array | Float32Array,
    obs: Float32Array,
    rows: number,
    mask?: Uint8Array | null,
    world?: number,
    who?: Uint8Array | null,
  ): void;
  /** The same in world `at.lane`, drawn from the policy with the numbers that `stream` has at `at`; missing where a policy has no chance in it. */
  sample?(
    actions: Int32Array | Float32Array,
    obs: Float32Array,
    rows: number,
    stream: Stream,
    at: DrawAt,
    mask?: Uint8Array | null,
    who?: Uint8Array | null,
  ): void;
}

/** Where a policy's draws come from: lane and period of a bulk draw, rows from 0 on; the lane is the world. */
export interface DrawAt {
  readonly lane: number;
  readonly period: number;
}

export interface TrainContext<C> {
  readonly env: VectorEnv;
  readonly config: C;
  /** World-periods to train for, over all worlds. */
  readonly totalSteps: number;
  readonly rng: Stream;
  readonly seed: number;
  readonly arena: Arena;
  readonly team: Team;
  /** Compiles losses; networks that act are the kernels' everywhere. */
  readonly backend: Backend;
  /** Continue from here instead of from the beginning. */
  readonly from: Snapshot | null;
  /** Called before each step of the worlds with what has been learned, live; for those who act by it and do not learn. */
  readonly follow?: (learned: Arrays) => void;
}

export interface Algorithm<D extends ParamDeclarations = ParamDeclarations> {
  readonly name: string;
  readonly source: string;
  readonly summary: string;
  readonly config: D;
  /** Whether the environment must keep outcomes and counterfactuals. */
  readonly outcomes?: boolean;
  /** Whether populations may have settings of their own: then `train` builds each one's learner on `contextOf` it. */
  readonly mixed?: boolean;
  /** The setting that discounts a population's rewards; null: none does. Default: `gamma`, where it is declared. */
  readonly discountOf?: (population: string) => string | null;
  /** What its losses can be computed by. Default: the kernels alone, or it has no networks. */
  readonly backends?: readonly BackendName[];
  train(context: TrainContext<ParamValues<D>>): Generator<Update, void, void>;
  /** A player for one population, with its own small memory; `config` is the population's. */
  policy(population: string, spec: PopulationSpec, config: ParamValues<D>): Policy;
  /** What each logged metric means. */
  readonly metrics: Readonly<Record<string, string>>;
}

/** An algorithm whose settings' types are known only to itself. */
export interface AnyAlgorithm extends Omit<Algorithm, "train" | "policy"> {
  train(context: TrainContext<never>): Generator<Update, void, void>;
  policy(population: string, spec: PopulationSpec, config: never): Policy;
}

export const defineAlgorithm = <const D extends ParamDeclarations>(algorithm: Algorithm<D>): Algorithm<D> => algorithm;

/** A run's settings as plain JSON: one value for all populations, and under `populations` where one of them differs. */
export type RunConfig = { readonly [name: string]: ParamValue | Differing };
type Differing = Readonly<Record<string, AnyParamValues>>;

/** Settings over the declared defaults, checked; `populations`: those that decide. */
export function resolveConfig<D extends ParamDeclarations>(
  algorithm: { readonly name: string; readonly config: D; readonly mixed?: boolean },
  settings: ParamSettings = {},
  populations: readonly string[] = [],
): ParamValues<D> {
  const { populations: own = {}, ...common } = settings as ParamSettings & {
    populations?: Record<string, ParamSettings>;
  };
  const values = resolveParams({ name: algorithm.name, params: algorithm.config }, common) as ParamValues<D>;
  const differing = Object.entries(own).map(([population, given]) => {
    checkPopulation(algorithm, population, populations);
    return [population, resolveOwn(algorithm, population, given)] as const;
  });
  const kept = differing.filter(([, given]) => Object.keys(given).length > 0);
  return kept.length > 0 ? { ...values, populations: Object.fromEntries(kept) } : values;
}

function checkPopulation(
  { name, mixed = false }: { readonly name: string; readonly mixed?: boolean },
  population: string,
  populations: readonly string[],
): void {
  if (!mixed)
    throw new Error(
      `${name}: got settings for ${population} alone, but ${name} takes one configuration for all populations.`,
    );
  if (!populations.includes(population))
    throw new Error(
      `Unknown population "${population}" in the settings of ${name}.${closest(population, populations)} Expected ${list(populations)}.`,
    );
}

/** Settings that one population has to itself, in order of declaration. */
function resolveOwn(
  { name, config }: { readonly name: string; readonly config: ParamDeclarations },
  population: string,
  given: ParamSettings,
): AnyParamValues {
  const names = Object.keys(config).filter((setting) => !WHOLE_RUN.includes(setting));
  for (const setting of Object.keys(given)) {
    if (WHOLE_RUN.includes(setting) && Object.hasOwn(config, setting))
      throw new Error(`${name}: got ${setting} for ${population} alone; it belongs to the whole run.`);
    if (!names.includes(setting))
      throw new Error(
        `Unknown setting "${setting}" of ${name} for ${population}.${closest(setting, names)} Its settings: ${names.join(", ")}.`,
      );
  }
  const set = names.filter((setting) => given[setting] !== undefined);
  return Object.fromEntries(
    set.map((setting) => [setting, readParam(`${name}.${population}.${setting}`, config[setting], given[setting])]),
  );
}
const WHOLE_RUN: readonly string[] = ["updates"];

/** What holds for one population: the run's settings, and over them its own. */
export function configOf<C>(config: C, population: string): C {
  const { populations, ...common } = config as C & { readonly populations?: Readonly<Record<string, object>> };
  return populations ? ({ ...common, ...populations[population] } as C) : config;
}

/** The same training as one population's learner is to see it. */
export const contextOf = <C>(context: TrainContext<C>, population: string): TrainContext<C> => ({
  ...context,
  config: configOf(context.config, population),
});

/** Every setting by its path on a command line: `gamma`, and `government.gamma` where that differs. */
export function configPaths(config: RunConfig): [path: string, value: ParamValue][] {
  const { populations = {}, ...common } = config as { readonly populations?: Differing } & AnyParamValues;
  const own = Object.entries(populations as Differing).flatMap(([population, values]) =>
    Object.entries(values).map(([name, value]): [string, ParamValue] => [`${population}.${name}`, value]),
  );
  return [...(Object.entries(common) as [string, ParamValue][]), ...own];
}
