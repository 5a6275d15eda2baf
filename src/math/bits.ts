// The two 32-bit halves of a double, and doubles put together from them. IEEE 754 binary64:
// high word = sign (1 bit), exponent (11 bits, biased by 1023), top 20 bits of the fraction; low word = the other 32.
// One shared 8-byte cell instead of a DataView per call; HIGH finds the high word on either byte order.

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

export function fromWords(high: number, low: number): number {
  halves[HIGH] = high;
  halves[LOW] = low;
  return cell[0];
}

/** `x` with its high word replaced. */
export function withHighWord(x: number, high: number): number {
  cell[0] = x;
  halves[HIGH] = high;
  return cell[0];
}

/** `x` with its low word cleared: the leading 21 significant bits, so that the product of two such numbers is exact. */
export function leading(x: number): number {
  cell[0] = x;
  halves[LOW] = 0;
  return cell[0];
}

/** 2ᵏ for −1022 ≤ k ≤ 1023, exactly. */
export function twoTo(k: number): number {
  return fromWords((k + 1023) << 20, 0);
}

/** x 2ᵏ for normal x and −2000 ≤ k ≤ 1024, rounded once where the result is subnormal. */
export function scale(x: number, k: number): number {
  if (k > 1023) return x * 2 * twoTo(k - 1);
  if (k < -1022) return x * twoTo(k + 1000) * twoTo(-1000);
  return x * twoTo(k);
}
