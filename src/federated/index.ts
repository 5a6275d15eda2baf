// Learning together without showing data: federated averaging, sums under masks, differential privacy, robust means.
export { coordinateMedian, krum, trimmedMean, type Updates, weightedMean } from "./aggregate.ts";
export {
  type Combination,
  createFederation,
  type FederateOptions,
  type Federation,
  type FederationOptions,
  federate,
  type Participant,
  type Round,
} from "./federation.ts";
export { createLearner, type Learner, type LearnerOptions } from "./learner.ts";
export {
  type Mechanism,
  noiseFor,
  privacySpent,
  renyiDivergence,
  type Spent,
  type SpentOptions,
} from "./privacy.ts";
export {
  type Announced,
  aggregateSecurely,
  type Confided,
  createMasker,
  fromFixed,
  joinShares,
  type Masker,
  type MaskerOptions,
  type RandomWords,
  type Revealed,
  type Share,
  shareSecret,
  toFixed,
  type UnmaskOptions,
  unmask,
} from "./secure-aggregation.ts";
