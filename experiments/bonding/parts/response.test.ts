import { expect, test } from "vitest";
import { alone, market } from "./response.ts";

test("of fundamental traders alone a spike of Z leaves .95^t, on the same draws with and without", () => {
  const { left, steps, unrest } = alone(1001);
  expect(market.slope * market.fundamentalists * market.reaction).toBeCloseTo(0.05, 12);
  // Orders are cut to 2⁻²⁰ of a token, which is 1e-6 of the spike's 20 tokens for all 25 together.
  left.forEach((share, t) => {
    expect(Math.abs(share - 0.95 ** t)).toBeLessThan(1e-4);
  });
  expect(steps).toBe(59);
  // r² σ²/(1 − (1 − r)²), from P* on
  expect(unrest).toBeLessThan(1.3 * Math.sqrt((0.05 * 0.002) ** 2 / (1 - 0.95 ** 2)));
  expect(unrest).toBeGreaterThan(0);
});
