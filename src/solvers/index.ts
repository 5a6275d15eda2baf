// Methods that answer more than one economy; what belongs to one stands beside it, in `economies/theory`.

export {
  type AdaptiveOptions,
  type AdaptivePath,
  type Diffusion,
  integrate,
  integrateDiffusion,
  nextStep,
  type StepRule,
} from "./adaptive-step.ts";
export { type Autoregression, type MarkovChain, rouwenhorst, tauchen } from "./autoregression.ts";
export { type Averaging, consensusWeights, ringAveraging, ringDisagreement, ringEigenvalue } from "./averaging.ts";
export { type Bewley, type BewleyEquilibrium, type BewleyOptions, bewleyEquilibrium, wealthSupply } from "./bewley.ts";
export { type BewleyTransition, type BewleyTransitionOptions, bewleyTransition } from "./bewley-transition.ts";
export { binomial, type Counts, countsOf, expectedBelow, probabilityBelow } from "./binomial.ts";
export { type DeepGrowthOptions, type DeepGrowthSolution, solveGrowthDeep } from "./deep-growth.ts";
export {
  type DeepKrusellSmithOptions,
  type DeepKrusellSmithSolution,
  solveKrusellSmithDeep,
} from "./deep-krusell-smith.ts";
export {
  crra,
  eulerError,
  type Growth,
  type GrowthOptions,
  type GrowthSolution,
  type GrowthSteadyState,
  growthSteadyState,
  solveGrowth,
} from "./growth.ts";
export {
  type Employment,
  employmentChain,
  INCOMES,
  incomeChain,
  levels,
  type ProductivityChain,
} from "./income-chains.ts";
export {
  type KrusellSmithOptions,
  type KrusellSmithPath,
  type KrusellSmithPathOptions,
  type KrusellSmithSolution,
  type KrusellSmithType,
  krusellSmith,
  krusellSmithPath,
} from "./krusell-smith.ts";
export { type KrusellSmithMoments, type LawOfMotion, lawsOfMotion } from "./krusell-smith-crowd.ts";
export {
  KRUSELL_SMITH_1998,
  KRUSELL_SMITH_2010,
  type KrusellSmith,
  type KrusellSmithPrices,
  krusellSmithChain,
  krusellSmithPrices,
  krusellSmithSteadyCapital,
} from "./krusell-smith-model.ts";
export { type FeedbackNash, feedbackNash, type LqGame, type Regulator, scalarRegulator } from "./lq-game.ts";
export { stationary } from "./markov-chain.ts";
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
export { meanVariance, type Portfolio, rebalance, type TradingCosts } from "./portfolio.ts";
export { type IncomeStates, type Prospects, prospects } from "./prospects.ts";
export {
  type RepresentativeHousehold,
  representativeHousehold,
  type SteadyState,
} from "./representative-household.ts";
export {
  type Plans,
  type SavingSteps,
  savingSteps,
  wealthGrid,
} from "./saving.ts";
export { type Sector, type SectoralEquilibrium, type Sectors, sectoralEquilibrium } from "./sectors.ts";
