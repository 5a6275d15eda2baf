// How a price comes back after a shock: how far it moves from period to period, and how long the deviation lasts.

import { log, mean, pairwiseSum } from "../math/index.ts";
import { finiteSeries } from "./series.ts";

// P₀ / mean |P_{t+1} − P_t|
/**
 * Price before the shock over the mean absolute change of the path after it: no unit, Infinity where the path stands still. With `before` 1 it is
 * 1/E[|ΔP| | shock] in 1/money, as the measure is often written. It says how much the price moves, not whether it comes back.
 */
export function resilience(path: ArrayLike<number>, before: number): number {
  const x = finiteSeries("resilience", path, 2);
  if (!(before > 0 && before < Infinity))
    throw new Error(`resilience: got a price before the shock of ${before}, expected a number above 0.`);
  return before / mean(x.slice(1).map((price, t) => Math.abs(price - x[t])));
}

// d_{t+1} = φ d_t by least squares, d = x − rest;   ln ½ / ln |φ|
/** Half-life of deviations from `rest` by a first-order autoregression without a constant: 0 where nothing is left at once, Infinity where |φ| ≥ 1. */
export function halfLife(path: ArrayLike<number>, rest: number): number {
  const d = deviations("halfLife", path, rest, 2);
  const squares = pairwiseSum(d.subarray(0, -1).map((value) => value * value));
  if (squares === 0)
    throw new Error(`halfLife: the path is ${rest} in every period but the last, so nothing can decay.`);
  const φ = Math.abs(pairwiseSum(d.slice(1).map((value, t) => value * d[t])) / squares);
  if (φ >= 1) return Infinity;
  return φ === 0 ? 0 : log(0.5) / log(φ);
}

/**
 * Settling time: periods from the first value until the deviation from `rest` is at most `share` of the first one, and stays so to the end of the path
 * (crossing `rest` in an oscillation is no recovery). Null where the path ends first. Default share 0.05.
 */
export function settlingTime(
  path: ArrayLike<number>,
  rest: number,
  options: { readonly share?: number } = {},
): number | null {
  const { share = 0.05 } = options;
  if (!(share > 0 && share < 1)) throw new Error(`settlingTime: got a share of ${share}, expected it between 0 and 1.`);
  const d = deviations("settlingTime", path, rest, 1);
  const last = d.findLastIndex((value) => Math.abs(value) > share * Math.abs(d[0]));
  return last + 1 < d.length ? last + 1 : null;
}

function deviations(where: string, path: ArrayLike<number>, rest: number, least: number): Float64Array {
  if (!Number.isFinite(rest)) throw new Error(`${where}: got a rest of ${rest}, expected a finite number.`);
  return finiteSeries(where, path, least).map((value) => value - rest);
}
