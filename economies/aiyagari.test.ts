// Three parts that find the equilibrium of a solver they were not told, resources to rounding, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { productivityChain, wealthGrid } from "../src/solvers/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { aiyagari } from "./aiyagari.ts";

test("theory has the interest rate of an independent solver", () => {
  // 4.0095 %: endogenous grid points and histogram in numpy on a refined grid, 7 Rouwenhorst states
  const { interestRate } = aiyagari.truth!(resolveParams(aiyagari)) as { interestRate: number };
  expect(Math.abs(interestRate - 0.040095)).toBeLessThan(5e-5);
});

// Wealth has a standard deviation of about its mean, and keeps half of what sets it apart for some 20 periods: the mean of 5000 households over 400 periods
// has a standard error of 1/√(5000 · 400/60) = 0.55 %. Three of them and 0.35 % for grids; r = α Y/K − δ moves by (1 − α)(r + δ) = 0.077 of that.
test.each([
  [1, 1],
  [1, 2],
  [1, 3],
  [3, 1],
  [5, 1],
])(
  "the economy settles at the interest rate, capital and inequality of the equilibrium, risk aversion %j, seed %j",
  (riskAversion, seed) => {
    const params = { households: 5000, riskAversion };
    const simulation = fresh(createSimulation(aiyagari, { params, seed }), 400);
    const measured = { interestRate: 0, capital: 0, wage: 0, savingRate: 0, wealthGini: 0 };
    for (let t = 0; t < 400; t++) {
      goOn(simulation, 1);
      for (const name of Object.keys(measured) as (keyof typeof measured)[])
        measured[name] += aiyagari.metrics[name].of(simulation.worlds[0], simulation.params) / 400;
    }
    const truth = aiyagari.truth!(simulation.params) as typeof measured;
    expect(Math.abs(measured.interestRate - truth.interestRate)).toBeLessThan(0.0015);
    expect(Math.abs(measured.capital / truth.capital - 1)).toBeLessThan(0.02);
    expect(Math.abs(measured.wage / truth.wage - 1)).toBeLessThan(0.0072); // α · 2 %
    expect(Math.abs(measured.savingRate / truth.savingRate - 1)).toBeLessThan(0.0128); // (1 − α) · 2 %
    expect(Math.abs(measured.wealthGini - truth.wealthGini)).toBeLessThan(0.02);
  },
);

test("who is more averse to risk holds more, and earns less on it", () => {
  const at = (riskAversion: number) =>
    aiyagari.truth!(resolveParams(aiyagari, { riskAversion, wealthPoints: 60 })) as Record<
      "interestRate" | "capital",
      number
    >;
  const [little, one, three] = [0.5, 1, 3].map(at);
  expect(little!.capital).toBeLessThan(one!.capital);
  expect(one!.capital).toBeLessThan(three!.capital);
  expect(three!.interestRate).toBeLessThan(one!.interestRate);
});

test("consumption and investment are output to rounding, and what one part pays another receives", () => {
  const simulation = createSimulation(aiyagari, { params: { households: 300 }, numWorlds: 2, checkIdentities: true });
  fresh(simulation, 50);
  for (const w of simulation.worlds as unknown as Record<"sales" | "investment" | "output", number>[])
    expect(Math.abs((w.sales + w.investment) / w.output - 1)).toBeLessThan(1e-13);
  expect(Object.keys(aiyagari.identities)).toEqual([
    "goods",
    "budget-households",
    "budget-firms",
    "flow-wages",
    "flow-returns",
    "flow-consumption",
    "flow-saving",
  ]);
});

test.each([1, 3, 0.5])("the first plan solves the Euler equation at the first prices, risk aversion %j", (γ) => {
  const simulation = fresh(createSimulation(aiyagari, { params: { riskAversion: γ } }), 0);
  const p = simulation.params as Record<string, number>;
  const { plan, wage, interest } = simulation.worlds[0] as unknown as {
    plan: Float64Array;
    wage: number;
    interest: number;
  };
  const { values, transition } = productivityChain(p as unknown as Parameters<typeof productivityChain>[0], 7);
  const grid = wealthGrid(p.wealthPoints, p.largestWealth);
  const consumption = (s: number, a: number): number => {
    const above = Math.min(
      grid.length - 1,
      Math.max(
        1,
        grid.findIndex((x) => x > a),
      ),
    );
    const share = (a - grid[above - 1]) / (grid[above] - grid[above - 1]);
    return plan[s * grid.length + above - 1] * (1 - share) + plan[s * grid.length + above] * share;
  };
  let [savers, others] = [0, 0];
  for (let s = 0; s < 7; s++)
    for (let g = 0; g < 100; g++) {
      const kept = (1 + interest) * grid[g] + wage * values[s] - consumption(s, grid[g]);
      const expected = transition[s].reduce((sum, q, next) => sum + q * consumption(next, kept) ** -γ, 0);
      const euler = p.discountFactor * (1 + interest) * expected * consumption(s, grid[g]) ** γ - 1;
      // Straight lines between points of the grid miss consumption by less than 1 %.
      const bound = 0.01 * Math.max(1, γ);
      if (kept > 1e-9) savers += Math.abs(euler) < bound ? 1 : Number.NaN;
      else others += euler <= bound ? 1 : Number.NaN;
    }
  expect(savers + others).toBe(700);
  expect(others).toBeGreaterThan(10);
});

test("productivity follows its chain from its stationary law, and nobody borrows", () => {
  const params = { households: 20_000, wealthPoints: 60, productivities: 3 };
  const simulation = fresh(createSimulation(aiyagari, { params }), 2);
  const p = simulation.params as unknown as Parameters<typeof productivityChain>[0];
  const { values, stationary } = productivityChain(p, 3);
  const { productivity, consumption, wealth } = simulation.worlds[0]["households"] as unknown as Record<
    string,
    Float64Array
  >;
  values.forEach((e, s) => {
    const share = productivity.filter((x) => x === e).length / 20_000;
    expect(Math.abs(share - stationary[s])).toBeLessThan(4 * Math.sqrt(0.25 / 20_000));
  });
  expect(Math.min(...wealth)).toBeGreaterThanOrEqual(0);
  expect(Math.min(...consumption)).toBeGreaterThan(0);
});

test("the contract of economies holds", () => {
  const params = { households: 60, wealthPoints: 30, productivities: 3 };
  expect(checkEconomy(aiyagari, { params, periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
});
