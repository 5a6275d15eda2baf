// Systemic risk of networks of banks.
export { thresholdCascade } from "./cascade.ts";
export { type Clearing, type ClearingOptions, clear } from "./clearing.ts";
export {
  type CoVaR,
  coVaR,
  expectedShortfall,
  marginalExpectedShortfall,
  quantileLine,
  valueAtRisk,
} from "./co-risk.ts";
export { type DebtRank, debtRank } from "./debt-rank.ts";
export { type Exposures, exposuresOf } from "./exposures.ts";
export {
  exponentialDemand,
  type FireSale,
  fireSale,
  type LeverageTargeting,
  leverageTargeting,
  type Sellers,
} from "./fire-sales.ts";
export { maximumEntropy, minimumDensity } from "./lending.ts";
export { contagionProbability, systemicIndex } from "./stress.ts";
