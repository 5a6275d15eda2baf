// Action spaces: what a population may choose, declared with units, and how a raw action becomes a quantity.
//
// Learners see integers (grid, discrete) or reals (box); phases see quantities: a grid's value, a clipped box value, a discrete code.

import { refuseUnknown } from "../core/errors.ts";
import type { AnyParamValues } from "../core/params.ts";
import { exp, log } from "../math/index.ts";
import type { Items } from "./columns.ts";

/** A bound or a count: a number, or the name of the parameter that holds it. */
export type Bound<N extends string> = number | N;

export interface Grid<N extends string = string> {
  readonly kind: "grid";
  readonly low: Bound<N>;
  readonly high: Bound<N>;
  readonly count: Bound<N>;
  /** Equal steps, or equal ratios (needs low > 0); or the name of the choice parameter that says which. */
  readonly spacing: "linear" | "log" | N;
  readonly unit: string;
  readonly doc: string;
  /** Choices per row, one for each item; null: a single choice. */
  readonly each: Items<N>;
}
export interface Box<N extends string = string> {
  readonly kind: "box";
  readonly low: Bound<N>;
  readonly high: Bound<N>;
  readonly unit: string;
  readonly doc: string;
  /** Choices per row, one for each item; null: a single choice. */
  readonly each: Items<N>;
}
export interface Discrete<N extends string = string> {
  readonly kind: "discrete";
  readonly count: Bound<N>;
  readonly unit: string;
  readonly doc: string;
  /** Choices per row, one for each item; null: a single choice. */
  readonly each: Items<N>;
}
export type Space<N extends string = string> = Grid<N> | Box<N> | Discrete<N>;
export type Spaces<N extends string = string> = Readonly<Record<string, Space<N>>>;

interface SpaceOptions<M extends Items> {
  readonly unit?: string;
  readonly doc?: string;
  /** Choices of a row, one for each of so many items: a number or the name of an integer parameter. Default: a single choice. */
  readonly each?: M;
}

interface GridOptions<M extends Items, S extends string> extends SpaceOptions<M> {
  /** "linear", "log", or the name of a choice parameter. Default "linear". */
  readonly spacing?: S;
}
/** Names of parameters among what a space is declared by. */
type Named<B> = Exclude<Extract<B, string>, "linear" | "log">;

/** `count` ordered values from low to high, ends included. */
export const grid = <
  const L extends number | string,
  const H extends number | string,
  const C extends number | string,
  const M extends Items = null,
  const S extends string = "linear",
>(
  low: L,
  high: H,
  count: C,
  options: GridOptions<M, S> = {},
): Grid<NoInfer<Named<L | H | C | M | S>>> => {
  refuseUnknown(`grid(${low}, ${high}, ${count}, …)`, options, ["unit", "doc", "spacing", "each"]);
  const declared = { kind: "grid", low, high, count, spacing: "linear", unit: "1", doc: "", each: null, ...options };
  return declared as unknown as Grid<NoInfer<Named<L | H | C | M | S>>>;
};

/** A real in [low, high]; what lies outside is clipped. */
export const box = <const L extends number | string, const H extends number | string, const M extends Items = null>(
  low: L,
  high: H,
  options: SpaceOptions<M> = {},
): Box<NoInfer<Named<L | H | M>>> => {
  refuseUnknown(`box(${low}, ${high}, …)`, options, ["unit", "doc", "each"]);
  return { kind: "box", low, high, unit: "1", doc: "", each: null, ...options } as unknown as Box<
    NoInfer<Named<L | H | M>>
  >;
};

/** One of `count` unordered codes 0 … count−1. */
export const discrete = <const C extends number | string, const M extends Items = null>(
  count: C,
  options: SpaceOptions<M> = {},
): Discrete<NoInfer<Named<C | M>>> => {
  refuseUnknown(`discrete(${count}, …)`, options, ["unit", "doc", "each"]);
  return { kind: "discrete", count, unit: "1", doc: "", each: null, ...options } as unknown as Discrete<
    NoInfer<Named<C | M>>
  >;
};

/** A space with its bounds resolved and its values laid out. */
export interface ResolvedSpace {
  readonly kind: Space["kind"];
  readonly low: number;
  readonly high: number;
  /** Number of choices; 0 for a box. */
  readonly count: number;
  /** The quantity behind each choice; empty for a box. */
  readonly values: Float64Array;
}

export function resolveSpace(where: string, space: Space, p: AnyParamValues): ResolvedSpace {
  const bound = (name: string, b: Bound<string>): number => {
    const value = typeof b === "number" ? b : p[b];
    if (typeof value !== "number" || !Number.isFinite(value))
      throw new Error(`${where}: ${name} is ${value}, expected a finite number.`);
    return value;
  };
  const countFrom = (least: number, declared: Bound<string>): number => {
    const count = bound("count", declared);
    if (!(count >= least && Number.isInteger(count)))
      throw new Error(`${where}: count is ${count}, expected an integer of at least ${least}.`);
    return count;
  };
  if (space.kind === "discrete") {
    const count = countFrom(1, space.count);
    return {
      kind: space.kind,
      low: 0,
      high: count - 1,
      count,
      values: Float64Array.from({ length: count }, (_, i) => i),
    };
  }
  const low = bound("low", space.low);
  const high = bound("high", space.high);
  if (!(low < high)) throw new Error(`${where}: low is ${low} and high is ${high}, expected low < high.`);
  if (space.kind === "box") return { kind: space.kind, low, high, count: 0, values: new Float64Array(0) };
  const count = countFrom(2, space.count);
  const spacing = p[space.spacing] ?? space.spacing;
  if (spacing !== "linear" && spacing !== "log")
    throw new Error(`${where}: spacing is ${JSON.stringify(spacing)}, expected "linear" or "log".`);
  if (spacing === "log" && low <= 0)
    throw new Error(`${where}: low is ${low}, expected a number above 0 on a log grid.`);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const x = i / (count - 1);
    values[i] = spacing === "log" ? low * exp(x * log(high / low)) : low + x * (high - low);
  }
  values[count - 1] = high;
  return { kind: space.kind, low, high, count, values };
}
