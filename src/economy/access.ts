// What a phase may read and write while others run, for `check`: its function gets views of the world that refuse what the phase has not declared.
// Simulations hand over the arrays themselves, so that nothing is paid for where economies run.

import { list } from "../core/errors.ts";
import type { ColumnArray } from "./columns.ts";
import type { AnyRows, AnyWorld } from "./population.ts";

/** What the function of a phase may do with the world. */
export interface Access {
  /** The population or links whose rows the phase runs over; "": none. */
  readonly table: string;
  /** Rows that are its own now; only these may be written, and read where the phase writes to rows. */
  readonly from: number;
  readonly to: number;
  /** Columns of its own rows that it may write; null: any. */
  readonly writes: readonly string[] | null;
  /** Whether it may read any row of its table: where nobody writes to rows meanwhile. */
  readonly readsAll: boolean;
  /** A column that others write meanwhile, as "people.inbox", and what to do instead; null: none. */
  readonly closed: { readonly column: string; readonly instead: string } | null;
}

/** Of what runs over pieces of rows: its own rows, any column. */
export const ownRows = (table: string, from: number, to: number): Access => ({
  table,
  from,
  to,
  writes: null,
  readsAll: false,
  closed: null,
});

/** Of what only adds up or makes links. */
export const readOnly = (table: string): Access => ({
  table,
  from: 0,
  to: 0,
  writes: [],
  readsAll: true,
  closed: null,
});

/** What a phase's function returned. If that is a promise, the phase is refused for it, and nobody waits for what it would still do. */
export function ended<A>(answer: A): A {
  if (answer instanceof Promise) answer.catch(() => {});
  return answer;
}

/** A world as a phase may see it. Its own rows are `guardedRows` of the same access. */
export function guardedWorld(w: AnyWorld, access: Access): AnyWorld {
  const view: AnyWorld = {};
  for (const name in w) {
    let seen: AnyWorld[string] | undefined;
    const look = (): AnyWorld[string] => {
      const value = w[name]!;
      if (typeof value === "number") return value;
      seen ??= isArray(value)
        ? guarded(value, (at, writing) => {
            if (writing) refuseScalar(`${name}[${at}]`);
          })
        : guardedRows(name, value, access);
      return seen;
    };
    Object.defineProperty(view, name, { enumerable: true, get: look, set: () => refuseScalar(name) });
  }
  return Object.preventExtensions(view);
}

/** A world whose scalars may be written, and whose rows may only be read. */
export function scalarWorld(w: AnyWorld): AnyWorld {
  const view: AnyWorld = {};
  for (const name in w) {
    const value = w[name]!;
    const scalar = typeof value === "number" || isArray(value);
    const rows = scalar ? null : guardedRows(name, value, readOnly(name));
    Object.defineProperty(view, name, {
      enumerable: true,
      get: () => rows ?? w[name],
      set(given: number) {
        w[name] = given;
      },
    });
  }
  return Object.preventExtensions(view);
}

function refuseScalar(name: string): never {
  throw new Error(
    `it writes world.${name}, and so would every piece of the rows; write world scalars in a total or a world phase`,
  );
}

/** Rows of a table as a phase may see them. */
export function guardedRows(table: string, rows: AnyRows, access: Access): AnyRows {
  const view: Record<string, AnyRows[string]> = {};
  for (const column of Object.keys(rows)) {
    let seen: ColumnArray | undefined;
    const look = (): AnyRows[string] => {
      const values = rows[column]!;
      if (!isArray(values)) return values;
      // `start` of links has a place for each source row and one more; any phase may read it.
      const items = column === "start" ? 0 : itemsOf(values, rows.size);
      seen ??= guarded(values, (at, writing) => judge(table, column, items, at, writing, access));
      return seen;
    };
    Object.defineProperty(view, column, { enumerable: true, get: look });
  }
  return Object.freeze(view) as AnyRows;
}

const isArray = (value: AnyWorld[string]): value is ColumnArray => ArrayBuffer.isView(value);
/** Items of each row. */
const itemsOf = (values: ColumnArray, rows: number): number =>
  Math.max(1, Math.round(values.length / Math.max(1, rows)));

function judge(table: string, column: string, items: number, at: number, writing: boolean, access: Access): void {
  const name = `${table}.${column}`;
  const { closed, from, to, writes } = access;
  if (closed?.column === name) throw new Error(`it ${writing ? "writes" : "reads"} ${name} itself; ${closed.instead}`);
  const own = table === access.table;
  if (items === 0) {
    if (writing) throw new Error(`it writes ${name}, which a wire phase makes`);
    return;
  }
  const row = Math.floor(at / items);
  const within = own && row >= from && row < to;
  const place = `${name}[${row}]`;
  const rows = to - from === 1 ? `row ${from}` : `rows ${from} to ${to - 1}`;
  if (!writing) {
    if (!own || within || access.readsAll) return;
    throw new Error(
      `it reads ${place}, which is not of its ${rows} and may have been written or not; declare reads: ["${column}"] with of: "everyone", along links or a partner, and read it from what the function gets last`,
    );
  }
  if (writes !== null && writes.length === 0)
    throw new Error(`it writes ${place}, and may only look; write rows in an each or a world phase`);
  if (!own)
    throw new Error(
      `it writes ${place} and runs over rows of ${access.table}; make that a phase over ${table}, a total, an exchange or a world phase`,
    );
  if (!within)
    throw new Error(
      `it writes ${place}, which is not of its ${rows}; each row is written by the piece that it is in: send by exchange, or add up by total`,
    );
  if (writes !== null && !writes.includes(column))
    throw new Error(
      `it writes ${name} and declares writes: ${list(
        writes.map((one) => `"${one}"`),
        "and",
      )}; add "${column}"`,
    );
}

/** Columns of other rows that a phase declared: to be read, of rows that `may` holds for. */
export function guardedOthers(
  where: string,
  columns: Readonly<Record<string, ColumnArray>>,
  size: number,
  may: (row: number) => boolean,
): Record<string, ColumnArray> {
  return Object.fromEntries(
    Object.entries(columns).map(([column, values]) => [
      column,
      guarded(values, (at, writing) => {
        const row = Math.floor(at / itemsOf(values, size));
        if (writing) throw new Error(`it writes ${column}[${row}] of other rows, which are to be read only`);
        if (!may(row)) throw new Error(`it reads ${column}[${row}] of others, and that row is not among ${where}`);
      }),
    ]),
  );
}

/** Called with the place and whether it is written, before an array is read or written there. */
type Judge = (at: number, writing: boolean) => void;
const PLACE = /^(0|[1-9]\d*)$/;

/** An array that asks before it is read or written. `offset` is the place of its first value. */
function guarded(array: ColumnArray, judge: Judge, offset = 0): ColumnArray {
  const all = (writing: boolean, from = 0, to = array.length): void => {
    for (let k = from; k < to; k++) judge(offset + k, writing);
  };
  const within = (place: number | undefined, otherwise: number): number =>
    place === undefined ? otherwise : place < 0 ? Math.max(0, array.length + place) : Math.min(place, array.length);
  const methods: Record<string, (...args: never[]) => unknown> = {
    subarray(from?: number, to?: number) {
      const first = within(from, 0);
      return guarded(array.subarray(from, to), judge, offset + first);
    },
    slice(from?: number, to?: number) {
      all(false, within(from, 0), within(to, array.length));
      return array.slice(from, to);
    },
    fill(value: number, from?: number, to?: number) {
      all(true, within(from, 0), within(to, array.length));
      return array.fill(value, from, to);
    },
    set(values: ArrayLike<number>, at = 0) {
      all(true, at, at + values.length);
      for (let k = 0; k < values.length; k++) array[at + k] = values[k]!;
    },
  };
  const view: ColumnArray = new Proxy(array, {
    get(target, key) {
      if (typeof key === "string" && PLACE.test(key)) {
        if (Number(key) < target.length) judge(offset + Number(key), false);
        return target[Number(key)];
      }
      if (typeof key === "string" && Object.hasOwn(methods, key)) return methods[key];
      const value = Reflect.get(target, key, target) as unknown;
      if (key === "buffer") all(true); // what is behind it cannot be guarded
      if (typeof value !== "function" || key === "constructor") return value;
      const writing = ["sort", "reverse", "copyWithin"].includes(String(key));
      return (...args: readonly unknown[]) => {
        all(writing);
        const answer = Reflect.apply(value, target, args) as unknown;
        return answer === target ? view : answer;
      };
    },
    set(target, key, value: number) {
      if (typeof key === "string" && PLACE.test(key)) {
        if (Number(key) < target.length) judge(offset + Number(key), true);
        target[Number(key)] = value;
        return true;
      }
      return Reflect.set(target, key, value, target);
    },
  });
  return view;
}
