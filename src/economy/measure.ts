// What metrics of an economy are worth in a world, checked as columns are.

import type { AnyParamValues } from "../core/params.ts";
import type { Economy } from "./economy.ts";
import type { AnyWorld } from "./population.ts";

/** A metric's value in world e. Infinity is an error; not a number means that there was nothing to measure. */
export function measure(
  { name, metrics }: Pick<Economy, "name" | "metrics">,
  metric: string,
  w: AnyWorld,
  p: AnyParamValues,
  e: number,
): number {
  const value = metrics[metric]!.of(w, p);
  if (Math.abs(value) !== Number.POSITIVE_INFINITY) return value;
  const error = new Error(
    `${name}: metric "${metric}" is ${value} in world ${e}, expected a number, or NaN where there is nothing to measure. Look for a division by 0 or a logarithm of 0 in metrics.${metric}.`,
  );
  throw Object.assign(error, { world: e });
}
