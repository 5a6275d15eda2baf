// Risk of a series of prices: its returns, realised volatility and largest fall.

import { log, pairwiseSum } from "../math/index.ts";
import { positiveSeries } from "./series.ts";

// r_t = ln P_t − ln P_{t−1}
export function logReturns(prices: ArrayLike<number>): Float64Array {
  const logs = positiveSeries("logReturns", prices, 2).map(log);
  return logs.slice(1).map((value, t) => value - logs[t]);
}

// √(periods · mean r²),   r the log returns, not centred
/**
 * Realised volatility over `periods` periods (default 1; 252 for daily prices and a year): Andersen, Bollerslev, Diebold & Labys 2001,
 * JASA 96, 42, with the whole series as their day.
 */
export function realisedVolatility(prices: ArrayLike<number>, options: { readonly periods?: number } = {}): number {
  const { periods = 1 } = options;
  if (!(periods > 0 && periods < Infinity))
    throw new Error(`realisedVolatility: got ${periods} periods, expected a number above 0.`);
  const r = logReturns(positiveSeries("realisedVolatility", prices, 2));
  return Math.sqrt((periods * pairwiseSum(r.map((value) => value * value))) / r.length);
}

export interface Drawdown {
  /** 1 − trough price/peak price; 0 where the price never falls. */
  readonly share: number;
  /** Period of the peak. */
  readonly peak: number;
  /** Period of the trough. */
  readonly trough: number;
}

// max over t of 1 − P_t / max_{s ≤ t} P_s
/** Maximum drawdown: the largest fall from an earlier peak; the first of several equal ones. */
export function drawdown(prices: ArrayLike<number>): Drawdown {
  const x = positiveSeries("drawdown", prices, 1);
  let found: Drawdown = { share: 0, peak: 0, trough: 0 };
  let peak = 0;
  for (let t = 0; t < x.length; t++) {
    if (x[t] > x[peak]) peak = t;
    const share = 1 - x[t] / x[peak];
    if (share > found.share) found = { share, peak, trough: t };
  }
  return found;
}
