// WebAssembly SIMD kernels and the memory that they work on.
export { type Arena, type ArenaOptions, createArena, type Kernels } from "./arena.ts";
export { accelerateMath } from "./math.ts";
export { accelerateRandom } from "./philox.ts";
