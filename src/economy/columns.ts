// Columns: the state of a population, one typed array per quantity, and the scalars of a world.
//
// E worlds, N agents; a population's column is [E, N], a world scalar is [E].

import { refuseUnknown } from "./errors.ts";

export type ColumnArray = Float64Array | Int32Array | Uint8Array;
export type ColumnKind = "f64" | "i32" | "u8";

/** A declared quantity. `initial` fills it at every reset, before the start phases run. */
export interface Column<A extends ColumnArray = ColumnArray> {
  readonly kind: ColumnKind;
  readonly unit: string;
  readonly doc: string;
  readonly initial: number;
  /** Never set: carries the array type to inference. */
  readonly array?: A;
}

export interface ColumnOptions {
  readonly unit?: string;
  readonly doc?: string;
  readonly initial?: number;
}

const column =
  <A extends ColumnArray>(kind: ColumnKind) =>
  (options: ColumnOptions = {}): Column<A> => {
    refuseUnknown(`${kind}({ … })`, options, ["unit", "doc", "initial"]);
    const { unit = "1", doc = "", initial = 0 } = options;
    return { kind, unit, doc, initial };
  };

/** A real quantity. */
export const f64 = column<Float64Array>("f64");
/** A count: integer arithmetic, exact in any order. */
export const i32 = column<Int32Array>("i32");
/** A flag or a small code, 0–255. */
export const u8 = column<Uint8Array>("u8");

export type Columns = Readonly<Record<string, Column>>;

/** The typed arrays behind declared columns. */
export type Arrays<C> = { readonly [K in keyof C]: C[K] extends Column<infer A> ? A : never };
