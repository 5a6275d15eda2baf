// Columns: the state of a population, one typed array per quantity, and the scalars of a world.
//
// E worlds, N agents, M items; a population's column is [E, N] or, with an inner axis, [E, N, M]; a world scalar is [E] or [E, M].
import { refuseUnknown } from "../core/errors.ts";

export type ColumnArray = Float64Array | Int32Array | Uint8Array;
export type ColumnKind = "f64" | "i32" | "u8";

/** Items of an inner axis: a number, or the name of an integer parameter; null: a single value. */
export type Items<N extends string = string> = number | N | null;

/** A declared quantity. `initial` fills it at every reset, before the start phases run. */
export interface Column<
  A extends ColumnArray = ColumnArray,
  M extends Items = Items,
  T extends string | null = string | null,
> {
  readonly kind: ColumnKind;
  readonly unit: string;
  readonly doc: string;
  readonly initial: number;
  readonly each: M;
  /** The population whose rows it names; null: it holds a quantity. */
  readonly names: T;
  /** It holds the time of a next event, Infinity where there is none. */
  readonly event?: true;
  /** Never set: carries the array type to inference. */
  readonly array?: A;
}

export interface ColumnOptions<M extends Items = Items> {
  readonly unit?: string;
  readonly doc?: string;
  readonly initial?: number;
  /** Items of a row, a number of at least 1 or the name of an integer parameter: item m of row i is at i · M + m. Default: a single value. */
  readonly each?: M;
}

const RANGES = { i32: Int32Array, u8: Uint8Array };
/** Values that a column of a kind holds, in words. */
export const HELD = {
  f64: "a finite number",
  i32: "an integer from -2147483648 to 2147483647",
  u8: "an integer from 0 to 255",
} as const;

/** Whether a column of this kind holds a value as it is. */
export const holds = (kind: ColumnKind, value: number): boolean =>
  kind === "f64" ? Number.isFinite(value) : new RANGES[kind]([value])[0] === value;

const column =
  <A extends ColumnArray>(kind: ColumnKind) =>
  <const M extends Items = null>(options: ColumnOptions<M> = {}): Column<A, NoInfer<M>, null> => {
    refuseUnknown(`${kind}({ … })`, options, ["unit", "doc", "initial", "each"]);
    const { unit = "1", doc = "", initial = 0, each = null as M } = options;
    if (!holds(kind, initial))
      throw new Error(`${kind}({ … }): initial is ${JSON.stringify(initial) ?? initial}, expected ${HELD[kind]}.`);
    return { kind, unit, doc, initial, each, names: null };
  };

/** A real quantity. */
export const f64 = column<Float64Array>("f64");
/** A count: integer arithmetic, exact in any order. */
export const i32 = column<Int32Array>("i32");
/** A flag or a small code, 0–255. */
export const u8 = column<Uint8Array>("u8");

/**
 * A row of a population, such as the market that a trader goes to: an i32 column, −1 where there is none (and initially). Totals group by it, and
 * `w.markets.price[k.market[i]]` reads what the row it names has.
 */
export function index<const T extends string>(
  population: T,
  options: { readonly doc?: string; readonly initial?: number } = {},
): Column<Int32Array, null, T> {
  refuseUnknown(`index("${population}", …)`, options, ["doc", "initial"]);
  const { doc = "", initial = -1 } = options;
  return { kind: "i32", unit: `row of ${population}`, doc, initial, each: null, names: population };
}

/** The time of a next event, which an `events` phase runs. */
export interface EventTime extends Column<Float64Array, null, null> {
  readonly event: true;
}

/** When an event of an `events` phase comes next, to a row or to the world: a real, Infinity (and initially so) where none comes. */
export function eventTime(options: { readonly unit?: string; readonly doc?: string } = {}): EventTime {
  refuseUnknown("eventTime({ … })", options, ["unit", "doc"]);
  const { unit = "1", doc = "" } = options;
  return { kind: "f64", unit, doc, initial: Number.POSITIVE_INFINITY, each: null, names: null, event: true };
}

export type Columns<N extends string = string> = Readonly<Record<string, Column<ColumnArray, Items<N>>>>;

/** The typed arrays behind declared columns. */
export type Arrays<C> = { readonly [K in keyof C]: C[K] extends Column<infer A> ? A : never };
