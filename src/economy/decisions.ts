// The decisions of an economy, each with all that it owns filled in: who takes it, what is chosen, what is seen and what makes sense.

import { list, suggest } from "../core/errors.ts";
import type { AnyParamValues } from "../core/params.ts";
import type { Economy } from "./economy.ts";
import type { AnyObservation, Mask } from "./structure.ts";

export interface Decision {
  /** The population's name where it has no other decision, else the phase's: what learners, settings and policies are named by. */
  readonly key: string;
  readonly phase: string;
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

/** Periods between decisions, "episode" or "never": as declared, or what the parameter that was named says; "period" is 1. */
export function clockOf({ every }: Pick<Decision, "every">, params: AnyParamValues): AnyParamValues[string] {
  const clock = typeof every === "string" ? (params[every] ?? every) : every;
  return clock === "period" ? 1 : clock;
}

/** Whether anybody ever decides. */
export const isDecided = (economy: Economy, params: AnyParamValues): boolean =>
  decisionsOf(economy).some((decision) => clockOf(decision, params) !== "never");

/** In order of events. */
export function decisionsOf(economy: Economy): readonly Decision[] {
  const phases = Object.entries(economy.phases).flatMap(([name, phase]) =>
    phase.kind === "decide" ? [{ name, phase }] : [],
  );
  return phases.map(({ name, phase }) => {
    const { population, every, choices, observe, mask, who } = phase;
    const { actions, lives } = economy.populations[population]!;
    const alone = phases.filter(({ phase }) => phase.population === population).length === 1;
    const chosen = Object.keys(actions).filter((action) => choices === null || choices.includes(action));
    const of = <V>(all: Readonly<Record<string, V>>, names: readonly string[]): Readonly<Record<string, V>> =>
      Object.fromEntries(names.flatMap((one) => (all[one] === undefined ? [] : [[one, all[one]] as const])));
    const seen = economy.observe[population] ?? {};
    return {
      key: alone ? population : name,
      phase: name,
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
  for (const [name, phase] of Object.entries(economy.phases)) {
    if (phase.kind !== "decide") continue;
    const actions = Object.keys(economy.populations[phase.population]!.actions);
    for (const action of phase.choices ?? []) known(`the choices of phase "${name}"`, action, actions);
    if (phase.choices?.length === 0) fail(`phase "${name}" chooses nothing; leave choices out, or name an action.`);
    if (phase.observe !== null && isNames(phase.observe))
      for (const seen of phase.observe)
        known(`what phase "${name}" observes`, seen, Object.keys(economy.observe[phase.population] ?? {}));
    for (const action of Object.keys(phase.mask ?? {})) {
      known(`the mask of phase "${name}"`, action, phase.choices ?? actions);
      if (economy.populations[phase.population]!.actions[action]!.kind === "box")
        fail(`the mask of phase "${name}": ${action} is a box, which has no choices to leave out.`);
    }
  }
  for (const [d, { key, phase, population, choices }] of decisions.entries()) {
    for (const before of decisions.slice(0, d)) {
      if (before.key === key)
        fail(
          `phase "${phase}" and the decision of ${before.population} are both known as "${key}"; name the phase otherwise.`,
        );
      if (before.population !== population) continue;
      const both = choices.filter((action) => before.choices.includes(action));
      const sayWho = [before.phase, phase].every((name) => {
        const one = economy.phases[name]!;
        return one.kind === "decide" && one.who !== "";
      });
      if (both.length > 0 && !sayWho)
        fail(
          `${population} choose ${list(both, "and")} in phase "${before.phase}" and again in "${phase}", which would overwrite the first choice. Divide the actions between them by \`choices\`, or say \`who\` takes either.`,
        );
    }
    if (economy.payoffs[population] && choices.length < Object.keys(economy.populations[population]!.actions).length)
      fail(
        `payoffs.${population} are of all actions together, and phase "${phase}" chooses ${list(choices, "and")} only.`,
      );
  }
}
