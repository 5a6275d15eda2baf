// part: what economies share, as one value: parameters, scalars, populations, links, phases, observations, identities, metrics and flows under names.
// `compose` (compose.ts) joins parts into an economy.
//
// Parts are wired by name: a scalar or column that two parts declare with one unit is one. A part sees what it declares itself, so what it reads of
// another it declares too, with `extension` for rows that the other part counts.

import { refuseUnknown, suggest } from "../core/errors.ts";
import type { AnyParamValues, ParamDeclarations, ParamValues } from "../core/params.ts";
import type { Columns } from "./columns.ts";
import type { EconomyDefinition } from "./economy.ts";
import { type PhaseBuilder, type Phases, phaseBuilder } from "./phases/index.ts";
import {
  type AnyWorld,
  type GroupColumn,
  type Population,
  type PopulationKey,
  type Populations,
  population,
  type ReadonlyWorld,
} from "./population.ts";
import type { Spaces } from "./spaces.ts";
import { STAGES, type Stage } from "./stages.ts";
import type { LinkDeclarations } from "./structure.ts";
import type { Truth } from "./truth.ts";

/** A world scalar, the sum of a population's column ("households.earnings"), or a function of the world. */
export type Amount<P, W, G> =
  | (keyof W & string)
  | {
      readonly [K in PopulationKey<G>]: G[K] extends { state: infer S } ? `${K}.${keyof S & string}` : never;
    }[PopulationKey<G>]
  | ((w: ReadonlyWorld<W, G>, p: ParamValues<P>) => number);

/** One part's end of a flow, or both, or its market. What one part pays in a period another receives. */
export interface Flow<P, W, G> {
  readonly unit: string;
  /** This part is the market of the flow and has no end of it: other parts pay, as sellers do, and receive, as buyers do. */
  readonly clears?: true;
  readonly pays?: Amount<P, W, G>;
  readonly receives?: Amount<P, W, G>;
  /** An index column of those who pay or receive, which names the row of the other end: then each row receives what its own pay, and not only all what all. */
  readonly by?: { [K in PopulationKey<G>]: GroupColumn<G[K]> }[PopulationKey<G>];
}

/** What a part and an economy declare alike, besides names and phases. */
export type Shared =
  | "derive"
  | "observe"
  | "reward"
  | "mask"
  | "potential"
  | "counterfactual"
  | "payoffs"
  | "informationCost"
  | "discountFactor"
  | "metrics"
  | "identities";

export interface PartDefinition<
  P extends ParamDeclarations,
  W extends Columns,
  G extends Populations<keyof P & string>,
  L extends LinkDeclarations<keyof P & string>,
  S extends Phases,
  F extends Phases,
> extends Pick<EconomyDefinition<P, W, G, Truth, L>, Shared> {
  readonly name: string;
  readonly params?: P;
  readonly world?: W;
  readonly populations?: G;
  readonly links?: L;
  /** Phases that the economy may run at a reset. */
  readonly start?: (phases: PhaseBuilder<P, W, G & L>) => S;
  /** Phases that the economy orders among those of other parts. */
  readonly phases?: (phases: PhaseBuilder<P, W, G & L>) => F;
  /** When its phases run in an economy that leaves the order to its parts: a stage of the period for each. */
  readonly stages?: { readonly [K in keyof NoInfer<F>]?: Stage };
  /** What it pays and receives in a period, by names that it shares with the other end. */
  readonly flows?: Readonly<Record<string, Flow<NoInfer<P>, NoInfer<W>, NoInfer<G>>>>;
  /** In words, why all that it receives in a period is all that it pays; this is then an identity. */
  readonly budget?: string;
}

/** A part, which remembers its types. */
export interface Part<
  P extends ParamDeclarations = ParamDeclarations,
  W extends Columns = Columns,
  G extends Populations = Populations,
  L extends LinkDeclarations = LinkDeclarations,
  S extends Phases = Phases,
  F extends Phases = Phases,
> extends Rest {
  readonly name: string;
  readonly params: P;
  readonly world: W;
  readonly populations: G;
  readonly links: L;
  readonly start: S;
  readonly phases: F;
  readonly stages: Readonly<Record<string, Stage>>;
  readonly flows: Readonly<Record<string, AnyFlow>>;
  readonly budget: string;
}

/** Observations, rewards, metrics and their like, names instead of types. */
export type Rest = { readonly [K in Shared]?: Readonly<Record<string, unknown>> };
export interface AnyFlow {
  readonly unit: string;
  readonly clears?: true;
  readonly pays?: AnyAmount;
  readonly receives?: AnyAmount;
  readonly by?: string;
}
export type AnyAmount = string | ((w: AnyWorld, p: AnyParamValues) => number);

type None = Record<never, never>;

export function part<
  const P extends ParamDeclarations = None,
  const W extends Columns<keyof P & string> = None,
  const G extends Populations<keyof P & string> = None,
  const L extends LinkDeclarations<keyof P & string> = None,
  S extends Phases = None,
  F extends Phases = None,
>(definition: PartDefinition<P, W, G, L, S, F>): Part<P, W, G, L, S, F> {
  const { name, params, world, populations, links, start, phases, stages, flows, budget = "", ...rest } = definition;
  refuseUnknown(`part "${name}"`, definition, SETTINGS);
  const build = phaseBuilder as unknown as PhaseBuilder<P, W, G & L>;
  const none = {};
  const built = phases?.(build) ?? (none as F);
  for (const [phase, stage] of Object.entries(stages ?? none)) {
    if (!Object.hasOwn(built, phase))
      throw new Error(`part "${name}": stages names "${phase}".${suggest(phase, Object.keys(built))}`);
    if (!STAGES.includes(stage as Stage))
      throw new Error(`part "${name}": the stage of ${phase} is "${stage}", expected one of ${STAGES.join(", ")}.`);
  }
  return {
    ...(rest as Rest),
    name,
    params: params ?? (none as P),
    world: world ?? (none as W),
    populations: populations ?? (none as G),
    links: links ?? (none as L),
    start: start?.(build) ?? (none as S),
    phases: built,
    stages: (stages ?? none) as Part["stages"],
    flows: (flows ?? none) as Part["flows"],
    budget,
  };
}

export const SHARED: readonly Shared[] = [
  "derive",
  "observe",
  "reward",
  "mask",
  "potential",
  "counterfactual",
  "payoffs",
  "informationCost",
  "discountFactor",
  "metrics",
  "identities",
];

const SETTINGS = [
  "name",
  "params",
  "world",
  "populations",
  "links",
  "start",
  "phases",
  "stages",
  "flows",
  "budget",
  ...SHARED,
];

/** Columns and actions of a population whose rows another part counts. */
export function extension<const S extends Columns = None, const A extends Spaces = None>(declared: {
  readonly state?: S;
  readonly actions?: A;
}): Population<NoInfer<S>, NoInfer<A>, never> {
  refuseUnknown("extension({ … })", declared, ["state", "actions"]);
  const { state = {} as S, actions = {} as A } = declared;
  return population({ size: ELSEWHERE, state, actions });
}

/** The size of a population that another part counts. No population has no rows. */
export const ELSEWHERE = 0;
