// Binary logarithm. Algorithm and coefficients: FreeBSD e_log2.c, built on fdlibm's log.
// Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun Microsystems, Inc. business.
// Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is preserved.
// Error: below 1 ulp, and exact at powers of two.

import { highWord, leading, twoTo } from "./bits.ts";

const LOG2E_HIGH = 1.4426950216293335; // 24 bits, so that its product with `head` is exact
const LOG2E_LOW = 1.9259629911266175e-8;
const TWO_54 = 18014398509481984;

// log₂ x = k + log(1 + f) / ln 2, with log(1 + f) = head + tail as in log.ts and both products carried in two parts
/** log₂ x; −∞ at 0, NaN below. */
export function log2(x: number): number {
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
  const head = leading(f - halfSquare);
  const tail = f - head - halfSquare + s * (halfSquare + (odd + even));

  const product = head * LOG2E_HIGH;
  const sum = k + product;
  return (tail + head) * LOG2E_LOW + tail * LOG2E_HIGH + (k - sum + product) + sum;
}
