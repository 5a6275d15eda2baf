// What is compared of a series: its levels, its changes from one period to the next, and its moments.
//
// A simulated series may have breaks, where a world ended and began anew: a segment is a stretch without one.

import { log, mean, variance } from "../math/index.ts";
import { autocorrelation, excessKurtosis, skewness } from "../metrics/index.ts";

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

export interface Features {
  /** Ascending, over all worlds. */
  readonly levels: Float64Array;
  readonly changes: Float64Array;
  /** As `momentNames`, of each world and then averaged, so that they err in small samples as the data's do. */
  readonly moments: Float64Array;
}

export function featuresOf(worlds: readonly Segments[]): Features {
  const all = worlds.flat();
  const moments = new Float64Array(momentNames.length);
  for (const world of worlds)
    momentsOf(joined(world)).forEach((moment, m) => {
      moments[m] += moment / worlds.length;
    });
  return { levels: joined(all).sort(), changes: joined(all.map(differences)).sort(), moments };
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

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
