// Exponential function. Algorithm and coefficients: fdlibm e_exp.c, FreeBSD's arrangement.
// Copyright (C) 2004 by Sun Microsystems, Inc. All rights reserved. Permission to use, copy, modify, and distribute this
// software is freely granted, provided that this notice is preserved.
// Error: below 1 ulp.

import { highWord, scale } from "./bits.ts";

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const HALF_LN2 = 0.34657359027997264;
const OVERFLOW = 709.782712893384;
const UNDERFLOW = -745.1332191019411;

// x = k ln 2 + r, |r| ≤ ½ ln 2;  c = r − r² (P1 + r² (P2 + …))
// exp(r) = 1 + r + r c / (2 − c),   error < 2⁻⁵⁹
/** eˣ; 0 below −745.13…, ∞ above 709.78…. */
export function exp(x: number): number {
  if (x > OVERFLOW) return Infinity;
  if (x < UNDERFLOW) return 0;
  if (Number.isNaN(x)) return x;
  let k = 0;
  let head = x;
  let tail = 0;
  let r = x;
  if (x > HALF_LN2 || x < -HALF_LN2) {
    k = (Math.LOG2E * x + (x > 0 ? 0.5 : -0.5)) | 0;
    head = x - k * LN2_HIGH;
    tail = k * LN2_LOW;
    r = head - tail;
  } else if ((highWord(x) & 0x7fffffff) < 0x3e300000) {
    return 1 + x; // |x| < 2⁻²⁸
  }
  const square = r * r;
  const c =
    r -
    square *
      (0.16666666666666602 +
        square *
          (-0.0027777777777015593 +
            square * (0.00006613756321437934 + square * (-0.0000016533902205465252 + square * 4.1381367970572385e-8))));
  const y = 1 + ((r * c) / (2 - c) - tail + head);
  return k === 0 ? y : scale(y, k);
}
