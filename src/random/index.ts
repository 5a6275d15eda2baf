export { categorical } from "./categorical.ts";
export { normalQuantile } from "./normal-quantile.ts";
export { fillPartners, type Permutation, type PermutationOptions, permutation } from "./permutation.ts";
export { blockWords, MAX_BLOCKS, mulHigh, philox, philoxBlocks, usePhilox, words } from "./philox.ts";
export { type At, KIND, type Stream, seedStream } from "./stream.ts";
