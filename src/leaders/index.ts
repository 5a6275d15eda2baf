// Two layers: a leader that sets the environment's characteristics θ, followers that respond to them. Tasks, scores, and solution concepts, each a page.
export { bayesianOptimisation } from "./bayesian-optimisation.ts";
export { bestResponseGap, type Gap, type GapOptions } from "./best-response-gap.ts";
export { cmaEs } from "./cma-es.ts";
export { gridSearch } from "./grid-search.ts";
export { type Commit, lead } from "./lead.ts";
export { nested } from "./nested.ts";
export { type AnyOptimiser, defineOptimiser, type Optimiser, type Search, type SearchBox } from "./optimiser.ts";
export {
  adversarial,
  type Moments,
  matchMoments,
  matchPerPeriod,
  maximize,
  maximizeEntropy,
  maximizeWelfare,
  ownReward,
  reduceVolatility,
  type Series,
  type Welfare,
} from "./scores.ts";
export type { Score, Task } from "./task.ts";
