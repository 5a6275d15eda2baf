// Stages of a period: where a part's phases stand when the economy does not order them itself.
import type { By, Fail } from "./join.ts";
import type { Part } from "./part.ts";
import type { Phases } from "./phases/index.ts";

/** One period of an economy of markets, in order of events. */
export const STAGES = [
  "choose", // agents observe and decide
  "hire", // labour and capital go where they work in this period
  "produce", // output is made
  "post", // sellers post prices, traders post orders
  "clear", // markets find prices, and who is served
  "trade", // buyers buy at these prices
  "settle", // markets add up what was traded
  "pay", // sellers pay wages, rents and taxes out of their sales
  "earn", // the others receive them
  "close", // accounts close, and rewards and the next period's signals are computed
] as const;
export type Stage = (typeof STAGES)[number];

/** All phases by stage, in each stage in order of the parts, and of a part as declared. */
export function byStages(fail: Fail, parts: readonly By<Part>[], without: readonly string[]): Phases {
  const placed = STAGES.map((): [string, Phases[string]][] => []);
  for (const { by, value } of parts)
    for (const [name, phase] of Object.entries(value.phases)) {
      if (without.includes(`${by}.${name}`)) continue;
      const stage = value.stages[name];
      if (stage === undefined)
        return fail(
          `phase ${by}.${name} has no stage; say when it runs by stages: { ${name}: "${STAGES[0]}" } in its part (${STAGES.join(", ")}), or order the period by phases: (parts) => ({ … }).`,
        );
      placed[STAGES.indexOf(stage)]!.push([inOrder(by, name), phase]);
    }
  return Object.fromEntries(placed.flat());
}

/** At a reset: the start phases of all parts, in order of the parts. */
export function atReset(parts: readonly By<Part>[], without: readonly string[]): Phases {
  return Object.fromEntries(
    parts.flatMap(({ by, value }) =>
      Object.entries(value.start)
        .filter(([name]) => !without.includes(`${by}.${name}`))
        .map(([name, phase]) => [inOrder(by, name), phase]),
    ),
  );
}

/** `produce` of part `farm` is farmProduce. */
const inOrder = (part: string, phase: string): string => `${part}${phase[0]!.toUpperCase()}${phase.slice(1)}`;
