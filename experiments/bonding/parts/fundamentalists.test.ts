import { expect, test } from "vitest";
import { curveThrough } from "./curves.ts";
import { chase, multiplier, recovery, rickerExponent, rickerSwing, UNIT } from "./fundamentalists.ts";

const start = { traders: 20, curve: curveThrough("linear", { supply: 100, price: 2 }), fundamental: 2, supply: 95 };

test("on a linear curve a deviation is multiplied by 1 − mNg, but for units", () => {
  const { slope } = start.curve as { slope: number };
  for (const r of [0.3, 1.7]) {
    const x = chase({ ...start, reaction: r / (20 * slope), periods: 30 });
    expect(x[0]).toBeCloseTo(-5 * slope, 12);
    const { estimate, within } = multiplier(x, 20 * slope * UNIT);
    expect(Math.abs(estimate - (1 - r))).toBeLessThan(within);
    expect(within).toBeLessThan(1e-5);
    expect(recovery(x)).toBe(Math.ceil(Math.log(0.05) / Math.log(Math.abs(1 - r))));
  }
});

test("a deviation that comes back has not recovered before", () => {
  expect(recovery(Float64Array.of(1, 0.01, 0.06, 0.05, -0.04))).toBe(3);
  expect(recovery(Float64Array.of(1, 0.01, -0.06))).toBe(Number.POSITIVE_INFINITY);
});

test("an exponential curve with room below is Ricker's map: n′ = n e^(r (1 − n))", () => {
  const [S, P, growth, r] = [500, 2, 0.01, 2.3];
  const curve = { curve: "exponential", growth, intercept: P * Math.exp(-growth * S) };
  const x = chase({ traders: 20, reaction: r / (20 * growth * P), curve, fundamental: P, supply: S + 20, periods: 6 });
  let n = Math.exp(growth * 20);
  for (let t = 0; t <= 6; t++) {
    // Units of orders: 20 · 2⁻²⁰ tokens a period, stretched by at most |1 − r n| < 5 in each.
    expect(Math.abs(1 + x[t]! / P - n)).toBeLessThan(20 * UNIT * growth * 5 ** t + 1e-9);
    n *= Math.exp(r * (1 - n));
  }
});

test("Ricker's map settles at the rate ln |1 − r|, and beyond 2 swings around 1", () => {
  for (const r of [0.4, 1.6]) expect(rickerExponent(r, 100)).toBeCloseTo(Math.log(Math.abs(1 - r)), 9);
  expect(rickerSwing(1.9)).toBe(0);
  for (const r of [2.05, 2.3, 2.5]) {
    const d = rickerSwing(r);
    expect((1 + d) * Math.exp(-r * d)).toBeCloseTo(1 - d, 9);
    expect((1 - d) * Math.exp(r * d)).toBeCloseTo(1 + d, 9);
    // Half the logarithm of what a cycle stretches: (1 − r (1 + d)) (1 − r (1 − d))
    expect(rickerExponent(r, 1000)).toBeCloseTo(Math.log(Math.abs((1 - r * (1 + d)) * (1 - r * (1 - d)))) / 2, 6);
  }
});
