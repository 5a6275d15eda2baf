// Populations and worlds, typed: a population declares its columns and actions, and phases see one world's rows as typed arrays.

import { refuseUnknown } from "../core/errors.ts";
import type { Arrays, Column, ColumnArray, Columns, EventTime } from "./columns.ts";
import type { Links } from "./links.ts";
import type { Discrete, Spaces } from "./spaces.ts";

/** One kind of agent: how many, what they hold, what they choose. */
export interface Population<
  S extends Columns = Columns,
  A extends Spaces = Spaces,
  N extends string = string,
  L extends string | null = string | null,
> {
  readonly size: number | N;
  readonly doc: string;
  readonly state: S;
  readonly actions: A;
  /** The u8 column that is 1 where a row lives and 0 where it is free; null: all live, for ever. */
  readonly lives: L;
}
export type Populations<N extends string = string> = Readonly<Record<string, Population<Columns<N>, Spaces<N>, N>>>;

/** No columns, or no actions. */
type None = Record<never, never>;
interface Declared<Z> {
  readonly size: Z;
  readonly doc?: string;
}
/** The names of u8 columns of single values. */
type Flags<S> = { [C in keyof S]: S[C] extends Column<Uint8Array, null> ? C : never }[keyof S] & string;

/**
 * `size` is a number or the name of an integer parameter. An action named like a state column is written into that column.
 * `lives` names a u8 column that is 1 where a row lives: those who exit set it to 0, an `enter` phase gives free rows to those who enter, and nobody dead
 * decides, learns or counts in totals. `size` is then how many can live at once.
 */
export function population<const Z extends number | string, const S extends Columns, const A extends Spaces>(
  declared: Declared<Z> & { readonly state: S; readonly actions: A; readonly lives: NoInfer<Flags<S>> },
): Population<S, A, Extract<Z, string>, string>;
export function population<const Z extends number | string, const S extends Columns>(
  declared: Declared<Z> & { readonly state: S; readonly lives: NoInfer<Flags<S>> },
): Population<S, None, Extract<Z, string>, string>;
export function population<const Z extends number | string, const S extends Columns, const A extends Spaces>(
  declared: Declared<Z> & { readonly state: S; readonly actions: A },
): Population<S, A, Extract<Z, string>, null>;
export function population<const Z extends number | string, const S extends Columns>(
  declared: Declared<Z> & { readonly state: S },
): Population<S, None, Extract<Z, string>, null>;
export function population<const Z extends number | string, const A extends Spaces>(
  declared: Declared<Z> & { readonly actions: A },
): Population<None, A, Extract<Z, string>, null>;
export function population(
  declared: Declared<number | string> & {
    readonly state?: Columns;
    readonly actions?: Spaces;
    readonly lives?: string;
  },
): Population {
  refuseUnknown("population({ … })", declared, ["size", "doc", "state", "actions", "lives"]);
  const { size, doc = "", state = {}, actions = {}, lives = null } = declared;
  return { size, doc, state, actions, lives };
}

/** The same type, which an editor shows member by member. */
export type Plain<T> = T extends infer O ? { [K in keyof O]: O[K] } : never;

type ActionArrays<A> = { readonly [K in keyof A]: A[K] extends Discrete<infer _> ? Int32Array : Float64Array };
/** What has rows: populations and links, by name. */
export type Tables<N extends string = string> = Readonly<
  Record<string, Population<Columns<N>, Spaces<N>, N> | Links<string, string, Columns<N>, N>>
>;

/** Names of populations and not of links. */
export type PopulationKey<G> = { [K in keyof G]: G[K] extends Links ? never : K }[keyof G] & string;
/** Names of populations that declare `lives`. */
export type MortalKey<G> = { [K in keyof G]: G[K] extends { readonly lives: string } ? K : never }[keyof G] & string;
/** World scalars of one number. */
export type ScalarKey<W> = { [K in keyof W]: W[K] extends { readonly each: null } ? K : never }[keyof W] & string;
/** Names of links, those that come from population F. */
export type LinksKey<G, F extends string = string> = {
  [K in keyof G]: G[K] extends { readonly from: F } ? K : never;
}[keyof G] &
  string;

/** Names of messages. */
export type MessagesKey<G> = { [K in keyof G]: G[K] extends { readonly messages: true } ? K : never }[keyof G] & string;

export type StateOf<K> =
  K extends Population<infer S, infer _A, infer _N>
    ? S
    : K extends Links<infer F, infer T, infer S, infer _N>
      ? S & Ends<F, T>
      : never;
/** The index columns of links. */
interface Ends<F extends string, T extends string> {
  readonly source: Column<Int32Array, null, F>;
  readonly target: Column<Int32Array, null, T>;
}
export type ActionsOf<K> = K extends Population<infer _S, infer A, infer _N> ? A : None;

/** One world's rows of a population, or its links: a typed array per column, `[size]` long; of links also where each source row's begin. */
export type Rows<K> = Plain<Arrays<StateOf<K>> & ActionArrays<ActionsOf<K>> & { readonly size: number } & Starts<K>>;
type Starts<K> = K extends Links ? { readonly start: Int32Array } : unknown;
export type ColumnName<K> = (keyof StateOf<K> | keyof ActionsOf<K>) & string;
/** The names of i32 columns. */
export type IndexColumn<K> = {
  [C in keyof StateOf<K>]: StateOf<K>[C] extends Column<Int32Array> ? C : never;
}[keyof StateOf<K>] &
  string;

/** The names of columns that hold integers exactly: of counts, and of reals up to 2⁵³. */
export type InboxColumn<K> = {
  [C in keyof StateOf<K>]: StateOf<K>[C] extends Column<Int32Array> | Column<Float64Array> ? C : never;
}[keyof StateOf<K>] &
  string;

/** The names of columns that hold a flag for each row: integers without an inner axis. */
export type FlagColumn<K> = {
  [C in keyof StateOf<K>]: StateOf<K>[C] extends Column<Int32Array, null> | Column<Uint8Array, null> ? C : never;
}[keyof StateOf<K>] &
  string;

/** i32 columns that name rows of a population: those declared by `index`. */
export type GroupColumn<K> = {
  [C in keyof StateOf<K>]: StateOf<K>[C] extends { readonly names: string } ? C : never;
}[keyof StateOf<K>] &
  string;
/** Columns that hold times of events: those declared by `eventTime`. */
export type EventColumn<K> = {
  [C in keyof StateOf<K>]: StateOf<K>[C] extends EventTime ? C : never;
}[keyof StateOf<K>] &
  string;
/** World scalars that hold times of events. */
export type EventScalar<W> = { [C in keyof W]: W[C] extends EventTime ? C : never }[keyof W] & string;
/** The population whose rows a column names. */
export type GroupOf<K, C> = C extends keyof StateOf<K>
  ? StateOf<K>[C] extends { readonly names: infer T extends string }
    ? T
    : never
  : never;

type ArrayOf<C> = C extends Column<infer A> ? A : never;
/** One world: its scalars as numbers (with an inner axis: as arrays), its populations as rows. */
export type World<W, G> = Plain<
  {
    -readonly [K in keyof W as W[K] extends { readonly each: null } ? K : never]: number;
  } & { readonly [K in keyof W as W[K] extends { readonly each: null } ? never : K]: ArrayOf<W[K]> } & {
    readonly [K in keyof G]: Rows<G[K]>;
  } & {
    /** Periods since the world was last reset. */
    readonly period: number;
  }
>;
export type ReadonlyWorld<W, G> = Plain<Readonly<World<W, G>>>;

/** Untyped views, for the machinery that runs any economy. */
export type AnyRows = { readonly size: number } & {
  readonly [column: string]: Float64Array | Int32Array | Uint8Array | number;
};
export type AnyWorld = { [name: string]: number | ColumnArray | AnyRows };
