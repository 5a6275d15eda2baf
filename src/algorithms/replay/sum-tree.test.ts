import { expect, test } from "vitest";
import { seedStream } from "../../random/index.ts";
import { sumTree, sumTreeSize } from "./sum-tree.ts";

const create = (n: number) => sumTree(new Float64Array(sumTreeSize(n)));

test("after any updates the tree finds the leaf that naive prefix sums find, and its total is theirs", () => {
  const rng = seedStream(4).fork("tree");
  for (const n of [1, 2, 7, 64, 100]) {
    const tree = create(n);
    const weights = new Float64Array(n);
    for (let step = 0; step < 200; step++) {
      const [a, b, kind] = [0, 1, 2].map((row) => rng.integerAt(n, step, row, row === 2 ? 3 : n));
      // Multiples of 1/8, so that sums are exact in any order; some of them 0.
      const weight = rng.integerAt(n, step, 3, 5) / 8;
      if (kind === 0) {
        tree.fill(Math.min(a, b), Math.max(a, b), weight);
        weights.fill(weight, Math.min(a, b), Math.max(a, b));
      } else {
        tree.set(a, weight);
        weights[a] = weight;
      }
      const total = weights.reduce((x, y) => x + y, 0);
      expect(tree.total).toBe(total);
      if (total === 0) continue;
      const mass = rng.uniformAt(n, step, 4) * total;
      let naive = 0;
      for (let sum = weights[0]; sum <= mass; sum += weights[naive]) naive++;
      expect(tree.find(mass)).toBe(naive);
      expect(tree.get(a)).toBe(weights[a]);
    }
  }
});

test("leaves are drawn in proportion to their weights, and never one of weight 0", () => {
  const n = 37;
  const tree = create(n);
  const weights = Array.from({ length: n }, (_, k) => (k % 5 === 0 ? 0 : (1 + k) ** 0.6));
  for (const [k, weight] of weights.entries()) tree.set(k, weight);
  const draws = 40_000;
  const u = new Float64Array(draws);
  seedStream(9).fork("draws").uniform(u, { lane: 0, period: 0, from: 0 });
  const counts = new Array<number>(n).fill(0);
  for (let k = 0; k < draws; k++) counts[tree.find(u[k] * tree.total)]++;
  let chiSquare = 0;
  for (const [k, weight] of weights.entries()) {
    if (weight === 0) expect(counts[k]).toBe(0);
    else {
      const expected = (draws * weight) / tree.total;
      chiSquare += (counts[k] - expected) ** 2 / expected;
    }
  }
  expect(chiSquare).toBeLessThan(57); // 28 degrees of freedom: the 0.999 quantile is 56.9
});

test("however rounding falls, the last bit of mass finds a leaf that has weight", () => {
  const tree = create(8);
  for (const k of [0, 1, 2]) tree.set(k, 0.1);
  expect(tree.find(tree.total)).toBe(2);
  expect(tree.find(1e9)).toBe(2);
});
