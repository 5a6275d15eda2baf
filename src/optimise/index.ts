// Searching a box for the highest score of a function that is dear or noisy to measure: for leaders, for calibration, for settings of a learner.
export { bayesianOptimisation } from "./bayesian-optimisation.ts";
export { cmaEs } from "./cma-es.ts";
export { gaussianSearch } from "./gaussian-search.ts";
export { gridSearch } from "./grid-search.ts";
export { type AnyOptimiser, defineOptimiser, type Optimiser, type Search, type SearchBox } from "./optimiser.ts";
