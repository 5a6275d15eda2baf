// A panel: what every agent held and did, a row per agent, world and period.

import { suggest } from "../core/errors.ts";
import type { Items } from "../economy/columns.ts";
import type { AnyParamValues, AnyRows, AnyWorld, Economy } from "../economy/index.ts";
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

/** Checks the names; an error lists what there is. A column with an inner axis is one column per item, `stock/0`, `stock/1`, …. */
export function choosePanel(economy: Economy, params: AnyParamValues, choice: PanelChoice = {}): Panel {
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
  /** One for each item of the columns chosen. */
  const cells = names.flatMap((name) => {
    const { each, ...column } = declared[name]!;
    if (each === null) return [{ column, name, item: 0, items: 1 }];
    const items = typeof each === "number" ? each : (params[each] as number);
    return Array.from({ length: items }, (_, item) => ({
      column: { ...column, name: `${name}/${item}` },
      name,
      item,
      items,
    }));
  });
  return {
    population,
    columns: [...KEYS, ...cells.map(({ column }) => column)],
    record(writer) {
      const episodes: number[] = [];
      return (w, _period, e) => {
        const period = w["period"] as number;
        if (period === 0) episodes[e] = (episodes[e] ?? -1) + 1;
        const rows = w[population] as AnyRows;
        const n = rows.size;
        const same = (value: number) => new Float64Array(n).fill(value);
        const agents = Int32Array.from({ length: n }, (_, i) => i);
        const values = cells.map(({ name, item, items }) => {
          const scalar = name.startsWith(WORLD) ? (w[name.slice(WORLD.length)] as number | ArrayLike<number>) : null;
          if (scalar !== null) return same(typeof scalar === "number" ? scalar : scalar[item]!);
          const values = rows[name] as Float64Array;
          return items === 1 ? values : Float64Array.from({ length: n }, (_, i) => values[i * items + item]!);
        });
        writer.rows(n, [same(e), same(episodes[e]!), same(period), agents, ...values]);
      };
    },
  };
}

const WORLD = "world.";

function columnsOf({ populations, world }: Economy, population: string): Record<string, PanelColumn & { each: Items }> {
  const { state, actions } = populations[population]!;
  return Object.fromEntries([
    ...Object.entries(state).map(([name, { unit, doc, kind, each }]) => [
      name,
      { name, unit, doc, integer: kind !== "f64", each },
    ]),
    ...Object.entries(actions).map(([name, { unit, doc, kind, each }]) => [
      name,
      { name, unit, doc, integer: kind === "discrete", each },
    ]),
    ...Object.entries(world).map(([name, { unit, doc, kind, each }]) => [
      WORLD + name,
      { name: WORLD + name, unit, doc, integer: kind !== "f64", each },
    ]),
  ]);
}
