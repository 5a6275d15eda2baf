// Known answers.
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
export {
  type RepresentativeHousehold,
  representativeHousehold,
  type SteadyState,
} from "./representative-household.ts";
export { type Bewley, type BewleyEquilibrium, type BewleyOptions, bewleyEquilibrium } from "./bewley.ts";
