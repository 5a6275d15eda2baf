// Hilbert's curve through a square of 2ᵇ × 2ᵇ cells: neighbours on the curve are neighbours in the square. Hilbert 1891, Mathematische Annalen 38, 459.

/** Bits of a coordinate at most: places on the curve stay whole numbers below 2⁵². */
const BITS = 26;

/** Place on the curve, 0 … 4ᵇ − 1, of the cell in column x and row y, each 0 … 2ᵇ − 1. It begins at (0, 0) and ends at (2ᵇ − 1, 0). */
export function hilbertIndex(bits: number, x: number, y: number): number {
  if (!(Number.isInteger(bits) && bits >= 0 && bits <= BITS))
    throw new Error(`hilbertIndex: got ${bits} bits, expected a whole number from 0 to ${BITS}.`);
  const side = 1 << bits;
  if (!(Number.isInteger(x) && x >= 0 && x < side && Number.isInteger(y) && y >= 0 && y < side))
    throw new Error(`hilbertIndex: got the cell ${x}, ${y}, expected whole numbers from 0 to ${side - 1}.`);
  let [u, v, place] = [x, y, 0];
  for (let half = side >>> 1; half > 0; half >>>= 1) {
    const right = (u & half) > 0 ? 1 : 0;
    const upper = (v & half) > 0 ? 1 : 0;
    place = 4 * place + ((3 * right) ^ upper);
    if (upper === 1) continue;
    if (right === 1) {
      u = side - 1 - u;
      v = side - 1 - v;
    }
    [u, v] = [v, u];
  }
  return place;
}

/** Rows in the order in which the curve meets them: places x, y in a square that just holds them all, those of one cell in order of their numbers. */
export function hilbertOrder(x: ArrayLike<number>, y: ArrayLike<number>): Int32Array {
  const n = x.length;
  if (y.length !== n) throw new Error(`hilbertOrder: x has ${n} and y ${y.length} values, expected as many.`);
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < n; i++) {
    if (!(Number.isFinite(x[i]) && Number.isFinite(y[i])))
      throw new Error(`hilbertOrder: row ${i} is at ${x[i]}, ${y[i]}, expected finite numbers.`);
    left = Math.min(left, x[i]!);
    right = Math.max(right, x[i]!);
    low = Math.min(low, y[i]!);
    high = Math.max(high, y[i]!);
  }
  // A place on the curve and a row's number are one whole number below 2⁵², which sorts quickly.
  let bits = 16;
  while (bits > 1 && n * SQUARES[bits]! > KEYS) bits--;
  const cells = Math.sqrt(SQUARES[bits]!);
  const scale = Math.max(right - left, high - low) / cells;
  const cell = (from: number): number => (scale > 0 ? Math.min(cells - 1, Math.floor(from / scale)) : 0);
  const keys = new Float64Array(n);
  for (let i = 0; i < n; i++) keys[i] = hilbertIndex(bits, cell(x[i]! - left), cell(y[i]! - low)) * n + i;
  keys.sort();
  return Int32Array.from(keys, (key) => key % n);
}
const KEYS = 0x10_0000_0000_0000;
const SQUARES = Float64Array.from({ length: 17 }, (_, bits) => (1 << bits) * (1 << bits));
