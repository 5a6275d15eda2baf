// The parts of a double: its words, its leading bits, and powers of two to scale it by.
// IEEE 754 binary64: high word = sign (1 bit), exponent (11 bits, biased by 1023), top 20 bits of the fraction; low word = the
// other 32. The words are read through one shared 8-byte cell, not a DataView per call; HIGH finds the high word on either
// byte order. Nothing here writes a half and reads the whole back: processors wait some 15 cycles for that, so doubles are
// rescaled by multiplication instead of put together from words (pow: 3×, log: 1.5×).

const cell = new Float64Array(1);
const halves = new Int32Array(cell.buffer);

cell[0] = 1;
const HIGH = halves[1] === 0 ? 0 : 1;
const LOW = 1 - HIGH;

/** Sign, exponent and top 20 fraction bits, as a signed integer. */
export function highWord(x: number): number {
  cell[0] = x;
  return halves[HIGH];
}

/** The low 32 fraction bits, as a signed integer. */
export function lowWord(x: number): number {
  cell[0] = x;
  return halves[LOW];
}

// Veltkamp's splitting, by 2²⁷ + 1 (Dekker 1971)
/** The leading 26 significant bits of x, |x| < 2⁹⁹⁶, so that the product of two such numbers is exact. */
export function leading(x: number): number {
  const y = 134217729 * x;
  return y - (y - x);
}

const powersOfTwo = new Float64Array(1074 + 1024);
powersOfTwo[0] = Number.MIN_VALUE;
for (let i = 1; i < powersOfTwo.length; i++) powersOfTwo[i] = 2 * powersOfTwo[i - 1];

/** 2ᵏ for −1074 ≤ k ≤ 1023. */
export function twoTo(k: number): number {
  return powersOfTwo[k + 1074];
}

/** x 2ᵏ for normal x and −2000 ≤ k ≤ 1024, rounded once where the result is subnormal. */
export function scale(x: number, k: number): number {
  if (k > 1023) return x * 2 * twoTo(k - 1);
  if (k < -1022) return x * twoTo(k + 1000) * twoTo(-1000);
  return x * twoTo(k);
}
