// Two layers: a leader that sets the environment's characteristics θ, followers that respond to them. Tasks, scores, and solution concepts, each a page. Optimisers are in src/optimise.
export { analytic, fixed, type Rule, simplex, uniform } from "./analytic.ts";
export { bestResponseGap, type Gap, type GapOptions } from "./best-response-gap.ts";
export { type Commit, lead } from "./lead.ts";
export { nested } from "./nested.ts";
export { type ScoredOptions, scored } from "./scored.ts";
export {
  adversarial,
  type Distance,
  type Moments,
  matchDistribution,
  matchMoments,
  matchPerPeriod,
  maximize,
  maximizeEntropy,
  maximizeSampledEntropy,
  maximizeWelfare,
  ownReward,
  reduceVolatility,
  type Series,
  type Target,
  type Welfare,
} from "./scores.ts";
export type { Characteristics, Score, Task } from "./task.ts";
export { totalGradient } from "./total-gradient.ts";
export { twoTimescale } from "./two-timescale.ts";
