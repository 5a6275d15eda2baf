// Links of an economy from a file, in place of its own wiring, and their columns.
import { list } from "../core/errors.ts";
import { type ColumnArray, HELD, holds } from "../economy/columns.ts";
import { type AnyParamValues, networks, unknown } from "../economy/index.ts";
import { each } from "../economy/phases/each.ts";
import type { Experiment } from "./experiment.ts";

/** Rows of the links' population, and how many links there is room for. Throws where links cannot come from a file. */
export function roomForLinks(
  { economy }: Experiment,
  params: AnyParamValues,
  links: string,
): { readonly nodes: number; readonly room: number; readonly degree: number | string } {
  const wired = Object.values(economy.start).flatMap((phase) => (phase.kind === "wire" ? [phase.links] : []));
  if (!wired.includes(links))
    throw new Error(
      `--network: ${economy.name} has no links "${links}" that it makes at the start; ${wired.length > 0 ? `it has ${[...new Set(wired)].join(", ")}` : "it has none"}.`,
    );
  const { from, to, degree } = economy.links[links]!;
  if (from !== to)
    throw new Error(
      `--network: ${links} of ${economy.name} lead from ${from} to ${to}, expected links of one population.`,
    );
  const countOf = (declared: number | string): number =>
    typeof declared === "number" ? declared : (params[declared] as number);
  const nodes = countOf(economy.populations[from]!.size);
  return { nodes, room: Math.ceil(nodes * countOf(degree)), degree };
}

/** Columns of the links that a file fills, those that have the same name. Throws where it has others: nobody would read them. */
export function filledColumns(
  { economy }: Experiment,
  links: string,
  header: readonly string[],
  where: string,
): readonly string[] {
  const { state } = economy.links[links]!;
  const names = header.filter((name) => name !== "source" && name !== "target");
  for (const name of names) {
    const declared = state[name];
    if (declared === undefined || declared.each !== null) {
      const own = Object.keys(state).filter((column) => state[column]!.each === null);
      throw new Error(
        `${where} has the column "${name}", and ${links} of ${economy.name} have ${own.length > 0 ? `the columns ${list(own, "and")}` : "no columns"} of one value a link. ${own.length > 0 ? "Name it as the one that it fills, or remove it" : "Remove it"}.`,
      );
    }
  }
  return names;
}

/** Values of a column of links, one for each in the order of the edge list. */
export interface GivenColumn {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** Throws where the column cannot hold a value as it is. */
function refuseValues({ economy }: Experiment, links: string, { name, values }: GivenColumn, where: string): void {
  const { kind, names } = economy.links[links]!.state[name]!;
  if (names !== null)
    throw new Error(`${where}, column "${name}": rows of ${names} cannot come from a file. Remove the column.`);
  for (let l = 0; l < values.length; l++)
    if (!holds(kind, values[l]!))
      throw new Error(
        `${where}, column "${name}": got ${values[l]}, expected ${HELD[kind]}, as ${links} of ${economy.name} hold it.`,
      );
}

/** The experiment on given links: its start makes these and fills their columns, its claims and theory, which are of the economy's own network, are unknown. */
export function withLinks(
  experiment: Experiment,
  links: string,
  edges: Parameters<typeof networks.fromArrays>[0],
  columns: readonly GivenColumn[] = [],
  where = "columns",
): Experiment {
  const { economy } = experiment;
  for (const column of columns) refuseValues(experiment, links, column, where);
  const phases = Object.entries(economy.start).map(([name, phase]) =>
    phase.kind === "wire" && phase.links === links
      ? ([name, { ...phase, wiring: () => networks.fromArrays(edges) }] as const)
      : ([name, phase] as const),
  );
  // After whatever else the start does to these links alone, and before others look at them.
  const after = phases.findLastIndex(
    ([, phase]) =>
      (phase.kind === "wire" && phase.links === links) || (phase.kind === "each" && phase.population === links),
  );
  const start = Object.fromEntries([
    ...phases.slice(0, after + 1),
    ...columns.map(({ name, values }) => [`given ${links}.${name}`, filling(links, name, values)] as const),
    ...phases.slice(after + 1),
  ]);
  const { truth } = economy;
  const reason = `theory is of the economy's own network, and ${links} come from a file`;
  return {
    ...experiment,
    expect: null,
    economy: {
      ...economy,
      start,
      truth: truth && ((p) => Object.fromEntries(Object.keys(truth(p)).map((name) => [name, unknown(reason)]))),
    },
  };
}

const filling = (links: string, name: string, values: ArrayLike<number>) =>
  each(links, { doc: `${name} from a file`, writes: [name] }, (rows, from, to) => {
    const column = rows[name] as ColumnArray;
    for (let l = from; l < to; l++) column[l] = values[l]!;
  });
