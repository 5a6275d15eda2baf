// x to the power y. Algorithm and coefficients: fdlibm e_pow.c.
// Copyright (C) 2004 by Sun Microsystems, Inc. All rights reserved. Permission to use, copy, modify, and distribute this
// software is freely granted, provided that this notice is preserved.
// Error: below 1 ulp (0.76 measured). Special cases are those of ECMAScript's Math.pow.

import { highWord, leading, scale, twoTo } from "./bits.ts";

const TWO_53 = 9007199254740992;
const LN2_HIGH = 0.6931471824645996;
const LN2_LOW = -1.904654299957768e-9;
const LOG2E_HIGH = 1.4426950216293335; // 24 bits
const LOG2E_LOW = 1.9259629911266175e-8;
const TWO_THIRDS_LOG2E = 0.9617966939259756; // 2 / (3 ln 2)
const TWO_THIRDS_LOG2E_HIGH = 0.9617967009544373;
const TWO_THIRDS_LOG2E_LOW = -7.028461650952758e-9;
const LOG2_OF_1_5_HIGH = 0.5849624872207642;
const LOG2_OF_1_5_LOW = 1.350039202129749e-8;
const OVERFLOW_TAIL = 8.008566259537294e-17; // −(1024 − log₂(largest double + ½ ulp))

/** xʸ. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (y === 1) return x;
  if (y === 2) return x * x;
  if (y === 0.5 && x >= 0) return Math.sqrt(x);
  if (y === -1) return 1 / x;

  const size = Math.abs(x);
  if (y === Infinity || y === -Infinity) {
    if (size === 1) return NaN;
    return size > 1 === y > 0 ? Infinity : 0;
  }
  const negative = x < 0 || (x === 0 && 1 / x < 0);
  const oddInteger = Math.abs(y) < TWO_53 && Math.floor(y) === y && 2 * Math.floor(y / 2) !== y;
  const sign = negative && oddInteger ? -1 : 1;
  if (size === 0 || size === Infinity) return sign * ((size === 0) === y > 0 ? 0 : Infinity);
  if (negative && Math.floor(y) !== y) return NaN;
  if (size === 1) return sign;

  if (y > 2147483648 || y < -2147483648) {
    const near = highWord(size);
    const grows = size > 1 === y > 0;
    if (near < 0x3fefffff || near > 0x3ff00000) return sign * (grows ? Infinity : 0);
    if (Math.abs(y) > 1.8446744073709552e19) return sign * (grows ? Infinity : 0);
    logNearOne(size);
  } else {
    logInTwoParts(size);
  }
  return sign * exp2OfProduct(y);
}

// log₂ of the base, as head + tail, from one of the two functions below
const logBase = new Float64Array(2);

// |1 − x| ≤ 2⁻²⁰: log x = t − t²/2 + t³/3 − t⁴/4
function logNearOne(x: number): void {
  const t = x - 1;
  const w = t * t * (0.5 - t * (0.3333333333333333 - t * 0.25));
  const u = LOG2E_HIGH * t;
  const v = t * LOG2E_LOW - w * Math.LOG2E;
  logBase[0] = leading(u + v);
  logBase[1] = v - (logBase[0] - u);
}

// x = 2ⁿ a with a near c = 1 or 1.5;  s = (a − c) / (a + c)
// log₂ x = n + log₂ c + 2/(3 ln 2) · s (3 + s² + s⁴ (L1 + s² (L2 + …))),   each factor held as head + tail
function logInTwoParts(x: number): void {
  let subnormal = 0;
  let high = highWord(x);
  if (high < 0x00100000) {
    x *= TWO_53;
    subnormal = -53;
    high = highWord(x);
  }
  const fraction = high & 0x000fffff;
  const nearOneAndHalf = fraction > 0x3988e && fraction < 0xbb67a; // √(3/2) < a < √3
  const exponent = (high >> 20) - 1023 + (fraction >= 0xbb67a ? 1 : 0);
  const n = exponent + subnormal;
  const a = x * twoTo(-exponent);
  const c = nearOneAndHalf ? 1.5 : 1;

  const u = a - c;
  const v = 1 / (a + c);
  const s = u * v;
  const sHead = leading(s);
  const sumHead = leading(a + c);
  const sumTail = a - (sumHead - c);
  const sTail = v * (u - sHead * sumHead - sHead * sumTail);

  const s2 = s * s;
  const series =
    s2 *
      s2 *
      (0.5999999999999946 +
        s2 *
          (0.4285714285785502 +
            s2 *
              (0.33333332981837743 +
                s2 * (0.272728123808534 + s2 * (0.23066074577556175 + s2 * 0.20697501780033842))))) +
    sTail * (sHead + s);
  const sHead2 = sHead * sHead;
  const factorHead = leading(3 + sHead2 + series);
  const factorTail = series - (factorHead - 3 - sHead2);

  const p = sHead * factorHead;
  const q = sTail * factorHead + factorTail * s;
  const productHead = leading(p + q);
  const productTail = q - (productHead - p);

  const zHead = TWO_THIRDS_LOG2E_HIGH * productHead;
  const zTail =
    TWO_THIRDS_LOG2E_LOW * productHead + productTail * TWO_THIRDS_LOG2E + (nearOneAndHalf ? LOG2_OF_1_5_LOW : 0);
  const logOfC = nearOneAndHalf ? LOG2_OF_1_5_HIGH : 0;
  const head = leading(zHead + zTail + logOfC + n);
  logBase[0] = head;
  logBase[1] = zTail - (head - n - logOfC - zHead);
}

// y (head + tail) = n + r, |r| ≤ ½;  2ʳ = exp(r ln 2) as in exp.ts
function exp2OfProduct(y: number): number {
  const head = logBase[0];
  const tail = logBase[1];
  const yHead = leading(y);
  const low = (y - yHead) * head + y * tail;
  let high = yHead * head;
  const z = low + high;
  if (z > 1024 || (z === 1024 && low + OVERFLOW_TAIL > z - high)) return Infinity;
  if (z < -1075 || (z === -1075 && low <= z - high)) return 0;

  const n = Math.floor(z + 0.5);
  high -= n;
  const r = leading(low + high);
  const u = r * LN2_HIGH;
  const v = (low - (r - high)) * Math.LN2 + r * LN2_LOW;
  const w = u + v;
  const rest = v - (w - u);
  const t = w * w;
  const c =
    w -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (0.00006613756321437934 + t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))));
  return scale(1 - ((w * c) / (c - 2) - (rest + w * rest) - w), n);
}
