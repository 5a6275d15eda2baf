// Inverse sine. Algorithm and coefficients: fdlibm e_asin.c.
// Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun Microsystems, Inc. business.
// Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is preserved.
// Error: below 1 ulp. Ours: the square root's head has 26 bits (`leading`) where fdlibm clears a word.

import { leading } from "./bits.ts";

const HALF_PI_LOW = 6.123233995736766e-17;

// asin x = x + x R(x²)                        |x| < ½
//        = π/2 − 2 asin √((1 − |x|)/2)        else, with the sign of x
/** The angle from −π/2 to π/2 whose sine is x; NaN outside [−1, 1]. */
export function asin(x: number): number {
  const size = Math.abs(x);
  if (!(size <= 1)) return NaN;
  if (size < 7.450580596923828e-9) return x; // 2⁻²⁷
  if (size < 0.5) return x + x * ratio(x * x);
  const t = (1 - size) / 2;
  const s = Math.sqrt(t);
  if (size >= 0.975) return Math.sign(x) * (Math.PI / 2 - (2 * (s + s * ratio(t)) - HALF_PI_LOW));
  const head = leading(s);
  const rest = (t - head * head) / (s + head);
  const p = 2 * s * ratio(t) - (HALF_PI_LOW - 2 * rest);
  const q = Math.PI / 4 - 2 * head;
  return Math.sign(x) * (Math.PI / 4 - (p - q));
}

// (asin √t)/√t − 1
function ratio(t: number): number {
  const p =
    t *
    (0.16666666666666666 +
      t *
        (-0.3255658186224009 +
          t *
            (0.20121253213486293 +
              t * (-0.04005553450067941 + t * (0.0007915349942898145 + t * 0.00003479331075960212)))));
  const q =
    1 + t * (-2.403394911734414 + t * (2.0209457602335057 + t * (-0.6882839716054533 + t * 0.07703815055590194)));
  return p / q;
}
