// Balanced panels: series of many worlds over the same periods, and of the agents who live through all of them, for moments and regressions.
import { isDecided } from "../economy/decisions.ts";
import { type AnyRows, type AnyWorld, closest, resolveParams } from "../economy/index.ts";
import { type PlayOptions, play } from "./play.ts";
import { seriesReader } from "./series.ts";
import { simulatePeriods } from "./simulate-periods.ts";

/** Worlds that are watched over the same periods of their first episode. */
export interface Watched extends Omit<PlayOptions, "policies" | "visit" | "purpose"> {
  /** By population; none where nobody decides. */
  readonly policies?: PlayOptions["policies"];
  /** Metrics and world scalars without an inner axis. */
  readonly series: readonly string[];
  /** Periods before the first that is kept. Default 0. */
  readonly burnIn?: number;
}

export interface BalancedPanelOptions extends Watched {
  /** Whose columns are kept beside the series. */
  readonly columns?: { readonly population: string; readonly names: readonly string[] };
}

export interface BalancedPanel {
  /** [worlds] of each series, [periods] each. */
  readonly series: Readonly<Record<string, readonly Float64Array[]>>;
  /** Agents who live in every period kept. */
  readonly agents: readonly { readonly world: number; readonly agent: number }[];
  /** [agents] of each column, [periods] each. */
  readonly columns: Readonly<Record<string, readonly Float64Array[]>>;
}

/** Throws where a world ends within the periods asked for: nothing is filled in, and no episode follows another. */
export function balancedPanel({ columns, ...watched }: BalancedPanelOptions): BalancedPanel {
  const { economy, periods } = watched;
  const names = columns?.names ?? [];
  const declared = columns && economy.populations[columns.population];
  if (columns && !declared) {
    const known = Object.keys(economy.populations);
    throw new Error(
      `balancedPanel: ${economy.name} has no population "${columns.population}".${closest(columns.population, known)}`,
    );
  }
  for (const name of names) {
    const known = Object.keys(declared!.state).filter((column) => declared!.state[column]!.each === null);
    if (!known.includes(name))
      throw new Error(
        `balancedPanel: ${columns!.population} has no column "${name}" with one value an agent.${closest(name, known)}`,
      );
  }
  const kept: { world: number; agent: number; values: Float64Array[]; lives: boolean }[][] = [];
  const series = watchedSeries("balancedPanel", watched, {
    see(w, t, e) {
      if (!columns) return;
      const rows = w[columns.population] as AnyRows;
      const alive = declared!.lives === null ? null : (rows[declared!.lives] as ArrayLike<number>);
      kept[e] ??= Array.from({ length: rows.size }, (_, agent) => ({
        world: e,
        agent,
        values: names.map(() => new Float64Array(periods)),
        lives: true,
      }));
      for (const row of kept[e]) {
        if (alive?.[row.agent] === 0) row.lives = false;
        row.values.forEach((x, c) => {
          x[t] = (rows[names[c]!] as ArrayLike<number>)[row.agent]!;
        });
      }
    },
  });
  const through = kept.flat().filter(({ lives }) => lives);
  return {
    series,
    agents: through.map(({ world, agent }) => ({ world, agent })),
    columns: Object.fromEntries(names.map((name, c) => [name, through.map(({ values }) => values[c]!)])),
  };
}

type Visit = NonNullable<PlayOptions["visit"]>;

/** [worlds][periods] of each series. `see` looks at the periods that are kept, counted from 0; `before` at the world before the first of them. */
export function watchedSeries(
  where: string,
  { series, policies = {}, burnIn = 0, ...options }: Watched,
  { see, before }: { readonly see?: Visit; readonly before?: (w: Parameters<Visit>[0], e: number) => void } = {},
): Readonly<Record<string, Float64Array[]>> {
  const { economy, periods, worlds = 16 } = options;
  if (!(Number.isInteger(burnIn) && burnIn >= 0))
    throw new Error(`${where}: got a burnIn of ${burnIn} periods, expected a whole number from 0.`);
  const params = resolveParams(economy, options.params);
  const readers = series.map((name) => seriesReader(where, economy, name));
  const found = series.map(() => Array.from({ length: worlds }, () => new Float64Array(periods)));
  const all = {
    worlds,
    seed: options.seed,
    periods: burnIn + periods,
    visit(w: AnyWorld, period: number, e: number) {
      if (w["period"] !== period)
        throw new Error(
          `${where}: world ${e} of ${economy.name} ended after ${period} periods, expected ${burnIn + periods} in one episode. Raise its horizon, or ask for fewer.`,
        );
      const t = period - burnIn;
      if (t === -1) before?.(w, e);
      if (t < 0) return;
      readers.forEach((read, s) => {
        const value = read(w, params, e);
        if (!Number.isFinite(value))
          throw new Error(
            `${where}: ${series[s]} is ${value} in period ${period} of world ${e}, expected a finite number.`,
          );
        found[s]![e]![t] = value;
      });
      see?.(w, t, e);
    },
  };
  if (isDecided(economy, params)) play({ ...options, ...all, policies, purpose: "watch" });
  else simulatePeriods(economy, { ...all, params });
  return Object.fromEntries(series.map((name, s) => [name, found[s]!]));
}
