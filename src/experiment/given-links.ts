// Links of an economy from a file, in place of its own wiring.
import { type AnyParamValues, networks, unknown } from "../economy/index.ts";
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

/** The experiment on given links: its start makes these, its claims and theory, which are of the economy's own network, are unknown. */
export function withLinks(
  experiment: Experiment,
  links: string,
  edges: Parameters<typeof networks.fromArrays>[0],
): Experiment {
  const { economy } = experiment;
  const start = Object.fromEntries(
    Object.entries(economy.start).map(([name, phase]) => [
      name,
      phase.kind === "wire" && phase.links === links ? { ...phase, wiring: () => networks.fromArrays(edges) } : phase,
    ]),
  );
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
