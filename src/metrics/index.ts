// What is measured of samples, series and holdings.
export { gini } from "../math/gini.ts";
export { type BootstrapOptions, bootstrapInterval } from "./bootstrap.ts";
export {
  type CyclicalMoments,
  crossCorrelation,
  cyclicalMoments,
  type Filtered,
  hodrickPrescott,
} from "./business-cycles.ts";
export { type ClusterStatistics, type Clusters, clusterStatistics, thresholdClusters } from "./clusters.ts";
export {
  type Bins,
  type EnergyOptions,
  energyDistance,
  histogram,
  histogramErrors,
  kolmogorovSmirnov,
  wasserstein,
} from "./distances.ts";
export { entropy, type PriceBins, priceEntropy, priceEntropyOverPeriods } from "./entropy.ts";
export { expectedRescaledRange, hurstDetrended, hurstRescaledRange, rescaledRange } from "./hurst.ts";
export { atkinson, herfindahl, lorenzCurve, theil, topShare } from "./inequality.ts";
export { kMeans, type Means, type MeansOptions } from "./k-means.ts";
export { impermanentLoss, slippage, weightedImpermanentLoss } from "./liquidity.ts";
export { profitGain } from "./market.ts";
export { autocorrelation, excessKurtosis, skewness, varianceRatio } from "./moments.ts";
export {
  type Adjacency,
  assortativity,
  betweenness,
  type Clustering,
  type Components,
  closeness,
  clustering,
  components,
  degreeExponent,
  degrees,
  eigenvectorCentrality,
  type PowerLaw,
  pageRank,
  sampledClustering,
  undirected,
} from "./networks.ts";
export { type PairedTest, pairedT, signTest, wilcoxonSignedRank } from "./paired-tests.ts";
export { type Drawdown, drawdown, logReturns, realisedVolatility } from "./prices.ts";
export { type RefineOptions, type Representatives, refine, representatives } from "./representatives.ts";
export { halfLife, resilience, settlingTime } from "./resilience.ts";
export {
  type LyapunovDrift,
  lyapunovDrift,
  lyapunovExponentOfMap,
  lyapunovExponentOfSeries,
  lyapunovExponentOfTrajectories,
} from "./stability.ts";
export {
  LEAST_RETURNS,
  type StylisedFactName,
  stylisedFactNames,
  stylisedFacts,
  stylisedFactsOf,
} from "./stylised-facts.ts";
export { hillTailIndex } from "./tails.ts";
