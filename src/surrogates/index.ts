// Surrogates of economies: learned from runs, searched instead of them, and then held against them.
export { surrogateSearch } from "./leader.ts";
export type { Prediction } from "./prediction.ts";
export {
  type SurrogateChoice,
  type SurrogateSearchOptions,
  searchSurrogate,
  type Verified,
  verifyChoice,
} from "./search.ts";
export {
  type Box,
  design,
  type FitOptions,
  fitSurrogate,
  type HeldOut,
  type Runs,
  type Surrogate,
  type SurrogateKind,
  surrogateKinds,
} from "./surrogate.ts";
