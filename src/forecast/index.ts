// Forecasts of series with their benchmarks and tests, of agents' next states with their scores, and compression of states.
export {
  type Autoregression,
  type AutoregressionOptions,
  autoregression,
  type Criterion,
  fitAutoregression,
  randomWalk,
  seasonalNaive,
} from "./benchmarks.ts";
export { type DieboldMariano, dieboldMariano } from "./diebold-mariano.ts";
export {
  type GraphNetwork,
  type GraphNetworkOptions,
  type Neighbourhood,
  type Transitions,
  trainGraphClassifier,
  trainGraphNetwork,
  transitionsOf,
} from "./graph-network.ts";
export { differenced, type Forecaster, type Of, type Panel, panelOf } from "./panel.ts";
export {
  type Posterior,
  type PosteriorOptions,
  posterior,
  posteriorPredictive,
  posteriorProbabilities,
} from "./posterior.ts";
export { type Compression, type CompressOptions, compress, rankForShare } from "./principal.ts";
export { holm, type Judgement, type Rolling, type RollingOptions, rollingOrigin } from "./rolling.ts";
export {
  cdf,
  crps,
  crpsOfSample,
  type Law,
  logScore,
  randomisedTransform,
  rankedProbabilityScore,
  type Uniformity,
  uniformity,
} from "./scores.ts";
export { type SpectralOptions, spectral, strongestPeriod } from "./spectral.ts";
