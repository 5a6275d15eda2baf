// Reference values computed independently of Walras.
import { expect, test } from "vitest";
import { linearTaxAt, optimalLinearTax, taxedHours, type WelfareFunction, welfareFunctions } from "./linear-tax.ts";

const two = (elasticity: number) => ({ wages: [1, 2], shares: [0.5, 0.5], elasticity });
const four = (elasticity: number) => ({ wages: [0.5, 1, 2, 4], shares: [0.3, 0.4, 0.2, 0.1], elasticity });

test.each<[WelfareFunction, ReturnType<typeof two>, number]>([
  ["log", two(0.5), 0.23725576],
  ["sqrt", two(0.5), 0.15627055],
  ["inverse", two(0.5), 0.32847095],
  ["rawlsian", two(0.5), 0.48853932],
  ["utilitarian", two(0.5), 0],
  ["log", two(0.25), 0.30181577],
  ["log", two(1), 0.19513403],
  ["log", four(0.25), 0.50651729],
  ["log", four(0.5), 0.41661667],
  ["log", four(1), 0.33721298],
])("%s welfare of %o: τ* = %d", (welfareFunction, economy, taxRate) => {
  // Found by search, which leaves the last of eight digits in doubt.
  expect(Math.abs(optimalLinearTax(economy, welfareFunction).taxRate - taxRate)).toBeLessThan(2e-8);
});

test("grant and welfare at the best rate", () => {
  const best = optimalLinearTax(two(0.5), "log");
  expect(best.demogrant).toBeCloseTo(0.39664011, 8);
  expect(best.welfare).toBeCloseTo(0.16447692, 8);
});

test("if the poorest earn nothing, Rawls takes the most there is to take: 1/(1 + e)", () => {
  for (const elasticity of [0.25, 1, 2])
    expect(optimalLinearTax({ wages: [0, 1, 5], shares: [0.1, 0.6, 0.3], elasticity }, "rawlsian").taxRate).toBeCloseTo(
      1 / (1 + elasticity),
      12,
    );
});

test("no other rate has more welfare, whichever it is, also where some earn nothing", () => {
  for (const wages of [
    [0.5, 1, 2, 4],
    [0, 1, 2, 4],
  ])
    for (const welfareFunction of welfareFunctions) {
      const economy = { ...four(0.7), wages };
      const { taxRate, welfare } = optimalLinearTax(economy, welfareFunction);
      for (let τ = 0.01; τ < 1; τ += 0.01)
        expect(linearTaxAt(τ, economy).welfare(welfareFunction)).toBeLessThanOrEqual(welfare + 1e-12);
      for (const other of [taxRate - 0.003, taxRate + 0.003])
        if (other >= 0) expect(linearTaxAt(other, economy).welfare(welfareFunction)).toBeLessThan(welfare);
    }
});

test("no household gains by other hours, and its utility is what it consumes less its toil", () => {
  const economy = four(0.7);
  const { utilities, demogrant } = linearTaxAt(0.3, economy);
  economy.wages.forEach((w, k) => {
    const utility = (h: number) => 0.7 * w * h + demogrant - h ** (1 + 1 / 0.7) / (1 + 1 / 0.7);
    const h = taxedHours(w, 0.3, 0.7);
    expect(utility(h)).toBeCloseTo(utilities[k], 12);
    for (const other of [h * 0.99, h * 1.01]) expect(utility(other)).toBeLessThan(utility(h));
  });
});

test("without differences there is nothing to redistribute", () => {
  expect(optimalLinearTax({ wages: [3], shares: [1], elasticity: 0.5 }, "rawlsian").taxRate).toBe(0);
});

test("wages and shares that do not belong together are refused", () => {
  const solve = (wages: number[], shares: number[]) => () => optimalLinearTax({ wages, shares, elasticity: 1 }, "log");
  expect(solve([1, 2], [1])).toThrow("there are 2 wages and 1 shares");
  expect(solve([1, 2], [0.5, 0.4])).toThrow("shares sum to 0.9, expected 1");
  expect(solve([0, 2], [1, 0])).toThrow("nobody earns anything");
});

test("a type without people changes nothing, whatever its wage", () => {
  for (const welfareFunction of welfareFunctions)
    for (const wage of [0, 0.1, 9]) {
      const alone = optimalLinearTax({ wages: [1, 2], shares: [0.5, 0.5], elasticity: 0.5 }, welfareFunction);
      const joined = optimalLinearTax({ wages: [wage, 1, 2], shares: [0, 0.5, 0.5], elasticity: 0.5 }, welfareFunction);
      expect(joined.taxRate).toBeCloseTo(alone.taxRate, 9);
      expect(joined.welfare).toBeCloseTo(alone.welfare, 9);
    }
});
