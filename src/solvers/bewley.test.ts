import { expect, test } from "vitest";
import { bewleyEquilibrium } from "./bewley.ts";
import { representativeHousehold } from "./representative-household.ts";

const aiyagari = {
  discountFactor: 0.96,
  capitalShare: 0.36,
  totalFactorProductivity: 1,
  depreciation: 0.08,
  inverseFrisch: Infinity,
  persistence: 0.9,
  innovationSd: 0.2 * Math.sqrt(1 - 0.81),
  incomeTaxRate: 0,
  assetTaxRate: 0,
};
const elastic = {
  ...aiyagari,
  discountFactor: 0.99,
  capitalShare: 1 / 3,
  depreciation: 0.06,
  inverseFrisch: 2,
  innovationSd: 0.2,
};

test("Aiyagari's economy with log utility has the interest rate of an independent solver", () => {
  // 4.0095 %: endogenous grid points and histogram in numpy on a refined grid, 7 Rouwenhorst states
  const { interest, hours } = bewleyEquilibrium(aiyagari, { points: 150 });
  expect(hours).toBeCloseTo(1, 9);
  expect(Math.abs(interest - 0.040095)).toBeLessThan(5e-5);
});

test("goods are used up, and households hold more than they would without risk", () => {
  const { capital, output, consumption, interest, wage } = bewleyEquilibrium(elastic, { points: 80, states: 5 });
  const certain = representativeHousehold(elastic);
  expect(Math.abs(output - consumption - 0.06 * capital) / output).toBeLessThan(1e-3);
  expect(capital).toBeGreaterThan(certain.capital);
  expect(interest).toBeLessThan(certain.interest);
  expect(wage).toBeGreaterThan(certain.wage);
});

test("an income tax that is given back in equal parts insures: some of it raises welfare, too much lowers it", () => {
  const welfare = (τ: number) => bewleyEquilibrium({ ...elastic, incomeTaxRate: τ }, { points: 60, states: 5 }).welfare;
  const [none, some, much] = [0, 0.15, 0.4].map(welfare);
  expect(some).toBeGreaterThan(none + 0.004);
  expect(much).toBeLessThan(none);
});

test("markets that do not clear as closely as asked for are an error with the residual, not an answer", () => {
  const coarse = { points: 20, states: 2 };
  const { residual } = bewleyEquilibrium(elastic, coarse);
  expect(residual).toBeGreaterThan(0);
  expect(residual).toBeLessThan(1e-5);
  expect(() => bewleyEquilibrium(elastic, { ...coarse, tolerance: residual / 2 })).toThrow(
    `bewleyEquilibrium: ends with a residual of ${residual.toPrecision(2)}, expected at most ${(residual / 2).toPrecision(2)}.`,
  );
});
