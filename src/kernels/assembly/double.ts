// exp and log of doubles in place, two lanes at a time: the operations of src/math/exp.ts and log.ts in the same order, so that every bit is
// the same. Algorithm and coefficients: fdlibm e_exp.c and e_log.c.
// Copyright (C) 1993, 2004 by Sun Microsystems, Inc. All rights reserved. Permission to use, copy, modify, and distribute this
// software is freely granted, provided that this notice is preserved.
// Only for ordinary numbers: each function says whether all were, and has ruined its operand if not.
// `n` is rounded up to even: the operand has room for one more.

/** Entry k of a table of doubles, in both lanes. */
function entry(table: usize, k: i32): v128 {
  return v128.load64_splat(table + (<usize>k << 3));
}

/** c + x p with entry k as c */
function step(table: usize, k: i32, x: v128, p: v128): v128 {
  return f64x2.add(entry(table, k), f64x2.mul(x, p));
}

const EXP: usize = memory.data<f64>([
  700.0, 3.725290298461914e-9, 0.5, 1.4426950408889634, 0.34657359027997264, 0.6931471803691238,
  1.9082149292705877e-10, 4.1381367970572385e-8, -0.0000016533902205465252, 0.00006613756321437934,
  -0.0027777777777015593, 0.16666666666666602, 1.0, 2.0,
]);

/** x ← eˣ of n doubles; true if all are 0 or from 2⁻²⁸ to 700 in size. */
export function expDoubles(x: usize, n: i32): bool {
  let odd = i64x2.splat(0);
  for (; n > 0; n -= 2, x += 16) {
    const value = v128.load(x);
    const size = f64x2.abs(value);
    // NaN compares false, and so counts as odd
    const usual = v128.and(f64x2.le(size, entry(EXP, 0)), f64x2.ge(size, entry(EXP, 1)));
    odd = v128.or(odd, v128.not(v128.or(usual, f64x2.eq(value, f64x2.splat(0)))));

    const half = v128.bitselect(entry(EXP, 2), value, i64x2.splat(0x7fffffffffffffff));
    let k = f64x2.trunc(f64x2.add(f64x2.mul(entry(EXP, 3), value), half));
    k = v128.and(k, f64x2.gt(size, entry(EXP, 4)));
    const head = f64x2.sub(value, f64x2.mul(k, entry(EXP, 5)));
    const tail = f64x2.mul(k, entry(EXP, 6));
    const r = f64x2.sub(head, tail);
    const square = f64x2.mul(r, r);
    let p = step(EXP, 8, square, entry(EXP, 7));
    p = step(EXP, 9, square, p);
    p = step(EXP, 10, square, p);
    p = step(EXP, 11, square, p);
    const c = f64x2.sub(r, f64x2.mul(square, p));
    const y = f64x2.add(
      entry(EXP, 12),
      f64x2.add(f64x2.sub(f64x2.div(f64x2.mul(r, c), f64x2.sub(entry(EXP, 13), c)), tail), head),
    );
    const whole = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(k));
    v128.store(x, f64x2.mul(y, i64x2.shl(i64x2.add(whole, i64x2.splat(1023)), 52)));
  }
  return !v128.any_true(odd);
}

const LOG: usize = memory.data<f64>([
  9.332636185032189e-302, 1.0715086071862673e301, 1.0, 2.0, 0.15313837699209373, 0.22222198432149784,
  0.3999999999940942, 0.14798198605116586, 0.1818357216161805, 0.2857142874366239, 0.6666666666666735, 0.5,
  1.9082149292705877e-10, 0.6931471803691238,
]);

/** x ← ln x of n doubles; true if all are from 2⁻¹⁰⁰⁰ to 2¹⁰⁰⁰. */
export function logDoubles(x: usize, n: i32): bool {
  let odd = i64x2.splat(0);
  for (; n > 0; n -= 2, x += 16) {
    const value = v128.load(x);
    const usual = v128.and(
      f64x2.ge(value, entry(LOG, 0)),
      f64x2.le(value, entry(LOG, 1)),
    );
    odd = v128.or(odd, v128.not(usual));

    // 0x3ff00000 − 0x3fe6a09e = 0x95f62: the high word of √½ begins the next power of two
    const high = i64x2.shr_s(value, 32);
    const e = i64x2.sub(i64x2.shr_s(i64x2.add(high, i64x2.splat(0x95f62)), 20), i64x2.splat(1023));
    const down = i64x2.shl(i64x2.sub(i64x2.splat(1023), e), 52);
    const k = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(e, e, 0, 2, 0, 2));
    const f = f64x2.sub(f64x2.mul(value, down), entry(LOG, 2));
    const s = f64x2.div(f, f64x2.add(entry(LOG, 3), f));
    const z = f64x2.mul(s, s);
    const w = f64x2.mul(z, z);
    let p = step(LOG, 5, w, entry(LOG, 4));
    const even = f64x2.mul(w, step(LOG, 6, w, p));
    p = step(LOG, 8, w, entry(LOG, 7));
    p = step(LOG, 9, w, p);
    const uneven = f64x2.mul(z, step(LOG, 10, w, p));
    const halfSquare = f64x2.mul(f64x2.mul(entry(LOG, 11), f), f);
    let y = f64x2.mul(s, f64x2.add(halfSquare, f64x2.add(uneven, even)));
    y = f64x2.add(y, f64x2.mul(k, entry(LOG, 12)));
    y = f64x2.add(f64x2.sub(y, halfSquare), f);
    v128.store(x, f64x2.add(y, f64x2.mul(k, entry(LOG, 13))));
  }
  return !v128.any_true(odd);
}
