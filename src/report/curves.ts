// What was logged while training, as charts: one per name, and one per family of names that end in a number and were measured once.
import type { ExperimentFigure } from "../experiment/declared.ts";
import { lineOverSeeds, type SeedResult } from "../experiment/figures.ts";
import type { ReportCurve } from "./contents.ts";
import type { RunDescription } from "./description.ts";

/** Curves of one seed, or their mean over several. Families that a figure draws are left out. */
export function curvesOf({ docs, steps, comparisons }: RunDescription, seeds: readonly SeedResult[]): ReportCurve[] {
  const names = [...new Set(seeds.flatMap(({ rows }) => rows.flatMap((row) => Object.keys(row))))].filter(
    (name) => name !== "step" && !name.startsWith("watch/"),
  );
  const span = [0, Math.max(...seeds.map(({ rows }) => rows.at(-1)?.["step"] ?? 0))] as const;
  const families = familiesAmong(names, seeds);
  const inFamily = new Set(families.flatMap(({ members }) => members.map(({ name }) => name)));
  const several = seeds.length > 1 ? " Mean over seeds; band: least to most." : "";
  const doc = (name: string): string => {
    const said = docs[name] ?? docs[name.replace(/\/[^/]*$/, "/<k>")] ?? docOfPattern(docs, name);
    return said === undefined ? several.trim() : `${said.replace(/\.$/, "")}.${several}`;
  };
  const drawn = new Set(comparisons.flatMap(({ lines }) => lines.map(measuredOf)));
  return [
    ...names
      .filter((name) => !inFamily.has(name))
      .map((name) => {
        const { x, y, low, high } = lineOverSeeds({ label: name, training: name }, seeds, "range");
        return { name, doc: doc(name), x, y, low, high, xLabel: steps, span };
      }),
    ...families
      .filter(({ family }) => !drawn.has(family))
      .map(({ family, members }) => {
        const last = seeds.map(({ rows }) => ({
          rows: [],
          summary: Object.fromEntries(
            members.flatMap(({ name }) => {
              const row = rows.findLast((r) => Number.isFinite(r[name]));
              return row ? [[name, row[name]!] as const] : [];
            }),
          ),
        }));
        const { x, y, low, high } = lineOverSeeds({ label: family, measured: family }, last, "range");
        return { name: family, doc: doc(`${family}/0`), x, y, low, high, xLabel: family.split("/").at(-1)! };
      }),
  ];
}

const measuredOf = (line: ExperimentFigure["lines"][number]): string => ("measured" in line ? line.measured : "");

interface Family {
  readonly family: string;
  readonly members: readonly { readonly name: string }[];
}

/** Three or more names `<family>/<number>` that were measured in one row only, of each seed. */
function familiesAmong(names: readonly string[], seeds: readonly SeedResult[]): Family[] {
  const families = new Map<string, { readonly name: string }[]>();
  for (const name of names) {
    const [, family] = /^(.+)\/-?\d+(?:\.\d+)?$/.exec(name) ?? [];
    if (family === undefined) continue;
    const times = seeds.map(({ rows }) => rows.filter((row) => Number.isFinite(row[name])).length);
    if (Math.max(...times) <= 1) families.set(family, [...(families.get(family) ?? []), { name }]);
  }
  return [...families].flatMap(([family, members]) => (members.length >= 3 ? [{ family, members }] : []));
}

/** Of names documented as a pattern, `greedy/<metric>`. */
function docOfPattern(docs: RunDescription["docs"], name: string): string | undefined {
  const parts = name.split("/");
  for (const [pattern, doc] of Object.entries(docs)) {
    const wanted = pattern.split("/");
    if (wanted.length === parts.length && wanted.every((part, i) => part === parts[i] || /^<.+>$/.test(part)))
      return doc;
  }
  return undefined;
}
