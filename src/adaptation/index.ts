// Policies carried from one regime to another by importance weights.
export { type DensityRatio, densityRatio } from "./density-ratio.ts";
export { type Decisions, type FineTuned, type FineTuneOptions, fineTune } from "./fine-tune.ts";
