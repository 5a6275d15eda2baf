// What an algorithm is: declared settings, a generator of updates, and a player for what it has learned.
//
// The caller owns the loop, so pause, early stop, checkpoint and streaming need no callbacks:
//   for (const update of dqn.train(context)) { record(update.metrics); if (enough()) break; }
// With several threads every rank runs the same generator on the same memory; ranks meet at barriers inside, and rank 0 records.

import type { Team } from "../economy/cut.ts";
import type { ParamDeclarations, ParamSettings, ParamValues } from "../economy/params.ts";
import { resolveParams } from "../economy/params.ts";
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
  /** Greedily: `rows` observations [rows, F] in, actions [rows, D] out; rows ≤ the size of the population. */
  act(actions: Int32Array | Float32Array, obs: Float32Array, rows: number): void;
  /** The same, drawn from the policy with the numbers that `stream` has at `at`; missing where a policy has no chance in it. */
  sample?(actions: Int32Array | Float32Array, obs: Float32Array, rows: number, stream: Stream, at: DrawAt): void;
}

/** Where a policy's draws come from: lane and period of a bulk draw, rows from 0 on. */
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
}

export interface Algorithm<D extends ParamDeclarations = ParamDeclarations> {
  readonly name: string;
  readonly source: string;
  readonly summary: string;
  readonly config: D;
  /** Whether the environment must keep outcomes and counterfactuals. */
  readonly outcomes?: boolean;
  /** What its losses can be computed by. Default: the kernels alone, or it has no networks. */
  readonly backends?: readonly BackendName[];
  train(context: TrainContext<ParamValues<D>>): Generator<Update, void, void>;
  /** A player for one population, with its own small memory. */
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

/** Settings over the declared defaults, checked. */
export function resolveConfig<D extends ParamDeclarations>(
  algorithm: { readonly name: string; readonly config: D },
  settings: ParamSettings = {},
): ParamValues<D> {
  return resolveParams({ name: algorithm.name, params: algorithm.config }, settings) as ParamValues<D>;
}
