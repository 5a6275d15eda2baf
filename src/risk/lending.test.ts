// Networks from totals: totals are met, the most even one has the product form, few links are few.
import { expect, test } from "vitest";
import { type Exposures, maximumEntropy, minimumDensity } from "./index.ts";

function matrixOf({ start, target, amount }: Exposures): number[][] {
  const n = start.length - 1;
  return Array.from({ length: n }, (_, i) => {
    const row = new Array<number>(n).fill(0);
    for (let l = start[i]; l < start[i + 1]; l++) row[target[l]] += amount[l];
    return row;
  });
}
const links = (L: readonly (readonly number[])[]): number => L.flat().filter((x) => x > 0).length;

function meets(L: readonly (readonly number[])[], owed: readonly number[], lent: readonly number[]): void {
  L.forEach((row, i) => {
    expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(owed[i], 10);
    expect(L.reduce((sum, other) => sum + other[i], 0)).toBeCloseTo(lent[i], 10);
    expect(row[i]).toBe(0);
  });
}

test("maximum entropy: totals are met and amounts are products, off the diagonal", () => {
  const [owed, lent] = [
    [5, 3, 2, 4, 1, 0],
    [2, 6, 1, 3, 0, 3],
  ];
  const L = matrixOf(maximumEntropy(owed, lent));
  meets(L, owed, lent);
  for (const [i, j, k, l] of [
    [0, 1, 2, 3],
    [3, 0, 4, 1],
    [1, 2, 0, 5],
  ])
    expect((L[i][j] * L[k][l]) / (L[i][l] * L[k][j])).toBeCloseTo(1, 10);
  expect(links(L)).toBe(5 * 5 - 4);
  // Three banks with equal totals owe each other half of them
  expect(matrixOf(maximumEntropy([2, 2, 2], [2, 2, 2]))[1]).toEqual([expect.closeTo(1, 12), 0, expect.closeTo(1, 12)]);
});

test("few links: a permutation's totals come back as that permutation, and others need at most 2n − 1", () => {
  const permuted = matrixOf(minimumDensity([5, 3, 2, 7], [2, 5, 7, 3]));
  expect(links(permuted)).toBe(4);
  meets(permuted, [5, 3, 2, 7], [2, 5, 7, 3]);
  const [owed, lent] = [
    [8, 3.5, 2, 4, 1, 0.5],
    [2, 6, 1.5, 3, 2.5, 4],
  ];
  const L = matrixOf(minimumDensity(owed, lent));
  meets(L, owed, lent);
  expect(links(L)).toBeLessThanOrEqual(11);
  expect(links(L)).toBeLessThan(links(matrixOf(maximumEntropy(owed, lent))));
  // By hand: 2 and 4 are equal, then 8 with 6, 3.5 with 3, 2 with 2.5, 1 with 1.5, and what is left
  expect(L).toEqual([
    [0, 6, 0, 0, 2, 0],
    [0, 0, 0.5, 3, 0, 0],
    [2, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 4],
    [0, 0, 1, 0, 0, 0],
    [0, 0, 0, 0, 0.5, 0],
  ]);
  // Equal totals meet though a larger debt could take the larger claim
  const equal = matrixOf(minimumDensity([4, 3, 0, 0, 0], [0, 0, 3, 2, 2]));
  expect(equal.slice(0, 2)).toEqual([
    [0, 0, 0, 2, 2],
    [0, 0, 3, 0, 0],
  ]);
  // 1 and 2 meet, 2 and 0, 0 and 1; then bank 0 owes 2 to itself, which go by way of 1 and 2
  expect(matrixOf(minimumDensity([3, 2, 2], [4, 1, 2]))).toEqual([
    [0, 1, 2],
    [2, 0, 0],
    [2, 0, 0],
  ]);
  // In the end bank 2 owes 1 to itself: of what 0 owes 1, 1 goes to 2, who owes it to 1
  expect(matrixOf(minimumDensity([9, 6, 4], [9, 5, 5]))).toEqual([
    [0, 4, 5],
    [6, 0, 0],
    [3, 1, 0],
  ]);
  // The last total left is one bank's on both sides: it is rerouted through another link
  const last = matrixOf(minimumDensity([4, 4, 4.5], [4, 4, 4.5]));
  meets(last, [4, 4, 4.5], [4, 4, 4.5]);
  // The largest debtor is the largest creditor
  meets(matrixOf(minimumDensity([9, 5, 5], [9, 4, 6])), [9, 5, 5], [9, 4, 6]);
});

test.each([maximumEntropy, minimumDensity])("%o refuses totals that no network has", (fitted) => {
  expect(() => fitted([1, 2], [1])).toThrow(`${fitted.name}: got lent of 1 banks, expected 2.`);
  expect(() => fitted([1, -2], [1, 1])).toThrow(`${fitted.name}: bank 1 owes -2, expected a finite number from 0 on.`);
  expect(() => fitted([1, 2], [1, 1])).toThrow(`${fitted.name}: banks owe 3 and have lent 2, expected the same.`);
  expect(() => fitted([4, 1, 1], [3, 2, 1])).toThrow(`${fitted.name}: bank 0 owes 4 and has lent 3 of 6`);
});
