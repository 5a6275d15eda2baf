// Whether the economy does what its closed form says when households do.
import { expect, test } from "vitest";
import { allKnown, checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { linearTax } from "./linear-tax.ts";
import { linearTaxAt, welfareFunctions } from "./theory/linear-tax.ts";

const truthOf = (params: Record<string, unknown> = {}) => allKnown(linearTax.truth!(resolveParams(linearTax, params)));

type Columns = Record<string, Float64Array>;

/** One period in which the government plays τ and household i makes effort(i). */
function play(τ: number, effort: (i: number) => number, params: Record<string, unknown> = {}) {
  const simulation = createSimulation(linearTax, { params, checkIdentities: true });
  const world = simulation.worlds[0];
  const [government, households] = ["government", "households"].map((name) => world[name] as unknown as Columns);
  simulation.reset(0);
  simulation.phaseNames.forEach((name, index) => {
    if (name === "legislate") government.taxRate[0] = τ;
    else if (name === "work") households.effort.set(households.effort.map((_, i) => effort(i)));
    else simulation.runPhase(index, 0);
  });
  simulation.endPeriod(0);
  return { world: world as unknown as Record<string, number>, government, households };
}

test("the reference case, and what the government may not go beyond", () => {
  const truth = truthOf();
  expect(Object.keys(truth)).toEqual(["taxRate", "demogrant", "welfare"]);
  expect(truth.taxRate).toBeCloseTo(0.23725576, 7);
  expect(truth.demogrant).toBeCloseTo(0.39664011, 7);
  expect(truth.welfare).toBeCloseTo(0.16447692, 8);
  expect(truthOf({ taxRateMax: 0.1 }).taxRate).toBe(0.1);
  expect(truthOf({ wages: "0.5,1,2,4", shares: "0.3,0.4,0.2,0.1" }).taxRate).toBeCloseTo(0.41661667, 7);
});

test("types are laid end to end by their shares", () => {
  const { households } = play(0, () => 1, { wages: [0.5, 1, 2, 4], shares: [0.3, 0.4, 0.2, 0.1] });
  const count = (wage: number) => households.wage.filter((w) => w === wage).length;
  expect([0.5, 1, 2, 4].map(count)).toEqual([30, 40, 20, 10]);
});

test.each(welfareFunctions)("everybody at the effort of theory: grant, incomes and %s welfare of theory", (of) => {
  const economy = { wages: [0.5, 1, 2, 4], shares: [0.3, 0.4, 0.2, 0.1], elasticity: 0.7 };
  const theory = linearTaxAt(0.35, economy);
  const { world, government, households } = play(0.35, () => 0.65 ** 0.7, { ...economy, welfareFunction: of });
  expect(world.demogrant).toBeCloseTo(theory.demogrant, 12);
  expect(households.income[0]).toBeCloseTo(theory.incomes[0], 12);
  expect(households.utility[99]).toBeCloseTo(theory.utilities[3], 12);
  expect(government.welfare[0]).toBeCloseTo(theory.welfare(of), 12);
});

test("a household that makes the effort of theory gains nothing by another, but for its share in the grant", () => {
  const utility = (own: number, i: number) =>
    play(0.3, (j) => (j === i ? own : 0.7 ** 0.5), { households: 1000 }).households.utility[i];
  for (const i of [0, 999])
    for (const other of [0.7 ** 0.5 - 0.02, 0.7 ** 0.5 + 0.02])
      expect(utility(other, i)).toBeLessThan(utility(0.7 ** 0.5, i));
});

test("toil beyond reason costs utility below 0, and welfare is still a number", () => {
  for (const welfareFunction of welfareFunctions) {
    const { government, households } = play(0.95, () => 1.5, { welfareFunction, taxRateMax: 0.99 });
    expect(households.utility[99]).toBeLessThan(0);
    expect(Number.isFinite(government.welfare[0])).toBe(true);
  }
});

test("wages and shares that do not belong together are refused, by theory and by the rules", () => {
  expect(() => truthOf({ wages: [1, 2, 3] })).toThrow("there are 3 wages and 2 shares");
  expect(() => play(0, () => 1, { shares: [0.5, 0.6] })).toThrow("shares sum to 1.1, expected 1");
});

test.each(welfareFunctions)("the contract holds with %s welfare", (welfareFunction) => {
  const checks = checkEconomy(linearTax, { params: { welfareFunction }, periods: 20 });
  expect(checks.filter(({ pass }) => !pass)).toEqual([]);
});
