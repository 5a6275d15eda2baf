// The program that every rank of a run executes: build the worlds, then train or simulate, yielding updates.
import type { Snapshot, Update } from "../algorithms/algorithm.ts";
import { restore } from "../algorithms/parts/restore.ts";
import { type AnyWorld, createSimulation, type Economy, resolveParams, type Simulation } from "../economy/index.ts";
import { makeVectorEnv, worldCut } from "../env/vector-env.ts";
import type { Experiment, ResolvedRun } from "../experiment/experiment.ts";
import { accelerateRandom, type Arena } from "../kernels/index.ts";
import { type Stream, seedStream } from "../random/index.ts";
import type { ThreadTeam } from "./team.ts";

export interface ProgramOptions {
  readonly arena: Arena;
  readonly team: ThreadTeam;
  /** Pieces that worlds (or the rows of a single world) are cut into, at least one per rank. Results do not depend on it. */
  readonly pieces: number;
  readonly from: Snapshot | null;
  readonly checkIdentities: boolean;
  /** Updates of a bare simulation over its whole length. */
  readonly updates?: number;
}

export function program(experiment: Experiment, run: ResolvedRun, options: ProgramOptions): Generator<Update, void, void> {
  const { economy, algorithm } = experiment;
  const { arena, team, from } = options;
  accelerateRandom();
  const decides = Object.values(economy.phases).some((phase) => phase.kind === "decide");
  if (!algorithm) return decides ? playAtRandom(economy, run, options) : simulate(economy, run, options);
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
  return algorithm.train({ env, config: run.config as never, totalSteps: run.totalSteps, rng, seed: run.seed, arena, team, from });
}

const UPDATES = 100;

/** No decisions: phases run over rows of a single world, or over whole worlds. */
function* simulate(economy: Economy, run: ResolvedRun, options: ProgramOptions): Generator<Update, void, void> {
  const { arena, team, pieces, from, checkIdentities } = options;
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
  });
  const mine: number[] = [];
  if (cut === "rows") mine.push(0);
  else
    for (let piece = team.rank; piece < pieces; piece += team.size) {
      const [first, last] = worldCut(run.numEnvs, pieces, piece);
      for (let e = first; e < last; e++) mine.push(e);
    }
  const over = (e: number): boolean => {
    const ended = simulation.period[e]! >= simulation.horizon || (economy.end?.(simulation.worlds[e]!, simulation.params) ?? false);
    if (cut === "rows") team.barrier(); // all ranks have looked before anybody resets
    return ended;
  };
  const total = Math.ceil(run.totalSteps / run.numEnvs);
  const every = Math.max(1, Math.floor(total / (options.updates ?? UPDATES)));
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

/** Decisions, but nobody who learns: uniform random actions. */
function* playAtRandom(economy: Economy, run: ResolvedRun, options: ProgramOptions): Generator<Update, void, void> {
  const { arena, team, from, checkIdentities, pieces } = options;
  const env = makeVectorEnv(economy, { numEnvs: run.numEnvs, params: run.params, memory: arena, team, pieces, checkIdentities });
  const rng = seedStream(run.seed).fork("random");
  const draws: Record<string, Stream[]> = {};
  for (const population in env.spec)
    draws[population] = env.spec[population]!.actions.map(({ name }) => rng.fork(`${population}/${name}`));
  const total = Math.ceil(run.totalSteps / run.numEnvs);
  const every = Math.max(1, Math.floor(total / (options.updates ?? UPDATES)));
  const length = (population: string) => new Int32Array(env.spec[population]!.size);
  const scratch: Record<string, Int32Array> = Object.fromEntries(Object.keys(env.spec).map((name) => [name, length(name)]));
  const reals: Record<string, Float64Array> = Object.fromEntries(
    Object.entries(env.spec).map(([name, { size }]) => [name, new Float64Array(size)]),
  );
  const sums = new Map<string, number>();
  if (from) {
    if (team.rank === 0) restore(env.state, from.arrays);
    env.resume(run.seed, { cursor: from.meta["cursor"]!, tick: from.meta["tick"]! });
  } else env.reset(run.seed);
  team.barrier();
  const means = arena.f64(run.numEnvs * Math.max(1, Object.keys(economy.metrics).length));
  const metrics = Object.entries(economy.metrics);
  env.onPeriod = (e) => {
    metrics.forEach(([, metric], m) => {
      means[e * metrics.length + m] = metric.of(env.simulation.worlds[e]!, env.params);
    });
  };
  while (env.position.tick < total) {
    const until = Math.min(total, env.position.tick + every);
    while (env.position.tick < until) {
      for (const population in env.spec) {
        const { size, actions, continuous } = env.spec[population]!;
        const batch = env.batch[population]!;
        const period = env.position.tick;
        for (const e of env.lanes) {
          if (!batch.acting[e]) continue;
          actions.forEach(({ space }, d) => {
            const D = actions.length;
            if (continuous) {
              draws[population]![d]!.uniform(reals[population]!, { lane: e, period, from: 0 });
              for (let i = 0; i < size; i++)
                batch.actions[(e * size + i) * D + d] = space.low + reals[population]![i]! * (space.high - space.low);
            } else {
              draws[population]![d]!.integers(scratch[population]!, { lane: e, period, from: 0 }, space.count);
              for (let i = 0; i < size; i++) batch.actions[(e * size + i) * D + d] = scratch[population]![i]!;
            }
          });
        }
      }
      env.step();
    }
    team.barrier();
    sums.clear();
    metrics.forEach(([name], m) => {
      let sum = 0;
      for (let e = 0; e < run.numEnvs; e++) sum += means[e * metrics.length + m]!;
      sums.set(name, sum / run.numEnvs);
    });
    const meta = env.position;
    yield {
      step: meta.tick * run.numEnvs,
      metrics: Object.fromEntries(sums),
      snapshot: () => ({ arrays: env.state, meta }),
    };
    team.barrier();
  }
}

function worldMetrics(economy: Economy, simulation: Simulation): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const [name, metric] of Object.entries(economy.metrics)) {
    let sum = 0;
    for (const world of simulation.worlds) sum += metric.of(world as AnyWorld, simulation.params);
    metrics[name] = sum / simulation.numWorlds;
  }
  return metrics;
}

/** Room for columns, buffers, networks and replay: generous, since memory is committed only when written. */
export function arenaBytes(experiment: Experiment, run: ResolvedRun): number {
  const params = resolveParams(experiment.economy, run.params);
  let bytes = 512 * 1024 * 1024;
  for (const declared of Object.values(experiment.economy.populations)) {
    const n = typeof declared.size === "number" ? declared.size : (params[declared.size] as number);
    const columns = Object.keys(declared.state).length + Object.keys(declared.actions).length;
    bytes += run.numEnvs * n * columns * 16;
  }
  return Math.min(bytes, 65535 * 65536);
}
