// Iterative amplitude estimation against what Grinko et al. prove of it: error, confidence, rounds and calls.
import { expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import {
  amplifier,
  expectation,
  type IterativeEstimate,
  type IterativeOptions,
  iterativeBound,
  iterativeEstimation,
} from "./index.ts";

/** Drawn readings of a known amplitude. */
function estimated(a: number, seed: number, options: Omit<IterativeOptions, "read">): IterativeEstimate {
  const θ = Math.asin(Math.sqrt(a));
  const luck = seedStream(seed).fork("readings");
  return iterativeEstimation({
    ...options,
    read(power, shots, batch) {
      const draws = new Float64Array(shots);
      luck.uniform(draws, { lane: 0, period: batch, from: 0 });
      return draws.filter((u) => u < Math.sin((2 * power + 1) * θ) ** 2).length;
    },
  });
}
const AMPLITUDES = [0, 0.003, 0.02, 0.1, 0.245, 0.5, 0.77, 0.99, 1];
const runs = (count: number, options: Omit<IterativeOptions, "read">) =>
  AMPLITUDES.flatMap((a) => Array.from({ length: count }, (_, seed) => ({ a, ...estimated(a, seed, options) })));

test("intervals are at most 2ε wide, hold a in at least 1 − α of runs, and take no more rounds and calls than theorem 1 allows", () => {
  for (const [epsilon, alpha, shots] of [
    [0.05, 0.05, 100],
    [0.01, 0.05, 30],
    [0.01, 0.5, 1],
    [0.002, 0.01, 100],
  ]) {
    const all = runs(20, { epsilon, alpha, shots });
    for (const { low, high, estimate, calls, uses, rounds } of all) {
      expect(high - low).toBeLessThanOrEqual(2 * epsilon);
      expect(estimate).toBe((low + high) / 2);
      expect(rounds).toBeLessThanOrEqual(Math.ceil(Math.log2(Math.PI / 8 / epsilon)));
      expect(calls).toBeLessThan(iterativeBound(epsilon, alpha));
      expect(uses).toBeGreaterThan(2 * calls);
    }
    const held = all.filter(({ a, low, high }) => low <= a && a <= high).length / all.length;
    const near = all.filter(({ a, estimate }) => Math.abs(estimate - a) <= epsilon).length / all.length;
    expect(Math.min(held, near)).toBeGreaterThanOrEqual(1 - alpha);
  }
});

test("a sixteenth of the error takes sixteen times the calls, and a little more for the logarithm", () => {
  const calls = (epsilon: number) =>
    runs(5, { epsilon, alpha: 0.05 }).reduce((sum, estimate) => sum + estimate.calls, 0);
  const grown = calls(0.001) / calls(0.016);
  const theory = iterativeBound(0.001, 0.05) / iterativeBound(0.016, 0.05); // 18.8
  expect(grown / theory).toBeGreaterThan(0.75);
  expect(grown / theory).toBeLessThan(1.33);
});

test("readings that are as expected lead to the amplitude of a simulated circuit, and to a limit sooner than to ε", () => {
  const f = [0.1, 0.9, 0.3, 0.2];
  const chance = amplifier(expectation([0.1, 0.4, 0.3, 0.2], f)); // 0.5
  const read = (power: number, shots: number) => Math.round(shots * chance(power));
  const options = { epsilon: 0.001, alpha: 0.05, shots: 1000, read };
  const full = iterativeEstimation(options);
  expect(full.estimate).toBeCloseTo(0.5, 4);
  const least = iterativeEstimation({ ...options, settled: (low) => low > 0.45 });
  expect(least.low).toBeGreaterThan(0.45);
  expect(least.calls).toBeLessThan(full.calls / 2);
});

test("wrong settings and readings are refused in words", () => {
  const read = () => 7;
  expect(() => iterativeEstimation({ epsilon: 0.6, alpha: 0.05, read })).toThrow("epsilon is 0.6");
  expect(() => iterativeEstimation({ epsilon: 0.1, alpha: 0, read })).toThrow("alpha is 0");
  expect(() => iterativeEstimation({ epsilon: 0.1, alpha: 0.1, shots: 0, read })).toThrow("got 0 shots");
  expect(() => iterativeEstimation({ epsilon: 0.1, alpha: 0.1, shots: 5, read })).toThrow("7 of 5 readings of power 0");
});
