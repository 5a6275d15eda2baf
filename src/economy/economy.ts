// The type of an economy: as its author declares it, as the machinery sees it, and with the types that inference carries.

import type { AnyParamValues, ParamDeclarations, ParamValues } from "../core/params.ts";
import type { Columns } from "./columns.ts";
import type { PhaseBuilder, Phases } from "./phases/index.ts";
import type { ActionsOf, PopulationKey, Populations, ReadonlyWorld, Rows, StateOf } from "./population.ts";
import type { AnyStress, Figure, Identity, LinkDeclarations, Metric, Observation, Structure } from "./structure.ts";
import type { Truth } from "./truth.ts";

export interface EconomyDefinition<
  P extends ParamDeclarations,
  W extends Columns<keyof P & string>,
  G extends Populations<keyof P & string>,
  T extends Truth,
  L extends LinkDeclarations<keyof P & string> = Record<never, never>,
> {
  readonly name: string;
  /** Where the rules come from. */
  readonly source: string;
  /** One sentence. */
  readonly summary: string;
  readonly params: P;
  /** Defaults of parameters declared `derived`, computed after all others, in declaration order. */
  readonly derive?: { readonly [K in keyof P]?: (p: ParamValues<P>) => number };
  /** Periods after which a world is truncated (not terminated): a number or a parameter's name. */
  readonly horizon: number | (keyof P & string);
  readonly world?: W;
  readonly populations: G;
  /** Who is tied to whom: links between rows of populations, made by `wire` phases. */
  readonly links?: L;
  /** Phases run once at every reset, after columns took their initial values. */
  readonly start?: (phases: PhaseBuilder<P, W, G & L>) => Phases;
  /** One period, in order of events. */
  readonly phases: (phases: PhaseBuilder<P, W, G & L>) => Phases;
  readonly observe?: { readonly [K in keyof G]?: Readonly<Record<string, Observation<P, W, G[K]>>> };
  /** The column each population is rewarded by, read at the end of a period. */
  readonly reward?: {
    readonly [K in keyof G]?: { readonly column: keyof StateOf<G[K]> & string; readonly doc: string };
  };
  /**
   * Choices that make sense to row i now, for grids and codes: `choice` is the quantity that phases would read. Learners that know of masks choose nothing else; phases
   * must survive any action all the same.
   */
  readonly mask?: {
    readonly [K in keyof G]?: {
      readonly [A in keyof ActionsOf<G[K]>]?: {
        readonly doc: string;
        readonly allows: (
          k: Rows<G[K]>,
          i: number,
          choice: number,
          w: ReadonlyWorld<W, G & L>,
          p: ParamValues<P>,
          /** Of an action with an inner axis; else 0. */
          item: number,
        ) => boolean;
      };
    };
  };
  /**
   * What a row would be rewarded by this period if its decision came to nothing; read at the decision, before it is made. Learners may shape rewards with
   * it (r + γΦ′ − Φ, which changes no policy: Ng, Harada & Russell 1999).
   */
  readonly potential?: {
    readonly [K in keyof G]?: (k: Rows<G[K]>, i: number, w: ReadonlyWorld<W, G & L>, p: ParamValues<P>) => number;
  };
  /**
   * Difference rewards: for an action, what would have followed had this row's order come to nothing and all else been as it was: the column
   * of that reward, and the columns that hold the state it would have gone on from (Wolpert & Tumer 2002).
   */
  readonly counterfactual?: {
    readonly [K in keyof G]?: {
      readonly [A in keyof ActionsOf<G[K]>]?: {
        readonly reward: keyof StateOf<G[K]> & string;
        readonly instead: { readonly [C in keyof StateOf<G[K]>]?: keyof StateOf<G[K]> & string };
      };
    };
  };
  /**
   * What row i would have been rewarded by this period for each of its choices (of several actions: each combination, the last varying fastest),
   * given what everybody else did and what chance brought; read at the end of a period, of populations that decide in every one.
   */
  readonly payoffs?: {
    readonly [K in keyof G]?: (
      out: Float64Array,
      k: Rows<G[K]>,
      i: number,
      w: ReadonlyWorld<W, G & L>,
      p: ParamValues<P>,
    ) => void;
  };
  /**
   * By population, the observation of a column λ_i, a unit of reward per nat: what it costs to behave otherwise than at random. Boundedly rational
   * learners then maximise E r − λ_i Σ_a π(a) ln(π(a)/π₀(a)) with π₀ uniform, so that π(a) ∝ e^(E r(a)/λ_i).
   */
  readonly informationCost?: { readonly [K in keyof G]?: string };
  /** By population, the parameter that is its discount factor per period. Learners take their discount from it unless their settings say otherwise. */
  readonly discountFactor?: { readonly [K in keyof G]?: keyof P & string };
  /** True when a world has ended for good: no future value. */
  readonly end?: (w: ReadonlyWorld<W, G & L>, p: ParamValues<P>) => boolean;
  readonly metrics?: Readonly<Record<string, Metric<P, W, G & L>>>;
  readonly identities?: Readonly<Record<string, Identity<P, W, G & L>>>;
  /** What theory says at these parameters; `unknown("reason")` in place of a value where it does not apply. */
  readonly truth?: (p: ParamValues<P>) => T;
  /** What each value of `truth` means. */
  readonly truthDocs?: { readonly [K in keyof NoInfer<T>]: string };
  readonly figures?: readonly Figure<P, G, T>[];
  /** What `walras stress` varies and looks at, unless it is told otherwise. */
  readonly stress?: AnyStress;
}

/** An economy as the machinery sees it: names instead of types, every option filled in. */
export interface Economy extends Structure {
  readonly start: Phases;
  readonly phases: Phases;
}

/** An economy that remembers its types; usable wherever an `Economy` is. */
export interface TypedEconomy<P extends ParamDeclarations, W, G, T extends Truth> extends Economy {
  readonly truth: ((p: AnyParamValues) => T) | null;
  /** Never set: carries the types to inference. */
  readonly types?: { readonly params: P; readonly world: W; readonly populations: G; readonly truth: T };
}
export type ParamsOf<E> =
  E extends TypedEconomy<infer P, infer _W, infer _G, infer _T extends Truth> ? ParamValues<P> : never;
export type WorldOf<E> =
  E extends TypedEconomy<infer _P, infer W, infer G, infer _T extends Truth> ? ReadonlyWorld<W, G> : never;
export type PopulationName<E> =
  E extends TypedEconomy<infer _P, infer _W, infer G, infer _T extends Truth> ? PopulationKey<G> : never;
export type TruthOf<E> = E extends TypedEconomy<infer _P, infer _W, infer _G, infer T extends Truth> ? T : never;
