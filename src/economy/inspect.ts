// What is looked at after a phase: that every real is finite, and that identities hold.

import type { AnyParamValues } from "../core/params.ts";
import type { ColumnArray } from "./columns.ts";
import type { AnyRows } from "./population.ts";
import type { Structure } from "./structure.ts";
import type { Worlds } from "./worlds.ts";

export interface Inspector {
  /** Rows [from, to) of a population after a phase. */
  rows(phase: string, population: string, e: number, from: number, to: number): void;
  scalars(phase: string, e: number): void;
  /** After a phase, or with null after the period. */
  identities(phase: string | null, e: number): void;
}

/** Errors name the phase, what it produced and where; those about values carry `world` and `tick`. */
export function createInspector(
  economy: Structure,
  params: AnyParamValues,
  { worlds, columns, items, sizes, period, tick }: Worlds,
): Inspector {
  const real: Record<string, string[]> = {};
  for (const population in sizes)
    real[population] = Object.keys(columns)
      .filter((key) => key.startsWith(`${population}.`) && columns[key] instanceof Float64Array)
      .map((key) => key.slice(population.length + 1));
  const events = new Set([
    ...Object.entries({ ...economy.populations, ...economy.links }).flatMap(([table, { state }]) =>
      Object.keys(state).flatMap((column) => (state[column]!.event ? [`${table}.${column}`] : [])),
    ),
    ...Object.keys(economy.world).flatMap((name) => (economy.world[name]!.event ? [`world.${name}`] : [])),
  ]);
  /** Times of events are Infinity where there is none. */
  const isEvent = (key: string): boolean => events.has(key);
  const scalarNames = Object.keys(economy.world);
  const notFinite = (what: string, e: number): Error =>
    Object.assign(new Error(`${what} (economy ${economy.name}, world ${e}, period ${period[e]}).`), {
      world: e,
      tick: tick[e],
    });

  return {
    rows(phase, population, e, from, to) {
      const rows = worlds[e]![population] as AnyRows;
      for (const name of real[population]!) {
        const x = rows[name] as Float64Array;
        const M = items[`${population}.${name}`] ?? null;
        const each = M ?? 1;
        if (allFinite(x, from * each, to * each)) continue;
        const may = isEvent(`${population}.${name}`);
        let at = from * each;
        while (at < to * each && (Number.isFinite(x[at]) || (may && x[at] === Number.POSITIVE_INFINITY))) at++;
        if (at === to * each) continue;
        const place = M === null ? `${at}` : `${Math.floor(at / M)}, ${at % M}`;
        throw notFinite(`Phase "${phase}" produced ${x[at]} in ${population}.${name}[${place}]`, e);
      }
    },
    scalars(phase, e) {
      for (const name of scalarNames) {
        const value = worlds[e]![name] as number | ColumnArray;
        if (typeof value !== "number") {
          const at = value.findIndex((x) => !Number.isFinite(x));
          if (at >= 0) throw notFinite(`Phase "${phase}" produced ${value[at]} in world.${name}[${at}]`, e);
        } else if (!Number.isFinite(value) && !(value === Number.POSITIVE_INFINITY && isEvent(`world.${name}`)))
          throw notFinite(`Phase "${phase}" produced ${value} in world.${name}`, e);
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
