// defineEconomy: an economy as a value. TypeScript infers the world from the declared columns, parameters and populations, so a misspelt
// name is a compile error; everything the machinery needs is here, and nothing here knows how it will be run.

import { list, suggest } from "../core/errors.ts";
import type { AnyParamValues, ParamDeclarations, ParamValues } from "../core/params.ts";
import type { Columns } from "./columns.ts";
import { decisionsOf, verifyDecisions } from "./decisions.ts";
import { refuseMisspelt, refuseOtherPhases, verifyNames } from "./declared.ts";
import type { Links } from "./links.ts";
import { kindOf, type PhaseBuilder, type Phases, phaseBuilder } from "./phases/index.ts";
import type { Names } from "./phases/kind.ts";
import type {
  ActionsOf,
  AnyRows,
  AnyWorld,
  PopulationKey,
  Populations,
  ReadonlyWorld,
  Rows,
  StateOf,
} from "./population.ts";
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
}

/** The same, as the machinery sees it: names instead of types, every option filled in. */
export interface Economy {
  readonly name: string;
  readonly source: string;
  readonly summary: string;
  readonly params: ParamDeclarations;
  readonly derive: Readonly<Record<string, (p: AnyParamValues) => number>>;
  readonly horizon: number | string;
  readonly world: Columns;
  readonly populations: Populations;
  readonly links: LinkDeclarations;
  readonly start: Phases;
  readonly phases: Phases;
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

/**
 * Declares an economy. Names are checked by the compiler where types can see them, and here where they cannot; an error names the economy,
 * the offender and what was expected.
 */
export function defineEconomy<
  const P extends ParamDeclarations,
  const G extends Populations<keyof P & string>,
  T extends Truth = Record<never, never>,
  const W extends Columns<keyof P & string> = Record<never, never>,
  const L extends LinkDeclarations<keyof P & string> = Record<never, never>,
>(definition: EconomyDefinition<P, W, G, T, L>): TypedEconomy<P, W, G & L, T> {
  refuseMisspelt(definition);
  const { start, phases, ...rest } = definition;
  const build = phaseBuilder as unknown as PhaseBuilder<P, W, G & L>;
  const economy: Economy = {
    derive: {},
    world: {},
    links: {},
    observe: {},
    reward: {},
    mask: {},
    potential: {},
    counterfactual: {},
    payoffs: {},
    informationCost: {},
    discountFactor: {},
    end: null,
    metrics: {},
    identities: {},
    truth: null,
    truthDocs: {},
    figures: [],
    ...(rest as unknown as Partial<Economy> &
      Pick<Economy, "name" | "source" | "summary" | "params" | "horizon" | "populations">),
    start: start?.(build) ?? {},
    phases: phases(build),
  };
  refuseOtherPhases(`Economy "${economy.name}": what phases returns`, economy.phases);
  refuseOtherPhases(`Economy "${economy.name}": what start returns`, economy.start);
  verify(economy);
  return economy as TypedEconomy<P, W, G & L, T>;
}

function verify(economy: Economy): void {
  const fail = (what: string): never => {
    throw new Error(`Economy "${economy.name}": ${what}`);
  };
  if (!/^[a-z][a-z0-9-]*$/.test(economy.name)) fail(`the name must be lower-case words joined by hyphens.`);
  const populations = Object.keys(economy.populations);
  if (populations.length === 0) fail("it has no population.");
  const linked = Object.keys(economy.links);
  for (const name of populations) {
    if (Object.hasOwn(economy.world, name)) fail(`"${name}" is both a population and a world scalar.`);
    if (linked.includes(name)) fail(`"${name}" is both a population and links.`);
  }
  const known = (where: string, name: string, names: readonly string[]): void => {
    if (!names.includes(name)) fail(`${where} names "${name}".${suggest(name, names)}`);
  };
  for (const [name, { from, to, state }] of Object.entries(economy.links)) {
    if (Object.hasOwn(economy.world, name)) fail(`"${name}" is both links and a world scalar.`);
    known(`where links "${name}" come from`, from, populations);
    known(`where links "${name}" lead to`, to, populations);
    for (const column of ["source", "target", "start", "size"])
      if (Object.hasOwn(state, column))
        fail(`links "${name}" declare a column "${column}", which every kind of link has.`);
    for (const [column, { names }] of Object.entries(state))
      if (names !== null) known(`index column ${name}.${column}`, names, populations);
  }
  const columnsOf = (table: string): string[] => {
    if (linked.includes(table)) return ["source", "target", ...Object.keys(economy.links[table]!.state)];
    const { state, actions } = economy.populations[table]!;
    return [...Object.keys(state), ...Object.keys(actions)];
  };
  const scalars = Object.keys(economy.world);
  const names: Names = {
    population: (where, name) => known(where, name, populations),
    mortal: (population) => economy.populations[population]!.lives !== null,
    table: (where, name) => known(where, name, [...populations, ...linked]),
    links(where, name) {
      known(where, name, linked);
      return economy.links[name]!;
    },
    column(where, population, name) {
      known(where, name, columnsOf(population));
      const links = economy.links[population];
      if (links)
        return links.state[name] ?? { kind: "i32", each: null, names: name === "source" ? links.from : links.to };
      const { state, actions } = economy.populations[population]!;
      const action = actions[name];
      if (!action || state[name]) return state[name]!;
      return { kind: action.kind === "discrete" ? "i32" : "f64", each: action.each, names: null };
    },
    single(where, population, name, kinds) {
      if (names.column(where, population, name).each !== null)
        fail(`${where} is ${population}.${name}, which has several items; expected a column of single values.`);
      const { state } = economy.links[population] ?? economy.populations[population]!;
      const kind = economy.links[population] && !state[name] ? "i32" : state[name]?.kind; // source and target
      if (kinds && !(kind && kinds.includes(kind)))
        fail(`${where} is ${population}.${name}, ${kind ?? "an action"}; expected a column of kind ${list(kinds)}.`);
    },
    scalar(where, name) {
      known(where, name, scalars);
      return economy.world[name]!;
    },
    parameter: (where, given, others = []) => {
      if (typeof given === "string") known(where, given, [...others, ...Object.keys(economy.params)]);
    },
    fail,
  };
  for (const [name, phase] of [...Object.entries(economy.start), ...Object.entries(economy.phases)])
    kindOf(phase).verify(name, phase, names);
  for (const [name, phase] of Object.entries(economy.start))
    if (phase.kind === "decide") fail(`start phase "${name}" is a decision; decisions belong to phases.`);
    else if (phase.kind === "events") fail(`start phase "${name}" has events; time begins with the first period.`);
  for (const [population, { state, actions }] of Object.entries(economy.populations)) {
    for (const [name, column] of Object.entries(state))
      if (column.names !== null) known(`index column ${population}.${name}`, column.names, populations);
    for (const [name, action] of Object.entries(actions))
      if (state[name] && state[name].each !== action.each)
        fail(`${population}.${name} is a column and an action with different items (\`each\`); expected the same.`);
  }
  for (const figure of economy.figures) {
    const where = `figure "${figure.title}"`;
    if ("metric" in figure) {
      known(where, figure.metric, Object.keys(economy.metrics));
      continue;
    }
    const { population, column, law, density } = figure;
    known(where, population, populations);
    names.single(where, population, column);
    if (law && density) fail(`${where} has a law of whole numbers and a density of reals; expected one of them.`);
  }
  const verifyObservations = (
    path: string,
    population: string,
    observed: Readonly<Record<string, AnyObservation>>,
  ): void => {
    for (const [name, { column, world }] of Object.entries(observed)) {
      const where = `${path}.${name}`;
      if (column !== undefined) known(where, column, columnsOf(population));
      else if (world !== undefined) known(where, world, scalars);
      else fail(`${where} has neither a column nor a world scalar.`);
      const { event } = column !== undefined ? names.column(where, population, column) : economy.world[world!]!;
      if (event) fail(`${where} is the time of an event, which may be Infinity; observe a column made from it.`);
      if (column !== undefined && world !== undefined)
        fail(`${where} has both a column and a world scalar; expected one of them.`);
    }
  };
  for (const [population, observed] of Object.entries(economy.observe)) {
    known("observe", population, populations);
    verifyObservations(`observe.${population}`, population, observed);
  }
  verifyDecisions(economy, fail);
  for (const { key, phase, population, observe } of decisionsOf(economy)) {
    verifyObservations(`observe of phase "${phase}"`, population, observe);
    const cost = economy.informationCost[population];
    if (cost !== undefined && !Object.hasOwn(observe, cost) && Object.hasOwn(economy.observe[population] ?? {}, cost))
      fail(
        `informationCost.${population} is observed as ${cost}, which decision "${key}" does not see; add it to what phase "${phase}" observes.`,
      );
  }
  for (const [population, { state, lives }] of Object.entries(economy.populations)) {
    if (lives === null) continue;
    known(`what ${population} live by`, lives, Object.keys(state));
    names.single(`what ${population} live by`, population, lives, ["u8"]);
  }
  for (const [population, { column }] of Object.entries(economy.reward)) {
    known("reward", population, populations);
    names.single(`reward.${population}`, population, column);
  }
  for (const [population, masks] of Object.entries(economy.mask)) {
    known("mask", population, populations);
    const { actions } = economy.populations[population]!;
    for (const action of Object.keys(masks)) {
      known(`mask.${population}`, action, Object.keys(actions));
      if (actions[action]!.kind === "box") fail(`mask.${population}.${action}: a box has no choices to leave out.`);
    }
  }
  for (const population of Object.keys(economy.potential)) known("potential", population, populations);
  for (const [population, actions] of Object.entries(economy.counterfactual)) {
    known("counterfactual", population, populations);
    for (const [action, { reward, instead }] of Object.entries(actions)) {
      known(`counterfactual.${population}`, action, Object.keys(economy.populations[population]!.actions));
      for (const column of [reward, ...Object.keys(instead), ...Object.values(instead)])
        names.single(`counterfactual.${population}.${action}`, population, column);
      names.single(`counterfactual.${population}.${action}`, population, action);
    }
  }
  for (const population of Object.keys(economy.payoffs)) {
    known("payoffs", population, populations);
    if (!economy.reward[population]) fail(`payoffs.${population} are of a population without reward.`);
    for (const [action, { kind }] of Object.entries(economy.populations[population]!.actions))
      if (kind === "box")
        fail(`payoffs.${population}: the action "${action}" is a box; payoffs are of grids and codes.`);
    for (const phase of Object.values(economy.phases))
      if (phase.kind === "decide" && phase.population === population && phase.every !== 1)
        fail(`payoffs.${population}: ${population} must decide in every period.`);
  }
  for (const [population, feature] of Object.entries(economy.informationCost)) {
    known("informationCost", population, populations);
    const observed = economy.observe[population] ?? {};
    known(`informationCost.${population}`, feature, Object.keys(observed));
    const { column, of, transform = "identity" } = observed[feature]!;
    if (column !== undefined) names.single(`informationCost.${population}`, population, column);
    if (column === undefined || of !== undefined || transform !== "identity")
      fail(`informationCost.${population} must be observed as a column of the agent's own, not of its logarithm.`);
  }
  verifyNames(economy, names);
  for (const [population, name] of Object.entries(economy.discountFactor)) {
    known("discountFactor", population, populations);
    known(`discountFactor.${population}`, name, Object.keys(economy.params));
    const declared = economy.params[name]!;
    if (declared.kind !== "number" || declared.min < 0 || declared.max > 1)
      fail(`discountFactor.${population}: ${name} must be a number within 0 and 1; declare its min and max.`);
  }
  for (const name of Object.keys(economy.params)) {
    const declared = economy.params[name]!;
    if (declared.value === null && !economy.derive[name])
      fail(`parameter "${name}" is derived but derive.${name} is missing.`);
  }
}
