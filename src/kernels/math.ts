// expEach and logEach of src/math on SIMD: the same bits as their TypeScript, some times faster.
import { useBlocks } from "../math/index.ts";
import { createArena } from "./arena.ts";

const BLOCK = 1024;

let accelerated = false;

/** Lets this thread's functions of many numbers work in the kernels. Results do not change; a second call does nothing. */
export function accelerateMath(): void {
  if (accelerated) return;
  accelerated = true;
  const arena = createArena({ bytes: 4 << 20 });
  const numbers = arena.f64(BLOCK + 2);
  const { expDoubles, logDoubles } = arena.kernels;
  const place = numbers.byteOffset;
  useBlocks({
    numbers: numbers.subarray(0, BLOCK + 1),
    exp: (n) => !!expDoubles(place, n),
    log: (n) => !!logDoubles(place, n),
  });
}
