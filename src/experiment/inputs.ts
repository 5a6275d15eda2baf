// What a run takes in besides its settings: networks from files, and an outside series. Recorded in run.json, so that resuming takes in the same.
import type { EdgeList } from "../data/edges.ts";
import { type AnyParamValues, networks, unknown } from "../economy/index.ts";
import type { Experiment } from "./experiment.ts";

/** Links of an economy that come from a file instead of its own wiring. */
export interface GivenNetwork {
  readonly links: string;
  /** As the user wrote it. */
  readonly file: string;
  /** Of its bytes. */
  readonly sha256: string;
}

/** An outside series and how it is filtered: columns of a CSV, and the model of a level that drifts. */
export interface StreamSettings {
  /** A file, "-" for standard input, or the address of a WebSocket, as the user wrote it. */
  readonly source: string;
  /** The world scalar that is set to the filter's mean at the start of each period. */
  readonly into: string;
  readonly time: string;
  readonly value: string;
  /** Time at which the first period begins; null: that of the first point. */
  readonly start: number | null;
  /** Time that a period lasts. */
  readonly step: number;
  /** Periods that wait for points out of order. */
  readonly patience: number;
  /** Variance by which the level drifts in a period; null: of 2 % of the first value. */
  readonly drift: number | null;
  /** Variance of an observation around it; null: of 0.5 % of the first value. */
  readonly noise: number | null;
}

export interface RunInputs {
  readonly networks?: readonly GivenNetwork[];
  readonly stream?: StreamSettings;
}

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
export function withLinks(experiment: Experiment, links: string, edges: EdgeList): Experiment {
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
