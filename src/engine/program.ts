// The program that every rank of a run executes: build the worlds, then train or simulate, yielding updates.

import type { Update } from "../algorithms/algorithm.ts";
import { restore } from "../algorithms/parts/restore.ts";
import { isDecided } from "../economy/decisions.ts";
import { type AnyWorld, createSimulation, type Economy, measure, type Simulation } from "../economy/index.ts";
import { makeVectorEnv, worldCut } from "../env/vector-env.ts";
import type { Experiment, ResolvedRun } from "../experiment/experiment.ts";
import { type Arena, type ArenaOptions, accelerateMath, accelerateRandom, createArena } from "../kernels/index.ts";
import { type Backend, wasmBackend } from "../nn/index.ts";
import { seedStream } from "../random/index.ts";
import { type PlayOptions, playAtRandom } from "./random-play.ts";

export interface ProgramOptions extends PlayOptions {
  /** What computes losses, the one that the run names. Default: the kernels. */
  readonly backend?: Backend;
  /** Of a run with a stream, on rank 0: what the scalar is set to in the next period. */
  readonly outside?: () => number;
}

export function program(
  experiment: Experiment,
  run: ResolvedRun,
  options: ProgramOptions,
): Generator<Update, void, void> {
  const { economy, algorithm } = experiment;
  const { arena, team, from, backend = wasmBackend } = options;
  if (backend.name !== run.backend)
    throw new Error(`${run.experiment}: the run is to be computed by ${run.backend}, but was given ${backend.name}.`);
  accelerateMath();
  accelerateRandom();
  const decides = isDecided(economy, run.params);
  if (!algorithm) return decides ? playAtRandom(economy, run, options, UPDATES) : simulate(economy, run, options);
  const env = makeVectorEnv(economy, {
    numEnvs: run.numEnvs,
    params: run.params,
    memory: arena,
    team,
    pieces: options.pieces,
    checkIdentities: options.checkIdentities,
    outcomes: algorithm.outcomes ?? false,
  });
  const rng = seedStream(run.seed).fork(algorithm.name);
  return algorithm.train({
    env,
    config: run.config as never,
    totalSteps: run.totalSteps,
    rng,
    seed: run.seed,
    arena,
    team,
    backend,
    from,
  });
}

const UPDATES = 100;
/** Taken when the module is loaded: while phases are watched for asking, `performance.now` refuses. */
const machineClock = performance.now.bind(performance);

/** No decisions: phases run over rows of a single world, or over whole worlds. */
function* simulate(economy: Economy, run: ResolvedRun, options: ProgramOptions): Generator<Update, void, void> {
  const { arena, team, pieces, from, checkIdentities, migrate = true, clock = machineClock } = options;
  const cut = run.numEnvs === 1 ? "rows" : "worlds";
  const simulation = createSimulation(economy, {
    params: run.params,
    numWorlds: run.numEnvs,
    seed: run.seed,
    memory: arena,
    team,
    cut,
    pieces,
    checkIdentities,
    migration: migrate ? { clock } : undefined,
  });
  options.watch?.(simulation);
  const mine: number[] = [];
  if (cut === "rows") mine.push(0);
  else
    for (let piece = team.rank; piece < pieces; piece += team.size) {
      const [first, last] = worldCut(run.numEnvs, pieces, piece);
      for (let e = first; e < last; e++) mine.push(e);
    }
  const { stream } = run.inputs ?? {};
  const heard = stream ? simulation.columns[`world.${stream.into}`] : undefined;
  /** Ranks meet when the leading one has set the scalar that follows a stream. */
  const hear = (): void => {
    if (heard === undefined) return;
    if (team.rank === 0) heard[0] = options.outside!();
    team.exchange(() => [{ array: heard, ranges: team.rank === 0 ? [[0, 1]] : [] }]);
  };
  const over = (e: number): boolean => {
    const ended =
      simulation.period[e]! >= simulation.horizon || (economy.end?.(simulation.worlds[e]!, simulation.params) ?? false);
    if (cut === "rows") team.barrier(); // all ranks have looked before anybody resets
    return ended;
  };
  const total = Math.ceil(run.totalSteps / run.numEnvs);
  const every = stream ? 1 : Math.max(1, Math.floor(total / UPDATES)); // a stream is waited for between reports
  let done = 0;
  if (from) {
    if (team.rank === 0) restore(simulation.columns, from.arrays);
    done = from.meta["periods"]!;
  } else for (const e of mine) simulation.reset(e);
  team.barrier();
  while (done < total) {
    const until = Math.min(total, done + every);
    for (const e of mine) {
      for (let period = done; period < until; period++) {
        // Late, so that the last period of an episode is still there to be measured.
        if (period > 0 && over(e)) simulation.reset(e);
        hear();
        for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, e);
        simulation.endPeriod(e);
      }
    }
    team.barrier();
    done = until;
    const periods = done;
    yield {
      step: done * run.numEnvs,
      metrics: team.rank === 0 ? worldMetrics(economy, simulation) : {},
      snapshot: () => ({ arrays: simulation.columns, meta: { periods } }),
    };
    team.barrier(); // rank 0 has read the columns
  }
}

function worldMetrics(economy: Economy, simulation: Simulation): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const name of Object.keys(economy.metrics)) {
    let sum = 0;
    for (const [e, world] of simulation.worlds.entries())
      sum += measure(economy, name, world as AnyWorld, simulation.params, e);
    metrics[name] = sum / simulation.numWorlds;
  }
  return metrics;
}

/**
 * The largest arena that can be had: pages are committed only when written, and how much replay and networks need is the algorithm's affair.
 * Where 4 GiB of addresses are not to be had, half of it, and so on.
 */
export function roomyArena(options: Omit<ArenaOptions, "bytes" | "memory">): Arena {
  for (let bytes = 65535 * 65536; ; bytes /= 2) {
    try {
      return createArena({ ...options, bytes });
    } catch (error) {
      if (!(error instanceof RangeError) || bytes < 128 << 20) throw error;
    }
  }
}
