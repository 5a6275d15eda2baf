// Known answers.

export { type Averaging, consensusWeights, ringAveraging, ringDisagreement } from "./averaging.ts";
export { type Bewley, type BewleyEquilibrium, type BewleyOptions, bewleyEquilibrium } from "./bewley.ts";
export { type BewleyTransition, type BewleyTransitionOptions, bewleyTransition } from "./bewley-transition.ts";
export { binomial } from "./binomial.ts";
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
export { cournotDuopoly, type Duopoly, type DuopolyOutcome, followerResponse, stackelbergDuopoly } from "./duopoly.ts";
export { type EntryResponse, entryResponse } from "./entry-response.ts";
export { type Heston, hestonCall, hestonDensity } from "./heston.ts";
export { clearingPrice, employment, type Hopenhayn, type HopenhaynEquilibrium, hopenhayn } from "./hopenhayn.ts";
export {
  bestProgressivity,
  consumptionEquivalent,
  hsvHours,
  hsvStaticScale,
  hsvStaticWelfare,
  optimalProgressivity,
  type StaticLabour,
  unfundedTax,
} from "./hsv-static.ts";
export {
  checkTypes,
  type LinearTax,
  type LinearTaxed,
  linearTaxAt,
  optimalLinearTax,
  taxedHours,
  type WelfareFunction,
  weighed,
  welfareFunctions,
} from "./linear-tax.ts";
export {
  bestReply,
  bestReplyProfit,
  type Collusion,
  collusion,
  type LogitOligopoly,
  logitShares,
  monopolyPrice,
  nashPrice,
  symmetricProfit,
  symmetricShare,
} from "./logit-oligopoly.ts";
export { type FeedbackNash, feedbackNash, type LqGame, type Regulator, scalarRegulator } from "./lq-game.ts";
export { dividendMoment, type LucasPrices, type LucasTree, lucasPrices, meanDividend } from "./lucas-tree.ts";
export {
  type Attendance,
  entryProbability,
  independentAttendance,
  logitAttendance,
  type MarketEntry,
} from "./market-entry.ts";
export {
  bestQuotes,
  type MarketMaking,
  type Quotes,
  quoting,
  spreadThreshold,
  stationaryPriceSd,
  stationaryQuotes,
} from "./market-making.ts";
export { stationary } from "./markov-chain.ts";
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
  bimatrix,
  choicePayoffs,
  equilibria,
  exploitability,
  isDegenerate,
  type MixedProfile,
  type NormalForm,
  nashConv,
  pureEquilibria,
  responseGains,
} from "./normal-form.ts";
export {
  type RepresentativeHousehold,
  representativeHousehold,
  type SteadyState,
} from "./representative-household.ts";
export {
  type Plans,
  type ProductivityChain,
  productivityChain,
  type SavingSteps,
  savingSteps,
  wealthGrid,
} from "./saving.ts";
