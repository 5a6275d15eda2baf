// Philox4x32-10: a counter-based generator. Four counter words and two key words go in, four random words come out;
// there is no state, so any value can be computed anywhere, in any order, and is the same everywhere.
// Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (SC11), Random123.
// Known answers from Random123's tests/kat_vectors are in the tests.

/** The four words of the latest `philox` call, as signed 32-bit integers. Read them before calling again. */
export const words = new Int32Array(4);

// One round:  (c0, c1, c2, c3) ← (hi(M1 c2) ⊕ c1 ⊕ k0,  lo(M1 c2),  hi(M0 c0) ⊕ c3 ⊕ k1,  lo(M0 c0))
// with M0 = D2511F53, M1 = CD9E8D57; the Weyl constants 9E3779B9 and BB67AE85 bump the key between rounds.
/** Encrypts a counter under a key with ten rounds and leaves the result in `words`. Arguments are read modulo 2³². */
export function philox(c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  c0 |= 0;
  c1 |= 0;
  c2 |= 0;
  c3 |= 0;
  k0 |= 0;
  k1 |= 0;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high2 = mulHigh(0xcd9e8d57, c2);
    const low2 = Math.imul(0xcd9e8d57, c2);
    c0 = high2 ^ c1 ^ k0;
    c1 = low2;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/** The words of the latest `philoxBlocks` call, block after block. */
export let blockWords = new Int32Array(4 * 64);
export const MAX_BLOCKS = 64;

/** Fills `blockWords` with `count` blocks. */
export type PhiloxBlocks = (
  count: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
) => void;

// Two blocks side by side, since the ten rounds of one leave the multipliers idle: 1.25× in a loop over 2²⁰ words.
/** Encrypts `count` ≤ 64 counters, c0, c0 + 1, …, under one key and leaves the results in `blockWords`. */
export let philoxBlocks: PhiloxBlocks = (count, c0, c1, c2, c3, k0, k1) => {
  for (let block = 0; block < count; block += 2) {
    let a0 = (c0 + block) | 0;
    let a1 = c1 | 0;
    let a2 = c2 | 0;
    let a3 = c3 | 0;
    let b0 = (c0 + block + 1) | 0;
    let b1 = a1;
    let b2 = a2;
    let b3 = a3;
    let key0 = k0 | 0;
    let key1 = k1 | 0;
    for (let round = 0; round < 10; round++) {
      const highA0 = mulHigh(0xd2511f53, a0);
      const lowA0 = Math.imul(0xd2511f53, a0);
      const highA2 = mulHigh(0xcd9e8d57, a2);
      const lowA2 = Math.imul(0xcd9e8d57, a2);
      const highB0 = mulHigh(0xd2511f53, b0);
      const lowB0 = Math.imul(0xd2511f53, b0);
      const highB2 = mulHigh(0xcd9e8d57, b2);
      const lowB2 = Math.imul(0xcd9e8d57, b2);
      a0 = highA2 ^ a1 ^ key0;
      a1 = lowA2;
      a2 = highA0 ^ a3 ^ key1;
      a3 = lowA0;
      b0 = highB2 ^ b1 ^ key0;
      b1 = lowB2;
      b2 = highB0 ^ b3 ^ key1;
      b3 = lowB0;
      key0 = (key0 + 0x9e3779b9) | 0;
      key1 = (key1 + 0xbb67ae85) | 0;
    }
    const w = 4 * block;
    blockWords[w] = a0;
    blockWords[w + 1] = a1;
    blockWords[w + 2] = a2;
    blockWords[w + 3] = a3;
    blockWords[w + 4] = b0;
    blockWords[w + 5] = b1;
    blockWords[w + 6] = b2;
    blockWords[w + 7] = b3;
  }
};

/**
 * Fills `blockWords` with ⌊word · bound / 2³²⌋ for `count` blocks of words; true if some low product is below `bound`, so that the
 * integer may have to be drawn again.
 */
export type PhiloxScaled = (
  count: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  bound: number,
) => boolean;
export let philoxScaled: PhiloxScaled | null = null;

/** Puts faster generators of the same words in place for this thread; `words` [4 · MAX_BLOCKS] is where they leave them. */
export function usePhilox(blocks: PhiloxBlocks, scaled: PhiloxScaled, words: Int32Array<ArrayBuffer>): void {
  philoxBlocks = blocks;
  philoxScaled = scaled;
  blockWords = words;
}
// (ha 2¹⁶ + la)(hb 2¹⁶ + lb) = ha hb 2³² + (ha lb + la hb) 2¹⁶ + la lb, with the carries of the middle terms kept apart.
/** High 32 bits of the 64-bit product of two unsigned 32-bit integers, as a signed integer. */
export function mulHigh(a: number, b: number): number {
  const la = a & 0xffff;
  const ha = a >>> 16;
  const lb = b & 0xffff;
  const hb = b >>> 16;
  const mid = (Math.imul(ha, lb) + (Math.imul(la, lb) >>> 16)) | 0;
  const mid2 = (Math.imul(la, hb) + (mid & 0xffff)) | 0;
  return (((Math.imul(ha, hb) + (mid >>> 16)) | 0) + (mid2 >>> 16)) | 0;
}
