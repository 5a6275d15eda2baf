// compose: the economy constructor. What two parts declare under one name and unit is one; the economy adds its calibration and truth, and the order of events
// where it does not leave that to its parts' stages (stages.ts).
//
// There is no second constructor above it: an outlet is wired to an inlet by their common name; a market is a part that is told its sellers' and buyers' names
// (src/parts) and says of which flows it is the market; what is there twice has a prefix (renamed.ts). Wrong wiring is refused here.

import { list, suggest } from "../core/errors.ts";
import type { Param, ParamDeclarations, ParamSettings, ValueOf } from "../core/params.ts";
import type { Column, Columns } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import type { Economy, EconomyDefinition, TypedEconomy } from "./economy.ts";
import { flowIdentities } from "./flows.ts";
import {
  type By,
  type Fail,
  joinColumns,
  joinLinks,
  joinParams,
  joinPopulations,
  joinRecords,
  joinRest,
} from "./join.ts";
import type { Links } from "./links.ts";
import { ELSEWHERE, type Part, type Rest, SHARED } from "./part.ts";
import { type PhaseBuilder, type Phases, phaseBuilder, withinAll } from "./phases/index.ts";
import type { ActionsOf, Population, Populations, StateOf } from "./population.ts";
import type { Space } from "./spaces.ts";
import { atReset, byStages } from "./staged.ts";
import type { LinkDeclarations } from "./structure.ts";
import type { Truth } from "./truth.ts";

type Parts = Readonly<Record<string, Part>>;
type None = Record<never, never>;

/** The names of all records of a union, and what they have under a name. */
type Keys<U> = U extends unknown ? keyof U : never;
type At<U, K> = U extends unknown ? (K extends keyof U ? U[K] : never) : never;
type Is<T, C> = T extends C ? T : never;
/** All records of a union as one. */
type JoinRecords<U, C> = { readonly [K in Keys<U>]: Is<At<U, K>, C> };
type JoinPopulations<U> = { readonly [K in Keys<U>]: JoinPopulation<At<U, K>> };
type JoinPopulation<K> = Population<JoinRecords<StateOf<K>, Column>, JoinRecords<ActionsOf<K>, Space>>;

interface Own<P, W, G, L> {
  readonly params: P;
  readonly world: W;
  readonly populations: G;
  readonly links: L;
}
type AnyOwn = Own<unknown, unknown, unknown, unknown>;
type ParamsIn<U extends AnyOwn> = JoinRecords<U["params"], Param>;
type WorldIn<U extends AnyOwn> = JoinRecords<U["world"], Column>;
type PopulationsIn<U extends AnyOwn> = JoinPopulations<U["populations"]>;
type LinksIn<U extends AnyOwn> = JoinRecords<U["links"], Links>;

/** The phases of each part, by the parts' names. */
type Blocks<Q extends Parts, B extends "start" | "phases"> = {
  readonly [K in keyof Q]: { readonly [F in Keys<Q[K][B]> & string]: At<Q[K][B], F> };
};
type BlockName<Q extends Parts> = {
  [K in keyof Q & string]: `${K}.${(keyof Q[K]["start"] | keyof Q[K]["phases"]) & string}`;
}[keyof Q & string];

type Rules<
  P extends ParamDeclarations,
  W extends Columns,
  G extends Populations,
  L extends LinkDeclarations,
  T extends Truth,
> = Omit<EconomyDefinition<P, W, G, T, L>, "params" | "world" | "populations" | "links" | "start" | "phases">;

type Composed<U extends AnyOwn, T extends Truth> = TypedEconomy<
  ParamsIn<U>,
  WorldIn<U>,
  PopulationsIn<U> & LinksIn<U>,
  T
>;

export interface Composition<
  Q extends Parts,
  P extends ParamDeclarations,
  W extends Columns,
  G extends Populations,
  L extends LinkDeclarations,
  T extends Truth,
  U extends AnyOwn = Q[keyof Q] | Own<NoInfer<P>, NoInfer<W>, NoInfer<G>, NoInfer<L>>,
> extends Rules<ParamsIn<U>, WorldIn<U>, PopulationsIn<U>, LinksIn<U>, T> {
  readonly parts: Q;
  /** Defaults of the parts' parameters, where this economy has others. */
  readonly calibration?: { readonly [K in keyof ParamsIn<U>]?: ValueOf<ParamsIn<U>[K]> };
  /** What no part has. */
  readonly params?: P;
  readonly world?: W;
  readonly populations?: G;
  readonly links?: L;
  /** At a reset, in order of events: start phases of parts, and what runs in every period too. */
  readonly start?: (
    parts: Blocks<Q, "start" | "phases">,
    phases: PhaseBuilder<ParamsIn<U>, WorldIn<U>, PopulationsIn<U> & LinksIn<U>>,
  ) => Phases;
  /**
   * One period, in order of events: the parts' phases, and others. Left out: the parts' phases by their stages, and at a reset their start phases in order of
   * the parts.
   */
  readonly phases?: (
    parts: Blocks<Q, "phases">,
    phases: PhaseBuilder<ParamsIn<U>, WorldIn<U>, PopulationsIn<U> & LinksIn<U>>,
  ) => Phases;
  /** Phases of parts that this economy does not run. */
  readonly without?: readonly BlockName<Q>[];
}

type AnyDeclared = Partial<Own<ParamDeclarations, Columns, Populations, LinkDeclarations>> & Rest;
type AnyBuilder = PhaseBuilder<ParamDeclarations, Columns, Populations>;
type AnyOrder = (parts: Readonly<Record<string, Phases>>, build: AnyBuilder) => Phases;
/** The same, names instead of types. */
type AnyComposition = Pick<Economy, "name" | "source" | "summary" | "horizon"> &
  AnyDeclared & {
    readonly parts: Parts;
    readonly calibration?: ParamSettings;
    readonly without?: readonly string[];
    readonly start?: AnyOrder;
    readonly phases?: AnyOrder;
  };

/**
 * Joins parts into an economy. What two parts declare under one name is one if unit and kind agree, and otherwise an error that names both; what one part
 * pays another must receive, and that both ends are the same becomes an identity.
 */
export function compose<
  const Q extends Parts,
  T extends Truth = None,
  const P extends ParamDeclarations = None,
  const W extends Columns = None,
  const G extends Populations = None,
  const L extends LinkDeclarations = None,
>(
  definition: Composition<Q, P, W, G, L, T>,
): Composed<Q[keyof Q] | Own<NoInfer<P>, NoInfer<W>, NoInfer<G>, NoInfer<L>>, T> {
  const { parts, calibration = {}, without = [], start, phases, ...own } = definition as unknown as AnyComposition;
  const fail: Fail = (what) => {
    throw new Error(`Economy "${own.name}": ${what}`);
  };
  const named = Object.entries(parts).map(([name, value]) => ({ by: `part "${name}"`, value }));
  refuseTwice(fail, named);
  const all = <T>(
    of: (part: AnyDeclared) => Readonly<Record<string, T>> | undefined,
  ): By<Readonly<Record<string, T>>>[] =>
    [...named, { by: "the economy itself", value: own }].map(({ by, value }) => ({ by, value: of(value) ?? {} }));

  const params = joinRecords(
    "parameter",
    all((part) => part.params),
    joinParams(fail, calibration),
  );
  const world = joinRecords(
    "world scalar",
    all((part) => part.world),
    joinColumns(fail),
  );
  const populations = joinRecords(
    "population",
    all((part) => part.populations),
    joinPopulations(fail),
  );
  const links = joinRecords(
    "links",
    all((part) => part.links),
    joinLinks(fail),
  );
  const shared = Object.fromEntries(
    SHARED.map((key) => [
      key,
      joinRest(
        fail,
        key,
        all((part) => part[key]),
      ),
    ]),
  );

  // A part that is missing leaves flows without an end, rows that nobody counts and parameters that only it had: the flows say most.
  const flows = flowIdentities(fail, named, world, populations);
  for (const [name, { size }] of Object.entries(populations))
    if (size === ELSEWHERE) {
      const users = named.filter(({ value }) => Object.hasOwn(value.populations, name)).map(({ by }) => by);
      fail(
        `no part says how many ${name} there are${users.length === 0 ? "" : `, whose columns are in ${list(users, "and")}`}; declare them by population({ size, … }) in one.`,
      );
    }
  for (const name of Object.keys(calibration))
    if (!Object.hasOwn(params, name)) fail(`calibration names "${name}".${suggest(name, Object.keys(params))}`);

  const build = phaseBuilder as unknown as AnyBuilder;
  const phasesOf = (part: Part, at: "start" | "phases"): Phases =>
    at === "start" ? { ...part.phases, ...part.start } : part.phases;
  const blocks = (at: "start" | "phases") =>
    Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, phasesOf(part, at)]));
  const values = Object.entries(parts).map(([by, value]) => ({ by, value }));
  const ordered = {
    start: start?.(blocks("start"), build) ?? (phases ? {} : atReset(values, without)),
    phases: phases?.(blocks("phases"), build) ?? byStages(fail, values, without),
  };
  refuseForgotten(fail, parts, ordered, without);

  const economy = defineEconomy({
    ...own,
    ...shared,
    identities: { ...shared["identities"], ...flows },
    params: Object.fromEntries(
      Object.entries(params).map(([name, param]) => [
        name,
        Object.hasOwn(calibration, name) ? { ...param, value: calibration[name] } : param,
      ]),
    ),
    world,
    populations,
    links,
    start: () => ordered.start,
    phases: () => ordered.phases,
  } as unknown as EconomyDefinition<ParamDeclarations, Columns, Populations, T>);
  return economy as unknown as Composed<Q[keyof Q] | Own<P, W, G, L>, T>;
}

/** What two parts of one name declare would be one and the same, and their flows would count twice. */
function refuseTwice(fail: Fail, parts: readonly By<Part>[]): void {
  const names = new Map<string, string>();
  for (const { by, value } of parts) {
    const before = names.get(value.name);
    if (before !== undefined)
      fail(
        `${before} and ${by} are both "${value.name}", and what they declare would be one and the same; give one of them names of its own: renamed(…, "${by.slice('part "'.length, -1)}").`,
      );
    names.set(value.name, by);
  }
}

/** A phase that a part brings and the economy does not run is more often forgotten than meant. */
function refuseForgotten(
  fail: Fail,
  parts: Parts,
  ordered: { readonly start: Phases; readonly phases: Phases },
  without: readonly string[],
): void {
  const run = new Set([...withinAll(ordered.start), ...withinAll(ordered.phases)].map(([, phase]) => phase));
  const brought = Object.entries(parts).flatMap(([name, part]) =>
    [...Object.entries(part.start), ...Object.entries(part.phases)].map(([phase, value]) => ({
      name: `${name}.${phase}`,
      value,
      where: value === part.start[phase] ? "start" : "phases",
    })),
  );
  for (const name of without)
    if (!brought.some((phase) => phase.name === name))
      fail(
        `without names "${name}".${suggest(
          name,
          brought.map((phase) => phase.name),
        )}`,
      );
  for (const { name, value, where } of brought)
    if (!run.has(value) && !without.includes(name))
      fail(`phase ${name} is not in ${where}; give it its place there, or leave it out by without: ["${name}"].`);
}
