// Whether the economy does what its closed form says when households do.
import { expect, test } from "vitest";
import { allKnown, checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { hsvStatic } from "./hsv-static.ts";
import { hsvHours, hsvStaticScale, hsvStaticWelfare, unfundedTax } from "./theory/hsv-static.ts";

const truthOf = (params: Record<string, unknown> = {}) => allKnown(hsvStatic.truth!(resolveParams(hsvStatic, params)));

/** Metrics, averaged over periods in which the government plays ξ and household i works hours(i). */
function play(ξ: number, hours: (i: number) => number, params: Record<string, unknown> = {}, periods = 1) {
  const simulation = createSimulation(hsvStatic, { params, checkIdentities: true });
  const world = simulation.worlds[0];
  const [government, households] = ["government", "households"].map(
    (name) => world[name] as unknown as Record<string, Float64Array>,
  );
  simulation.reset(0);
  const sums: Record<string, number> = {};
  for (let t = 0; t < periods; t++) {
    simulation.phaseNames.forEach((name, index) => {
      if (name === "legislate") government.progressivity[0] = ξ;
      else if (name === "work") households.hours.set(households.hours.map((_, i) => hours(i)));
      else simulation.runPhase(index, 0);
    });
    for (const [name, metric] of Object.entries(hsvStatic.metrics))
      sums[name] = (sums[name] ?? 0) + metric.of(world, simulation.params) / periods;
    simulation.endPeriod(0);
  }
  return { metrics: sums, households };
}

test("the reference case, and what the government may not go beyond", () => {
  const truth = truthOf();
  expect(Object.keys(truth)).toEqual(["progressivity", "hours", "welfare", "welfareNoTax"]);
  expect(truth.progressivity).toBeCloseTo(1 / 3, 12);
  expect(truth.hours).toBeCloseTo(0.87358046, 8);
  expect(truth.welfare).toBeCloseTo(-0.41293281, 8);
  expect(truth.welfareNoTax).toBeCloseTo(-0.45833333, 8);
  expect(truthOf({ progressivityMax: 0.2 }).progressivity).toBe(0.2);
  expect(truthOf({ progressivityMin: 0.5 }).progressivity).toBe(0.5);
});

test("without a budget the best that theory knows is the most that is allowed", () => {
  expect(truthOf({ budget: "unfunded", progressivityMax: 0.9 }).welfare).toBeCloseTo(2.179999, 6);
  expect(truthOf({ budget: "unfunded", progressivityMax: 0.999 }).welfare).toBeCloseTo(6.904994, 6);
});

test.each([0, 0.3, 0.8])("with ξ = %d and hours of theory, welfare and λ are those of theory", (ξ) => {
  const params = { households: 20_000 };
  const economy = { inverseFrisch: 2, logSkillVariance: 0.25 };
  const hours = hsvHours(ξ, economy);
  const { metrics } = play(ξ, () => hours, params, 5);
  // 100 000 draws of ln e, s = ½: the mean of (1−ξ) ln e has a standard error of at most 0.0016
  expect(Math.abs(metrics.welfare - hsvStaticWelfare(ξ, economy))).toBeLessThan(0.005);
  expect(Math.abs(metrics.scale - hsvStaticScale(ξ, economy))).toBeLessThan(0.005);
  expect(metrics.deficit).toBeCloseTo(0, 12);
});

test("matched skills have the mean and the variance of their law, whatever was drawn", () => {
  const { households } = play(0.2, () => 1, { households: 7, matchedSkills: true });
  const mean = households.logSkill.reduce((sum, x) => sum + x, 0) / 7;
  expect(mean).toBeCloseTo(-0.125, 12);
  expect(households.logSkill.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 7).toBeCloseTo(0.25, 12);
  expect([...play(0.2, () => 1, { households: 1, matchedSkills: true }).households.logSkill]).toEqual([-0.125]);
});

test("without progressivity nobody pays and nobody receives", () => {
  const { households } = play(0, () => 1);
  for (const tax of households.tax) expect(tax).toBeCloseTo(0, 12);
});

test("the schedule pays the poor and charges the rich, in the same order of incomes", () => {
  const { households, metrics } = play(0.5, () => 0.8);
  const order = [...households.income.keys()].sort((a, b) => households.income[a] - households.income[b]);
  const taxes = order.map((i) => households.tax[i]);
  expect(taxes[0]).toBeLessThan(0);
  expect(taxes.at(-1)).toBeGreaterThan(0);
  order.slice(1).forEach((i, k) => {
    expect(households.consumption[i]).toBeGreaterThan(households.consumption[order[k]]);
  });
  expect(metrics.consumptionGini).toBeLessThan(metrics.incomeGini);
});

test("unfunded transfers come from nowhere: welfare and deficit of theory", () => {
  const economy = { inverseFrisch: 2, logSkillVariance: 0.25 };
  const hours = hsvHours(0.5, economy);
  const { metrics } = play(0.5, () => hours, { budget: "unfunded", households: 20_000 }, 5);
  const theory = unfundedTax(0.5, economy);
  expect(Math.abs(metrics.welfare - theory.welfare)).toBeLessThan(0.005);
  expect(Math.abs(metrics.deficit - theory.deficit / hours)).toBeLessThan(0.01);
});

test("a household that works as theory says gains nothing by other hours", () => {
  const ξ = 0.4;
  const hours = hsvHours(ξ, { inverseFrisch: 2 });
  const utility = (own: number): number =>
    play(ξ, (i) => (i === 0 ? own : hours), { households: 1000 }).households.utility[0];
  for (const other of [hours - 0.05, hours + 0.05]) expect(utility(other)).toBeLessThan(utility(hours));
});

test.each([{}, { budget: "unfunded" }, { matchedSkills: true }])("the contract holds with %o", (params) => {
  const checks = checkEconomy(hsvStatic, { params, periods: 40 });
  expect(checks.filter(({ pass }) => !pass)).toEqual([]);
});
