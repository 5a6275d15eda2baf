// Summaries of a series for inference: what the calibrator compares of one, as numbers of comparable size.
import { featuresOf, HORIZONS, momentNames, type Segments } from "../calibration/features.ts";

/** Moments (the logarithm of the deviation in place of the deviation), and logarithms of variance ratios over 4, 16 and 64 periods. */
export const summaryNames: readonly string[] = [
  ...momentNames.map((name) => (name === "sd" ? "ln sd" : name)),
  ...HORIZONS.map((q) => `ln VR(${q})`),
];

/** Of one world's series; those that its length or a lack of variation leaves open are 0. */
export function seriesSummaries(series: Segments): Float64Array {
  const { moments, dynamics } = featuresOf([series]);
  return Float64Array.from(summaryNames, (name, s) =>
    name === "ln sd" ? dynamics[0]! : s < momentNames.length ? moments[s]! : dynamics[2 + s - momentNames.length]!,
  );
}
