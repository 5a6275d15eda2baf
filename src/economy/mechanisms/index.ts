// Reusable rules of trade and tax.
export { bestCarry, type Carrying, type LinearMarket, linearArbitrage } from "./arbitrage.ts";
export {
  type BondingCurve,
  exponentialCurve,
  linearCurve,
  logarithmicCurve,
  ownCurve,
  piecewiseCurve,
  polynomialCurve,
  sigmoidCurve,
} from "./bonding-curve.ts";
export {
  type BridgeLanes,
  type BridgeTerms,
  bridgeRates,
  emptyLanes,
  laneInFlight,
  type Settlement,
  sendOver,
  settleLane,
} from "./bridge.ts";
export { type CallAuction, callAuction } from "./call-auction.ts";
export { cesShares } from "./ces.ts";
export { bracketing, type ClearingOptions, type ExcessDemand, tatonnement } from "./clearing.ts";
export {
  buyThroughRanges,
  type LiquidityRange,
  liquidityFor,
  type RangeSwap,
  rangeHoldings,
  sellThroughRanges,
} from "./concentrated-liquidity.ts";
export {
  hsvBalancedScale,
  hsvBreakEven,
  hsvDisposable,
  hsvMarginalRate,
  hsvRate,
  hsvScale,
  hsvTax,
} from "./hsv-tax.ts";
export { midpoint, side } from "./midpoint-trade.ts";
export {
  arbitrageAtPrice,
  bestArbitrage,
  constantProductIn,
  constantProductOut,
  type MoneyPool,
  type PoolPair,
  type PoolSide,
  poolWeights,
  sharesForDeposit,
  sharesForOne,
  type WeightedMoneyPool,
  type WeightedPair,
  weightedIn,
  weightedOut,
  weightedPrice,
  withdrawal,
  withdrawalOfOne,
} from "./pool.ts";
export {
  coxIngersollRoss,
  type ExactProcess,
  eulerMaruyama,
  type Garch,
  type GarchMoments,
  garchMoments,
  garchVariance,
  geometricBrownianMotion,
  type ItoProcess,
  type JumpDiffusion,
  type Jumps,
  type Moments,
  mertonJumps,
  milstein,
  ornsteinUhlenbeck,
  poissonCount,
  type Reverting,
} from "./price-process.ts";
export { tieStrength } from "./tie-strength.ts";
export { roundDown, roundNearest, roundUp, UNIT } from "./units.ts";
