// Natural logarithm. Algorithm and coefficients: fdlibm e_log.c, FreeBSD's arrangement.
// Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunSoft, a Sun Microsystems, Inc.
// business. Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice
// is preserved.
// Error: below 1 ulp.

import { highWord, twoTo } from "./bits.ts";

const LN2_HIGH = 0.6931471803691238; // 3fe62e42 fee00000: k LN2_HIGH is exact for |k| < 2¹¹
const LN2_LOW = 1.9082149292705877e-10;
const TWO_54 = 18014398509481984;

// x = 2ᵏ (1 + f) with √½ < 1 + f < √2;  s = f / (2 + f)
// log(1 + f) = log((1 + s) / (1 − s)) = 2s + s R(s²) = f − (f²/2 − s (f²/2 + R)),   |R error| < 2⁻⁵⁸·⁴⁵
/** ln x; −∞ at 0, NaN below. */
export function log(x: number): number {
  let k = 0;
  let high = highWord(x);
  if (high < 0x00100000) {
    if (x === 0) return -Infinity;
    if (high < 0) return NaN;
    k = -54;
    x *= TWO_54;
    high = highWord(x);
  }
  if (high >= 0x7ff00000) return x;

  const exponent = ((high + (0x3ff00000 - 0x3fe6a09e)) >> 20) - 1023; // 3fe6a09e: the high word of √½
  const f = x * twoTo(-exponent) - 1;
  k += exponent;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const halfSquare = 0.5 * f * f;
  return s * (halfSquare + (odd + even)) + k * LN2_LOW - halfSquare + f + k * LN2_HIGH;
}
