// Summaries of a series for inference: what the calibrator compares of one, as numbers of comparable size.
import { differences, featuresOf, HORIZONS, momentNames, type Segments } from "../calibration/features.ts";
import { log, mean, variance } from "../math/index.ts";
import { autocorrelation } from "../metrics/index.ts";

/** Moments (the logarithm of the deviation in place of the deviation), logarithms of variance ratios over 4, 16 and 64 periods, and moments of changes from one period to the next. */
export const summaryNames: readonly string[] = [
  ...momentNames.map((name) => (name === "sd" ? "ln sd" : name)),
  ...HORIZONS.map((q) => `ln VR(${q})`),
  "mean change",
  "ln sd of changes",
  "autocorrelation of changes",
];

/** Of one world's series; those that its length or a lack of variation leaves open are 0. */
export function seriesSummaries(series: Segments): Float64Array {
  const { moments, dynamics, changes } = featuresOf([series]);
  const [logSd, , ...ratios] = dynamics;
  const levels = Array.from(moments, (moment, m) => (momentNames[m] === "sd" ? logSd! : moment));
  const sd = changes.length > 1 ? Math.sqrt(variance(changes)) : 0;
  // In order of time, unlike those of the features; of the longest stretch without a break.
  const moves = differences(series.reduce((most, segment) => (segment.length > most.length ? segment : most)));
  const varies = moves.length > 2 && variance(moves) > 0;
  return Float64Array.of(
    ...levels,
    ...ratios,
    changes.length > 0 ? mean(changes) : 0,
    log(Math.max(sd, 1e-300)),
    varies ? autocorrelation(moves, 1) : 0,
  );
}
