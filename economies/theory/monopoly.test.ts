// Answers held against reference values (computed independently, digits as printed there), brute force and Bellman equations.
import fc from "fast-check";
import { expect, test } from "vitest";
import { habitMonopoly, linearMonopoly, logitMonopoly, switchingValues } from "./monopoly.ts";

test("linear demand: price 6, quantity 4, profit 16", () => {
  expect(linearMonopoly({ intercept: 10, slope: 1, cost: 2 })).toEqual({ price: 6, quantity: 4, profit: 16 });
  expect(linearMonopoly({ intercept: 10, slope: 2, cost: 2 })).toEqual({ price: 3.5, quantity: 3, profit: 4.5 });
});

test("logit demand: price, quantity and profit to the printed digits", () => {
  const sale = logitMonopoly({ quality: 2, outsideQuality: 0, cost: 1, differentiation: 0.25 });
  expect(sale.price).toBeCloseTo(1.8019850079, 10);
  expect(sale.quantity).toBeCloseTo(0.6882734745, 10);
  expect(sale.profit).toBeCloseTo(0.5519850079, 10);
});

test("under logit demand no nearby price earns more, for any parameters", () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(number(-2, 6), number(-3, 3), number(0, 3), number(0.02, 3), (a, a0, c, μ) => {
      const best = logitMonopoly({ quality: a, outsideQuality: a0, cost: c, differentiation: μ });
      const profit = (p: number) => (p - c) / (1 + Math.exp((a0 - a + p) / μ));
      expect(Math.abs(profit(best.price) / best.profit - 1)).toBeLessThan(1e-9);
      for (const step of [-1, -0.01, 0.01, 1])
        expect(profit(best.price + step * μ)).toBeLessThanOrEqual(best.profit * (1 + 1e-12));
    }),
    { seed: 1, numRuns: 200 },
  );
});

test("demand that switches between 8 and 12: values to the printed digits", () => {
  const [low, high] = switchingValues([9, 25], { discountFactor: 0.95, switchProbability: 0.1 });
  expect(low).toBeCloseTo(306.66666667, 8);
  expect(high).toBeCloseTo(373.33333333, 8);
  // V = π + δ P V
  expect(9 + 0.95 * (0.9 * low + 0.1 * high)).toBeCloseTo(low, 10);
  expect(25 + 0.95 * (0.1 * low + 0.9 * high)).toBeCloseTo(high, 10);
});

test("demand that does not switch is worth π/(1 − δ)", () => {
  expect(switchingValues([9, 25], { discountFactor: 0.5, switchProbability: 0 })).toEqual([18, 50]);
});

const habit = { intercept: 10, slope: 1, cost: 2, habit: 0.5, discountFactor: 0.95 };

test("habits: policy, steady state and value to the printed digits", () => {
  const policy = habitMonopoly(habit);
  expect(policy.intercept).toBeCloseTo(5.72159112, 8);
  expect(policy.slope).toBeCloseTo(0.26692114, 8);
  expect(policy.steadyQuantity).toBeCloseTo(7.80487805, 8);
  expect(policy.steadyPrice).toBeCloseTo(6.09756098, 8);
  expect(policy.value(0)).toBeCloseTo(613.226164, 6);
  expect(policy.myopicQuantity).toBeCloseTo(5.333333, 6);
});

test("habits: the value solves the Bellman equation at the policy, for any parameters", () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(
      number(1, 20),
      number(0.2, 5),
      number(0, 1),
      number(0, 0.95),
      number(0, 0.99),
      number(0, 10),
      (A, B, c, h, δ, x) => {
        const policy = habitMonopoly({ intercept: A, slope: B, cost: c, habit: h, discountFactor: δ });
        const worth = (q: number) => ((A + h * x - q) / B - c) * q + δ * policy.value(q);
        const best = policy.intercept + policy.slope * x;
        const size = Math.abs(policy.value(x)) + 1;
        expect(Math.abs(worth(best) - policy.value(x))).toBeLessThan(1e-10 * size);
        for (const step of [-0.1, 0.1]) expect(worth(best + step)).toBeLessThan(policy.value(x) + 1e-10 * size);
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test("without habits every period is the static one", () => {
  const policy = habitMonopoly({ ...habit, habit: 0 });
  expect([policy.intercept, policy.slope, policy.steadyPrice]).toEqual([4, 0, 6]);
  expect(policy.value(3)).toBeCloseTo(16 / 0.05, 9);
});
