// What can be read of a world as a series: metrics and world scalars without an inner axis.

import { type AnyParamValues, type AnyWorld, closest, type Economy, measure } from "../economy/index.ts";

/** Metrics, then world scalars. */
export const seriesNames = (economy: Economy): string[] => [
  ...new Set([...Object.keys(economy.metrics), ...scalarNames(economy)]),
];

/** Its value in world e at the end of a period; an error lists what there is. */
export function seriesReader(
  where: string,
  economy: Economy,
  name: string,
): (w: AnyWorld, p: AnyParamValues, e: number) => number {
  const known = seriesNames(economy);
  if (!known.includes(name))
    throw new Error(
      `${where}: ${economy.name} has no metric or world scalar "${name}".${closest(name, known)} It has ${known.join(", ") || "none"}.`,
    );
  return (w, p, e) => (economy.metrics[name] ? measure(economy, name, w, p, e) : (w[name] as number));
}

const scalarNames = ({ world }: Economy): string[] => Object.keys(world).filter((name) => world[name]!.each === null);
