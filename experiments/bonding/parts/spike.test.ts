import { expect, test } from "vitest";
import { recovery } from "./fundamentalists.ts";
import { afterSpike, recoverable, WITHIN_20 } from "./spike.ts";

test("an outsider's tokens move the price by slope × tokens, and each period leaves 1 − m N g of it", () => {
  const market = { slope: 0.02, traders: 10, tokens: 15, periods: 6 };
  for (const r of [0.3, 1.6]) {
    const [x] = afterSpike({ ...market, reaction: r / (0.02 * 10) });
    x!.forEach((deviation, t) => {
      // Ten traders' orders are cut to 2⁻²⁰ of a token each.
      expect(Math.abs(deviation - 0.3 * (1 - r) ** t)).toBeLessThan(t * 0.02 * 10 * 2 ** -20 + 1e-12);
    });
  }
  expect(recovery(afterSpike({ ...market, reaction: 0.5 / 0.2 })[0]!)).toBe(5);
});

test("worlds and seeds have noise of their own, and the outsider buys in each", () => {
  const noisy = { slope: 0.01, reaction: 1, traders: 50, tokens: 40, periods: 3, noise: 0.02, worlds: 3 };
  const paths = afterSpike(noisy);
  expect(new Set(paths.map((x) => x[3])).size).toBe(3);
  expect(afterSpike({ ...noisy, seed: 2 })[0]![3]).not.toBe(paths[0]![3]);
  for (const x of paths) expect(Math.abs(x[0]! - 0.4)).toBeLessThan(6 * 0.5 * 0.02);
});

test("what recovers within 20 periods lies between .1391 and 1.8609", () => {
  expect(WITHIN_20[0]).toBeCloseTo(0.13910834, 8);
  expect(WITHIN_20[1]).toBeCloseTo(1.86089166, 8);
  const [least, largest] = recoverable(0.01, 20, 20);
  expect(Math.abs(least - WITHIN_20[0])).toBeLessThan(1e-4);
  expect(Math.abs(largest - WITHIN_20[1])).toBeLessThan(1e-4);
});
