// The bulk generator of src/random on SIMD: the same words as its TypeScript page, some five times faster.
import { MAX_BLOCKS, usePhilox } from "../random/index.ts";
import { createArena } from "./arena.ts";

let accelerated = false;

/** Lets every stream of this thread draw its words from the kernels. Results do not change; a second call does nothing. */
export function accelerateRandom(): void {
  if (accelerated) return;
  accelerated = true;
  const arena = createArena({ bytes: 4 << 20 });
  const words = arena.i32(4 * MAX_BLOCKS) as Int32Array<ArrayBuffer>;
  const { philoxBits, philoxScaled } = arena.kernels;
  const place = words.byteOffset;
  usePhilox(
    (count, c0, c1, c2, c3, k0, k1) => philoxBits(place, 4 * count, c0, c1, c2, c3, k0, k1),
    (count, c0, c1, c2, c3, k0, k1, bound) => !!philoxScaled(place, 4 * count, c0, c1, c2, c3, k0, k1, bound),
    words,
  );
}
