// What learned behaviour is worth: how far it is from equilibrium, and what it does to who leaves it.
export {
  type ResponseGain,
  type ResponseTraining,
  type SampledExploitability,
  sampledExploitability,
  type TrainedExploitability,
  trainedExploitability,
  trainedResponse,
} from "./best-response.ts";
export { type DeviationResponse, type ForcedDeviation, forcedDeviation } from "./forced-deviation.ts";
export { type Incumbents, incumbentPolicies, soloEnv } from "./solo.ts";
