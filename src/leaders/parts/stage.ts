// Worlds of their own in which policies are played and not trained: where a leader is scored and followers' deviations are tried.
// Equal seeds draw equal numbers, so that two plays differ by what was done differently and by nothing else.
//
// M worlds, one episode each; N agents, D action dimensions
import type { Policy } from "../../algorithms/algorithm.ts";
import { createPlaying, worldOf } from "../../algorithms/playing.ts";
import { type Allocator, alone, plainMemory, type Team } from "../../core/cut.ts";
import type { ParamSettings } from "../../core/params.ts";
import type { Economy } from "../../economy/economy.ts";
import { vacantOf } from "../../economy/lives.ts";
import type { AnyRows } from "../../economy/population.ts";
import { makeVectorEnv, someAct, type VectorEnv } from "../../env/vector-env.ts";
import { type Stream, seedStream } from "../../random/index.ts";
import type { Score } from "../task.ts";

export interface StageOptions {
  readonly economy: Economy;
  readonly params: ParamSettings;
  readonly numWorlds: number; // M
  /** Longest episode to play; 0: the economy's horizon. */
  readonly periods: number;
  /** Actions are drawn from policies that can draw. */
  readonly sampled: boolean;
  /** γ by which rewards count less the later they come. */
  readonly gamma: number;
  /** By population, this rank's own. */
  readonly policies: Readonly<Record<string, Policy>>;
  readonly score: Score | null;
  readonly memory?: Allocator;
  readonly team?: Team;
}

/** Raw actions as they were played: by population, decision and world of this rank. */
export type ActionLog = Record<string, (Float32Array | Int32Array)[][]>;

export interface Direction {
  readonly seed: number;
  /** Called with the raw actions [N, D] of world e before they are played, and with what may be chosen [N, Σ choices] where choices are masked. */
  readonly direct?: (
    population: string,
    e: number,
    actions: Float32Array | Int32Array,
    mask: Uint8Array | null,
  ) => void;
  /** Filled with what is played. */
  readonly record?: ActionLog;
  /** Played in place of policies, decision by decision, for the populations that it has; when it has run out, policies play on. */
  readonly replay?: ActionLog;
}

export interface Stage {
  readonly env: VectorEnv;
  readonly score: Score | null;
  /** [M, N] by decision, of those who are rewarded: discounted rewards of the last play, Σ γ^t r_t / Σ γ^t, of a row's lives where it has some. */
  readonly returns: Readonly<Record<string, Float64Array>>;
  /** Plays an episode in every world; every rank takes part in it. Returns the score over all worlds, NaN without one. */
  play(direction: Direction): number;
}

const MOST_PERIODS = 1_000_000;

export function createStage(options: StageOptions): Stage {
  const { economy, numWorlds: M, policies, score, gamma, memory = plainMemory, team = alone } = options;
  const env = makeVectorEnv(economy, { numEnvs: M, params: options.params, memory, team });
  const { simulation, params, spec, batch } = env;
  const periods = options.periods > 0 ? Math.min(options.periods, simulation.horizon) : simulation.horizon;
  if (periods > MOST_PERIODS)
    throw new Error(
      `${economy.name}: an episode has ${periods} periods, too many to play one through. Set config.evaluationPeriods.`,
    );
  const size = score ? score.size(simulation.sizes, params, periods) : 0;
  const states = memory.f64(M * size); // [M, size]
  const stateOf = Array.from({ length: M }, (_, e) => states.subarray(e * size, (e + 1) * size));
  const returns: Record<string, Float64Array> = {};
  for (const [key, { population, size: n }] of Object.entries(spec))
    if (economy.reward[population]) returns[key] = memory.f64(M * n);
  const weight = memory.f64(M); // Σ γ^t
  const next = memory.f64(M); // γ^t
  const played = memory.i32(M); // periods
  const over = memory.u8(M);
  const playing = createPlaying(env, policies);

  env.onPeriod = (e) => {
    if (simulation.period[e] !== played[e] || played[e] >= periods) over[e] = 1; // another episode has begun, or this one is long enough
    if (over[e]) return;
    played[e] += 1;
    const world = simulation.worlds[e]!;
    if (score) score.add(stateOf[e]!, world, params);
    for (const key in returns) {
      const { population } = spec[key]!;
      const rows = world[population] as AnyRows;
      const r = rows[economy.reward[population]!.column] as Float64Array;
      const vacant = simulation.columns[vacantOf(population)]; // nobody has lived there in this period
      const sum = returns[key]!;
      for (let i = 0, k = e * r.length; i < r.length; i++, k++) if (!vacant?.[k]) sum[k] += next[e] * r[i];
    }
    weight[e] += next[e];
    next[e] *= gamma;
  };

  function clear(seed: number): void {
    for (const e of env.localWorlds) {
      stateOf[e]!.fill(0);
      weight[e] = played[e] = over[e] = 0;
      next[e] = 1;
      for (const population in returns) {
        const { size: n } = spec[population]!;
        returns[population]!.fill(0, e * n, (e + 1) * n);
      }
    }
    env.reset(seed);
    playing.reset();
  }

  function act(streams: Readonly<Record<string, Stream>> | null, decision: number, direction: Direction): void {
    for (const population in batch) {
      const { actions, actionMask } = batch[population]!;
      for (const e of env.localWorlds) {
        if (!someAct(env, population, e)) continue;
        const out = worldOf(actions, e, M);
        const from = direction.replay?.[population]?.[e]?.shift();
        // Who remembers watches what is replayed, to play on from there.
        if (!from || policies[population]?.reset) playing.act(population, e, streams?.[population] ?? null, decision);
        if (from) out.set(from);
        direction.direct?.(population, e, out, actionMask && worldOf(actionMask, e, M));
        if (direction.record) ((direction.record[population] ??= [])[e] ??= []).push(out.slice());
      }
    }
  }

  return {
    env,
    score,
    returns,
    play(direction) {
      team.barrier(); // whoever reads the last play has read it
      clear(direction.seed);
      const root = options.sampled ? seedStream(direction.seed).fork("play") : null;
      const streams = root && Object.fromEntries(Object.keys(spec).map((name) => [name, root.fork(name)]));
      for (let decision = 0; env.position.tick < periods; decision++) {
        act(streams, decision, direction);
        env.step();
      }
      for (const e of env.localWorlds)
        for (const population in returns) {
          const { size: n } = spec[population]!;
          for (let k = e * n; k < (e + 1) * n; k++) returns[population]![k] /= weight[e];
        }
      team.barrier();
      return score ? score.value(stateOf, params) : Number.NaN;
    },
  };
}

/** A copy of what a log holds for everybody but one population. */
export const without = (log: ActionLog, population: string): ActionLog =>
  Object.fromEntries(
    Object.entries(log)
      .filter(([name]) => name !== population)
      .map(([name, worlds]) => [name, worlds.map((decisions) => decisions.slice())]),
  );
