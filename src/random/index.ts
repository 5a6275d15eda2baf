export { normalQuantile } from "./normal-quantile.ts";
export { philox, words } from "./philox.ts";
export { type At, type Stream, seedStream } from "./stream.ts";
