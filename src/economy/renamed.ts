// renamed: a part under other names, so that an economy can have it twice: two sectors of firms, two countries. Its functions read and write under the names
// that the part declared; they are handed views of the world and of the parameters by those names.

import { suggest } from "../core/errors.ts";
import type { AnyParamValues, Param } from "../core/params.ts";
import type { Column, ColumnArray, Items } from "./columns.ts";
import type { Links } from "./links.ts";
import { type AnyAmount, type AnyFlow, type Part, type Rest, SHARED, type Shared } from "./part.ts";
import type { Deciding } from "./phases/decide.ts";
import type { EachPhase } from "./phases/each.ts";
import type { EnterPhase } from "./phases/enter.ts";
import type { ExchangePhase } from "./phases/exchange.ts";
import type { Phase, Phases } from "./phases/index.ts";
import type { SendPhase } from "./phases/send.ts";
import type { WorldPhase } from "./phases/world.ts";
import type { ActionsOf, AnyWorld, Population, StateOf } from "./population.ts";
import type { Space } from "./spaces.ts";
import type { AnyObservation, Counterfactual, Mask } from "./structure.ts";

type Name<N, X extends string, K> = N extends K ? N : N extends string ? `${X}${Capitalize<N>}` : N;
type Prefixed<R, X extends string, K, C> = {
  readonly [N in keyof R as Name<N, X, K> & string]: R[N] extends C ? R[N] : never;
};
/** Columns, with the new names of the populations whose rows they name. */
type StateNamed<S, X extends string, K> = {
  readonly [C in keyof S]: S[C] extends Column<infer A extends ColumnArray, infer M extends Items, infer T>
    ? T extends string
      ? Column<A, M, Name<T, X, K> & string>
      : S[C]
    : never;
};
type PopulationsNamed<G, X extends string, K> = {
  readonly [N in keyof G as Name<N, X, K> & string]: Population<
    StateNamed<StateOf<G[N]>, X, K>,
    ActionsOf<G[N]> extends infer A extends Readonly<Record<string, Space>> ? A : never,
    string,
    G[N] extends { readonly lives: infer L extends string | null } ? L : null
  >;
};
type LinksNamed<L, X extends string, K> = {
  readonly [N in keyof L as Name<N, X, K> & string]: L[N] extends Links<infer F, infer T, infer S>
    ? Links<Name<F, X, K> & string, Name<T, X, K> & string, StateNamed<S, X, K>> &
        (L[N] extends { readonly messages: true } ? { readonly messages: true } : unknown)
    : never;
};

/** What `renamed` returns of a part `T` with the prefix X, where K keep their names. */
export type Renamed<
  T extends Pick<Part, "params" | "world" | "populations" | "links" | "start" | "phases">,
  X extends string,
  K extends string = never,
> = Part<
  Prefixed<T["params"], X, K, Param>,
  Prefixed<T["world"], X, K, Column>,
  PopulationsNamed<T["populations"], X, K>,
  LinksNamed<T["links"], X, K>,
  T["start"],
  T["phases"]
>;

/**
 * The same part with a prefix to all of its names, `wage` as `farmWage`: parameters, world scalars, populations, links, flows, metrics and identities. What
 * `keep` names stays as it is, and is shared with other parts. Columns and actions of a population keep their names, and so do phases, which belong to the part.
 */
export function renamed<
  P,
  W,
  G,
  L,
  S extends Phases,
  F extends Phases,
  const X extends string,
  const K extends string = never,
>(
  part: {
    readonly params: P;
    readonly world: W;
    readonly populations: G;
    readonly links: L;
    readonly start: S;
    readonly phases: F;
  } & Omit<Part, "params" | "world" | "populations" | "links" | "start" | "phases">,
  prefix: X,
  options: { readonly keep?: readonly K[] } = {},
): Part<Prefixed<P, X, K, Param>, Prefixed<W, X, K, Column>, PopulationsNamed<G, X, K>, LinksNamed<L, X, K>, S, F> {
  const own = part as unknown as Part;
  const keep: readonly string[] = options.keep ?? [];
  const declared = new Set(
    [own.params, own.world, own.populations, own.links, own.flows, own.metrics, own.identities].flatMap((record) =>
      Object.keys(record ?? {}),
    ),
  );
  for (const name of keep)
    if (!declared.has(name))
      throw new Error(
        `renamed(part "${own.name}", "${prefix}", …): keep names "${name}".${suggest(name, [...declared])}`,
      );
  const prefixed = (name: string): string => `${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`;
  const r = renaming(own, prefixed, (name) => (!declared.has(name) || keep.includes(name) ? name : prefixed(name)));
  const other: Part = {
    ...restNamed(own, r),
    name: prefixed(own.name),
    params: keyed(own.params, r.name),
    world: keyed(own.world, r.name, (column) => columnNamed(column, r)),
    populations: keyed(own.populations, r.name, (population) => ({
      ...population,
      size: r.param(population.size),
      state: mapped(population.state, (column) => columnNamed(column, r)),
      actions: mapped(population.actions, (space) => spaceNamed(space, r)),
    })),
    links: keyed(own.links, r.name, (links) => ({
      ...links,
      from: r.name(links.from),
      to: r.name(links.to),
      degree: r.param(links.degree),
      ...(links.mailbox && { mailbox: { ...links.mailbox, holds: r.param(links.mailbox.holds) } }),
      state: mapped(links.state, (column) => columnNamed(column, r)),
    })),
    start: mapped(own.start, (phase) => phaseNamed(phase, r)),
    phases: mapped(own.phases, (phase) => phaseNamed(phase, r)),
    stages: own.stages,
    flows: keyed(own.flows, r.name, (flow) => flowNamed(flow, r)),
    budget: own.budget,
  };
  return other as never;
}

interface Renaming {
  prefixed(name: string): string;
  /** The new name of what the part declares; others stay. */
  name(name: string): string;
  /** The new name of a parameter; numbers and other texts stay. */
  param<T>(given: T): T;
  /** The world under the part's own names. */
  world(w: AnyWorld): AnyWorld;
  params<Q>(p: Q): Q;
}

function renaming(
  { params, world, populations, links }: Part,
  prefixed: Renaming["prefixed"],
  name: Renaming["name"],
): Renaming {
  const seen = [...Object.keys(world), ...Object.keys(populations), ...Object.keys(links)];
  const worlds = new WeakMap<AnyWorld, AnyWorld>();
  const values = new WeakMap<object, AnyParamValues>();
  return {
    prefixed,
    name,
    param: <T>(given: T) => (typeof given === "string" && Object.hasOwn(params, given) ? (name(given) as T) : given),
    world(w) {
      let view = worlds.get(w);
      if (view) return view;
      view = {};
      for (const own of [...seen, "period"]) {
        const theirs = own === "period" ? own : name(own);
        Object.defineProperty(view, own, {
          enumerable: true,
          get: () => w[theirs],
          set(value: number) {
            w[theirs] = value;
          },
        });
      }
      worlds.set(w, Object.preventExtensions(view));
      return view;
    },
    params<Q>(p: Q): Q {
      const all = p as unknown as AnyParamValues;
      if (!values.has(all))
        values.set(all, Object.fromEntries(Object.keys(params).map((own) => [own, all[name(own)]!])) as AnyParamValues);
      return values.get(all) as Q;
    },
  };
}

const mapped = <T, U>(record: Readonly<Record<string, T>>, f: (value: T) => U): Readonly<Record<string, U>> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));
const keyed = <T, U = T>(
  record: Readonly<Record<string, T>>,
  name: (name: string) => string,
  f: (value: T) => U = (value) => value as unknown as U,
): Readonly<Record<string, U>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [name(key), f(value)]));

const columnNamed = <C extends Column>(column: C, { name, param }: Renaming): C => ({
  ...column,
  each: param(column.each),
  ...(column.names === null ? {} : { names: name(column.names), unit: `row of ${name(column.names)}` }),
});

const spaceNamed = (space: Space, { param }: Renaming): Space =>
  mapped(space as unknown as Readonly<Record<string, unknown>>, param) as unknown as Space;

function phaseNamed(phase: Phase, r: Renaming): Phase {
  const { name, param, world, params } = r;
  switch (phase.kind) {
    case "decide":
      return { ...phase, ...decidingNamed(phase, r), population: name(phase.population), every: param(phase.every) };
    case "each":
      return {
        ...phase,
        population: name(phase.population),
        along: name(phase.along),
        run: (k, from, to, w, p, ...others) => phase.run(k, from, to, world(w), params(p), ...others),
      } satisfies EachPhase;
    case "enter":
      return {
        ...phase,
        population: name(phase.population),
        entered: name(phase.entered),
        number: (w, p) => phase.number(world(w), params(p)),
        run: phase.run && ((k, from, to, w, p, ...others) => phase.run!(k, from, to, world(w), params(p), ...others)),
      } satisfies EnterPhase;
    case "events": {
      // A decision at an event is known by the event's name, so that this has to be another for each of two parts.
      const called = (event: string): string => (phase.events[event]?.decide ? r.prefixed(event) : event);
      return {
        ...phase,
        length: param(phase.length),
        limit: param(phase.limit),
        events: keyed(phase.events, called, (event) => ({
          ...event,
          of: name(event.of),
          world: name(event.world),
          decide: event.decide && { ...event.decide, ...decidingNamed(event.decide, r) },
          run: (w, p, row, time, draw, schedule, send) =>
            event.run(world(w), params(p), row, time, draw, byOwnName(schedule, called), byOwnName(send, name)),
        })),
      };
    }
    case "exchange":
      return {
        ...phase,
        population: name(phase.population),
        to: name(phase.to),
        run: (k, from, to, w, p, ...others) => phase.run(k, from, to, world(w), params(p), ...others),
      } satisfies ExchangePhase;
    case "repeat":
      return {
        ...phase,
        times: param(phase.times),
        phases: mapped(phase.phases, (one) => phaseNamed(one, r) as never),
      };
    case "send":
      return {
        ...phase,
        messages: name(phase.messages),
        run: (k, from, to, w, p, ...others) => phase.run(k, from, to, world(w), params(p), ...others),
      } satisfies SendPhase;
    case "total": {
      const sums = mapped(phase.sums, (of) =>
        typeof of === "string"
          ? of
          : (...[k, i, w, p, item]: Parameters<typeof of>) => of(k, i, world(w), params(p), item),
      );
      return { ...phase, population: name(phase.population), sums: phase.by === null ? keyed(sums, name) : sums };
    }
    case "variant":
      return { ...phase, by: param(phase.by), phases: mapped(phase.phases, (one) => phaseNamed(one, r) as never) };
    case "world":
      return { ...phase, run: (w, p, draw) => phase.run(world(w), params(p), draw) } satisfies WorldPhase;
    case "wire":
      return {
        ...phase,
        links: name(phase.links),
        every: param(phase.every),
        wiring: (p, w) => phase.wiring(params(p), world(w)),
      };
  }
}

const isNames = (observe: readonly string[] | object): observe is readonly string[] => Array.isArray(observe);
/** What is under new names, found by the part's own. */
const byOwnName = <T>(
  record: Readonly<Record<string, T>>,
  name: (own: string) => string,
): Readonly<Record<string, T>> => new Proxy(record, { get: (target, own) => target[name(String(own))] });

function decidingNamed<D extends Deciding>({ observe, mask }: D, r: Renaming): Pick<D, "observe" | "mask"> {
  return {
    observe: observe === null || isNames(observe) ? observe : mapped(observe, (one) => observationNamed(one, r)),
    mask: mask && mapped(mask, (one) => maskNamed(one, r)),
  };
}

function observationNamed(observed: AnyObservation, { name, params }: Renaming): AnyObservation {
  const { world, center, scale } = observed;
  const by = (given: number | ((p: AnyParamValues) => number)) =>
    typeof given === "function" ? (p: AnyParamValues) => given(params(p)) : given;
  return {
    ...observed,
    ...(world === undefined ? {} : { world: name(world) }),
    ...(center === undefined ? {} : { center: by(center) }),
    ...(scale === undefined ? {} : { scale: by(scale) }),
  };
}

const maskNamed = ({ doc, allows }: Mask, { world, params }: Renaming): Mask => ({
  doc,
  allows: (k, i, choice, w, p, item) => allows(k, i, choice, world(w), params(p), item),
});

const amountNamed = (amount: AnyAmount, { name, world, params }: Renaming): AnyAmount => {
  if (typeof amount === "function") return (w, p) => amount(world(w), params(p));
  const [first, ...column] = amount.split(".") as [string, ...string[]];
  return [name(first), ...column].join(".");
};

const flowNamed = (flow: AnyFlow, r: Renaming): AnyFlow => ({
  ...flow,
  ...(flow.pays === undefined ? {} : { pays: amountNamed(flow.pays, r) }),
  ...(flow.receives === undefined ? {} : { receives: amountNamed(flow.receives, r) }),
});

/** A function of a world and parameters that come last. */
type OfWorld = (...given: readonly unknown[]) => unknown;

function restNamed(part: Part, r: Renaming): Rest {
  const { name, param, world, params } = r;
  /** The world and the parameters are its last two arguments. */
  const ofWorld = (f: unknown): OfWorld => {
    return (...given) => (f as OfWorld)(...given.slice(0, -2), world(given.at(-2) as AnyWorld), params(given.at(-1)));
  };
  const measured = (one: unknown) => ({ ...(one as object), of: ofWorld((one as { readonly of: unknown }).of) });
  const named: { readonly [K in Shared]: (value: unknown) => unknown } = {
    derive: (f) => (p: AnyParamValues) => (f as (p: AnyParamValues) => number)(params(p)),
    observe: (all) => mapped(all as Readonly<Record<string, AnyObservation>>, (one) => observationNamed(one, r)),
    reward: (reward) => reward,
    mask: (all) => mapped(all as Readonly<Record<string, Mask>>, (one) => maskNamed(one, r)),
    potential: ofWorld,
    counterfactual: (all) => all as Readonly<Record<string, Counterfactual>>,
    payoffs: ofWorld,
    informationCost: (feature) => feature,
    discountFactor: param,
    metrics: measured,
    identities: measured,
  };
  return Object.fromEntries(
    SHARED.flatMap((key) => (part[key] === undefined ? [] : [[key, keyed(part[key], name, named[key])]])),
  );
}
