// Playing what was learned: policies in worlds of their own, watched but not trained; greedily unless chance is part of the behaviour.
import { type AnyAlgorithm, type Arrays, configOf, type Policy, type RunConfig } from "../algorithms/algorithm.ts";
import { createPlaying } from "../algorithms/playing.ts";
import type { AnyParamValues, AnyRows, AnyWorld, Economy, ParamSettings, ResolvedSpace } from "../economy/index.ts";
import { makeVectorEnv } from "../env/vector-env.ts";
import { seedStream } from "../random/index.ts";

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
  const env = makeVectorEnv(economy, { numEnvs: 1, params });
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
      const stream = sampled ? seedStream(seed).fork("play") : null;
      const streams = Object.fromEntries(Object.keys(policies).map((name) => [name, stream?.fork(name) ?? null]));
      let decisions = 0;
      const sums: Record<string, number> = {};
      const world = env.simulation.worlds[0]!;
      let period = 0;
      env.onPeriod = () => {
        for (const [name, metric] of Object.entries(economy.metrics))
          sums[name] = (sums[name] ?? 0) + metric.of(world, env.params);
        visit?.(world, period);
        period++;
      };
      env.reset(seed);
      playing.reset();
      while (period < periods) {
        for (const population in env.batch)
          if (env.batch[population]!.acting[0]) playing.act(population, 0, streams[population]!, decisions);
        decisions++;
        env.step();
      }
      env.onPeriod = null;
      return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / period]));
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
      playing.act(population, 0, null, 0);
      const rows = world[population] as AnyRows;
      const decoded: Record<string, Float64Array | number> = { size };
      actions.forEach(({ name, space }, d) => {
        decoded[name] = Float64Array.from({ length: size }, (_, i) =>
          space.kind === "box"
            ? Math.min(space.high, Math.max(space.low, batch.actions[i * actions.length + d]!))
            : space.values[batch.actions[i * actions.length + d]!]!,
        );
      });
      return { ...rows, ...decoded } as unknown as AnyRows;
    },
  };
}
