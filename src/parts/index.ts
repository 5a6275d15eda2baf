// Parts that economies are composed of.
export { bondingCurve, burnOnCurve, type CurveRules, type CurveState, curveOf, mintOnCurve } from "./bonding-curve.ts";
export { firms, produce } from "./firms.ts";
export { households } from "./households.ts";
export { market } from "./market.ts";
export {
  addLiquidity,
  buyFromPool,
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
export { type Fill, inRandomOrder, orders, takers } from "./takers.ts";
