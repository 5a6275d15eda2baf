// Posteriors of an economy's parameters from data without a likelihood, and what a policy does under them.
export {
  type AbcPosterior,
  type AbcSmcOptions,
  abcSmc,
  abcSmcRounds,
  type Generation,
  type Proposal,
  type Simulate,
} from "./abc-smc.ts";
export { type Estimate, type PairedOutcomes, type PolicyEffect, policyEffect } from "./counterfactual.ts";
export {
  fitNeuralPosterior,
  type NeuralMember,
  type NeuralPosterior,
  type NeuralPosteriorOptions,
} from "./neural-posterior.ts";
export {
  type Counterfactual,
  type CounterfactualOptions,
  counterfactual,
  counterfactualRounds,
  type Draw,
  type PolicyDraw,
  type PosteriorMethod,
  type PosteriorOptions,
  posteriorMethods,
  posteriorRounds,
  type SimulatedPosterior,
  simulatedPosterior,
} from "./posterior.ts";
export { createPrior, type Marginal, type Prior } from "./prior.ts";
export { type RankTest, rankOf, rankTest } from "./rank-test.ts";
export { regressionAdjusted } from "./regression-adjustment.ts";
export { regressionSummaries } from "./regression-summaries.ts";
export { answered, answeredNow, type Rounds } from "./rounds.ts";
export {
  columnOf,
  effectiveSize,
  type ParameterSummary,
  resampled,
  type Sample,
  summarise,
  weightedMean,
  weightedQuantile,
  weightedVariance,
} from "./sample.ts";
export { seriesSummaries, summaryNames } from "./series-summaries.ts";
