// What is looked at after a phase: that every real is finite, and that identities hold.

import type { AnyParamValues } from "../core/params.ts";
import type { AnyRows } from "./population.ts";
import type { Structure } from "./structure.ts";
import type { Worlds } from "./worlds.ts";

/** Columns of reals of one population. */
export type Reals = readonly { readonly key: string; readonly column: Float64Array; readonly M: number | null }[];

export interface Inspector {
  /** Rows [from, to) of a population after a phase: those of its columns that `reals` gave, or all. */
  rows(phase: string, population: string, e: number, from: number, to: number, columns?: Reals): void;
  /** The columns of reals among those that a phase writes; null: of all. */
  reals(population: string, writes: readonly string[] | null): Reals;
  scalars(phase: string, e: number): void;
  /** Scalars, and rows of all populations and links. */
  all(phase: string, e: number): void;
  /** After a phase, or with null after the period. */
  identities(phase: string | null, e: number): void;
}

/** Errors name the phase, what it produced and where; those about values carry `world` and `tick`. */
export function createInspector(
  economy: Structure,
  params: AnyParamValues,
  { worlds, columns, items, sizes, period, tick }: Worlds,
): Inspector {
  const real: Record<string, Reals> = {};
  for (const population in sizes)
    real[population] = Object.entries(columns).flatMap(([key, column]) =>
      key.startsWith(`${population}.`) && column instanceof Float64Array
        ? [{ key, column, M: items[key] ?? null }]
        : [],
    );
  const events = new Set([
    ...Object.entries({ ...economy.populations, ...economy.links }).flatMap(([table, { state }]) =>
      Object.keys(state).flatMap((column) => (state[column]!.event ? [`${table}.${column}`] : [])),
    ),
    ...Object.keys(economy.world).flatMap((name) => (economy.world[name]!.event ? [`world.${name}`] : [])),
  ]);
  /** Times of events are Infinity where there is none. */
  const isEvent = (key: string): boolean => events.has(key);
  const scalars = Object.keys(economy.world).map((name) => ({
    name,
    column: columns[`world.${name}`]!,
    M: items[`world.${name}`] ?? null,
  }));
  const populations = Object.keys(economy.populations).filter((population) => sizes[population]! > 0);
  const linked = Object.keys(economy.links);
  const notFinite = (what: string, e: number): Error =>
    Object.assign(new Error(`${what} (economy ${economy.name}, world ${e}, period ${period[e]}).`), {
      world: e,
      tick: tick[e],
    });

  return {
    reals: (population, writes) =>
      real[population]!.filter(({ key }) => writes === null || writes.includes(key.slice(population.length + 1))),
    rows(phase, population, e, from, to, columns = real[population]!) {
      const first = e * sizes[population]!;
      for (const { key, column: x, M } of columns) {
        const each = M ?? 1;
        const end = (first + to) * each;
        let at = (first + from) * each;
        if (allFinite(x, at, end)) continue;
        const may = isEvent(key);
        while (at < end && (Number.isFinite(x[at]) || (may && x[at] === Number.POSITIVE_INFINITY))) at++;
        if (at === end) continue;
        const own = at - first * each;
        const place = M === null ? `${own}` : `${Math.floor(own / M)}, ${own % M}`;
        throw notFinite(`Phase "${phase}" produced ${x[at]} in ${key}[${place}]`, e);
      }
    },
    all(phase, e) {
      this.scalars(phase, e);
      for (const population of populations) this.rows(phase, population, e, 0, sizes[population]!);
      for (const links of linked) this.rows(phase, links, e, 0, (worlds[e]![links] as AnyRows).size);
    },
    scalars(phase, e) {
      for (const { name, column, M } of scalars) {
        const first = e * (M ?? 1);
        for (let m = 0; m < (M ?? 1); m++) {
          const value = column[first + m]!;
          if (Number.isFinite(value) || (value === Number.POSITIVE_INFINITY && isEvent(`world.${name}`))) continue;
          throw notFinite(`Phase "${phase}" produced ${value} in world.${name}${M === null ? "" : `[${m}]`}`, e);
        }
      }
    },
    identities(phase, e) {
      for (const [name, { of, tolerance = 1e-9, after = "phase" }] of Object.entries(economy.identities)) {
        if (after === "period" && phase !== null) continue;
        const off = of(worlds[e]!, params);
        if (typeof off === "number" && Math.abs(off) <= tolerance) continue;
        const when = phase === null ? "the period" : `phase "${phase}"`;
        const broken = new Error(
          `Identity "${name}" of ${economy.name} is off by ${off} after ${when} (tolerance ${tolerance}, world ${e}, period ${period[e]}).`,
        );
        throw Object.assign(broken, { world: e, tick: tick[e] });
      }
    },
  };
}

// x·0 is NaN just when x is not finite, and NaN stays in a sum. Four sums, since one would wait for each addition.
function allFinite(x: Float64Array, from: number, to: number): boolean {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    a += x[i]! * 0;
    b += x[i + 1]! * 0;
    c += x[i + 2]! * 0;
    d += x[i + 3]! * 0;
  }
  for (; i < to; i++) a += x[i]! * 0;
  return a + b + c + d === 0;
}
