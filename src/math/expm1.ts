// eˣ − 1 without cancellation near 0. Algorithm and coefficients: fdlibm s_expm1.c.
// Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun Microsystems, Inc. business.
// Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is preserved.
// Error: below 1 ulp.

import { scale, twoTo } from "./bits.ts";

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const OVERFLOW = 709.782712893384;
const MINUS_ONE_BELOW = -38.816242; // −56 ln 2
const HALF_LN2 = 0.34657359027997264;
const TINY = 5.551115123125783e-17; // 2⁻⁵⁴

// x = k ln 2 + (r + c), |r| ≤ ½ ln 2; with h = r²/2 and R1 = 1 + h (Q1 + h (Q2 + …)), t = 3 − R1 r/2:
// expm1(r) = r − (r e − h),   e = h (R1 − t) / (6 − r t),   and expm1(x) = 2ᵏ (expm1(r) + 1) − 1
/** eˣ − 1. */
export function expm1(x: number): number {
  if (x > OVERFLOW) return Infinity;
  if (x < MINUS_ONE_BELOW) return -1;
  if (Number.isNaN(x)) return x;
  let k = 0;
  let c = 0;
  let r = x;
  if (x > HALF_LN2 || x < -HALF_LN2) {
    k = (Math.LOG2E * x + (x > 0 ? 0.5 : -0.5)) | 0;
    const head = x - k * LN2_HIGH;
    const tail = k * LN2_LOW;
    r = head - tail;
    c = head - r - tail;
  } else if (Math.abs(x) < TINY) {
    return x;
  }

  const half = 0.5 * r;
  const h = r * half;
  const r1 =
    1 +
    h *
      (-0.03333333333333313 +
        h *
          (0.0015873015872548146 +
            h * (-0.0000793650757867488 + h * (0.000004008217827329362 + h * -2.0109921818362437e-7))));
  const t = 3 - r1 * half;
  let e = h * ((r1 - t) / (6 - r * t));
  if (k === 0) return r - (r * e - h);

  e = r * (e - c) - c - h;
  if (k === -1) return 0.5 * (r - e) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k < -1 || k > 56) return scale(r - e + 1, k) - 1;
  const unit = twoTo(-k);
  return (k < 20 ? 1 - unit - (e - r) : r - (e + unit) + 1) * twoTo(k);
}
