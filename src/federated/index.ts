// Learning together without showing data: federated averaging, sums under masks, differential privacy, robust means.
export { coordinateMedian, krum, trimmedMean, type Updates, weightedMean } from "./aggregate.ts";
export {
  type Combination,
  createFederation,
  type FederateOptions,
  type Federation,
  type FederationOptions,
  federate,
  type Masking,
  type Participant,
  type Round,
  type SecureOptions,
} from "./federation.ts";
export { createLearner, type Learner, type LearnerOptions } from "./learner.ts";
export type { Box, Introduced, Replies, Reply, Request } from "./messages.ts";
export {
  type Mechanism,
  noiseFor,
  privacySpent,
  renyiDivergence,
  type Spent,
  type SpentOptions,
} from "./privacy.ts";
export { type Failure, federateOver, type RemoteOptions, type RemoteRound } from "./remote.ts";
export type { RemoteParticipant, RespondentOptions } from "./respondent.ts";
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
export { type JoinOptions, joinFederation, type TabsOptions, tabTransport } from "./tabs.ts";
export { inlineTransport, type Port, portTransport, serveParticipant, type Transport } from "./transport.ts";
export type { Recipe } from "./update.ts";
