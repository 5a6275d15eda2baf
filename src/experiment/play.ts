// Playing what was learned: policies in worlds of their own, watched but not trained; greedily unless chance is part of the behaviour.
import { type AnyAlgorithm, type Arrays, configOf, type Policy, type RunConfig } from "../algorithms/algorithm.ts";
import { createPlaying } from "../algorithms/playing.ts";
import {
  type AnyParamValues,
  type AnyRows,
  type AnyWorld,
  type Economy,
  measure,
  type ParamSettings,
  type ResolvedSpace,
} from "../economy/index.ts";
import { makeVectorEnv, type VectorEnv } from "../env/vector-env.ts";
import { type Interval, mean, meanInterval } from "../math/index.ts";
import { type Stream, seedStream } from "../random/index.ts";

/** How policies are played. */
export interface PlayOptions {
  readonly economy: Economy;
  readonly params?: ParamSettings;
  /** By population; every population that decides needs one. */
  readonly policies: Readonly<Record<string, Policy>>;
  readonly seed: number;
  /** Periods per world, at least 1. An episode that ends within them is followed by another. */
  readonly periods: number;
  /** Worlds, each with draws of its own; at least 1. Default 16. */
  readonly worlds?: number;
  /** Actions are drawn from policies that can draw. Default: greedy. */
  readonly sampled?: boolean;
  /** Sees world e at the end of each of its periods, 0 to `periods` − 1. */
  readonly visit?: (w: AnyWorld, period: number, e: number) => void;
  /** Names the use of the draws; uses of different names share none. Default "play". Training has another. */
  readonly purpose?: string;
}

/** A metric of the economy, averaged over periods. */
export interface PlayedMetric {
  /** Over all worlds. */
  readonly mean: number;
  /** 95 % interval of the mean over worlds (Student's t); null for a single world, or where a world has no finite value. */
  readonly interval: Interval | null;
  /** By world. */
  readonly worlds: readonly number[];
}

/** Plays policies in worlds of their own from a fresh start and returns the economy's metrics by name. Throws on a population without a policy. */
export function play(options: PlayOptions): Readonly<Record<string, PlayedMetric>> {
  const { economy, params = {}, policies, seed, periods, worlds = 16, sampled = false, purpose = "play" } = options;
  const env = makeVectorEnv(economy, { numEnvs: worlds, params, purpose });
  const missing = Object.keys(env.spec).filter((population) => !policies[population]);
  if (missing.length > 0)
    throw new Error(`play: ${economy.name} has no policy of ${missing.join(", ")}. Add it to \`policies\`.`);
  const sums = playWorlds(env, policies, { seed, periods, sampled, ...(options.visit && { visit: options.visit }) });
  return Object.fromEntries(
    Object.entries(sums).map(([name, sum]) => {
      const values = sum.map((x) => x / periods);
      const judged = values.length > 1 && values.every(Number.isFinite);
      return [name, { mean: mean(values), interval: judged ? meanInterval(values) : null, worlds: values }];
    }),
  );
}

interface PlayedWorlds extends Required<Pick<PlayOptions, "seed" | "periods" | "sampled">> {
  readonly visit?: NonNullable<PlayOptions["visit"]>;
}

/** Sums of the economy's metrics over periods, by name and world. */
function playWorlds(
  env: VectorEnv,
  policies: Readonly<Record<string, Policy>>,
  { seed, periods, sampled, visit }: PlayedWorlds,
): Readonly<Record<string, readonly number[]>> {
  if (!(Number.isInteger(periods) && periods >= 1))
    throw new Error(`play: periods is ${periods}, expected an integer of at least 1.`);
  const { economy, numEnvs, simulation, params } = env;
  const stream = sampled ? seedStream(seed).fork("play") : null;
  const streams: Readonly<Record<string, Stream | null>> = Object.fromEntries(
    Object.keys(policies).map((name) => [name, stream?.fork(name) ?? null]),
  );
  const metrics = Object.keys(economy.metrics);
  const sums = Object.fromEntries(metrics.map((name) => [name, new Array<number>(numEnvs).fill(0)]));
  const played = new Int32Array(numEnvs);
  const playing = createPlaying(env, policies);
  env.onPeriod = (e) => {
    if (played[e]! >= periods) return;
    const world = simulation.worlds[e]!;
    for (const name of metrics) sums[name]![e]! += measure(economy, name, world, params, e);
    visit?.(world, played[e]!, e);
    played[e]!++;
  };
  env.reset(seed);
  playing.reset();
  for (let decision = 0; played.some((count) => count < periods); decision++) {
    for (const population in env.batch)
      for (const e of env.localWorlds) playing.act(population, e, streams[population]!, decision);
    env.step();
  }
  env.onPeriod = null;
  return sums;
}

export interface Player {
  readonly economy: Economy;
  readonly params: AnyParamValues;
  /** By population; with the parameters that were loaded last. */
  readonly policies: Readonly<Record<string, Policy>>;
  /** A population's action spaces, by action. */
  spaces(population: string): Readonly<Record<string, ResolvedSpace>>;
  /** Takes the parameters of a snapshot. */
  load(arrays: Arrays): void;
  /**
   * Plays one world for some periods from a fresh start and returns the economy's metrics, averaged over periods.
   * `visit` sees the world at the end of each period.
   */
  play(options: {
    readonly seed: number;
    readonly periods: number;
    /** Actions are drawn from policies that can draw. Default: as the experiment's evaluation says, else greedy. */
    readonly sampled?: boolean;
    readonly visit?: (w: AnyWorld, period: number) => void;
  }): Readonly<Record<string, number>>;
  /**
   * What a population would do in a world arranged by hand: `arrange` sets columns and world scalars of a freshly reset world,
   * the policy acts on what it then observes, and the decoded actions are in the returned rows.
   */
  respond(population: string, arrange: (w: AnyWorld) => void, seed?: number): AnyRows;
}

export function createPlayer(
  economy: Economy,
  algorithm: AnyAlgorithm,
  config: RunConfig,
  params: ParamSettings,
  { sampled: drawn = false }: { readonly sampled?: boolean } = {},
): Player {
  const env = makeVectorEnv(economy, { numEnvs: 1, params, purpose: "play" });
  const policies: Record<string, Policy> = {};
  for (const population in env.spec)
    policies[population] = algorithm.policy(population, env.spec[population]!, configOf(config, population) as never);
  const playing = createPlaying(env, policies);
  return {
    economy,
    params: env.params,
    policies,
    spaces: (population) => env.simulation.spaces[population]!,
    load(arrays) {
      for (const population in policies) policies[population]!.load(arrays);
    },
    play({ seed, periods, visit, sampled = drawn }) {
      const sums = playWorlds(env, policies, { seed, periods, sampled, ...(visit && { visit }) });
      return Object.fromEntries(Object.entries(sums).map(([name, [sum]]) => [name, sum! / periods]));
    },
    respond(population, arrange, seed = 1) {
      env.onPeriod = null;
      env.reset(seed);
      const world = env.simulation.worlds[0]!;
      arrange(world);
      env.observe(population);
      const { size, actions } = env.spec[population]!;
      const batch = env.batch[population]!;
      playing.reset();
      policies[population]!.act(batch.actions, batch.obs, size, batch.actionMask, 0); // whether or not it is its turn
      const rows = world[env.spec[population]!.population] as AnyRows;
      const decoded: Record<string, Float64Array | number> = { size };
      actions.forEach(({ column, item, items, space }, d) => {
        const out = (decoded[column] ??= new Float64Array(size * items)) as Float64Array;
        for (let i = 0; i < size; i++)
          out[i * items + item] =
            space.kind === "box"
              ? Math.min(space.high, Math.max(space.low, batch.actions[i * actions.length + d]!))
              : space.values[batch.actions[i * actions.length + d]!]!;
      });
      return { ...rows, ...decoded } as unknown as AnyRows;
    },
  };
}
