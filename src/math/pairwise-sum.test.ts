import { expect, test } from "vitest";
import { blockSums, combineSums, pairwiseSum, SUM_BLOCK } from "./index.ts";

const values = (n: number) => Float64Array.from({ length: n }, (_, i) => 1 / (i + 1) - 0.3);

test("small whole numbers are summed exactly", () => {
  expect(pairwiseSum([])).toBe(0);
  expect(pairwiseSum([7])).toBe(7);
  for (const n of [3, 128, 129, 1000, 12345]) {
    expect(pairwiseSum(Float64Array.from({ length: n }, (_, i) => i))).toBe((n * (n - 1)) / 2);
  }
});

test("sums of parts that begin at multiples of SUM_BLOCK combine to the same bits as the whole", () => {
  for (const n of [1, 127, 128, 129, 300, 1200, 12345, 100_000]) {
    const x = values(n);
    const blocks = Math.ceil(n / SUM_BLOCK);
    for (const parts of [1, 2, 7]) {
      const sums = new Float64Array(blocks);
      for (let part = 0; part < parts; part++) {
        const first = Math.floor((part * blocks) / parts);
        const last = Math.floor(((part + 1) * blocks) / parts);
        blockSums(sums.subarray(first, last), x, first * SUM_BLOCK, Math.min(last * SUM_BLOCK, n));
      }
      expect(combineSums(sums)).toBe(pairwiseSum(x));
    }
  }
});

test("a range is summed as if it stood alone", () => {
  const x = values(1000);
  expect(pairwiseSum(x, 100, 900)).toBe(pairwiseSum(x.slice(100, 900)));
});

test("the rounding error stays below log2(n) ulp where a running sum loses digits", () => {
  const n = 1 << 20;
  const x = new Float64Array(n).fill(0.1);
  const running = x.reduce((sum, v) => sum + v, 0);
  expect(Math.abs(pairwiseSum(x) - 0.1 * n)).toBeLessThan(1e-9);
  expect(Math.abs(running - 0.1 * n)).toBeGreaterThan(1e-7);
});
