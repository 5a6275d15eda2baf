// What is compared of a series: its levels, its changes from one period to the next, and its moments.
//
// A simulated series may have breaks, where a world ended and began anew: a segment is a stretch without one.

import { log, mean, variance } from "../math/index.ts";
import { autocorrelation, excessKurtosis, skewness, varianceRatio } from "../metrics/index.ts";

/** Stretches of one world's series without a break. */
export type Segments = readonly Float64Array[];

export const transforms = ["none", "changes", "log-changes"] as const;
export type Transform = (typeof transforms)[number];

/** "log-changes" of a price are its returns; they need positive values. */
export function transformed(segments: Segments, transform: Transform, what: string): Segments {
  if (transform === "none") return segments;
  const level = (value: number): number => {
    if (transform === "changes") return value;
    if (value > 0) return log(value);
    throw new Error(
      `${what}: the logarithm of ${value} was asked for by --transform log-changes, expected positive values.`,
    );
  };
  return segments.map((segment) => differences(segment.map(level)));
}

export const momentNames = [
  "mean",
  "sd",
  "skewness",
  "excessKurtosis",
  "autocorrelation1",
  "autocorrelation2",
] as const;

/** Periods of the variance ratios among the dynamics. */
export const HORIZONS = [4, 16, 64];

export interface Features {
  /** Ascending, over all worlds. */
  readonly levels: Float64Array;
  readonly changes: Float64Array;
  /** As `momentNames`, of each world and then averaged, so that they err in small samples as the data's do. */
  readonly moments: Float64Array;
  /** ln sd, autocorrelation at lag 1 and logarithms of variance ratios over HORIZONS, of each world and then averaged; 0 where a series is shorter than 8 horizons or does not vary. */
  readonly dynamics: Float64Array;
}

export function featuresOf(worlds: readonly Segments[]): Features {
  const all = worlds.flat();
  const series = worlds.map(joined);
  return {
    levels: joined(all).sort(),
    changes: joined(all.map(differences)).sort(),
    moments: averaged(series.map(momentsOf)),
    dynamics: averaged(series.map(dynamicsOf)),
  };
}

function averaged(rows: readonly Float64Array[]): Float64Array {
  return rows[0].map((_, m) => rows.reduce((sum, row) => sum + row[m] / rows.length, 0));
}

/** As `Features.dynamics`. */
export function dynamicsOf(x: Float64Array): Float64Array {
  const sd = Math.sqrt(variance(x));
  const varies = sd > 1e-12 * Math.abs(x[0]);
  const ratios = HORIZONS.map((q) => (varies && 8 * q <= x.length ? log(varianceRatio(x, q)) : 0));
  return Float64Array.of(log(Math.max(sd, 1e-300)), varies ? autocorrelation(x, 1) : 0, ...ratios);
}

/** Moments of a series; where a series does not vary, those relative to its variance are 0. */
export function momentsOf(x: Float64Array): Float64Array {
  const sd = Math.sqrt(variance(x));
  const shape =
    sd > 1e-12 * Math.abs(x[0])
      ? [skewness(x), excessKurtosis(x), autocorrelation(x, 1), autocorrelation(x, 2)]
      : [0, 0, 0, 0];
  return Float64Array.of(mean(x), sd, ...shape);
}

export function differences(x: Float64Array): Float64Array {
  return x.slice(1).map((value, t) => value - x[t]);
}

/** Segments end to end. */
export function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
