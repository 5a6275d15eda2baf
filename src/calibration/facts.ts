// Stylised facts of the data beside those of data sets simulated at the best parameters: what an economy has whether or not it was fitted, and what it lacks.

import { mean, quantile, variance } from "../math/index.ts";
import { autocorrelation, type StylisedFactName, stylisedFactNames, stylisedFacts } from "../metrics/index.ts";
import { joined, type Segments } from "./features.ts";

export interface ComparedFact {
  readonly name: StylisedFactName;
  readonly data: number;
  /** Over simulated data sets of the data's length. */
  readonly simulated: number;
  /** 95 % of the simulated data sets are between these. */
  readonly low: number;
  readonly high: number;
  /** Data less the simulated mean, in standard deviations of simulated data sets. */
  readonly miss: number;
}

/** Autocorrelation of |r| by lag, from lag 1. */
export interface Memory {
  readonly data: readonly number[];
  readonly simulated: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface Facts {
  readonly compared: readonly ComparedFact[];
  readonly memory: Memory;
}

const LAGS = 40;

/** `returns`: the data's; `worlds`: each a simulated data set. A fact that cannot be measured of one, such as the tail of a price that stands still, is left out there. */
export function compareFacts(returns: Float64Array, worlds: readonly Segments[]): Facts {
  const sets = worlds.map(joined);
  const compare = (of: (r: Float64Array) => number) => {
    const values = Float64Array.from(sets, (r) => measured(of, r)).filter(Number.isFinite);
    const simulated = values.length > 1 ? mean(values) : Number.NaN;
    const end = (p: number): number => (values.length > 1 ? quantile(values, p) : Number.NaN);
    const data = measured(of, returns);
    const miss = (data - simulated) / Math.sqrt(variance(values, { ddof: 1 }));
    return { data, simulated, low: end(0.025), high: end(0.975), miss };
  };
  const lags = Array.from({ length: LAGS }, (_, k) => compare((r) => autocorrelation(r.map(Math.abs), k + 1)));
  return {
    compared: stylisedFactNames.map((name) => ({ name, ...compare(stylisedFacts[name].of) })),
    memory: {
      data: lags.map(({ data }) => data),
      simulated: lags.map(({ simulated }) => simulated),
      low: lags.map(({ low }) => low),
      high: lags.map(({ high }) => high),
    },
  };
}

/** NaN where the estimator refuses the series. */
function measured(of: (r: Float64Array) => number, r: Float64Array): number {
  try {
    return of(r);
  } catch {
    return Number.NaN;
  }
}
