// exp, log, tanh and what follows from them, four lanes at a time. Errors measured over all ranges in kernels.test.ts:
// at most 2.5e-7 relative (log near its zero: absolute), tanh 3.5e-7.
// Polynomials: Cephes expf/logf/sinf/cosf (S. Moshier); tanh: the rational approximation of Eigen and XLA.
// Clamps are pmin and pmax with x first: one instruction each where min and max take seven, and NaN still passes through.
import { horner, splat } from "./lanes";

// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** e^x, with gradual underflow below −87.3, 0 below −104 and Infinity above 88.72. */
// @ts-ignore: decorator
@inline
export function vexp(x: v128): v128 {
  // x = n ln 2 + r, |r| ≤ ln 2 / 2; ln 2 in two parts so that n ln 2 is exact in the first
  x = f32x4.pmax(f32x4.pmin(x, splat(89)), splat(-104.5));
  const n = f32x4.nearest(f32x4.mul(x, splat(1.4426950408889634)));
  let r = f32x4.add(x, f32x4.mul(n, splat(-0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, splat(0.00021219444)));
  let p = horner(0.0013981999507, splat(0.000198756915), r);
  p = horner(0.0083334519073, p, r);
  p = horner(0.041665795894, p, r);
  p = horner(0.16666665459, p, r);
  p = horner(0.50000001201, p, r);
  p = f32x4.add(f32x4.add(r, splat(1)), f32x4.mul(p, f32x4.mul(r, r)));
  // 2^n in two halves: n reaches 128 and −151, a single f32 exponent does not
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

/** Natural logarithm; −Infinity at 0, NaN below; subnormal x counts as the smallest normal. */
// @ts-ignore: decorator
@inline
export function vlog(x: v128): v128 {
  // x = 2^e m with m in [√½, √2), log(1 + (m − 1)) by a polynomial
  const bits = f32x4.pmax(x, splat(1.17549435e-38));
  let e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(bits, 23), i32x4.splat(126)));
  let m = v128.or(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const low = f32x4.lt(m, splat(0.7071067811865476));
  e = f32x4.sub(e, v128.and(low, splat(1)));
  m = f32x4.add(f32x4.sub(m, splat(1)), v128.and(low, m));
  const z = f32x4.mul(m, m);
  let y = horner(-0.1151461031, splat(0.070376836292), m);
  y = horner(0.1167699874, y, m);
  y = horner(-0.12420140846, y, m);
  y = horner(0.14249322787, y, m);
  y = horner(-0.16668057665, y, m);
  y = horner(0.20000714765, y, m);
  y = horner(-0.24999993993, y, m);
  y = horner(0.33333331174, y, m);
  y = f32x4.mul(y, f32x4.mul(m, z));
  y = f32x4.add(y, f32x4.mul(e, splat(-0.00021219444)));
  y = f32x4.add(y, f32x4.mul(z, splat(-0.5)));
  y = f32x4.add(f32x4.add(m, y), f32x4.mul(e, splat(0.693359375)));
  y = v128.bitselect(x, y, f32x4.eq(x, splat(Infinity)));
  y = v128.bitselect(splat(-Infinity), y, f32x4.eq(x, splat(0)));
  // x < 0 or x not a number: x ≥ 0 is false, and all bits set is a NaN
  return v128.or(y, v128.not(f32x4.ge(x, splat(0))));
}

/** |tanh| ≤ 1 always, so 1 − y² is never negative. */
// @ts-ignore: decorator
@inline
export function vtanh(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, splat(7.905311107635498)), splat(-7.905311107635498));
  const x2 = f32x4.mul(x, x);
  let p = horner(2.00018790482477e-13, splat(-2.76076847742355e-16), x2);
  p = horner(-8.60467152213735e-11, p, x2);
  p = horner(5.12229709037114e-8, p, x2);
  p = horner(0.0000148572235717979, p, x2);
  p = horner(0.000637261928875436, p, x2);
  p = horner(0.00489352455891786, p, x2);
  let q = horner(0.000118534705686654, splat(0.00000119825839466702), x2);
  q = horner(0.002268434632439, q, x2);
  q = horner(0.00489352518554385, q, x2);
  return f32x4.pmax(f32x4.pmin(f32x4.div(f32x4.mul(p, x), q), splat(1)), splat(-1));
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

/** sin x for |x| ≤ π/4. */
// @ts-ignore: decorator
@inline
export function vsinReduced(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let p = horner(0.0083321608736, splat(-0.00019515295891), z);
  p = horner(-0.16666654611, p, z);
  return f32x4.add(x, f32x4.mul(f32x4.mul(p, z), x));
}

/** cos x for |x| ≤ π/4. */
// @ts-ignore: decorator
@inline
export function vcosReduced(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let p = horner(-0.001388731625493765, splat(0.00002443315711809948), z);
  p = horner(0.04166664568298827, p, z);
  return f32x4.add(f32x4.sub(splat(1), f32x4.mul(z, splat(0.5))), f32x4.mul(p, f32x4.mul(z, z)));
}
