// Households and a market for credit that find the rate of a solver they were not told, debts that add up to nothing, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { highestInterest } from "../src/parts/index.ts";
import { incomeChain, wealthGrid } from "../src/solvers/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { huggett } from "./huggett.ts";

/** Of endowments 0.1 and 1, which the chain scales to mean 1. */
const MEAN = (0.5 + 0.1 * 0.075) / 0.575;
/** Huggett's limit is on what is repaid, ours on what is borrowed: q times as much. q by an independent solver. */
const limits = [
  [2, 1.012784],
  [4, 0.9980037],
] as const;
type Truth = Record<"interestRate" | "bondPrice" | "wealthGini" | "shareAtLimit", number>;
type Columns = Record<"wealth" | "consumption" | "productivity" | "state", Float64Array>;
const columnsOf = (w: unknown): Columns => (w as { readonly households: Columns }).households;

test.each(limits)("theory has the bond price of an independent solver where %j are repaid at most: %j", (limit, q) => {
  const truth = huggett.truth!(resolveParams(huggett, { borrowingLimit: (limit * q) / MEAN })) as Truth;
  expect(Object.keys(truth)).toEqual(["interestRate", "bondPrice", "wealthGini", "shareAtLimit"]);
  expect(Math.abs(truth.bondPrice - q)).toBeLessThan(3e-5);
  expect(truth.bondPrice * (1 + truth.interestRate)).toBeCloseTo(1, 14);
});

test("the default limit is Huggett's 2", () => {
  expect(resolveParams(huggett)["borrowingLimit"]).toBeCloseTo((2 * 1.012784) / MEAN, 3);
});

// The mean endowment of 4000 households has a standard deviation of 0.34/√4000 = 0.0054 and an autocorrelation of 0.425; goods are worth γ(1 − 0.425) of that more in
// a period than in the next, so that the rate has some 0.006, and the mean of 150 periods 0.006 · 1.57/√150 = 0.0008. Three of them and 0.0006 for grids.
test.each(limits)("the rate settles at that of the equilibrium where %j are repaid at most", (limit, q) => {
  const params = { households: 4000, wealthPoints: 40, borrowingLimit: (limit * q) / MEAN };
  const simulation = fresh(createSimulation(huggett, { params, seed: 1 }), 150);
  const measured = { interestRate: 0, wealthGini: 0 };
  for (let t = 0; t < 150; t++) {
    goOn(simulation, 1);
    for (const name of Object.keys(measured) as (keyof typeof measured)[])
      measured[name] += huggett.metrics[name]!.of(simulation.worlds[0]!, simulation.params) / 150;
  }
  const truth = huggett.truth!(simulation.params) as Truth;
  expect(Math.abs(measured.interestRate - truth.interestRate)).toBeLessThan(0.003);
  expect(Math.abs(measured.wealthGini - truth.wealthGini)).toBeLessThan(0.02);
});

test("all debts are others' wealth and all endowments are eaten, to rounding, and nobody owes more than is allowed", () => {
  const params = { households: 301, wealthPoints: 40, borrowingLimit: 0.5 };
  const simulation = fresh(createSimulation(huggett, { params, checkIdentities: true }), 0);
  const sum = (x: Float64Array) => x.reduce((a, b) => a + b, 0);
  let atLimit = 0;
  expect(columnsOf(simulation.worlds[0]).wealth.filter((a) => a === 0.25)).toHaveLength(150);
  for (let t = 0; t < 60; t++) {
    const endowed = sum(columnsOf(simulation.worlds[0]).productivity);
    goOn(simulation, 1);
    const { wealth, consumption } = columnsOf(simulation.worlds[0]);
    expect(Math.abs(sum(wealth))).toBeLessThan(1e-11);
    expect(Math.abs(sum(consumption) / endowed - 1)).toBeLessThan(1e-13);
    expect(Math.min(...wealth)).toBeGreaterThan(-0.5 - 1e-12);
    atLimit = Math.max(atLimit, huggett.metrics["shareAtLimit"]!.of(simulation.worlds[0]!, simulation.params));
  }
  expect(atLimit).toBeGreaterThan(0.01);
  expect(Object.keys(huggett.identities)).toEqual([
    "credit",
    "goods",
    "budget-households",
    "flow-wages",
    "flow-returns",
    "flow-consumption",
    "flow-saving",
  ]);
});

test("at the rate that clears everybody eats by the plan: nothing is left to share out", () => {
  const simulation = fresh(createSimulation(huggett, { params: { households: 200, wealthPoints: 40 } }), 20);
  const p = simulation.params as Record<string, number>;
  const grid = wealthGrid(p["wealthPoints"]!, p["largestWealth"]!, -p["borrowingLimit"]!);
  const before = columnsOf(simulation.worlds[0]);
  const [wealth, state] = [before.wealth.slice(), before.state.slice()];
  goOn(simulation, 1);
  const { plan } = simulation.worlds[0] as unknown as { readonly plan: Float64Array };
  columnsOf(simulation.worlds[0]).consumption.forEach((c, i) => {
    const above = grid.findIndex((x) => x > wealth[i]!);
    const share = (wealth[i]! - grid[above - 1]!) / (grid[above]! - grid[above - 1]!);
    const k = state[i]! * grid.length + above;
    expect(Math.abs(c / ((1 - share) * plan[k - 1]! + share * plan[k]!) - 1)).toBeLessThan(1e-10);
  });
});

// One who cannot trade; debts whose interest nobody could pay at a higher rate; a limit so low that savers find nobody to lend to.
test.each([
  [{ households: 1 }, null],
  [{ households: 40, borrowingLimit: 100 }, "highest"],
  [{ households: 40, borrowingLimit: 1e-3, riskAversion: 10, discountFactor: 0.5 }, -0.5],
] as const)("where markets are thin, or plans do not clear them, accounts hold and all eat: %j", (params, rate) => {
  const simulation = createSimulation(huggett, { params: { ...params, wealthPoints: 20 }, checkIdentities: true });
  fresh(simulation, 30);
  const { wealth, consumption } = columnsOf(simulation.worlds[0]);
  const { interest } = simulation.worlds[0] as unknown as { readonly interest: number };
  const p = simulation.params as unknown as Parameters<typeof highestInterest>[0];
  const highest = highestInterest(p);
  expect(highest * p.borrowingLimit).toBeLessThanOrEqual(incomeChain(p).values[0]! / 1.001 + 1e-15);
  expect(interest).toBeLessThanOrEqual(highest);
  if (rate !== null) expect(interest).toBe(rate === "highest" ? highest : rate);
  expect(Math.min(...consumption)).toBeGreaterThan(0);
  expect(Math.min(...wealth)).toBeGreaterThanOrEqual(-p.borrowingLimit - 1e-9);
});

test("nobody starts with more debt than is allowed, and no debt at all is refused", () => {
  const params = { households: 5, borrowingLimit: 1, initialWealth: 50 };
  const { wealth } = columnsOf(fresh(createSimulation(huggett, { params }), 0).worlds[0]);
  expect(Array.from(wealth)).toEqual([1, -1, 1, -1, 0]);
  expect(() => resolveParams(huggett, { borrowingLimit: 0 })).toThrow(/borrowingLimit is 0, expected more/);
});

test("the contract of economies holds", () => {
  const params = { households: 40, wealthPoints: 20 };
  expect(checkEconomy(huggett, { params, periods: 12 }).filter(({ pass }) => !pass)).toEqual([]);
});
