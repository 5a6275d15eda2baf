// The kinds of phase, and the builder that an economy's `phases` receives: one period, in order of events.
//
//   decide    a population acts
//   each      rows of a population, in any cut: writes its own rows, reads world scalars and, where declared, a partner's columns
//   exchange  rows send integer amounts to inboxes of other rows; integer addition commutes, so any cut gives the same bits
//   total     world scalars as sums over rows, in a fixed pairwise order
//   whole     a plain function of one world
import type { Arrays, Column, Columns } from "./columns.ts";
import { refuseUnknown } from "./errors.ts";
import type { ParamDeclarations, ParamValues } from "./params.ts";
import type { Discrete, Space, Spaces } from "./spaces.ts";

/** One kind of agent: how many, what they hold, what they choose. */
export interface Population<S extends Columns = Columns, A extends Spaces = Spaces, N extends string = string> {
  readonly size: number | N;
  readonly doc: string;
  readonly state: S;
  readonly actions: A;
}
export type Populations<N extends string = string> = Readonly<Record<string, Population<Columns, Spaces<N>, N>>>;

/** No columns, or no actions. */
type None = Record<never, never>;
interface Declared<Z> {
  readonly size: Z;
  readonly doc?: string;
}

/** `size` is a number or the name of an integer parameter. An action named like a state column is written into that column. */
export function population<const Z extends number | string, const S extends Columns, const A extends Spaces>(
  declared: Declared<Z> & { readonly state: S; readonly actions: A },
): Population<S, A, Extract<Z, string>>;
export function population<const Z extends number | string, const S extends Columns>(
  declared: Declared<Z> & { readonly state: S },
): Population<S, None, Extract<Z, string>>;
export function population<const Z extends number | string, const A extends Spaces>(
  declared: Declared<Z> & { readonly actions: A },
): Population<None, A, Extract<Z, string>>;
export function population(
  declared: Declared<number | string> & { readonly state?: Columns; readonly actions?: Spaces },
): Population {
  refuseUnknown("population({ … })", declared, ["size", "doc", "state", "actions"]);
  const { size, doc = "", state = {}, actions = {} } = declared;
  return { size, doc, state, actions };
}

type ActionArrays<A> = { readonly [K in keyof A]: A[K] extends Discrete<infer _> ? Int32Array : Float64Array };
type StateOf<K> = K extends Population<infer S, infer _A, infer _N> ? S : never;
type ActionsOf<K> = K extends Population<infer _S, infer A, infer _N> ? A : never;

/** One world's rows of a population: a typed array per column, `[size]` long. */
export type Rows<K> = Arrays<StateOf<K>> & ActionArrays<ActionsOf<K>> & { readonly size: number };
export type ColumnName<K> = (keyof StateOf<K> | keyof ActionsOf<K>) & string;
type IndexColumn<K> = {
  [C in keyof StateOf<K>]: StateOf<K>[C] extends Column<Int32Array> ? C : never;
}[keyof StateOf<K>] &
  string;

/** One world: its scalars as numbers, its populations as rows. */
export type World<W, G> = { -readonly [K in keyof W]: number } & { readonly [K in keyof G]: Rows<G[K]> } & {
  /** Periods since the world was last reset. */
  readonly period: number;
};
export type ReadonlyWorld<W, G> = Readonly<World<W, G>>;

/** Draws for rows [from, to) of one phase: `draw.normal("shock")[i]` belongs to row i whatever the cut. A label may be used once per phase. */
export interface RowDraws {
  uniform(label: string): Float64Array;
  normal(label: string): Float64Array;
  /** Integers 0 … n−1. */
  integers(label: string, n: number): Int32Array;
}
/** Draws for one world. A label may be used once per phase. */
export interface WorldDraws {
  uniform(label: string): number;
  normal(label: string): number;
  integer(label: string, n: number): number;
}

/** The partner's row for each row (−1: none), and the declared columns as they stood before the phase, indexed by row. */
export type Partner<K, R extends string> = { readonly row: Int32Array } & {
  readonly [C in R]: Rows<K>[C & keyof Rows<K>];
};

export interface DecidePhase {
  readonly kind: "decide";
  readonly doc: string;
  readonly population: string;
  /** Periods between decisions, once per episode, or the name of the parameter that says so. */
  readonly every: number | string;
}
export interface EachPhase {
  readonly kind: "each";
  readonly doc: string;
  readonly population: string;
  readonly partner: string;
  readonly reads: readonly string[];
  readonly run: (
    k: AnyRows,
    from: number,
    to: number,
    w: AnyWorld,
    p: never,
    draw: RowDraws,
    other: AnyPartner,
  ) => void;
}
export interface ExchangePhase {
  readonly kind: "exchange";
  readonly doc: string;
  readonly population: string;
  readonly to: string;
  readonly inbox: string;
  readonly run: (k: AnyRows, from: number, to: number, w: AnyWorld, p: never, draw: RowDraws, send: Send) => void;
}
export interface TotalPhase {
  readonly kind: "total";
  readonly doc: string;
  readonly population: string;
  /** A column's name, or a function of a row. */
  readonly sums: Readonly<Record<string, string | ((k: AnyRows, i: number, w: AnyWorld, p: never) => number)>>;
}
export interface WholePhase {
  readonly kind: "whole";
  readonly doc: string;
  readonly run: (w: AnyWorld, p: never, draw: WorldDraws) => void;
}
export type Phase = DecidePhase | EachPhase | ExchangePhase | TotalPhase | WholePhase;
export type Phases = Readonly<Record<string, Phase>>;

/** Adds an integer amount to the inbox of a row. */
export type Send = (row: number, amount: number) => void;

/** Untyped views, for the machinery that runs any economy. */
export type AnyRows = { readonly size: number } & {
  readonly [column: string]: Float64Array | Int32Array | Uint8Array | number;
};
export type AnyWorld = { [name: string]: number | AnyRows };
export type AnyPartner = { readonly row: Int32Array } & {
  readonly [column: string]: Float64Array | Int32Array | Uint8Array;
};

interface Documented {
  readonly doc: string;
}

export interface PhaseBuilder<P extends ParamDeclarations, W extends Columns, G extends Populations> {
  /**
   * A decision point. `every`: periods between decisions, or "episode", or the name of a parameter that holds an integer, "episode" or "never".
   * Who never decides is not part of the environment; the action keeps the value it has at reset.
   */
  decide(
    population: keyof G & string,
    options: Documented & { readonly every?: number | (keyof P & string) | "episode" },
  ): DecidePhase;
  /**
   * Runs over rows [from, to), which may be any cut of the population: writes its own rows only. `partner: "random"` pairs the rows of a world
   * uniformly afresh each period; an i32 column's name takes the partner's row (−1: none) from that column. `reads` names the partner's columns.
   */
  each<const K extends keyof G & string, const R extends ColumnName<G[K]> = never>(
    population: K,
    options: Documented & { readonly partner?: "random" | IndexColumn<G[K]>; readonly reads?: readonly R[] },
    run: (
      k: Rows<G[K]>,
      from: number,
      to: number,
      w: ReadonlyWorld<W, G>,
      p: ParamValues<P>,
      draw: RowDraws,
      other: Partner<G[K], R>,
    ) => void,
  ): EachPhase;
  /** Like `each`, with `send(row, amount)`: adds an integer to the i32 column `inbox` of a row of population `to` (default: the same). */
  exchange<const K extends keyof G & string, const T extends keyof G & string = K>(
    population: K,
    options: Documented & { readonly to?: T; readonly inbox: IndexColumn<G[NoInfer<T>]> },
    run: (
      k: Rows<G[K]>,
      from: number,
      to: number,
      w: ReadonlyWorld<W, G>,
      p: ParamValues<P>,
      draw: RowDraws,
      send: Send,
    ) => void,
  ): ExchangePhase;
  /** World scalars as sums over rows, of a column or of a function, in an order that does not depend on the cut. A column is much faster. */
  total<const K extends keyof G & string>(
    population: K,
    options: Documented,
    sums: {
      readonly [S in keyof W]?:
        | ColumnName<G[K]>
        | ((k: Rows<G[K]>, i: number, w: ReadonlyWorld<W, G>, p: ParamValues<P>) => number);
    },
  ): TotalPhase;
  /** A plain function of one world. */
  whole(options: Documented, run: (w: World<W, G>, p: ParamValues<P>, draw: WorldDraws) => void): WholePhase;
}

/** The typed phases are stored untyped: the machinery hands each one the world it was declared for. */
type Untyped<T> = T extends { run: infer _ } ? T : never;

export const phaseBuilder: PhaseBuilder<ParamDeclarations, Columns, Populations> = {
  decide(population, options) {
    refuseUnknown(`decide("${population}", …)`, options, ["doc", "every"]);
    const { doc, every = 1 } = options;
    return { kind: "decide", doc, population, every };
  },
  each(population, options, run) {
    refuseUnknown(`each("${population}", …)`, options, ["doc", "partner", "reads"]);
    const { doc, partner = "", reads = [] } = options;
    return { kind: "each", doc, population, partner, reads, run: run as unknown as Untyped<EachPhase>["run"] };
  },
  exchange(population, options, run) {
    refuseUnknown(`exchange("${population}", …)`, options, ["doc", "to", "inbox"]);
    const { doc, to = population, inbox } = options;
    return { kind: "exchange", doc, population, to, inbox, run: run as unknown as Untyped<ExchangePhase>["run"] };
  },
  total(population, options, sums) {
    refuseUnknown(`total("${population}", …)`, options, ["doc"]);
    return { kind: "total", doc: options.doc, population, sums: sums as unknown as TotalPhase["sums"] };
  },
  whole(options, run) {
    refuseUnknown("whole({ … })", options, ["doc"]);
    return { kind: "whole", doc: options.doc, run: run as unknown as WholePhase["run"] };
  },
};

export type { ActionsOf, Space, StateOf };
