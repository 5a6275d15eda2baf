// Four lanes at a time, and the one to three elements that remain at the end of an array.

export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** The n < 4 floats at p in the low lanes, zero in the others. */
export function loadTail(p: usize, n: i32): v128 {
  if (n == 1) return v128.load32_zero(p);
  if (n == 2) return v128.load64_zero(p);
  return v128.load_lane<f32>(p, v128.load64_zero(p), 2, 8);
}

/** Stores the n < 4 low lanes of x at p and nothing else. */
export function storeTail(p: usize, x: v128, n: i32): void {
  if (n == 1) {
    v128.store_lane<f32>(p, x, 0);
  } else {
    v128.store_lane<f64>(p, x, 0);
    if (n == 3) v128.store_lane<f32>(p, x, 2, 8);
  }
}

/**
 * Entry k of a table of f32, in all lanes. The compiler behind WebAssembly makes a constant anew at each use, by way of an integer register: with tables in memory tanh and
 * exp take two thirds of the time.
 */
export function entry(table: usize, k: i32): v128 {
  return v128.load32_splat(table + (<usize>k << 2));
}

/** c + p x with entry k as c: one Horner step, rounded twice (see index.ts: no fused multiply-add). */
export function horner(table: usize, k: i32, p: v128, x: v128): v128 {
  return f32x4.add(entry(table, k), f32x4.mul(p, x));
}

/** Fixed order: (lane 0 + lane 2) + (lane 1 + lane 3). */
export function sumLanes(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

export function maxLanes(x: v128): f32 {
  const pairs = f32x4.max(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}
