// ln(1 + x) without cancellation near 0. Algorithm and coefficients: fdlibm s_log1p.c, FreeBSD's arrangement.
// Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun Microsystems, Inc. business.
// Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is preserved.
// Error: below 1 ulp.

import { highWord, twoTo } from "./bits.ts";

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const TINY = 1.1102230246251565e-16; // 2⁻⁵³

// 1 + x = 2ᵏ (1 + f), √½ < 1 + f < √2; log(1 + f) as in log.ts; c corrects for the rounding of u = 1 + x
/** ln(1 + x); −∞ at −1, NaN below. */
export function log1p(x: number): number {
  if (x <= -1) return x === -1 ? -Infinity : NaN;
  if (x === Infinity || Number.isNaN(x) || Math.abs(x) < TINY) return x;
  let k = 0;
  let f = x;
  let c = 0;
  if (x < -0.2928932188134524 || x > 0.41421356237309503) {
    const u = 1 + x;
    k = ((highWord(u) + (0x3ff00000 - 0x3fe6a09e)) >> 20) - 1023;
    if (k < 54) c = (k >= 2 ? 1 - (u - x) : x - (u - 1)) / u;
    f = u * twoTo(-k) - 1;
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const halfSquare = 0.5 * f * f;
  return s * (halfSquare + (odd + even)) + (k * LN2_LOW + c) - halfSquare + f + k * LN2_HIGH;
}
