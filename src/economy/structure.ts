// What an economy is made of apart from its order of events: parameters, columns, observations, masks, identities, figures. Phases are declared, and
// worlds laid out, from it alone.

import type { AnyParamValues, ParamDeclarations, ParamValues } from "../core/params.ts";
import type { Columns } from "./columns.ts";
import type { Links } from "./links.ts";
import type { AnyRows, AnyWorld, Populations, ReadonlyWorld, StateOf } from "./population.ts";
import type { Truth, Unknown } from "./truth.ts";

/** A number, or a function of the parameters. */
type Scale<P> = number | ((p: ParamValues<P>) => number);

/** What an agent sees: a column of its own row or a scalar of its world, as (x − center)/scale, of the logarithm if so declared. */
export type Observation<P, W, K> = (
  | {
      readonly column: keyof StateOf<K> & string;
      /** "everyone": the column of all rows, a feature each, its own first and then the others in order. Default its own only. */
      readonly of?: "everyone";
    }
  | { readonly world: keyof W & string }
) & {
  readonly transform?: "identity" | "log";
  readonly center?: Scale<P>;
  readonly scale?: Scale<P>;
  /** Matters until the end of this period only, and `potential` accounts for it: values shaped by the potential leave it out. */
  readonly transient?: boolean;
  readonly doc: string;
};

export interface Metric<P, W, G> {
  readonly unit: string;
  readonly doc: string;
  /** Of one world, at the end of a period. */
  readonly of: (w: ReadonlyWorld<W, G>, p: ParamValues<P>) => number;
}

export interface Identity<P, W, G> {
  readonly doc: string;
  /** Largest admissible absolute value; default 1e-9. */
  readonly tolerance?: number;
  /** Holds after every phase (default), or only when a period is complete. */
  readonly after?: "phase" | "period";
  /** Zero when the identity holds. */
  readonly of: (w: ReadonlyWorld<W, G>, p: ParamValues<P>) => number;
}

/** What a report draws of an economy. */
export type Figure<P extends ParamDeclarations, G, T> = ColumnFigure<P, G, T> | MetricFigure<P, T>;

/** A column worth watching while agents learn: drawn for ten agents and as a population band, against a value of `truth`. */
export interface ColumnFigure<P extends ParamDeclarations, G, T> {
  readonly title: string;
  readonly population: keyof G & string;
  readonly column: string;
  /** What of the population theory speaks of. Default "median". */
  readonly statistic?: "mean" | "median";
  /** Of a single number. */
  readonly theory?: keyof T & string;
  readonly theoryLabel?: string;
  /**
   * For a column of whole numbers, the share of agents at each value: drawn instead, beside how many have it when a simulation without learning ends.
   */
  readonly law?: (p: ParamValues<P>) => readonly (readonly [value: number, share: number])[] | Unknown;
  /**
   * For a column of reals, the density of agents at values in ascending order: drawn instead, beside a histogram between the first value and the last when a
   * simulation without learning ends.
   */
  readonly density?: (p: ParamValues<P>) => readonly (readonly [value: number, density: number])[] | Unknown;
  readonly caption: string;
}

/** A metric over time, as the economy is played, against a value of `truth` or what theory says period by period. */
export interface MetricFigure<P extends ParamDeclarations, T> {
  readonly title: string;
  readonly metric: string;
  /** Of a single number: a level. */
  readonly theory?: keyof T & string;
  readonly theoryLabel?: string;
  /** What theory says after so many periods, drawn in place of a level where nobody learns. */
  readonly path?: (p: ParamValues<P>) => readonly (readonly [period: number, value: number])[] | Unknown;
  readonly caption: string;
}

export type LinkDeclarations<N extends string = string> = Readonly<
  Record<string, Links<string, string, Columns<N>, N>>
>;

/** An economy without its phases, as the machinery sees it: names instead of types, every option filled in. */
export interface Structure {
  readonly name: string;
  readonly source: string;
  readonly summary: string;
  readonly params: ParamDeclarations;
  readonly derive: Readonly<Record<string, (p: AnyParamValues) => number>>;
  readonly horizon: number | string;
  readonly world: Columns;
  readonly populations: Populations;
  readonly links: LinkDeclarations;
  readonly observe: Readonly<Record<string, Readonly<Record<string, AnyObservation>>>>;
  readonly reward: Readonly<Record<string, { readonly column: string; readonly doc: string }>>;
  readonly mask: Readonly<Record<string, Readonly<Record<string, Mask>>>>;
  readonly potential: Readonly<Record<string, (k: AnyRows, i: number, w: AnyWorld, p: AnyParamValues) => number>>;
  readonly counterfactual: Readonly<Record<string, Readonly<Record<string, Counterfactual>>>>;
  readonly payoffs: Readonly<Record<string, Payoffs>>;
  readonly informationCost: Readonly<Record<string, string>>;
  readonly discountFactor: Readonly<Record<string, string>>;
  readonly end: ((w: AnyWorld, p: AnyParamValues) => boolean) | null;
  readonly metrics: Readonly<Record<string, AnyMetric>>;
  readonly identities: Readonly<Record<string, AnyIdentity>>;
  readonly truth: ((p: AnyParamValues) => Truth) | null;
  readonly truthDocs: Readonly<Record<string, string>>;
  readonly figures: readonly AnyFigure[];
  readonly stress: AnyStress | null;
}
/** What a stress test of the economy looks at, unless it is told otherwise. */
export interface AnyStress {
  /** Parameters that it varies: from, to, how many values. */
  readonly shocks: Readonly<Record<string, readonly [from: number, to: number, count: number]>>;
  /** A metric. */
  readonly loss: string;
  /** A column that is not 0 where a row has failed; `order`: one that is lower for those who fail first within a period. */
  readonly fails?: { readonly population: string; readonly column: string; readonly order?: string };
  /** A column of links: how much of a loss each carries. */
  readonly carries?: { readonly links: string; readonly column: string };
}
export type Payoffs = (out: Float64Array, k: AnyRows, i: number, w: AnyWorld, p: AnyParamValues) => void;
export interface Mask {
  readonly doc: string;
  readonly allows: (k: AnyRows, i: number, choice: number, w: AnyWorld, p: AnyParamValues, item: number) => boolean;
}
export interface Counterfactual {
  readonly reward: string;
  readonly instead: Readonly<Record<string, string>>;
}
export interface AnyObservation {
  readonly column?: string;
  readonly of?: "everyone";
  readonly world?: string;
  readonly transform?: "identity" | "log";
  readonly center?: number | ((p: AnyParamValues) => number);
  readonly scale?: number | ((p: AnyParamValues) => number);
  readonly transient?: boolean;
  readonly doc: string;
}
export interface AnyMetric {
  readonly unit: string;
  readonly doc: string;
  readonly of: (w: AnyWorld, p: AnyParamValues) => number;
}
export interface AnyIdentity extends Omit<AnyMetric, "unit"> {
  readonly tolerance?: number;
  readonly after?: "phase" | "period";
}
type Points = (p: AnyParamValues) => readonly (readonly [x: number, y: number])[] | Unknown;
interface Captioned {
  readonly title: string;
  readonly theory?: string;
  readonly theoryLabel?: string;
  readonly caption: string;
}
export interface AnyColumnFigure extends Captioned {
  readonly population: string;
  readonly column: string;
  readonly statistic?: "mean" | "median";
  readonly law?: Points;
  readonly density?: Points;
}
export interface AnyMetricFigure extends Captioned {
  readonly metric: string;
  readonly path?: Points;
}
export type AnyFigure = AnyColumnFigure | AnyMetricFigure;
