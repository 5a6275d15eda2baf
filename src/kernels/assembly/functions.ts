// exp, log, tanh and what follows from them, four lanes at a time. Errors measured over all ranges in kernels.test.ts:
// at most 2.5e-7 relative (log near its zero: absolute), tanh 3.5e-7.
// Polynomials: Cephes expf/logf/sinf/cosf (S. Moshier); tanh: the rational approximation of Eigen and XLA.
// Each function has its numbers in a table, in the order in which it needs them.
// Clamps are pmin and pmax with x first: one instruction each where min and max take seven, and NaN still passes through.
import { entry, horner, splat } from "./lanes";

function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

const EXP: usize = memory.data<f32>([
  89, -104.5, 1.4426950408889634, -0.693359375, 0.00021219444, 0.000198756915, 0.0013981999507, 0.0083334519073,
  0.041665795894, 0.16666665459, 0.50000001201, 1,
]);

/** e^x, with gradual underflow below −87.3, 0 below −104 and Infinity above 88.72. */
// @ts-ignore: decorator
@inline
export function vexp(x: v128): v128 {
  // x = n ln 2 + r, |r| ≤ ln 2 / 2; ln 2 in two parts so that n ln 2 is exact in the first
  x = f32x4.pmax(f32x4.pmin(x, entry(EXP, 0)), entry(EXP, 1));
  const n = f32x4.nearest(f32x4.mul(x, entry(EXP, 2)));
  let r = f32x4.add(x, f32x4.mul(n, entry(EXP, 3)));
  r = f32x4.add(r, f32x4.mul(n, entry(EXP, 4)));
  let p = horner(EXP, 6, entry(EXP, 5), r);
  p = horner(EXP, 7, p, r);
  p = horner(EXP, 8, p, r);
  p = horner(EXP, 9, p, r);
  p = horner(EXP, 10, p, r);
  p = f32x4.add(f32x4.add(r, entry(EXP, 11)), f32x4.mul(p, f32x4.mul(r, r)));
  // 2^n in two halves: n reaches 128 and −151, a single f32 exponent does not
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

const LOG: usize = memory.data<f32>([
  1.17549435e-38, 0.7071067811865476, 1, 0.070376836292, -0.1151461031, 0.1167699874, -0.12420140846,
  0.14249322787, -0.16668057665, 0.20000714765, -0.24999993993, 0.33333331174, -0.00021219444, -0.5, 0.693359375,
]);

/** Natural logarithm; −Infinity at 0, NaN below; subnormal x counts as the smallest normal. */
// @ts-ignore: decorator
@inline
export function vlog(x: v128): v128 {
  // x = 2^e m with m in [√½, √2), log(1 + (m − 1)) by a polynomial
  const bits = f32x4.pmax(x, entry(LOG, 0));
  let e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(bits, 23), i32x4.splat(126)));
  let m = v128.or(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const low = f32x4.lt(m, entry(LOG, 1));
  e = f32x4.sub(e, v128.and(low, entry(LOG, 2)));
  m = f32x4.add(f32x4.sub(m, entry(LOG, 2)), v128.and(low, m));
  const z = f32x4.mul(m, m);
  let y = horner(LOG, 4, entry(LOG, 3), m);
  y = horner(LOG, 5, y, m);
  y = horner(LOG, 6, y, m);
  y = horner(LOG, 7, y, m);
  y = horner(LOG, 8, y, m);
  y = horner(LOG, 9, y, m);
  y = horner(LOG, 10, y, m);
  y = horner(LOG, 11, y, m);
  y = f32x4.mul(y, f32x4.mul(m, z));
  y = f32x4.add(y, f32x4.mul(e, entry(LOG, 12)));
  y = f32x4.add(y, f32x4.mul(z, entry(LOG, 13)));
  y = f32x4.add(f32x4.add(m, y), f32x4.mul(e, entry(LOG, 14)));
  y = v128.bitselect(x, y, f32x4.eq(x, splat(Infinity)));
  y = v128.bitselect(splat(-Infinity), y, f32x4.eq(x, splat(0)));
  // x < 0 or x not a number: x ≥ 0 is false, and all bits set is a NaN
  return v128.or(y, v128.not(f32x4.ge(x, splat(0))));
}

const TANH: usize = memory.data<f32>([
  7.905311107635498, -7.905311107635498, -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11,
  5.12229709037114e-8, 0.0000148572235717979, 0.000637261928875436, 0.00489352455891786, 0.00000119825839466702,
  0.000118534705686654, 0.002268434632439, 0.00489352518554385, 1, -1,
]);

/** |tanh| ≤ 1 always, so 1 − y² is never negative. */
export function vtanh(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, entry(TANH, 0)), entry(TANH, 1));
  const x2 = f32x4.mul(x, x);
  let p = horner(TANH, 3, entry(TANH, 2), x2);
  p = horner(TANH, 4, p, x2);
  p = horner(TANH, 5, p, x2);
  p = horner(TANH, 6, p, x2);
  p = horner(TANH, 7, p, x2);
  p = horner(TANH, 8, p, x2);
  let q = horner(TANH, 10, entry(TANH, 9), x2);
  q = horner(TANH, 11, q, x2);
  q = horner(TANH, 12, q, x2);
  return f32x4.pmax(f32x4.pmin(f32x4.div(f32x4.mul(p, x), q), entry(TANH, 13)), entry(TANH, 14));
}

/** 1 / (1 + e^−x): accurate relative to itself on both sides, unlike ½ + ½ tanh(x/2). */
// @ts-ignore: decorator
@inline
export function vsigmoid(x: v128): v128 {
  return f32x4.div(splat(1), f32x4.add(splat(1), vexp(f32x4.neg(x))));
}

/** log(1 + e^x) = max(x, 0) + log1p(e^−|x|). */
// @ts-ignore: decorator
@inline
export function vsoftplus(x: v128): v128 {
  const z = vexp(f32x4.neg(f32x4.abs(x)));
  // log1p(z) = log(u) z / (u − 1) with u = fl(1 + z): the rounding of u cancels (Kahan)
  const u = f32x4.add(splat(1), z);
  const d = f32x4.sub(u, splat(1));
  const log1p = v128.bitselect(z, f32x4.mul(vlog(u), f32x4.div(z, d)), f32x4.eq(d, splat(0)));
  return f32x4.add(f32x4.pmax(x, splat(0)), log1p);
}

const SIN: usize = memory.data<f32>([-0.00019515295891, 0.0083321608736, -0.16666654611]);

/** sin x for |x| ≤ π/4. */
// @ts-ignore: decorator
@inline
export function vsinReduced(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let p = horner(SIN, 1, entry(SIN, 0), z);
  p = horner(SIN, 2, p, z);
  return f32x4.add(x, f32x4.mul(f32x4.mul(p, z), x));
}

const COS: usize = memory.data<f32>([0.00002443315711809948, -0.001388731625493765, 0.04166664568298827, 1, 0.5]);

/** cos x for |x| ≤ π/4. */
// @ts-ignore: decorator
@inline
export function vcosReduced(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let p = horner(COS, 1, entry(COS, 0), z);
  p = horner(COS, 2, p, z);
  return f32x4.add(f32x4.sub(entry(COS, 3), f32x4.mul(z, entry(COS, 4))), f32x4.mul(p, f32x4.mul(z, z)));
}
