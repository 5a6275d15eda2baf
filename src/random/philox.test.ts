import { expect, test } from "vitest";
import { blockWords, mulHigh, philox, philoxBlocks, words } from "./philox.ts";

const hex = (values: Iterable<number>) => [...values].map((w) => (w >>> 0).toString(16).padStart(8, "0")).join(" ");

// Random123 (D. E. Shaw Research) tests/kat_vectors, the lines "philox4x32 10"
const KNOWN: [counter: [number, number, number, number], key: [number, number], answer: string][] = [
  [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
  [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], "408f276d 41c83b0e a20bc7c6 6d5451fd"],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], "d16cfe09 94fdcceb 5001e420 24126ea1"],
];

test("philox4x32-10 gives Random123's known answers", () => {
  for (const [counter, key, answer] of KNOWN) {
    philox(...counter, ...key);
    expect(hex(words)).toBe(answer);
  }
});

test("blocks side by side equal blocks one by one, for any count and across the wrap of the counter", () => {
  for (const count of [1, 2, 7, 64]) {
    philoxBlocks(count, 0xfffffffd, 1, 2, 3, 4, 5);
    for (let block = 0; block < count; block++) {
      philox(0xfffffffd + block, 1, 2, 3, 4, 5);
      expect(hex(blockWords.subarray(4 * block, 4 * block + 4))).toBe(hex(words));
    }
  }
});

test("mulHigh is the upper half of the 64-bit product", () => {
  const edges = [0, 1, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xcd9e8d57, 0xfffffffe, 0xffffffff];
  for (const a of edges) {
    for (const b of edges) expect(mulHigh(a, b) >>> 0).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
  }
});
