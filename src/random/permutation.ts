// A random permutation of 0 … size − 1 in which any row is found alone, in O(1): no shuffle to carry out, nothing to share.
// Each partition of a population computes its own rows' places or partners and agrees with every other partition.
//
// A Feistel network on pairs (left, right) of Z_a × Z_b with a b ≥ size, whose rounds alternately shift left by a hash of right and
// right by a hash of left (the generalized-Feistel cipher of Black & Rogaway 2002, "Ciphers with arbitrary finite domains");
// a place outside 0 … size − 1 is encrypted again until it falls inside (cycle walking). With a, b ≈ √size, a b exceeds size by
// less than √size + 1, so walking is rare.
// The rounds' keys are Philox words at (purpose, lane, period). Not cryptographic: statistically uniform, as the tests measure.

import { philox, words } from "./philox.ts";
import { KIND, type Stream } from "./stream.ts";

export interface PermutationOptions {
  readonly size: number;
  /** Index of the world. */
  readonly lane: number;
  readonly period: number;
}

export interface Permutation {
  readonly size: number;
  /** The value at place i. */
  at(i: number): number;
  /** The place of value j. */
  inverse(j: number): number;
  /** Becomes the permutation of another world or period, without allocating. */
  rekey(lane: number, period: number): void;
}

// Few places leave few functions to compose, so small sizes need more rounds. Measured in the tests: with these, all orders of
// 5 rows and all pairs of 30, 64 and 1200 rows are equally frequent; 6 rounds on 64 rows, or 12 on 6, are visibly not.
const roundsFor = (size: number) => (size < 32 ? 24 : size < 512 ? 12 : 6);

export function permutation(stream: Stream, options: PermutationOptions): Permutation {
  const { size, lane, period } = options;
  if (!(Number.isInteger(size) && size >= 1 && size <= 0x3fffffff)) {
    throw new Error(`permutation on "${stream.path}": got size ${size}, expected an integer from 1 to 2^30 - 1.`);
  }
  const p = new Feistel(stream, size);
  p.rekey(lane, period);
  return p;
}

class Feistel implements Permutation {
  readonly size: number;
  readonly #a: number;
  readonly #b: number;
  readonly #k0: number;
  readonly #k1: number;
  readonly #keys: Int32Array;

  constructor(stream: Stream, size: number) {
    this.size = size;
    this.#a = Math.ceil(Math.sqrt(size));
    this.#b = Math.ceil(size / this.#a);
    [this.#k0, this.#k1] = stream.key;
    this.#keys = new Int32Array(2 * roundsFor(size));
  }

  rekey(lane: number, period: number): void {
    const keys = this.#keys;
    for (let i = 0; i < keys.length; i++) {
      if ((i & 3) === 0) philox(i >>> 2, period, lane, KIND.permutation, this.#k0, this.#k1);
      keys[i] = words[i & 3];
    }
  }

  at(i: number): number {
    const { size } = this;
    const a = this.#a;
    const b = this.#b;
    const keys = this.#keys;
    let x = i;
    do {
      let left = (x / b) | 0;
      let right = x - left * b;
      for (let k = 0; k < keys.length; k += 4) {
        left += hashBelow(right, a, keys[k], keys[k + 1]);
        if (left >= a) left -= a;
        right += hashBelow(left, b, keys[k + 2], keys[k + 3]);
        if (right >= b) right -= b;
      }
      x = left * b + right;
    } while (x >= size);
    return x;
  }

  inverse(j: number): number {
    const { size } = this;
    const a = this.#a;
    const b = this.#b;
    const keys = this.#keys;
    let x = j;
    do {
      let left = (x / b) | 0;
      let right = x - left * b;
      for (let k = keys.length - 4; k >= 0; k -= 4) {
        right -= hashBelow(left, b, keys[k + 2], keys[k + 3]);
        if (right < 0) right += b;
        left -= hashBelow(right, a, keys[k], keys[k + 1]);
        if (left < 0) left += a;
      }
      x = left * b + right;
    } while (x >= size);
    return x;
  }
}

// Two multiply-xorshift steps with a key word before each, then ⌊h n / 2³²⌋ for n < 2¹⁶.
function hashBelow(x: number, n: number, key: number, key2: number): number {
  let h = Math.imul(x ^ key, 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15) ^ key2, 0x846ca68b);
  h ^= h >>> 16;
  return (Math.imul(h >>> 16, n) + (Math.imul(h & 0xffff, n) >>> 16)) >>> 16;
}

/**
 * Random pairs: the partner of row i is π(π⁻¹(i) ⊕ 1); with an odd size one row has none, and gets −1.
 * Writes the partners of rows [from, to) to out[0 … to − from).
 */
export function fillPartners(out: Int32Array, π: Permutation, from: number, to: number): void {
  const { size } = π;
  if (!(0 <= from && from <= to && to <= size && out.length >= to - from)) {
    throw new Error(
      `fillPartners: got rows ${from} to ${to} and an out of ${out.length}, expected rows within 0 to ${size} and an out of at least ${to - from}.`,
    );
  }
  if (from === 0 && to === size) {
    // All rows at once: one evaluation per row instead of two.
    for (let place = 0; place + 1 < size; place += 2) {
      const i = π.at(place);
      const j = π.at(place + 1);
      out[i] = j;
      out[j] = i;
    }
    if (size % 2 === 1) out[π.at(size - 1)] = -1;
    return;
  }
  for (let i = from; i < to; i++) {
    const place = π.inverse(i) ^ 1;
    out[i - from] = place < size ? π.at(place) : -1;
  }
}
