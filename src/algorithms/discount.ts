// Where a learner's discount comes from: the parameter that the economy declares as its population's discount factor, unless the setting is given.
//
//   γ = δ^k    δ the economy's discount factor per period, k periods between two decisions of the population
//
// A population that decides once per episode, or whose economy declares no discount factor, has the algorithm's default.
import { clockOf, decisionsOf } from "../economy/decisions.ts";
import type { AnyParamValues, Economy, ParamSettings } from "../economy/index.ts";
import { pow } from "../math/index.ts";
import { type AnyAlgorithm, configOf, type RunConfig } from "./algorithm.ts";

type Discounting = Pick<AnyAlgorithm, "name" | "config" | "mixed" | "discountOf">;

/** A population whose learner discounts otherwise than its economy. */
export interface DiscountDeparture {
  readonly population: string;
  /** The setting's path on a command line, and its value. */
  readonly setting: string;
  readonly given: number;
  /** The economy's parameter, and the discount per decision that follows from it. */
  readonly parameter: string;
  readonly expected: number;
}

interface Declared {
  readonly parameter: string;
  /** Per decision. */
  readonly discount: number;
}

/** By decision: what the economy's discount factor makes of one decision to the next. */
function declaredDiscounts(economy: Economy, p: AnyParamValues): ReadonlyMap<string, Declared> {
  const declared = new Map<string, Declared>();
  for (const decision of decisionsOf(economy)) {
    const parameter = economy.discountFactor[decision.population];
    const every = clockOf(economy, decision, p);
    if (parameter === undefined || typeof every !== "number" || decision.event !== null) continue; // events are no number of periods apart
    const δ = p[parameter] as number;
    declared.set(decision.key, { parameter, discount: every === 1 ? δ : pow(δ, every) });
  }
  return declared;
}

/** The name of the setting that discounts a population's rewards, or null. */
export const discountOf = (algorithm: Discounting, population: string): string | null =>
  algorithm.discountOf ? algorithm.discountOf(population) : "gamma" in algorithm.config ? "gamma" : null;

/** Settings with discounts filled in where none was given: one for all populations if they agree, else each its own. */
export function withDiscounts(
  algorithm: Discounting,
  economy: Economy,
  p: AnyParamValues,
  settings: ParamSettings,
  learners: readonly string[],
): ParamSettings {
  const { populations, ...common } = settings as Record<string, unknown>;
  const given = (populations ?? {}) as Readonly<Record<string, ParamSettings>>;
  const declared = declaredDiscounts(economy, p);
  const bySetting = new Map<string, [population: string, declared: Declared | undefined][]>();
  for (const population of learners) {
    const setting = discountOf(algorithm, population);
    if (setting === null || common[setting] !== undefined || given[population]?.[setting] !== undefined) continue;
    bySetting.set(setting, [...(bySetting.get(setting) ?? []), [population, declared.get(population)]]);
  }
  const own: Record<string, ParamSettings> = { ...given };
  for (const [setting, those] of bySetting) {
    const known = those.flatMap(([population, d]) => (d ? [{ population, ...d }] : []));
    const [first] = known;
    if (!first) continue;
    const agree = known.every(({ discount }) => discount === first.discount);
    if (agree && (known.length === those.length || !algorithm.mixed)) common[setting] = first.discount;
    else if (algorithm.mixed)
      for (const { population, discount } of known) own[population] = { ...own[population], [setting]: discount };
    else
      throw new Error(
        `${algorithm.name} takes one ${setting} for all populations, but ${known
          .map(({ population, parameter, discount }) => `${population} discount by ${discount} (${parameter})`)
          .join(" and ")}. Set config.${setting}, or give these parameters one value.`,
      );
  }
  return Object.keys(own).length > 0 ? { ...common, populations: own } : common;
}

/** Populations whose learners discount otherwise than the economy says, because their settings do. */
export function discountDepartures(
  algorithm: Discounting,
  economy: Economy,
  p: AnyParamValues,
  config: RunConfig,
): readonly DiscountDeparture[] {
  const { populations = {} } = config as { readonly populations?: Readonly<Record<string, object>> };
  return [...declaredDiscounts(economy, p)].flatMap(([population, { parameter, discount: expected }]) => {
    const name = discountOf(algorithm, population);
    if (name === null) return [];
    const given = (configOf(config, population) as Readonly<Record<string, number>>)[name]!;
    if (given === expected) return [];
    const setting = Object.hasOwn(populations[population] ?? {}, name)
      ? `config.${population}.${name}`
      : `config.${name}`;
    return [{ population, setting, given, parameter, expected }];
  });
}

/** What a departure means and how to undo it, in a sentence. */
export const inWords = ({ population, setting, given, parameter, expected }: DiscountDeparture): string =>
  `${setting} is ${given}, but ${population} discount by ${expected} per decision (${parameter}); leave ${setting} out, or set it to ${expected}.`;
