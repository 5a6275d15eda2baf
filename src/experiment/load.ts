// From a module to an experiment: its default export is an experiment, or an economy, which is then simulated without learning.
import type { Economy } from "../economy/index.ts";
import { bareExperiment, type Experiment } from "./experiment.ts";

/** Imports a module by URL. */
export async function loadModule(url: string): Promise<Experiment> {
  let module: { default?: unknown };
  try {
    module = await import(url);
  } catch (error) {
    const { name, message, stack } = error as Error;
    const place = placeIn(stack ?? "");
    throw new Error(
      `${url} could not be loaded: ${name === "Error" ? "" : `${name}: `}${message}${place && !message.includes(place) ? ` (${place})` : ""}`,
      {
        cause: error,
      },
    );
  }
  return asExperiment(module.default, url);
}

const LIBRARY = new URL("../", import.meta.url).href;

/** The first line of a stack that is the author's and not the library's. */
export function placeIn(stack: string): string | undefined {
  const places = [...stack.matchAll(/(file:\S+?:\d+)(?::\d+)?/g)].map(([, place]) => place!);
  return places.find((place) => !place.startsWith(LIBRARY)) ?? places[0];
}

export function asExperiment(value: unknown, where: string): Experiment {
  if (isExperiment(value)) return value;
  if (isEconomy(value)) return bareExperiment(value);
  throw new Error(
    `${where}: the default export is ${describe(value)}, expected what defineEconomy or defineExperiment returns.`,
  );
}

export const isEconomy = (value: unknown): value is Economy =>
  typeof value === "object" && value !== null && "populations" in value && "phases" in value;
export const isExperiment = (value: unknown): value is Experiment =>
  typeof value === "object" && value !== null && "economy" in value && isEconomy(value.economy);

const describe = (value: unknown): string =>
  value === undefined
    ? "missing"
    : value === null
      ? "null"
      : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
