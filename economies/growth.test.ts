// The exact policy played in the economy earns theory's value, and nothing near it earns more; accounts; the contract.
import { expect, test } from "vitest";
import { type AnyRows, checkEconomy, createSimulation, isUnknown, resolveParams } from "../src/economy/index.ts";
import { solveGrowth } from "../src/solvers/index.ts";
import { fresh } from "../test/periods.ts";
import { growth } from "./growth.ts";
import { growthModel, shockChain } from "./theory/growth.ts";

type Settings = Readonly<Record<string, unknown>>;
const truthOf = (params: Settings) => growth.truth!(resolveParams(growth, params)) as Record<string, number>;

/** Discounted utility of planner 0 who saves as `rule` says from what it sees, over so many periods that the rest is nothing. */
function lifetime(params: Settings, rule: (k: number[], state: number) => number[], periods = 700) {
  const simulation = createSimulation(growth, { params: { horizon: 1e6, ...params }, checkIdentities: true });
  const p = simulation.params as unknown as { goods: number; discountFactor: number };
  const rows = simulation.worlds[0].planners as AnyRows as unknown as Record<string, Float64Array>;
  let [value, weight] = [0, 1];
  simulation.reset(0);
  for (let t = 0; t < periods; t++) {
    const chosen = rule([...rows.capital.subarray(0, p.goods)], rows.shock[0]);
    rows.saving.set(chosen);
    for (let index = 1; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
    value += weight * rows.utility[0];
    weight *= p.discountFactor;
  }
  return { value, rows };
}
const certain = { shockLow: 1, shockHigh: 1 };

test("with logarithmic utility and full depreciation, saving α_j β of output in each good is worth what theory says, from any capital, and no other share is worth more", () => {
  const params = { ...certain, goods: 3, depreciation: 1, initialSpread: 0.8 };
  const w = [1 / 6, 2 / 6, 3 / 6];
  const s = 0.36 * 0.96;
  let start: number[] = [];
  const worth = (change: number[]) =>
    lifetime(params, (k) => {
      if (start.length === 0) start = k;
      return w.map((x, j) => x * s * (1 + change[j]));
    }).value;
  const best = worth([0, 0, 0]);
  const F = 0.36 / (1 - s);
  const E = (Math.log(1 - s) + (s / (1 - s)) * Math.log(s)) / 0.04;
  expect(new Set(start.map((x, j) => x / w[j])).size).toBe(3);
  expect(best).toBeCloseTo(E + F * start.reduce((sum, x, j) => sum + w[j] * Math.log(x / w[j]), 0), 8);
  for (const j of [0, 1, 2])
    for (const change of [-0.02, 0.02]) expect(worth([0, 1, 2].map((i) => (i === j ? change : 0)))).toBeLessThan(best);
});

test("two goods that depreciate slowly: the solver's total, in the proportions of their shares, is worth what theory says, and no other choice more", () => {
  const params = { ...certain, goods: 2, action: "capital", initialSpread: 0, riskAversion: 2, capital: 3 };
  const model = growthModel(resolveParams(growth, params) as never);
  const { nextCapital } = solveGrowth(model);
  const worth = (change: number[]) =>
    lifetime(params, ([a, b]) => [1 / 3, 2 / 3].map((w, j) => w * nextCapital(a + b, 0) * (1 + change[j]))).value;
  const best = worth([0, 0]);
  expect(best).toBeCloseTo(truthOf(params).value, 6);
  for (const change of [
    [0.01, 0],
    [-0.01, 0],
    [0, 0.01],
    [0, -0.01],
    [0.01, -0.005],
  ])
    expect(worth(change)).toBeLessThan(best);
});

test("theory at the calibration of the figures in models of growth, and where a saving rate is not enough", () => {
  const { steadyStateCapital, steadyStateConsumption, nextCapitalLow, nextCapitalHigh, log10EulerError } = truthOf({});
  expect(steadyStateCapital).toBeCloseTo(4.2940482, 7);
  expect(steadyStateConsumption).toBeCloseTo(1.26038267, 8);
  expect(nextCapitalLow).toBeCloseTo(4.17668517, 8);
  expect(nextCapitalHigh).toBeCloseTo(4.41614733, 8);
  expect(log10EulerError).toBeLessThan(-10);
  const mirman = truthOf({ ...certain, depreciation: 1 });
  expect(mirman.savingRate).toBeCloseTo(0.3456, 12);
  expect(mirman.value).toBeCloseTo(-25.54194231, 8);
  // G2, γ = 2
  const cycles = truthOf({
    discountFactor: 0.99,
    depreciation: 0.025,
    shocks: "rouwenhorst",
    riskAversion: 2,
    capital: 37.98925354,
  });
  expect((cycles.nextCapitalLow + cycles.nextCapitalHigh) / 2).toBeCloseTo(37.98954815, 1);
  // γ = 0.2 saves so little from ten steady states that capital would have to be eaten
  const poor = growth.truth!(resolveParams(growth, { capital: 43, riskAversion: 0.2 }));
  expect(isUnknown(poor.value) && poor.value.unknown).toMatch(/at capital 43.00 the planner would eat capital/);
  expect(
    isUnknown(growth.truth!(resolveParams(growth, { capital: 43, riskAversion: 0.2, action: "capital" })).value),
  ).toBe(false);
});

test("more than there is, and nothing at all, are scaled to what leaves something to eat and to produce with", () => {
  for (const action of ["saving-rate", "capital"] as const)
    for (const [asked, share] of [
      [1e6, 0.999],
      [0, 0.0005],
    ]) {
      const params = { goods: 2, action, depreciation: 1, initialSpread: 0 };
      const { rows } = lifetime(params, () => [asked, asked], 1);
      expect((rows.capital[0] + rows.capital[1]) / rows.output[0]).toBeCloseTo(share, 12);
      expect(rows.capital[0]).toBe(rows.capital[1]);
      expect(rows.consumption[0]).toBeGreaterThan(0);
    }
});

test.each(["two-state", "rouwenhorst", "tauchen"])(
  "productivity follows the %s chain from its stationary law",
  (shocks) => {
    const params = { shocks, planners: 20_000, persistence: 0.9, innovationSd: 0.1, states: 3, shockPersistence: 0.7 };
    const { productivity, stationary, transition } = shockChain(resolveParams(growth, params) as never);
    const simulation = fresh(createSimulation(growth, { params }), 1);
    const after = (simulation.worlds[0].planners as AnyRows as unknown as Record<string, Float64Array>).productivity;
    for (const [s, z] of productivity.entries()) {
      const expected = stationary.reduce((sum, q, from) => sum + q * transition[from][s], 0);
      expect(expected).toBeCloseTo(stationary[s], 12);
      const share = after.filter((x) => x === z).length / 20_000;
      expect(Math.abs(share - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / 20_000));
    }
  },
);

test("the contract of economies holds", () => {
  for (const params of [
    { planners: 3 },
    { goods: 3, action: "capital", shocks: "rouwenhorst", riskAversion: 5, depreciation: 0.025 },
    { goods: 2, depreciation: 1, shocks: "tauchen", states: 3 },
  ])
    expect(checkEconomy(growth, { params, periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
});
