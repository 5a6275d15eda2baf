// The decisions of an economy, each with all that it owns filled in: who takes it, what is chosen, what is seen and what makes sense.

import { list, suggest } from "../core/errors.ts";
import type { AnyParamValues } from "../core/params.ts";
import type { Economy } from "./economy.ts";
import type { Deciding } from "./phases/decide.ts";
import { withinAll } from "./phases/index.ts";
import type { AnyObservation, Mask } from "./structure.ts";

export interface Decision {
  /** The population's name where it has no other decision, else the phase's or the event's: what learners, settings and policies are named by. */
  readonly key: string;
  readonly phase: string;
  /** The kind of event at which its row decides; null: the phase is the decision. */
  readonly event: string | null;
  readonly population: string;
  /** Periods between decisions, "episode", or a parameter's name. */
  readonly every: number | string;
  /** Actions, in the order in which the population declares them. */
  readonly choices: readonly string[];
  readonly observe: Readonly<Record<string, AnyObservation>>;
  readonly mask: Readonly<Record<string, Mask>>;
  /** Flag columns that must not be 0 where an agent is to decide: of `who`, and of the population's `lives`. */
  readonly flags: readonly string[];
  /** The column that says who lives, or null. */
  readonly lives: string | null;
}

/** Periods between decisions, "episode" or "never": as declared, or what the parameter that was named says; "period" is 1. Who is not there never decides. */
export function clockOf(
  { populations }: Pick<Economy, "populations">,
  { every, population }: Pick<Decision, "every" | "population">,
  params: AnyParamValues,
): AnyParamValues[string] {
  const { size } = populations[population]!;
  if (typeof size === "string" && params[size] === 0) return "never";
  const clock = typeof every === "string" ? (params[every] ?? every) : every;
  return clock === "period" ? 1 : clock;
}

/** Whether anybody ever decides. */
export const isDecided = (economy: Economy, params: AnyParamValues): boolean =>
  decisionsOf(economy).some((decision) => clockOf(economy, decision, params) !== "never");

/** A decision as it was declared: by a phase, or by an event of one. */
interface Declared extends Deciding, Pick<Decision, "phase" | "event" | "population" | "every"> {
  readonly name: string;
}

function declaredDecisions({ phases }: Economy): readonly Declared[] {
  return Object.entries(phases).flatMap(([name, phase]): Declared[] => {
    if (phase.kind === "decide") return [{ ...phase, name, phase: name, event: null }];
    if (phase.kind !== "events") return [];
    return Object.entries(phase.events).flatMap(([event, { of, decide }]) =>
      decide ? [{ ...decide, name: event, phase: name, event, population: of, every: 1 }] : [],
    );
  });
}

/** As it is called in an error. */
const called = ({ phase, event }: Pick<Decision, "phase" | "event">): string =>
  event === null ? `phase "${phase}"` : `event "${event}" of phase "${phase}"`;

const at = (one: Pick<Decision, "phase" | "event">): string => `${one.event === null ? "in" : "at"} ${called(one)}`;

/** In order of events. */
export function decisionsOf(economy: Economy): readonly Decision[] {
  const declared = declaredDecisions(economy);
  return declared.map(({ name, phase, event, population, every, choices, observe, mask, who }) => {
    const { actions, lives } = economy.populations[population]!;
    const alone = declared.filter((one) => one.population === population).length === 1;
    const chosen = Object.keys(actions).filter((action) => choices === null || choices.includes(action));
    const of = <V>(all: Readonly<Record<string, V>>, names: readonly string[]): Readonly<Record<string, V>> =>
      Object.fromEntries(names.flatMap((one) => (all[one] === undefined ? [] : [[one, all[one]] as const])));
    const seen = economy.observe[population] ?? {};
    return {
      key: alone ? population : name,
      phase,
      event,
      population,
      every,
      choices: chosen,
      observe: observe === null ? seen : isNames(observe) ? of(seen, observe) : observe,
      mask: mask ?? of(economy.mask[population] ?? {}, chosen),
      flags: [...new Set([who, lives ?? ""])].filter((column) => column !== ""),
      lives,
    };
  });
}

const isNames = (observe: readonly string[] | object): observe is readonly string[] => Array.isArray(observe);

/** What the compiler cannot see of decisions. */
export function verifyDecisions(economy: Economy, fail: (what: string) => never): void {
  const decisions = decisionsOf(economy);
  const known = (where: string, name: string, names: readonly string[]): void => {
    if (!names.includes(name)) fail(`${where} names "${name}".${suggest(name, names)}`);
  };
  for (const [name, phase] of withinAll(economy.phases))
    if (phase.kind === "events" && !Object.hasOwn(economy.phases, name))
      for (const [event, { decide }] of Object.entries(phase.events))
        if (decide) fail(`phase "${name}" has decisions at event "${event}"; leave such events outside a variant.`);
  const declared = declaredDecisions(economy);
  for (const one of declared) {
    const where = called(one);
    const actions = Object.keys(economy.populations[one.population]!.actions);
    for (const action of one.choices ?? []) known(`the choices of ${where}`, action, actions);
    if (one.choices?.length === 0) fail(`${where} chooses nothing; leave choices out, or name an action.`);
    if (one.observe !== null && isNames(one.observe))
      for (const seen of one.observe)
        known(`what ${where} observes`, seen, Object.keys(economy.observe[one.population] ?? {}));
    for (const action of Object.keys(one.mask ?? {})) {
      known(`the mask of ${where}`, action, one.choices ?? actions);
      if (economy.populations[one.population]!.actions[action]!.kind === "box")
        fail(`the mask of ${where}: ${action} is a box, which has no choices to leave out.`);
    }
  }
  for (const [d, { key, population, choices }] of decisions.entries()) {
    const here = declared[d]!;
    for (const [b, before] of decisions.slice(0, d).entries()) {
      if (before.key === key)
        fail(
          `${called(here)} and the decision of ${before.population} are both known as "${key}"; name the ${here.event === null ? "phase" : "event"} otherwise.`,
        );
      if (before.population !== population) continue;
      const both = choices.filter((action) => before.choices.includes(action));
      const sayWho = [declared[b]!, here].every(({ who, event }) => who !== "" || event !== null); // one row at an event
      if (both.length > 0 && !sayWho)
        fail(
          `${population} choose ${list(both, "and")} ${at(declared[b]!)} and again ${here.event === null ? `in "${here.phase}"` : at(here)}, which would overwrite the first choice. Divide the actions between them by \`choices\`, or say \`who\` takes either.`,
        );
    }
    if (economy.payoffs[population] && choices.length < Object.keys(economy.populations[population]!.actions).length)
      fail(
        `payoffs.${population} are of all actions together, and ${called(here)} chooses ${list(choices, "and")} only.`,
      );
  }
}
