import { expect, test } from "vitest";
import {
  hsvBalancedScale,
  hsvBreakEven,
  hsvDisposable,
  hsvMarginalRate,
  hsvRate,
  hsvScale,
  hsvTax,
} from "./hsv-tax.ts";

// x, τ, ξ, T: computed independently of Walras
test.each([
  [2, 0.2, 0.15, 0.30352854],
  [0.5, 0.2, 0.15, -0.02215034],
  [1, 0.3, 0.181, 0.14529915],
  [5, 0.3, 0.181, 1.80647315],
  [2, 0, 0.9, -8.71773463],
  [2, 0, 0.99, -98.69555501],
  [2, 0, 0.999, -998.69338746],
])("T(%d; τ = %d, ξ = %d) = %d", (x, rate, progressivity, tax) => {
  expect(hsvTax(x, rate, progressivity)).toBeCloseTo(tax, 8);
});

test("the marginal rate is the slope of the tax, and τ at x = 1", () => {
  expect(hsvMarginalRate(2, 0.2, 0.15)).toBeCloseTo(0.27899963, 8);
  for (const [x, τ, ξ] of [
    [0.3, 0.2, 0.15],
    [1, 0.3, 0.181],
    [7, -0.1, 0.6],
  ]) {
    const slope = (hsvTax(x + 1e-6, τ, ξ) - hsvTax(x - 1e-6, τ, ξ)) / 2e-6;
    expect(hsvMarginalRate(x, τ, ξ)).toBeCloseTo(slope, 8);
    expect(hsvMarginalRate(1, τ, ξ)).toBeCloseTo(τ, 15);
  }
});

test("one more percent of income leaves 1 − ξ percent more after tax, at every income", () => {
  for (const x of [0.01, 0.5, 1, 3, 200])
    expect((1 - hsvMarginalRate(x, 0.2, 0.15)) / (1 - hsvTax(x, 0.2, 0.15) / x)).toBeCloseTo(0.85, 12);
});

test("without progressivity everybody pays the share τ", () => {
  for (const x of [0, 0.4, 9]) expect(hsvTax(x, 0.3, 0)).toBeCloseTo(0.3 * x, 15);
});

test("no income stays no income", () => {
  expect(hsvDisposable(0, 1.2, 0.4)).toBe(0);
});

test("incomes below the break-even receive and those above pay", () => {
  const even = hsvBreakEven(0.2, 0.15);
  expect(hsvTax(even, 0.2, 0.15)).toBeCloseTo(0, 12);
  expect(hsvTax(0.9 * even, 0.2, 0.15)).toBeLessThan(0);
  expect(hsvTax(1.1 * even, 0.2, 0.15)).toBeGreaterThan(0);
});

test("λ and τ say the same thing", () => {
  expect(hsvRate(hsvScale(0.27, 0.4), 0.4)).toBeCloseTo(0.27, 15);
});

test("the balanced schedule raises exactly what is spent", () => {
  const incomes = [0.2, 0.7, 1, 1.4, 6];
  const ξ = 0.3;
  for (const spending of [0, 1.5]) {
    const scale = hsvBalancedScale(
      incomes.reduce((sum, x) => sum + x),
      incomes.reduce((sum, x) => sum + x ** (1 - ξ), 0),
      spending,
    );
    const raised = incomes.reduce((sum, x) => sum + hsvTax(x, hsvRate(scale, ξ), ξ), 0);
    expect(raised).toBeCloseTo(spending, 12);
  }
  expect(hsvBalancedScale(0, 0)).toBe(1);
});
