// Systemic risk of networks of banks.
export { type Clearing, type ClearingOptions, clear } from "./clearing.ts";
export { type DebtRank, debtRank } from "./debt-rank.ts";
export { type Exposures, exposuresOf } from "./exposures.ts";
export { contagionProbability, systemicIndex } from "./stress.ts";
