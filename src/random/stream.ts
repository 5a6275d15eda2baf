// Named streams of random draws. A draw has an address, not a history: it is a function of
//   (seed, purpose path)  → the two key words of Philox, and
//   (kind, lane, period, row) → its counter,
// so every partition of the rows, every number of threads and every resumed run sees the same values.
//
// counter = (block of rows, period, lane, kind). One block of four words serves four rows of `bits` and `integers`, two rows
// of `uniform` and `normal`. Different kinds of draw at one address are independent; the same kind twice at one address
// is the same value twice, so give each use its own purpose: `rng.fork("skills/craft")`, `rng.fork("skills/gather")`.

import { exp } from "../math/exp.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { blockWords, MAX_BLOCKS, mulHigh, philox, philoxBlocks, philoxScaled, words } from "./philox.ts";

/** Where a bulk draw lands: rows [from, to) of one world in one period. `to` defaults to from + out.length. */
export interface At {
  /** Index of the world. */
  readonly lane: number;
  readonly period: number;
  readonly from: number;
  readonly to?: number;
}

/** In bulk draws `out[i]` is row `from + i`, the same value however the rows are cut into ranges. */
export interface Stream {
  readonly key: readonly [number, number];
  /** For people: "seed 7 / lucas-tree / trade". */
  readonly path: string;
  /** A stream of its own for one purpose. The same purpose twice on one stream object is an error. */
  fork(purpose: string): Stream;

  /** 32 random bits per row. */
  bits(out: Uint32Array, at: At): void;
  /** 0 … n − 1, exactly uniform, for 1 ≤ n ≤ 2³¹. */
  integers(out: Int32Array, at: At, n: number): void;
  /** [0, 1) in steps of 2⁻⁵³. */
  uniform(out: Float64Array, at: At): void;
  /** Standard normal, by inversion of one uniform; |z| ≤ 8.21. */
  normal(out: Float64Array, at: At): void;
  /** exp(mean + sd z): `mean` and `sd` are those of the logarithm. */
  lognormal(out: Float64Array, at: At, mean: number, sd: number): void;

  // The same values one at a time, for set-up code and world scalars.
  bitsAt(lane: number, period: number, row: number): number;
  integerAt(lane: number, period: number, row: number, n: number): number;
  uniformAt(lane: number, period: number, row: number): number;
  normalAt(lane: number, period: number, row: number): number;
}

/** The fourth counter word: what the words are drawn for. */
export const KIND = { bits: 0, integers: 1, uniform: 2, normal: 3, permutation: 4, redraw: 16 } as const;

const TWO_32 = 4294967296;
const TWO_MINUS_32 = 1 / 4294967296;
const EXACT = 2097152; // 2²¹
const TWO_26 = 67108864;
const TWO_MINUS_52 = 1 / 4503599627370496;
const TWO_MINUS_53 = 1 / 9007199254740992;

/** The root stream of a run. `seed` is an integer from 0 to 2⁵³ − 1. */
export function seedStream(seed: number): Stream {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new Error(`seed: got ${seed}, expected an integer from 0 to ${Number.MAX_SAFE_INTEGER}.`);
  }
  philox(seed, Math.floor(seed / TWO_32), 0, 0, 0x57414c52, 0x41530001); // "WALRAS", version 1 of this derivation
  return stream(words[0] >>> 0, words[1] >>> 0, `seed ${seed}`);
}

function stream(k0: number, k1: number, path: string): Stream {
  const purposes = new Set<string>();
  return {
    key: [k0, k1],
    path,
    fork(purpose) {
      if (purpose === "") throw new Error(`Stream "${path}": fork("") needs a purpose, such as "trade".`);
      if (purposes.has(purpose)) {
        throw new Error(
          `Stream "${path}": purpose "${purpose}" is used twice, which would repeat its draws. Name what the second use is for.`,
        );
      }
      purposes.add(purpose);
      absorb(purpose, k0, k1);
      return stream(words[0] >>> 0, words[1] >>> 0, `${path} / ${purpose}`);
    },

    bits(out, at) {
      const to = end(path, out, at);
      const { lane, period } = at;
      for (let row = at.from, i = 0; row < to; ) {
        const block = row >>> 2;
        const last = Math.min(to, (block + MAX_BLOCKS) * 4);
        philoxBlocks(((last + 3) >>> 2) - block, block, period, lane, KIND.bits, k0, k1);
        for (let word = row & 3; row < last; row++) out[i++] = blockWords[word++];
      }
    },
    integers(out, at, n) {
      const to = end(path, out, at);
      checkCount(path, n);
      const { lane, period } = at;
      for (let row = at.from, i = 0; row < to; ) {
        const block = row >>> 2;
        const last = Math.min(to, (block + MAX_BLOCKS) * 4);
        const count = ((last + 3) >>> 2) - block;
        if (philoxScaled && !philoxScaled(count, block, period, lane, KIND.integers, k0, k1, n)) {
          const words = blockWords;
          for (let word = row & 3; row < last; row++) out[i++] = words[word++];
          continue;
        }
        philoxBlocks(count, block, period, lane, KIND.integers, k0, k1);
        const words = blockWords;
        if (n <= EXACT) {
          // bits · n < 2⁵³: the product is exact in a double, which is cheaper than its high word in integers
          for (let word = row & 3; row < last; row++) {
            const bits = words[word++];
            out[i++] =
              Math.imul(bits, n) >>> 0 < n
                ? careful(bits, n, lane, period, row, k0, k1)
                : ((bits >>> 0) * n * TWO_MINUS_32) | 0;
          }
        } else
          for (let word = row & 3; row < last; row++) {
            const bits = words[word++];
            out[i++] = Math.imul(bits, n) >>> 0 < n ? careful(bits, n, lane, period, row, k0, k1) : mulHigh(bits, n);
          }
      }
    },
    uniform(out, at) {
      const to = end(path, out, at);
      const { lane, period } = at;
      for (let row = at.from, i = 0; row < to; ) {
        const block = row >>> 1;
        const last = Math.min(to, (block + MAX_BLOCKS) * 2);
        philoxBlocks(((last + 1) >>> 1) - block, block, period, lane, KIND.uniform, k0, k1);
        for (let word = (row & 1) << 1; row < last; row++, word += 2) {
          out[i++] = unit(blockWords[word], blockWords[word + 1]);
        }
      }
    },
    normal(out, at) {
      const to = end(path, out, at);
      const { lane, period } = at;
      for (let row = at.from, i = 0; row < to; ) {
        const block = row >>> 1;
        const last = Math.min(to, (block + MAX_BLOCKS) * 2);
        philoxBlocks(((last + 1) >>> 1) - block, block, period, lane, KIND.normal, k0, k1);
        for (let word = (row & 1) << 1; row < last; row++, word += 2) {
          out[i++] = normalQuantile(openUnit(blockWords[word], blockWords[word + 1]));
        }
      }
    },
    lognormal(out, at, mean, sd) {
      this.normal(out, at);
      const n = (at.to ?? at.from + out.length) - at.from;
      for (let i = 0; i < n; i++) out[i] = exp(mean + sd * out[i]);
    },

    bitsAt(lane, period, row) {
      philox(row >>> 2, period, lane, KIND.bits, k0, k1);
      return words[row & 3] >>> 0;
    },
    integerAt(lane, period, row, n) {
      checkCount(path, n);
      philox(row >>> 2, period, lane, KIND.integers, k0, k1);
      return careful(words[row & 3], n, lane, period, row, k0, k1);
    },
    uniformAt(lane, period, row) {
      philox(row >>> 1, period, lane, KIND.uniform, k0, k1);
      const word = (row & 1) << 1;
      return unit(words[word], words[word + 1]);
    },
    normalAt(lane, period, row) {
      philox(row >>> 1, period, lane, KIND.normal, k0, k1);
      const word = (row & 1) << 1;
      return normalQuantile(openUnit(words[word], words[word + 1]));
    },
  };
}

// The key of a fork: its purpose, eight UTF-16 units at a time, encrypted under the key so far; a last block holds the length.
function absorb(purpose: string, k0: number, k1: number): void {
  const unitAt = (i: number) => (i < purpose.length ? purpose.charCodeAt(i) : 0);
  const wordAt = (i: number) => (unitAt(i) << 16) | unitAt(i + 1);
  for (let i = 0; i < purpose.length; i += 8) {
    philox(wordAt(i), wordAt(i + 2), wordAt(i + 4), wordAt(i + 6), k0, k1);
    k0 = words[0];
    k1 = words[1];
  }
  philox(purpose.length, 0, 0, 0x666f726b, k0, k1);
}

/** Checks a destination against its rows and returns the end of the range. */
function end(path: string, out: { readonly length: number }, at: At): number {
  const to = at.to ?? at.from + out.length;
  if (!(Number.isInteger(at.from) && Number.isInteger(to) && 0 <= at.from && at.from <= to && to <= 0x7fffffff)) {
    throw new Error(`Stream "${path}": got rows ${at.from} to ${to}, expected integers with 0 <= from <= to < 2^31.`);
  }
  if (out.length < to - at.from) {
    throw new Error(
      `Stream "${path}": out has ${out.length} values, expected at least ${to - at.from} (rows ${at.from} to ${to}).`,
    );
  }
  return to;
}

function checkCount(path: string, n: number): void {
  if (!(Number.isInteger(n) && n >= 1 && n <= 0x80000000)) {
    throw new Error(`Stream "${path}": integers below ${n} asked for, expected an integer from 1 to 2^31.`);
  }
}

// Lemire 2019, "Fast random integer generation in an interval": ⌊bits n / 2³²⌋ is exactly uniform once the products whose low
// word is under 2³² mod n are drawn again. That happens less than once in 2³² / n rows; the new word is keyed by the row and
// the attempt, so the row's value does not depend on its neighbours.
function careful(bits: number, n: number, lane: number, period: number, row: number, k0: number, k1: number): number {
  const reject = TWO_32 % n;
  for (let attempt = 0; Math.imul(bits, n) >>> 0 < reject; attempt++) {
    philox(row, period, lane, KIND.redraw + attempt, k0, k1);
    bits = words[0];
  }
  return mulHigh(bits, n);
}

// 27 bits of one word above 26 of the other: an integer below 2⁵³, over 2⁵³
function unit(high: number, low: number): number {
  return ((high >>> 5) * TWO_26 + (low >>> 6)) * TWO_MINUS_53;
}

// (k + ½) / 2⁵² for 0 ≤ k < 2⁵²: exact, symmetric about ½, never 0 or 1
function openUnit(high: number, low: number): number {
  return ((high >>> 6) * TWO_26 + (low >>> 6) + 0.5) * TWO_MINUS_52;
}
