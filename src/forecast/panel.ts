// Series side by side, and what forecasts them.
//
// T periods, D series, H periods ahead
import { wholeAtLeast } from "../metrics/series.ts";

export interface Panel {
  /** [T, D] */
  readonly values: Float64Array;
  readonly dimensions: number;
}

export interface Forecaster {
  readonly name: string;
  /** [H, D] The H periods after the last of `past`. Keeps no reference to it. */
  readonly forecast: (past: Panel, horizon: number) => Float64Array;
}

/** What is forecast: the series themselves, or their changes, which are then added up from the last value. */
export type Of = "levels" | "changes";

export const named = (method: string, of: Of): string => (of === "levels" ? method : `${method} of changes`);

/** A panel of series of equal lengths, all values finite. */
export function panelOf(series: readonly ArrayLike<number>[]): Panel {
  const [D, T] = [series.length, series[0]?.length ?? 0];
  if (D === 0 || T === 0 || series.some(({ length }) => length !== T))
    throw new Error(
      `panelOf: got series of ${series.map(({ length }) => length).join(", ") || "no"} values, expected at least one, all of the same length.`,
    );
  const values = new Float64Array(T * D);
  for (const [d, one] of series.entries())
    for (let t = 0; t < T; t++) {
      if (!Number.isFinite(one[t]))
        throw new Error(`panelOf: value ${t} of series ${d} is ${one[t]}, expected a finite number.`);
      values[t * D + d] = one[t]!;
    }
  return { values, dimensions: D };
}

export const periodsOf = ({ values, dimensions }: Panel): number => values.length / dimensions;

/** Periods [from, to), without a copy. */
export const between = ({ values, dimensions }: Panel, from: number, to: number): Panel => ({
  values: values.subarray(from * dimensions, to * dimensions),
  dimensions,
});

/** x_t − x_{t−lag}; `lag` fewer periods. */
export function differenced({ values, dimensions: D }: Panel, lag = 1): Panel {
  const out = new Float64Array(Math.max(0, values.length - lag * D));
  for (let i = 0; i < out.length; i++) out[i] = values[i + lag * D]! - values[i]!;
  return { values: out, dimensions: D };
}

/** Forecasts by `method`, of the past or of its changes. */
export function forecastOf(of: Of, past: Panel, horizon: number, method: Forecaster["forecast"]): Float64Array {
  wholeAtLeast("forecast", "horizon", horizon, 1);
  if (of === "levels") return method(past, horizon);
  const { values, dimensions: D } = past;
  const out = method(differenced(past), horizon);
  const last = values.slice(values.length - D);
  for (let i = 0; i < out.length; i++) {
    last[i % D] = last[i % D]! + out[i]!;
    out[i] = last[i % D]!;
  }
  return out;
}

/** Throws where the past is too short. */
export function enough(where: string, past: Panel, least: number): void {
  const T = periodsOf(past);
  if (T < least)
    throw new Error(
      `${where}: got ${T} periods of the past, expected at least ${least}. Begin later, or ask for less.`,
    );
}

export function column({ values, dimensions: D }: Panel, d: number): Float64Array {
  return Float64Array.from({ length: values.length / D }, (_, t) => values[t * D + d]!);
}
