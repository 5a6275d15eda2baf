import { expect, test } from "vitest";
import { representativeHousehold } from "./representative-household.ts";

const economy = {
  discountFactor: 0.96,
  capitalShare: 1 / 3,
  totalFactorProductivity: 1,
  depreciation: 0.06,
  inverseFrisch: 2,
  incomeTaxRate: 0,
  assetTaxRate: 0,
};

test("the steady state has the values found independently, and every income tax lowers utility", () => {
  // independent values: a 30-digit root search on the three conditions
  const free = representativeHousehold(economy);
  expect(free.interest).toBeCloseTo(0.04166667, 8);
  expect(free.capital / free.hours).toBeCloseTo(5.93677023, 7);
  expect(free.wage).toBeCloseTo(1.20714328, 8);
  expect(free.hours).toBeCloseTo(0.93975396, 8);
  expect(free.consumption).toBeCloseTo(1.36688032, 8);
  expect(free.capital).toBeCloseTo(5.57910335, 7);
  expect(free.utility).toBeCloseTo(0.03588701, 8);
  const some = representativeHousehold({ ...economy, incomeTaxRate: 0.2 });
  expect(some.hours).toBeCloseTo(0.86587044, 8);
  expect(some.consumption).toBeCloseTo(1.22676608, 8);
  expect(some.capital).toBeCloseTo(4.44078218, 7);
  expect(some.utility).toBeCloseTo(-0.01200864, 8);
  expect(representativeHousehold({ ...economy, incomeTaxRate: 0.4 }).utility).toBeCloseTo(-0.10207328, 8);
});

test("goods are used up, and households are indifferent to saving or working a little more", () => {
  for (const [τ, τa, g] of [
    [0, 0, 0],
    [0.3, 0, 0],
    [0.1, 0.02, 0],
    [0.3, 0.01, 0.15],
  ]) {
    const all = {
      ...economy,
      totalFactorProductivity: 1.3,
      inverseFrisch: 1.5,
      incomeTaxRate: τ,
      assetTaxRate: τa,
      spendingShare: g,
    };
    const { interest: r, wage, hours, capital, output, consumption, savingShare } = representativeHousehold(all);
    expect(output).toBeCloseTo(1.3 * capital ** (1 / 3) * hours ** (2 / 3), 12);
    expect((1 - g) * output).toBeCloseTo(consumption + 0.06 * capital, 12);
    expect(0.96 * (1 - τa + (1 - τ) * r)).toBeCloseTo(1, 12);
    expect(hours ** 1.5).toBeCloseTo(((1 - τ) * wage) / consumption, 12);
    expect(savingShare * ((1 - g) * output + 0.94 * capital)).toBeCloseTo(capital, 12);
  }
});
