import { expect, test } from "vitest";
import { tauchen } from "./autoregression.ts";
import { bewleyEquilibrium, wealthSupply } from "./bewley.ts";
import { employmentChain, levels } from "./income-chains.ts";
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

test("hours are all worked where their disutility has no elasticity", () => {
  expect(bewleyEquilibrium(aiyagari, { points: 40 }).hours).toBeCloseTo(1, 9);
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

// Two states of employment and risk aversion 2, by an independent solver on refined grids: r to 5e-7, policies to 1e-5.
const employment = employmentChain({ unemployedEfficiency: 0.1, jobFinding: 0.5, jobLoss: 0.075 });
const twoStates = { ...aiyagari, riskAversion: 2 };

test("two states of employment: interest, capital, inequality, those at the limit and policies of an independent solver", () => {
  const found = bewleyEquilibrium(twoStates, { chain: employment, points: 800, most: 4 });
  expect(Math.abs(found.interest - 0.03380889)).toBeLessThan(2e-6);
  expect(Math.abs(found.capital - 6.04571)).toBeLessThan(2e-4);
  // The reference rounds the wage and output of a coarser grid: 0.64 · 6.04571^0.36 is 1.22319, 6.04571^0.36 is 1.91124.
  expect(Math.abs(found.wage - 1.2233)).toBeLessThan(1.5e-4);
  expect(Math.abs(found.output - 1.9112)).toBeLessThan(1.5e-4);
  expect((0.08 * found.capital) / found.output).toBeCloseTo(0.25307, 4);
  expect(Math.abs(found.wealthGini - 0.1964)).toBeLessThan(1.5e-4);
  expect(Math.abs(found.shareAtLimit - 2.2e-4)).toBeLessThan(2e-5);
  // Straight lines between 101 points of a Lorenz curve lie above it, and the Gini coefficient of them is a little less.
  const area = found.lorenz.reduce((sum, held) => sum + held / 100, -0.005);
  expect(found.wealthGini - (1 - 2 * area)).toBeGreaterThan(0);
  expect(found.wealthGini - (1 - 2 * area)).toBeLessThan(2e-4);
  const kept = (e: number, a: number): number =>
    (1 + found.interest) * a + found.wage * e - found.policy(e, a).consumption;
  const policies = [
    [0, 0.24976, 0.601192, 1.391236, 3.152391, 5.029503, 8.911074],
    [0.547757, 0.957253, 1.391824, 2.299978, 4.190153, 6.125412, 10.051624],
  ];
  for (const [s, row] of policies.entries())
    for (const [k, a] of [0, 0.5, 1, 2, 4, 6, 10].entries())
      expect(Math.abs(kept(employment.values[s], a) - row[k])).toBeLessThan(1e-4);
});

// The independent solver's histogram is on the grid of plans and not refined for these; wealth has a bound of its own only far out as r nears 1/β − 1: there the
// greatest wealth of the grid counts. `limit` is where 400, 800 and 1600 points lead by (4 x(2n) − x(n))/3, linear plans and cubic ones alike, to seven digits.
test.each([
  [0, 3.25763, 3.256557],
  [0.01, 3.5224, 3.520966],
  [0.02, 4.0159, 4.013661],
  [0.03, 5.11895, 5.114865],
  [0.035, 6.50642, 6.499398],
  [0.04, 13.381, null],
])(
  "households hold at an interest rate of %j what an independent solver has: %j, and in the limit %j",
  (r, wealth, limit) => {
    const options = { chain: employment, points: 400, most: 8 };
    const off = wealthSupply(twoStates, r, { ...options, refined: false }) / wealth - 1;
    expect(Math.abs(off)).toBeLessThan(r < 0.04 ? 3e-4 : 2e-3);
    if (limit !== null) expect(Math.abs(wealthSupply(twoStates, r, options) / limit - 1)).toBeLessThan(1e-4);
  },
);

test("Huggett's credit economy has the price of a bond of an independent solver at each borrowing limit", () => {
  const huggett = { ...aiyagari, discountFactor: 0.99322, riskAversion: 1.5 };
  const mean = (0.5 + 0.1 * 0.075) / 0.575; // of endowments 0.1 and 1, which the chain scales to mean 1
  // Huggett's limit is on what is repaid, ours on what is borrowed: q times as much.
  for (const [limit, q] of [
    [2, 1.012784],
    [4, 0.9980037],
    [6, 0.9950294],
    [8, 0.9941099],
  ]) {
    const options = { chain: employment, assets: "credit", most: 1.5, points: 200 } as const;
    const { interest, capital, output } = bewleyEquilibrium(huggett, {
      ...options,
      borrowingLimit: (limit * q) / mean,
    });
    expect(Math.abs(1 / (1 + interest) - q)).toBeLessThan(3e-5);
    expect(Math.abs(capital)).toBeLessThan(1e-4);
    expect(output).toBeCloseTo(1, 6);
  }
});

test("log utility, ten times less when unlucky, half the time: an independent solver's capital, whatever the unit of labour", () => {
  const economy = { ...aiyagari, capitalShare: 0.33, depreciation: 0.05 };
  const chain = employmentChain({ unemployedEfficiency: 0.1, jobFinding: 0.1, jobLoss: 0.1 });
  const { interest, capital } = bewleyEquilibrium(economy, { chain, points: 400, most: 6 });
  expect(Math.abs(interest - 0.02202608)).toBeLessThan(5e-6);
  expect(Math.abs(capital * 0.55 - 5.33293055)).toBeLessThan(1e-3); // 0.55 effective hours there, 1 here
});

test("the lecture's own convention, firms with an hour per household who have 0.55 and may keep 20 goods at most: its capital at its interest rate", () => {
  const lecture = { ...aiyagari, capitalShare: 0.33, depreciation: 0.05 };
  const chain = employmentChain({ unemployedEfficiency: 0.1, jobFinding: 0.1, jobLoss: 0.1 });
  const [r, capital] = [0.0313461, 8.08587814];
  expect((0.33 / (r + 0.05)) ** (1 / 0.67)).toBeCloseTo(capital, 5); // what firms rent
  const held = wealthSupply(lecture, r, { chain, points: 200, wealthLimit: 20 / 0.55 });
  expect(Math.abs((0.55 * held) / capital - 1)).toBeLessThan(1e-3);
  // A grid that ends there and households who do not know hold more.
  const most = 20 / 0.55 / (0.33 / (1 / 0.96 - 0.95)) ** (1 / 0.67);
  expect((0.55 * wealthSupply(lecture, r, { chain, points: 200, most })) / capital).toBeGreaterThan(1.004);
});

// Aiyagari's Table II, all of it: log income of a deviation of 0.2 and 0.4 and of that persistence on seven of Tauchen's points, by an independent solver that
// changes by less than 4e-6 on its finer grids
test.each([
  [0.2, 0, [4.145, 4.0879, 4.0138]],
  [0.2, 0.3, [4.1271, 4.0233, 3.8904]],
  [0.2, 0.6, [4.0871, 3.878, 3.6169]],
  [0.2, 0.9, [3.9534, 3.3723, 2.6753]],
  [0.4, 0, [4.0594, 3.784, 3.4495]],
  [0.4, 0.3, [3.9755, 3.4917, 2.9357]],
  [0.4, 0.6, [3.8032, 2.9148, 1.9967]],
  [0.4, 0.9, [3.3963, 1.514, -0.0867]],
])("income of deviation %j and persistence %j, risk aversion 1, 3 and 5: r = %j per cent", (sd, ρ, row) => {
  const income = { persistence: ρ, innovationSd: sd * Math.sqrt(1 - ρ * ρ) };
  const chain = levels(tauchen(income, 7));
  for (const [k, percent] of row.entries()) {
    const economy = { ...aiyagari, ...income, riskAversion: 1 + 2 * k };
    const { interest, capital, output } = bewleyEquilibrium(economy, { chain, points: 130 });
    expect(Math.abs(interest - percent / 100)).toBeLessThan(5e-5);
    expect((0.08 * capital) / output).toBeCloseTo((0.08 * 0.36) / (interest + 0.08), 4);
  }
});

test.each([
  [1, 4.0095],
  [3, 3.5806],
  [5, 3.0504],
])("seven of Rouwenhorst's points, risk aversion %j: r = %j per cent", (γ, percent) => {
  const { interest } = bewleyEquilibrium({ ...aiyagari, riskAversion: γ }, { points: 130 });
  expect(Math.abs(interest - percent / 100)).toBeLessThan(2e-5);
});

// On grids that reach 60 and 300 times as far as what identical households would hold the rate is 0.0308218.
test("a grid of wealth that ends too soon is refused with the share of households who crowd at its end; one that reaches further is not", () => {
  const uncertain = { ...aiyagari, persistence: 0.99, innovationSd: 0.0872, capitalShare: 0.05 };
  expect(() => bewleyEquilibrium(uncertain, { points: 60 })).toThrow(
    /residual of 0.01\d, expected at most 0.0010. That is the share of households at the last point of the grid of wealth, 15 times .*: raise most\./,
  );
  expect(Math.abs(bewleyEquilibrium(uncertain, { points: 120, most: 60 }).interest - 0.0308218)).toBeLessThan(5e-5);
});
