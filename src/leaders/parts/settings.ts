// Settings of a concept and of what it is made of, as one flat declaration: `followers.learningRate` is the followers' learningRate.
import type { AnyAlgorithm } from "../../algorithms/algorithm.ts";
import { discountOf } from "../../algorithms/discount.ts";
import type { AnyParamValues, ParamDeclarations } from "../../core/params.ts";

/** Declarations under a prefix. */
export type Under<N extends string, D> = { readonly [K in keyof D & string as `${N}.${K}`]: D[K] };

export const under = <const N extends string, D extends ParamDeclarations>(
  prefix: N,
  declared: D,
  except: readonly string[] = [],
): Under<N, D> =>
  Object.fromEntries(
    Object.entries(declared)
      .filter(([name]) => !except.includes(name))
      .map(([name, value]) => [`${prefix}.${name}`, value]),
  ) as unknown as Under<N, D>;

/** The setting that discounts a population where `followers` learn; the leader's own where it learns as they do. */
export const discountUnder =
  (leader: string, followers: AnyAlgorithm, learns = false) =>
  (population: string): string | null => {
    const setting = discountOf(followers, population);
    if (setting === null || (population === leader && !learns)) return null;
    return `${population === leader ? "leader" : "followers"}.${setting}`;
  };

/** What stands under a prefix, without it; also of what single populations have to themselves. */
export function settingsUnder(prefix: string, config: object): AnyParamValues {
  const start = `${prefix}.`;
  const kept = Object.entries(config).filter(([name]) => name.startsWith(start));
  const own = (config as { readonly populations?: Readonly<Record<string, object>> }).populations;
  const settings = Object.fromEntries(kept.map(([name, value]) => [name.slice(start.length), value]));
  if (!own) return settings;
  const populations = Object.fromEntries(
    Object.entries(own).map(([name, given]) => [name, settingsUnder(prefix, given)]),
  );
  return { ...settings, populations } as unknown as AnyParamValues;
}
