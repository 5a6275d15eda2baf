// Philox4x32-10 (Salmon et al., SC 2011), four counters at a time. Block i is Philox(counter = (c0 + i, c1, c2, c3), key =
// (k0, k1)); its four words are elements 4i … 4i + 3 of the output, so element j never depends on n or on the lanes.
// c0 + ⌈n/4⌉ must stay below 2³²: there is no carry into c1.
import { splat, storeTail } from "./lanes";
import { vcosReduced, vlog, vsinReduced } from "./functions";

function mulHigh(a: v128, m: v128): v128 {
  const low = i64x2.extmul_low_i32x4_u(a, m);
  const high = i64x2.extmul_high_i32x4_u(a, m);
  return v128.shuffle<i32>(low, high, 1, 3, 5, 7);
}

const BITS = 0;
const UNIFORM = 1;
const NORMAL = 2;
const SCALED = 3;

/** 24 bits in [0, 1) */
function unit(bits: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(bits, 8)), splat(5.9604644775390625e-8));
}

/** √(−2 log u) with u of 24 bits in (0, 1]: at most 5.77 */
// @ts-ignore: decorator
@inline
function radius(bits: v128): v128 {
  const u = f32x4.add(unit(bits), splat(5.9604644775390625e-8));
  return f32x4.sqrt(f32x4.mul(splat(-2), vlog(u)));
}

/** cos (part 0) or sin (part 1) of an angle of 25 bits: the top two choose the quadrant, 23 the angle in [−π/4, π/4). */
// @ts-ignore: decorator
@inline
function circle(part: i32, bits: v128): v128 {
  const quadrant = i32x4.shr_u(bits, 30);
  const fraction = f32x4.mul(
    f32x4.convert_i32x4_u(v128.and(i32x4.shr_u(bits, 7), i32x4.splat(0x7fffff))),
    splat(1.1920928955078125e-7),
  );
  const angle = f32x4.mul(f32x4.sub(fraction, splat(0.5)), splat(1.5707963267948966));
  const odd = i32x4.eq(v128.and(quadrant, i32x4.splat(1)), i32x4.splat(1));
  const s = vsinReduced(angle);
  const c = vcosReduced(angle);
  if (part == 0) {
    const sign = i32x4.shl(v128.and(i32x4.add(quadrant, i32x4.splat(1)), i32x4.splat(2)), 30);
    return v128.xor(v128.bitselect(s, c, odd), sign);
  }
  return v128.xor(v128.bitselect(c, s, odd), i32x4.shl(v128.and(quadrant, i32x4.splat(2)), 30));
}

function storeBlock(p: usize, x: v128, n: i32): void {
  if (n >= 4) v128.store(p, x);
  else if (n > 0) storeTail(p, x, n);
}

// @ts-ignore: decorator
@inline
function philox(kind: i32, out: usize, n: i32, c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32, bound: u32): bool {
  const M0 = i32x4.splat(0xd2511f53);
  const M1 = i32x4.splat(0xcd9e8d57);
  let counter = i32x4.add(i32x4.splat(c0), i32x4(0, 1, 2, 3));
  const limit = i32x4.splat(bound);
  let small = i32x4.splat(0);
  for (; n > 0; n -= 16) {
    let x0 = counter;
    let x1 = i32x4.splat(c1);
    let x2 = i32x4.splat(c2);
    let x3 = i32x4.splat(c3);
    let a = k0;
    let b = k1;
    for (let round = 0; round < 10; round++) {
      const h0 = mulHigh(x0, M0);
      const l0 = i32x4.mul(x0, M0);
      const h1 = mulHigh(x2, M1);
      const l1 = i32x4.mul(x2, M1);
      x0 = v128.xor(v128.xor(h1, x1), i32x4.splat(a));
      x1 = l1;
      x2 = v128.xor(v128.xor(h0, x3), i32x4.splat(b));
      x3 = l0;
      a += 0x9e3779b9;
      b += 0xbb67ae85;
    }
    if (kind == SCALED) {
      small = v128.or(small, i32x4.lt_u(i32x4.mul(x0, limit), limit));
      small = v128.or(small, i32x4.lt_u(i32x4.mul(x1, limit), limit));
      small = v128.or(small, i32x4.lt_u(i32x4.mul(x2, limit), limit));
      small = v128.or(small, i32x4.lt_u(i32x4.mul(x3, limit), limit));
      x0 = mulHigh(x0, limit);
      x1 = mulHigh(x1, limit);
      x2 = mulHigh(x2, limit);
      x3 = mulHigh(x3, limit);
    }
    if (kind == UNIFORM) {
      x0 = unit(x0);
      x1 = unit(x1);
      x2 = unit(x2);
      x3 = unit(x3);
    }
    if (kind == NORMAL) {
      // Box–Muller on words (0, 1) and (2, 3) of each block
      const r = radius(x0);
      const s = radius(x2);
      x0 = f32x4.mul(r, circle(0, x1));
      x1 = f32x4.mul(r, circle(1, x1));
      x2 = f32x4.mul(s, circle(0, x3));
      x3 = f32x4.mul(s, circle(1, x3));
    }
    // x_w holds word w of four blocks: transpose to four blocks of four words
    const t0 = v128.shuffle<i32>(x0, x1, 0, 4, 1, 5);
    const t1 = v128.shuffle<i32>(x0, x1, 2, 6, 3, 7);
    const t2 = v128.shuffle<i32>(x2, x3, 0, 4, 1, 5);
    const t3 = v128.shuffle<i32>(x2, x3, 2, 6, 3, 7);
    storeBlock(out, v128.shuffle<i32>(t0, t2, 0, 1, 4, 5), n);
    storeBlock(out + 16, v128.shuffle<i32>(t0, t2, 2, 3, 6, 7), n - 4);
    storeBlock(out + 32, v128.shuffle<i32>(t1, t3, 0, 1, 4, 5), n - 8);
    storeBlock(out + 48, v128.shuffle<i32>(t1, t3, 2, 3, 6, 7), n - 12);
    out += 64;
    counter = i32x4.add(counter, i32x4.splat(4));
  }
  return v128.any_true(small);
}

/** n words of 32 bits */
export function philoxBits(out: usize, n: i32, c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): void {
  philox(BITS, out, n, c0, c1, c2, c3, k0, k1, 0);
}
/** n floats in [0, 1): the top 24 bits of each word */
export function philoxUniform(out: usize, n: i32, c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): void {
  philox(UNIFORM, out, n, c0, c1, c2, c3, k0, k1, 0);
}
/** n standard normals by Box–Muller, two from two words; at most 5.77 in size */
export function philoxNormal(out: usize, n: i32, c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): void {
  philox(NORMAL, out, n, c0, c1, c2, c3, k0, k1, 0);
}
/**
 * n integers ⌊word · bound / 2³²⌋ (Lemire 2019). Returns whether some word's low product is below `bound`, in this or the last few
 * words of its blocks: those integers may have to be drawn again, which is left to the caller.
 */
export function philoxScaled(
  out: usize,
  n: i32,
  c0: u32,
  c1: u32,
  c2: u32,
  c3: u32,
  k0: u32,
  k1: u32,
  bound: u32,
): bool {
  return philox(SCALED, out, n, c0, c1, c2, c3, k0, k1, bound);
}
