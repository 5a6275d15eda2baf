// What is measured of samples, series and holdings.
export { gini } from "../math/gini.ts";
export { type BootstrapOptions, bootstrapInterval } from "./bootstrap.ts";
export {
  type Bins,
  type EnergyOptions,
  energyDistance,
  histogram,
  histogramErrors,
  kolmogorovSmirnov,
  wasserstein,
} from "./distances.ts";
export { entropy } from "./entropy.ts";
export { atkinson, herfindahl, lorenzCurve, theil, topShare } from "./inequality.ts";
export { profitGain } from "./market.ts";
export { autocorrelation, excessKurtosis, skewness } from "./moments.ts";
export { type PairedTest, pairedT, signTest, wilcoxonSignedRank } from "./paired-tests.ts";
