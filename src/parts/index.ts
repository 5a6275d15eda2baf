// Parts that economies are composed of.
export { asset, assetMarket, fundamentalPrice, investors } from "./asset.ts";
export { continuousAuction, doubleAuction, traders, zeroIntelligence } from "./auction.ts";
export { bank, customers } from "./bank.ts";
export { bondingCurve, burnOnCurve, type CurveRules, type CurveState, curveOf, mintOnCurve } from "./bonding-curve.ts";
export { type BridgeRules, bridge, bridgeDelay, bridgeRate, checkedBridges, isHalted } from "./bridge.ts";
export { consumers, type Demand, demandOf } from "./consumers.ts";
export { creditMarket, highestInterest } from "./credit-market.ts";
export { capitalMarket, labourMarket } from "./factor-market.ts";
export { firms, produce } from "./firms.ts";
export { goodsMarket, postedMarket, seller } from "./goods-market.ts";
export { government } from "./government.ts";
export { households } from "./households.ts";
export { learners } from "./learners.ts";
export { market } from "./market.ts";
export { bargain, barterers, type Party, pairwiseMarket } from "./pairwise.ts";
export {
  addLiquidity,
  buyFromPool,
  emptyPool,
  foundPool,
  type PoolRules,
  type PoolState,
  pool,
  poolColumns,
  poolPrice,
  quoteBuy,
  quoted,
  quoteSell,
  removeLiquidity,
  sellToPool,
  tokenWeight,
} from "./pool.ts";
export { providers } from "./providers.ts";
export { sector } from "./sector.ts";
export { type Fill, inRandomOrder, orders, takers } from "./takers.ts";
