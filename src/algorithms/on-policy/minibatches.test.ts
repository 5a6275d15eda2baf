import { expect, test } from "vitest";
import { plainMemory } from "../../economy/index.ts";
import { permutation, seedStream } from "../../random/index.ts";
import { createExplainedVariance } from "./explained-variance.ts";
import { deal, minibatch, momentsOf } from "./minibatches.ts";

test("every row is dealt to exactly one minibatch, in another order each time, and minibatches differ by one row at most", () => {
  const stream = seedStream(1).fork("shuffle");
  for (const [rows, M] of [
    [512, 4],
    [10, 3],
    [7, 7],
  ]) {
    const passes = [0, 1].map((period) => {
      const shuffle = permutation(stream, { size: rows, lane: 0, period });
      return Array.from({ length: M }, (_, m) => {
        const [from, to] = minibatch(rows, M, m);
        const out = new Int32Array(to - from);
        deal(out, shuffle, from, 1, (k) => k);
        return [...out];
      });
    });
    for (const hands of passes) {
      expect(hands.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, k) => k));
      const sizes = hands.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
    expect(passes[0]).not.toEqual(passes[1]);
  }
});

test("sequences stay together, in order, whatever minibatch they come to", () => {
  const shuffle = permutation(seedStream(1).fork("shuffle"), { size: 6, lane: 0, period: 0 });
  const dealt = [0, 1].flatMap((m) => {
    const [from, to] = minibatch(6, 2, m);
    const out = new Int32Array((to - from) * 3);
    deal(out, shuffle, from, 3, (k, l) => 3 * k + l);
    return [...out];
  });
  expect([...dealt].sort((a, b) => a - b)).toEqual(Array.from({ length: 18 }, (_, k) => k));
  for (let p = 0; p < 18; p++) expect(dealt[p] % 3).toBe(p % 3);
  for (let p = 0; p < 18; p += 3) expect(dealt[p + 2]).toBe(dealt[p] + 2);
});

test("moments leave empty places out; a single row has no deviation, none at all has nothing", () => {
  const x = [1, 2, 30, 6];
  expect(momentsOf(Int32Array.of(0, -1, 1, 3), x)).toEqual({ n: 3, mean: 3, deviation: Math.sqrt((4 + 1 + 9) / 2) });
  expect(momentsOf(Int32Array.of(-1, 2), x)).toEqual({ n: 1, mean: 30, deviation: 0 });
  expect(momentsOf(Int32Array.of(-1), x)).toEqual({ n: 0, mean: 0, deviation: 0 });
});

test("values that are the returns explain all of their variance, a constant none; errors by a constant do no harm", () => {
  const returns = [
    [1, 2, 3],
    [10, -4],
  ];
  const explained = (value: (target: number) => number): number => {
    const fit = createExplainedVariance(plainMemory, 2);
    for (const [e, targets] of returns.entries()) {
      fit.add(e, [0], [99]); // replaced
      fit.add(
        e,
        targets.map(value),
        targets.map((target) => target - value(target)),
      );
    }
    return fit.explained();
  };
  expect(explained((target) => target)).toBe(1);
  expect(explained((target) => target + 5)).toBeCloseTo(1, 12);
  expect(explained(() => 7)).toBeCloseTo(0, 12);
  expect(explained((target) => target / 2)).toBeCloseTo(0.75, 12);
  // World 0 foreseen, world 1 not at all: Var(e) = 116/5 − 1.2², Var(R) = 130/5 − 2.4²
  const apart = createExplainedVariance(plainMemory, 2);
  apart.add(0, [1, 2, 3], [0, 0, 0]);
  apart.add(1, [0, 0], [10, -4]);
  expect(apart.explained()).toBeCloseTo(1 - 21.76 / 20.24, 12);
  const same = createExplainedVariance(plainMemory, 1);
  same.add(0, [1, 0], [1, 2]);
  expect(same.explained()).toBeNaN(); // returns that are all the same leave nothing to explain
});
