// Training from code: an experiment as an iterator of updates, without files. The caller owns the loop.
import type { Arrays, Policy, Snapshot, Update } from "../algorithms/algorithm.ts";
import { restore } from "../algorithms/parts/restore.ts";
import { type AnyParamValues, closest, type Economy } from "../economy/index.ts";
import { type Experiment, type Overrides, type ResolvedRun, resolveRun } from "../experiment/experiment.ts";
import { createPlayer, type Player } from "../experiment/play.ts";
import { type Backend, wasmBackend } from "../nn/index.ts";
import { type Checkpoint, openRun, type RunReader, type Store } from "../store/index.ts";
import { program, roomyArena } from "./program.ts";
import { checkSame } from "./same-run.ts";
import { createTeam } from "./team.ts";

export interface TrainOptions {
  /** Seed of everything random, an integer from 0 on. Default 1. */
  readonly seed?: number;
  /** Overrides as on the command line: `{ agents: 60, "config.learningRate": 1e-3, totalSteps: 400 }`. */
  readonly set?: Overrides;
  /** What computes losses. Default: the WebAssembly kernels. */
  readonly backend?: Backend;
  /** A snapshot of the same run to continue from, bit for bit. */
  readonly from?: Snapshot;
}

/** What agents have learned, as `play` takes it: `play({ ...learned, seed: 1, periods: 100 })`. */
export interface Learned {
  readonly economy: Economy;
  readonly params: AnyParamValues;
  /** By population. */
  readonly policies: Readonly<Record<string, Policy>>;
  /** Whether the experiment evaluates policies by drawing from them. */
  readonly sampled: boolean;
}

/**
 * Iterate to learn: each iteration is one update. A loop that is left with `break` can be taken up again by another, from where it was. The same experiment,
 * settings and seed give the same updates, bit for bit, as `walras run`.
 */
export interface Training extends Iterable<Update> {
  readonly run: ResolvedRun;
  /** The newest update; null before the first. */
  readonly last: Update | null;
  /** Learns until the experiment's steps are done, and returns the last update. */
  finish(): Update;
  /** A copy of everything that the newest update left, to store or to continue `from`. Throws before the first update. */
  snapshot(): Snapshot;
  /**
   * Puts arrays in the place of those of the same names in the snapshot, such as networks averaged over several trainings; the next update continues from them. Throws before the
   * first update, and on names and lengths that the snapshot does not have.
   */
  replace(arrays: Arrays): void;
  /** Policies as of the newest update. They are copies: learning on does not change them. Throws before the first update. */
  learned(): Learned;
  /** The same as a player of a single world, for worlds arranged by hand. */
  player(): Player;
}

/** Begins to train an experiment on this thread, in memory. Throws on settings that do not exist or are out of range, and on an experiment without an algorithm. */
export function train(experiment: Experiment, options: TrainOptions = {}): Training {
  const { seed = 1, set = {}, backend = wasmBackend, from = null } = options;
  if (!experiment.algorithm)
    throw new Error(`train: ${experiment.name} has no algorithm, so nobody learns. Simulate it with createSimulation.`);
  const run = resolveRun(experiment, set, seed, backend.name);
  const team = createTeam(new Int32Array(0), 0, 1);
  const context = { arena: roomyArena({}), team, backend, pieces: 1, from, checkIdentities: false };
  const updates = program(experiment, run, context);
  let last: Update | null = null;
  const next = (): IteratorResult<Update, void> => {
    const result = updates.next();
    if (!result.done) last = result.value;
    return result;
  };
  const newest = (): Snapshot => {
    if (!last) throw new Error(`train: ${run.experiment} has learned nothing yet. Take an update first.`);
    return last.snapshot();
  };
  const player = (): Player => playerOf(experiment, run, newest().arrays);
  return {
    run,
    get last() {
      return last;
    },
    [Symbol.iterator]: () => ({ next }),
    finish() {
      while (!next().done);
      if (!last) throw new Error(`train: ${run.experiment} ended without an update; totalSteps is ${run.totalSteps}.`);
      return last;
    },
    snapshot() {
      const { arrays, meta } = newest();
      return { arrays: Object.fromEntries(Object.entries(arrays).map(([name, view]) => [name, copied(view)])), meta };
    },
    replace(arrays) {
      const live = newest().arrays;
      const places = Object.keys(arrays).map((name) => {
        if (!live[name])
          throw new Error(`replace: ${run.experiment} has no array "${name}".${closest(name, Object.keys(live))}`);
        return [name, live[name]] as const;
      });
      restore(Object.fromEntries(places), arrays);
    },
    player,
    learned: () => learnedOf(player(), experiment),
  };
}

/** With a buffer of its own: snapshots are views of the memory that learning goes on in. */
const copied = (view: ArrayBufferView): ArrayBufferView => (view as Float32Array).slice();

/** A recorded run, read without executing anything it names. */
export interface LoadedRun extends RunReader {
  /** The policies of a checkpoint, by default the latest; throws where the run was of another experiment or of other settings. */
  learned(experiment: Experiment, checkpoint?: Checkpoint): Learned;
  /** The same as a player of a single world. */
  player(experiment: Experiment, checkpoint?: Checkpoint): Player;
}

/** Opens a run directory, or a run kept in memory. Whose code it was is the caller's to say: policies need the experiment, as a value. */
export function loadRun(store: Store): LoadedRun {
  const reader = openRun(store);
  const player = (experiment: Experiment, checkpoint = reader.latestCheckpoint()): Player => {
    const run = checkSame(experiment, reader);
    if (!checkpoint) throw new Error(`${reader.place} has no checkpoint yet; let it run longer.`);
    return playerOf(experiment, run, checkpoint.arrays as Arrays);
  };
  return {
    ...reader,
    player,
    learned: (experiment, checkpoint) => learnedOf(player(experiment, checkpoint), experiment),
  };
}

function playerOf(experiment: Experiment, run: ResolvedRun, arrays: Arrays): Player {
  const { economy, algorithm, evaluation } = experiment;
  if (!algorithm) throw new Error(`${run.experiment} was simulated without learning, so it has no policies.`);
  const params = { ...run.params, ...evaluation.params };
  const player = createPlayer(economy, algorithm, run.config, params, evaluation);
  player.load(arrays);
  return player;
}

const learnedOf = ({ economy, params, policies }: Player, { evaluation }: Experiment): Learned => ({
  economy,
  params,
  policies,
  sampled: evaluation.sampled,
});
