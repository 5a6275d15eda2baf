// A panel: what every agent held and did, a row per agent, world and period.

import { suggest } from "../economy/errors.ts";
import type { AnyRows, AnyWorld, Economy } from "../economy/index.ts";
import type { PanelColumn, PanelWriter } from "../store/panel.ts";

export interface PanelChoice {
  /** Whose rows. Default: the only population; of several, it must be said. */
  readonly population?: string | undefined;
  /** Columns of the population, and world scalars as "world.<name>". Default: all of both. */
  readonly columns?: readonly string[] | undefined;
}

export interface Panel {
  readonly population: string;
  /** "world", "episode", "period" and "agent", then the chosen ones. */
  readonly columns: readonly PanelColumn[];
  /** Hands the rows of a world at the end of a period to `writer`: the visitor of `play`. */
  record(writer: PanelWriter): (w: AnyWorld, period: number, e: number) => void;
}

const KEYS: readonly PanelColumn[] = [
  { name: "world", unit: "1", doc: "index of the world, from 0", integer: true },
  { name: "episode", unit: "1", doc: "index of the episode in this world, from 0", integer: true },
  { name: "period", unit: "periods", doc: "index of the period in this episode, from 0", integer: true },
  { name: "agent", unit: "1", doc: "index of the agent, from 0", integer: true },
];

/** Checks the names; an error lists what there is. */
export function choosePanel(economy: Economy, choice: PanelChoice = {}): Panel {
  const populations = Object.keys(economy.populations);
  const population = choice.population ?? (populations.length === 1 ? populations[0]! : undefined);
  if (population === undefined)
    throw new Error(`${economy.name} has several populations; choose one of them: ${populations.join(", ")}.`);
  if (!Object.hasOwn(economy.populations, population))
    throw new Error(`${economy.name} has no population "${population}".${suggest(population, populations)}`);
  const declared = columnsOf(economy, population);
  const names = choice.columns ?? Object.keys(declared);
  for (const name of names)
    if (!Object.hasOwn(declared, name))
      throw new Error(`${economy.name}: ${population} has no column "${name}".${suggest(name, Object.keys(declared))}`);
  const chosen = names.map((name) => declared[name]!);
  return {
    population,
    columns: [...KEYS, ...chosen],
    record(writer) {
      const episodes: number[] = [];
      return (w, _period, e) => {
        const period = w["period"] as number;
        if (period === 0) episodes[e] = (episodes[e] ?? -1) + 1;
        const rows = w[population] as AnyRows;
        const n = rows.size;
        const same = (value: number) => new Float64Array(n).fill(value);
        const agents = Int32Array.from({ length: n }, (_, i) => i);
        const values = names.map((name) =>
          name.startsWith(WORLD) ? same(w[name.slice(WORLD.length)] as number) : (rows[name] as Float64Array),
        );
        writer.rows(n, [same(e), same(episodes[e]!), same(period), agents, ...values]);
      };
    },
  };
}

const WORLD = "world.";

function columnsOf({ populations, world }: Economy, population: string): Record<string, PanelColumn> {
  const { state, actions } = populations[population]!;
  return Object.fromEntries([
    ...Object.entries(state).map(([name, { unit, doc, kind }]) => [name, { name, unit, doc, integer: kind !== "f64" }]),
    ...Object.entries(actions).map(([name, { unit, doc, kind }]) => [
      name,
      { name, unit, doc, integer: kind === "discrete" },
    ]),
    ...Object.entries(world).map(([name, { unit, doc, kind }]) => [
      WORLD + name,
      { name: WORLD + name, unit, doc, integer: kind !== "f64" },
    ]),
  ]);
}
