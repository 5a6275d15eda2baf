// The columns of E worlds, and one view per world: scalars as numbers, populations as rows.
import type { ColumnArray, ColumnKind, Items } from "./columns.ts";
import type { Allocator } from "./cut.ts";
import type { Economy } from "./define.ts";
import type { AnyParamValues } from "./params.ts";
import type { AnyRows, AnyWorld } from "./population.ts";
import { type ResolvedSpace, resolveSpace } from "./spaces.ts";

export interface Worlds {
  readonly worlds: readonly AnyWorld[];
  readonly sizes: Readonly<Record<string, number>>;
  /** By "population.column" and "world.scalar", over all worlds; `period` and `tick` too. */
  readonly columns: Readonly<Record<string, ColumnArray>>;
  /** Items of a column or scalar with an inner axis, by the same names; null: a single value. */
  readonly items: Readonly<Record<string, number | null>>;
  /** The population whose rows a column names, by the column's name; only of those declared by `index`. */
  readonly groups: Readonly<Record<string, string>>;
  /** By population and action. */
  readonly spaces: Readonly<Record<string, Readonly<Record<string, ResolvedSpace>>>>;
  /** [E] periods since the last reset. */
  readonly period: Int32Array;
  /** [E] periods since creation: keys the draws, so that no episode repeats another's. */
  readonly tick: Int32Array;
  /** Initial values of world e. */
  clear(e: number): void;
}

const allocate = (memory: Allocator, kind: ColumnKind, n: number): ColumnArray =>
  kind === "f64" ? memory.f64(n) : kind === "i32" ? memory.i32(n) : memory.u8(n);

/** Room for n values of the same kind as `column`. */
export const allocateLike = (memory: Allocator, column: ColumnArray, n: number): ColumnArray =>
  column instanceof Float64Array ? memory.f64(n) : column instanceof Int32Array ? memory.i32(n) : memory.u8(n);

/** A whole number that the economy gives itself or names a parameter for. */
export function countOf(
  economy: Economy,
  params: AnyParamValues,
  where: string,
  declared: number | string,
  least = 1,
): number {
  const n = typeof declared === "number" ? declared : params[declared];
  if (!(typeof n === "number" && Number.isInteger(n) && n >= least))
    throw new Error(`${economy.name}: ${where} is ${n}, expected an integer of at least ${least}.`);
  return n;
}

export function createWorlds(economy: Economy, params: AnyParamValues, numWorlds: number, memory: Allocator): Worlds {
  const columns: Record<string, ColumnArray> = {};
  const initial: [array: ColumnArray, value: number, rows: number][] = [];
  const sizes: Record<string, number> = {};
  const spaces: Record<string, Record<string, ResolvedSpace>> = {};
  const groups: Record<string, string> = {};
  const items: Record<string, number | null> = {};
  const add = (key: string, kind: ColumnKind, each: Items, value: number, rows: number): void => {
    items[key] = each === null ? null : countOf(economy, params, `the number of items of ${key}`, each);
    const values = rows * (items[key] ?? 1);
    columns[key] = allocate(memory, kind, numWorlds * values);
    initial.push([columns[key], value, values]);
  };
  for (const [name, declared] of Object.entries(economy.world))
    add(`world.${name}`, declared.kind, declared.each, declared.initial, 1);
  for (const [population, declared] of Object.entries(economy.populations)) {
    const n = countOf(economy, params, `the size of ${population}`, declared.size);
    sizes[population] = n;
    spaces[population] = {};
    for (const [name, column] of Object.entries(declared.state)) {
      if (column.names !== null) groups[`${population}.${name}`] = column.names;
      add(`${population}.${name}`, column.kind, column.each, column.initial, n);
    }
    for (const [name, space] of Object.entries(declared.actions)) {
      const resolved = resolveSpace(`${economy.name}: ${population}.${name}`, space, params);
      spaces[population][name] = resolved;
      if (!columns[`${population}.${name}`])
        add(`${population}.${name}`, space.kind === "discrete" ? "i32" : "f64", space.each, resolved.low, n);
    }
  }
  const period = memory.i32(numWorlds);
  const tick = memory.i32(numWorlds);
  Object.assign(columns, { period, tick });

  function view(e: number): AnyWorld {
    const world: AnyWorld = {};
    for (const name of Object.keys(economy.world)) {
      const M = items[`world.${name}`]!;
      if (M !== null) {
        Object.defineProperty(world, name, {
          enumerable: true,
          value: columns[`world.${name}`]!.subarray(e * M, (e + 1) * M),
        });
        continue;
      }
      const array = columns[`world.${name}`]!;
      Object.defineProperty(world, name, {
        enumerable: true,
        get: () => array[e],
        set: (value: number) => {
          array[e] = value;
        },
      });
    }
    Object.defineProperty(world, "period", { enumerable: true, get: () => period[e] });
    for (const [population, declared] of Object.entries(economy.populations)) {
      const n = sizes[population]!;
      const rows: Record<string, ColumnArray | number> = { size: n };
      for (const name of [...Object.keys(declared.state), ...Object.keys(declared.actions)]) {
        const values = n * (items[`${population}.${name}`] ?? 1);
        rows[name] = columns[`${population}.${name}`]!.subarray(e * values, (e + 1) * values);
      }
      world[population] = Object.freeze(rows) as unknown as AnyRows;
    }
    return Object.preventExtensions(world); // a phase that misspells a scalar is told so
  }

  return {
    worlds: Array.from({ length: numWorlds }, (_, e) => view(e)),
    sizes,
    columns,
    items,
    groups,
    spaces,
    period,
    tick,
    clear(e) {
      for (const [array, value, rows] of initial) array.fill(value, e * rows, (e + 1) * rows);
      period[e] = 0;
    },
  };
}
