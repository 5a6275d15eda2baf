// The columns of E worlds, and one view per world: scalars as numbers, populations as rows.

import type { Allocator } from "../core/cut.ts";
import type { AnyParamValues } from "../core/params.ts";
import type { ColumnArray, ColumnKind, Items } from "./columns.ts";
import { vacantOf, withVacant } from "./lives.ts";
import { sentOf } from "./messages.ts";
import type { AnyRows, AnyWorld } from "./population.ts";
import { refuseTooMuch } from "./room.ts";
import { type ResolvedSpace, resolveSpace } from "./spaces.ts";
import type { Structure } from "./structure.ts";

export interface Worlds {
  readonly worlds: readonly AnyWorld[];
  /** Rows of each population, and the most links of each kind. */
  readonly sizes: Readonly<Record<string, number>>;
  /** By "population.column" and "world.scalar", over all worlds; `period` and `tick` too. */
  readonly columns: Readonly<Record<string, ColumnArray>>;
  /** What each column is filled with at a reset. */
  readonly initial: Readonly<Record<string, number>>;
  /** Items of a column or scalar with an inner axis, by the same names; null: a single value. */
  readonly items: Readonly<Record<string, number | null>>;
  /** The population whose rows a column names, by the column's name; only of those declared by `index`. */
  readonly groups: Readonly<Record<string, string>>;
  /** Bounds of mailboxes, by the name of the messages; left out: none. */
  readonly mailboxes: Readonly<
    Record<string, { readonly holds: number; readonly lost: string; readonly flooder: string }>
  >;
  /** Names of the links that are messages. */
  readonly messages: readonly string[];
  /** By population and action. */
  readonly spaces: Readonly<Record<string, Readonly<Record<string, ResolvedSpace>>>>;
  /** [E] periods since the last reset. */
  readonly period: Int32Array;
  /** [E] periods since creation: keys the draws, so that no episode repeats another's. */
  readonly tick: Int32Array;
  /** The column that says who lives, by population; null: all, for ever. */
  readonly lives: Readonly<Record<string, string | null>>;
  /** Initial values of world e. */
  clear(e: number): void;
  /** Rows of world e that nobody lives in are vacant from now on. */
  vacate(e: number): void;
}

const allocate = (memory: Allocator, kind: ColumnKind, n: number): ColumnArray =>
  kind === "f64" ? memory.f64(n) : kind === "i32" ? memory.i32(n) : memory.u8(n);

/** Room for n values of the same kind as `column`. */
export const allocateLike = (memory: Allocator, column: ColumnArray, n: number): ColumnArray =>
  column instanceof Float64Array ? memory.f64(n) : column instanceof Int32Array ? memory.i32(n) : memory.u8(n);

/** A whole number that the economy gives itself or names a parameter for. */
export function countOf(
  economy: string,
  params: AnyParamValues,
  where: string,
  declared: number | string,
  least = 1,
): number {
  const n = typeof declared === "number" ? declared : params[declared];
  if (!(typeof n === "number" && Number.isInteger(n) && n >= least))
    throw new Error(`${economy}: ${where} is ${n}, expected an integer of at least ${least}.`);
  return n;
}

/** A population may be empty where its size is a parameter that says so by `min: 0`. */
function leastOf({ params }: Structure, size: number | string): number {
  const declared = typeof size === "string" ? params[size] : undefined;
  return declared?.kind === "number" && declared.min === 0 ? 0 : 1;
}

/** Which world a view is of. */
const INDEX = Symbol("world");
interface Indexed {
  readonly [INDEX]: number;
}

export function createWorlds(economy: Structure, params: AnyParamValues, numWorlds: number, memory: Allocator): Worlds {
  const columns: Record<string, ColumnArray> = {};
  const initial: Record<string, number> = {};
  const lengths: Record<string, number> = {}; // of one world
  const sizes: Record<string, number> = {};
  const spaces: Record<string, Record<string, ResolvedSpace>> = {};
  const groups: Record<string, string> = {};
  const items: Record<string, number | null> = {};
  const kinds: Record<string, ColumnKind> = {};
  const lives: Record<string, string | null> = {};
  const add = (key: string, kind: ColumnKind, each: Items, value: number, rows: number): void => {
    items[key] = each === null ? null : countOf(economy.name, params, `the number of items of ${key}`, each);
    const values = rows * (items[key] ?? 1);
    kinds[key] = kind;
    initial[key] = value;
    lengths[key] = values;
  };
  for (const [name, declared] of Object.entries(economy.world))
    add(`world.${name}`, declared.kind, declared.each, declared.initial, 1);
  for (const [population, declared] of Object.entries(economy.populations)) {
    const n = countOf(
      economy.name,
      params,
      `the size of ${population}`,
      declared.size,
      leastOf(economy, declared.size),
    );
    sizes[population] = n;
    spaces[population] = {};
    lives[population] = declared.lives;
    if (declared.lives !== null) add(vacantOf(population), "u8", null, 1, n);
    for (const [name, column] of Object.entries(declared.state)) {
      if (column.names !== null) groups[`${population}.${name}`] = column.names;
      add(`${population}.${name}`, column.kind, column.each, column.initial, n);
    }
    for (const [name, space] of Object.entries(declared.actions)) {
      const resolved = resolveSpace(`${economy.name}: ${population}.${name}`, space, params);
      spaces[population][name] = resolved;
      if (!kinds[`${population}.${name}`])
        add(`${population}.${name}`, space.kind === "discrete" ? "i32" : "f64", space.each, resolved.low, n);
    }
  }
  for (const [name, declared] of Object.entries(economy.links)) {
    const n = sizes[declared.from]!;
    const degree = typeof declared.degree === "number" ? declared.degree : params[declared.degree];
    const room = typeof degree === "number" ? Math.ceil(n * degree) : Number.NaN;
    if (!(room >= 1 && room <= 0x7fffffff))
      throw new Error(`${economy.name}: the degree of ${name} is ${degree}, expected a number above 0.`);
    sizes[name] = room;
    add(`${name}.size`, "i32", null, 0, 1);
    if (declared.messages) add(sentOf(name), "f64", null, 0, 1);
    add(`${name}.start`, "i32", null, 0, n + 1);
    for (const end of ["source", "target"]) add(`${name}.${end}`, "i32", null, 0, room);
    Object.assign(groups, { [`${name}.source`]: declared.from, [`${name}.target`]: declared.to });
    for (const [column, { kind, each, initial, names }] of Object.entries(declared.state)) {
      if (names !== null) groups[`${name}.${column}`] = names;
      add(`${name}.${column}`, kind, each, initial, room);
    }
  }
  refuseTooMuch(economy, { numWorlds, sizes, kinds, lengths, memory });
  for (const [key, kind] of Object.entries(kinds)) columns[key] = allocate(memory, kind, numWorlds * lengths[key]!);
  const period = memory.i32(numWorlds);
  const tick = memory.i32(numWorlds);
  Object.assign(columns, { period, tick });

  // Accessors of scalars stand in a prototype that all worlds share, so that worlds are objects of one shape; with accessors of its own for each world, every access was a look-up by name.
  const shared = {};
  for (const name of Object.keys(economy.world)) {
    if (items[`world.${name}`] !== null) continue;
    const array = columns[`world.${name}`]!;
    Object.defineProperty(shared, name, {
      enumerable: true,
      get(this: Indexed) {
        return array[this[INDEX]];
      },
      set(this: Indexed, value: number) {
        array[this[INDEX]] = value;
      },
    });
  }
  Object.defineProperty(shared, "period", {
    enumerable: true,
    get(this: Indexed) {
      return period[this[INDEX]];
    },
  });

  function view(e: number): AnyWorld {
    const world = Object.create(shared) as AnyWorld;
    Object.defineProperty(world, INDEX, { value: e });
    for (const name of Object.keys(economy.world)) {
      const M = items[`world.${name}`]!;
      if (M === null) continue;
      const value = columns[`world.${name}`]!.subarray(e * M, (e + 1) * M);
      Object.defineProperty(world, name, { enumerable: true, value });
    }
    for (const [population, declared] of Object.entries(economy.populations)) {
      const n = sizes[population]!;
      const rows: Record<string, ColumnArray | number> = { size: n };
      for (const name of [...Object.keys(declared.state), ...Object.keys(declared.actions)]) {
        const values = n * (items[`${population}.${name}`] ?? 1);
        rows[name] = columns[`${population}.${name}`]!.subarray(e * values, (e + 1) * values);
      }
      if (declared.lives !== null) withVacant(rows, columns[vacantOf(population)]!.subarray(e * n, (e + 1) * n));
      world[population] = Object.freeze(rows) as unknown as AnyRows;
    }
    for (const [name, declared] of Object.entries(economy.links))
      world[name] = linkView(name, Object.keys(declared.state), e);
    return Object.preventExtensions(world); // a phase that misspells a scalar is told so
  }

  /** Columns of links are as long as there are links, so they are cut anew when that has changed. */
  function linkView(name: string, state: readonly string[], e: number): AnyRows {
    const count = columns[`${name}.size`]!;
    const n = sizes[economy.links[name]!.from]! + 1;
    const room = sizes[name]!;
    const start = columns[`${name}.start`]!.subarray(e * n, (e + 1) * n);
    const view: Record<string, ColumnArray | number> = {};
    for (const column of ["source", "target", ...state]) {
      const M = items[`${name}.${column}`] ?? 1;
      const all = columns[`${name}.${column}`]!;
      let cut = all.subarray(0, 0);
      Object.defineProperty(view, column, {
        enumerable: true,
        get() {
          const length = count[e]! * M;
          if (cut.length !== length) cut = all.subarray(e * room * M, e * room * M + length);
          return cut;
        },
      });
    }
    Object.defineProperty(view, "start", { enumerable: true, value: start });
    Object.defineProperty(view, "size", { enumerable: true, get: () => count[e] });
    return Object.freeze(view) as unknown as AnyRows;
  }

  return {
    worlds: Array.from({ length: numWorlds }, (_, e) => view(e)),
    sizes,
    columns,
    initial,
    items,
    groups,
    mailboxes: Object.fromEntries(
      Object.entries(economy.links).flatMap(([name, { mailbox }]) =>
        mailbox
          ? [[name, { ...mailbox, holds: countOf(economy.name, params, `the mailbox of ${name}`, mailbox.holds) }]]
          : [],
      ),
    ),
    messages: Object.keys(economy.links).filter((name) => economy.links[name]!.messages),
    spaces,
    period,
    tick,
    lives,
    vacate(e) {
      for (const population in lives) {
        if (lives[population] === null) continue;
        const n = sizes[population]!;
        const alive = columns[`${population}.${lives[population]}`]!;
        const vacant = columns[vacantOf(population)]!;
        for (let k = e * n; k < (e + 1) * n; k++) {
          vacant[k] = alive[k] === 0 ? 1 : 0;
        }
      }
    },
    clear(e) {
      for (const key in initial) columns[key]!.fill(initial[key]!, e * lengths[key]!, (e + 1) * lengths[key]!);
      period[e] = 0;
    },
  };
}
