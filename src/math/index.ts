export { exp } from "./exp.ts";
export { log } from "./log.ts";
export { blockSums, combineSums, pairwiseSum, SUM_BLOCK } from "./pairwise-sum.ts";
