// Sine and cosine. Algorithm and coefficients: fdlibm s_sin.c, s_cos.c, k_sin.c, k_cos.c, e_rem_pio2.c.
// Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun Microsystems, Inc. business.
// Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is preserved.
// Error: below 1 ulp, for arguments of any size. Ours: the reduction of arguments above 2¹⁹ π uses big integers.

import { highWord, lowWord, twoTo } from "./bits.ts";

/** sin x, for x in radians. */
export function sin(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  if (Math.abs(x) < 7.450580596923828e-9) return x; // 2⁻²⁷
  return sinOfQuadrant(reduce(x));
}

/** cos x, for x in radians. */
export function cos(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  return sinOfQuadrant(reduce(x) + 1);
}

function sinOfQuadrant(quadrant: number): number {
  const y = quadrant & 1 ? cosKernel(remainder[0], remainder[1]) : sinKernel(remainder[0], remainder[1]);
  return quadrant & 2 ? -y : y;
}

// sin(x + y) for |x| ≤ π/4 and y its tail
function sinKernel(x: number, y: number): number {
  const z = x * x;
  const w = z * z;
  const r =
    0.00833333333332249 +
    z * (-0.0001984126982985795 + z * 0.0000027557313707070068) +
    z * w * (-2.5050760253406863e-8 + z * 1.58969099521155e-10);
  const v = z * x;
  return x - (z * (0.5 * y - v * r) - y - v * -0.16666666666666632);
}

function cosKernel(x: number, y: number): number {
  const z = x * x;
  const w = z * z;
  const r =
    z * (0.0416666666666666 + z * (-0.001388888888887411 + z * 0.00002480158728947673)) +
    w * w * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11));
  const half = 0.5 * z;
  const most = 1 - half;
  return most + (1 - most - half + (z * r - x * y));
}

// x = quadrant π/2 + head + tail, the latter two left here by `reduce`
const remainder = new Float64Array(2);

const ROUND = 6755399441055744; // 1.5 · 2⁵²: adding and subtracting it rounds to the nearest integer
// π/2 in pieces of 33 bits, each followed by all that is left after it
const PIECES = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21];
const RESTS = [6.077100506506192e-11, 2.0222662487959506e-21, 8.4784276603689e-32];

/** Sets the remainder and returns the quadrant, modulo 4. */
function reduce(x: number): number {
  if (Math.abs(x) > 1647099) return reduceHuge(x);
  const n = 0.6366197723675814 * x + ROUND - ROUND;
  let r = x - n * PIECES[0];
  let w = n * RESTS[0];
  let head = r - w;
  // Bits cancelled by the subtraction are made up for by the next piece of π/2: at 16 bits, and again at 49.
  const exponent = (highWord(x) >> 20) & 0x7ff;
  for (let piece = 1, lost = 16; piece < 3 && exponent - ((highWord(head) >> 20) & 0x7ff) > lost; piece++, lost = 49) {
    const before = r;
    w = n * PIECES[piece];
    r = before - w;
    w = n * RESTS[piece] - (before - r - w);
    head = r - w;
  }
  remainder[0] = head;
  remainder[1] = r - head - w;
  return n & 3;
}

const FRACTION = 160n;
const HALF_PI = 0x1921fb54442d18469898cc51701b839a252049c11n; // ⌊π/2 · 2¹⁶⁰⌋
const TWO_OVER_PI = BigInt(
  "0x" +
    "a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1d" +
    "eb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b" +
    "5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b" +
    "6bab",
); // ⌊2/π · 2¹²¹⁶⌋

// |x| = m 2ᵉ with an integer m; m 2ᵉ · 2/π to 160 places after the binary point. No double comes closer than 2⁻⁶² to a
// multiple of π/2, which leaves 98 correct bits.
function reduceHuge(x: number): number {
  const high = highWord(x);
  const m = (BigInt((high & 0x000fffff) | 0x00100000) << 32n) | BigInt(lowWord(x) >>> 0);
  const e = BigInt(((high >> 20) & 0x7ff) - 1075);
  const quadrants = (m * TWO_OVER_PI) >> (1216n - FRACTION - e);
  const nearest = (quadrants + (1n << (FRACTION - 1n))) >> FRACTION;
  const rest = ((quadrants - (nearest << FRACTION)) * HALF_PI) >> FRACTION;
  const unit = x < 0 ? -twoTo(-160) : twoTo(-160);
  remainder[0] = Number(rest) * unit;
  remainder[1] = Number(rest - BigInt(Number(rest))) * unit;
  const quadrant = Number(nearest & 3n);
  return x < 0 ? -quadrant : quadrant;
}
