// The kinds of phase, and the builder that an economy's `phases` receives: one period, in order of events.
//
//   decide    a population acts
//   enter     new lives in free rows of a population, by rank
//   each      rows of a population, in any cut: writes its own rows, reads world scalars and, where declared, a partner's columns
//   exchange  rows send integer amounts to inboxes of other rows; integer addition commutes, so any cut gives the same bits
//   total     world scalars as sums over rows, in a fixed pairwise order
//   wire      makes the links of one kind, at reset or at declared periods
//   world     a plain function of one world
//   events    what happens in continuous time, in exact order
//   send      rows post messages, which events deliver
//   repeat    some of these, several times in a period
//   variant   one of several of these, by a parameter
//
// A kind is a file here and a line in each of the four lists below.

import type { ParamDeclarations } from "../../core/params.ts";
import type { Columns } from "../columns.ts";
import type { Tables } from "../population.ts";
import { type DecideBuilder, type DecidePhase, decide, decideKind } from "./decide.ts";
import { type EachBuilder, type EachPhase, each, eachKind } from "./each.ts";
import { type EnterBuilder, type EnterPhase, enter, enterKind } from "./enter.ts";
import { type EventsBuilder, type EventsPhase, events, eventsKind } from "./events.ts";
import { type ExchangeBuilder, type ExchangePhase, exchange, exchangeKind } from "./exchange.ts";
import type { PhaseKind } from "./kind.ts";
import { type RepeatBuilder, type RepeatPhase, repeat, repeatKind } from "./repeat.ts";
import { type SendBuilder, type SendPhase, send, sendKind } from "./send.ts";
import { type TotalBuilder, type TotalPhase, total, totalKind } from "./total.ts";
import { type VariantBuilder, type VariantPhase, variant, variantKind } from "./variant.ts";
import { type WireBuilder, type WirePhase, wire, wireKind } from "./wire.ts";
import { type WorldBuilder, type WorldPhase, world, worldKind } from "./world.ts";

type Simple =
  | DecidePhase
  | EachPhase
  | EnterPhase
  | EventsPhase
  | ExchangePhase
  | SendPhase
  | TotalPhase
  | WorldPhase
  | WirePhase;
/** A phase, or one of several. */
type One = Simple | VariantPhase<Simple>;
export type Phase = One | RepeatPhase<One>;
export type Phases = Readonly<Record<string, Phase>>;

export interface PhaseBuilder<P extends ParamDeclarations, W extends Columns, G extends Tables>
  extends DecideBuilder<P, W, G>,
    EachBuilder<P, W, G>,
    EnterBuilder<P, W, G>,
    EventsBuilder<P, W, G>,
    ExchangeBuilder<P, W, G>,
    RepeatBuilder<P>,
    SendBuilder<P, W, G>,
    TotalBuilder<P, W, G>,
    VariantBuilder<P>,
    WorldBuilder<P, W, G>,
    WireBuilder<P, W, G> {}

/** Untyped: the machinery hands each phase the world it was declared for. */
export const phaseBuilder = { decide, each, enter, events, exchange, repeat, send, total, variant, wire, world };

const kinds: { readonly [K in Phase["kind"]]: PhaseKind<Extract<Phase, { kind: K }>> } = {
  decide: decideKind,
  each: eachKind,
  enter: enterKind,
  events: eventsKind,
  exchange: exchangeKind,
  repeat: repeatKind<One>((phase) => kindOf(phase) as PhaseKind<One>),
  send: sendKind,
  total: totalKind,
  variant: variantKind<Simple>((phase) => kindOf(phase) as PhaseKind<Simple>),
  world: worldKind,
  wire: wireKind,
};

/** Phases by name, with those within a `repeat` or a `variant` as "repeat/phase". */
export const withinAll = (phases: Phases): (readonly [name: string, phase: Phase])[] =>
  Object.entries(phases).flatMap(([name, phase]) => [
    [name, phase] as const,
    ...("phases" in phase ? withinAll(phase.phases).map(([inner, one]) => [`${name}/${inner}`, one] as const) : []),
  ]);

/** How a phase is verified, described and run. */
export const kindOf = (phase: Phase): PhaseKind<Phase> => kinds[phase.kind] as PhaseKind<Phase>;

export type { DecidePhase };
