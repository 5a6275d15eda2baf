// The order of a period by the stages of its parts' phases, where the economy gives none.
import type { By, Fail } from "./join.ts";
import type { Part } from "./part.ts";
import type { Phases } from "./phases/index.ts";
import { STAGES } from "./stages.ts";

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
