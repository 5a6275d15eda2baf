// Known answers.
export {
  type Cobweb,
  cobwebSupply,
  costLaw,
  costQuantiles,
  type Forecasting,
  feedbackSlope,
  naivePrices,
  type RegularisedCobweb,
  rationalExpectationsPrice,
  regularisedCobweb,
} from "./cobweb.ts";
export {
  bestReply,
  bestReplyProfit,
  type LogitOligopoly,
  logitShares,
  monopolyPrice,
  nashPrice,
  symmetricProfit,
  symmetricShare,
} from "./logit-oligopoly.ts";
export { dividendMoment, type LucasPrices, type LucasTree, lucasPrices, meanDividend } from "./lucas-tree.ts";
export {
  type Attendance,
  binomial,
  entryProbability,
  independentAttendance,
  logitAttendance,
  type MarketEntry,
  stationary,
} from "./market-entry.ts";
export { type ExchangeLaw, exchangeLaw } from "./money-exchange.ts";
export {
  type HabitDemand,
  type HabitPolicy,
  habitMonopoly,
  type LinearDemand,
  type LogitDemand,
  linearMonopoly,
  logitMonopoly,
  type Sale,
  switchingValues,
} from "./monopoly.ts";
