import { expect, test } from "vitest";
import { type AnyRows, type ParamsOf, resolveParams, solvers } from "walras";
import { aiyagari } from "../../../economies/aiyagari.ts";
import { aiyagariEquilibrium } from "../../../economies/theory/aiyagari.ts";
import { resolveRun } from "../../../src/experiment/experiment.ts";
import { createPlayer } from "../../../src/experiment/play.ts";
import experiment from "../ppo.ts";
import { eulerError, learnedConsumption } from "./households.ts";

const paramsOf = (settings: Readonly<Record<string, unknown>>) =>
  resolveParams(aiyagari, settings) as unknown as ParamsOf<typeof aiyagari>;

// Log utility and no risk: who eats the share m of wealth and all future wages, c = m (R a + R w/r), eats c′ = (1 − m) R c next; best is c′ = β R c, so that the
// error is |(1 − m)/β − 1|.
test.each([0.04, 0.05, 0.02])("without risk, eating %j of all that one has and will earn errs as theory says", (m) => {
  const p = paramsOf({ unemployedEfficiency: 1, riskAversion: 1 });
  const prices = { wage: 1.2, interest: 0.03 };
  const eats = (a: number) => m * 1.03 * (a + prices.wage / prices.interest);
  for (const s of [0, 1])
    expect(eulerError(p, prices, eats, { a: 30, s })).toBeCloseTo(Math.abs((1 - m) / 0.96 - 1), 12);
});

test("the exact policy has hardly any error, at the limit neither; eating all is one where it is not best", () => {
  const p = paramsOf({});
  const equilibrium = aiyagariEquilibrium(p);
  const { values } = solvers.incomeChain(p);
  const exact = (a: number, s: number) => equilibrium.policy(values[s]!, a).consumption;
  for (const [a, s] of [
    [0, 0],
    [1, 0],
    [6, 0],
    [2, 1],
    [6, 1],
    [10, 1],
  ] as const)
    expect(eulerError(p, equilibrium, exact, { a, s })).toBeLessThan(1e-4);
  const all = (a: number, s: number) => equilibrium.wage * values[s]! + (1 + equilibrium.interest) * a;
  expect(eulerError(p, equilibrium, all, { a: 6, s: 1 })).toBeGreaterThan(0.5);
});

test("what learners eat is read off as their economy has it, at any prices", () => {
  const settings = { decisions: "period", households: 400, initialWealth: 2, wealthPoints: 30 };
  const { config, params } = resolveRun(experiment, settings, 1);
  const player = createPlayer(aiyagari, experiment.algorithm!, config, params);
  let [prices, eaten] = [{ wage: 0, interest: 0 }, new Map<number, number>()];
  player.play({
    seed: 3,
    periods: 1,
    visit(w) {
      prices = { wage: w["wage"] as number, interest: w["interest"] as number };
      const { earnings, consumption } = w["households"] as AnyRows as Record<string, Float64Array>;
      eaten = new Map(Array.from(earnings!, (income, i) => [income, consumption![i]!]));
    },
  });
  const read = learnedConsumption(player, paramsOf(settings), prices);
  const actual = [...eaten].sort(([a], [b]) => a - b).map(([, c]) => c); // without work, with work
  expect(actual).toHaveLength(2);
  actual.forEach((c, s) => {
    expect(Math.abs(read(2, s) / c - 1)).toBeLessThan(1e-5);
  });
});
