// Growth of capital by its level, saving by wealth, and what bad times do at once, against formulas.
import { expect, test } from "vitest";
import { solvers } from "walras";
import { badTimesCome, lawPoints, savingPoints } from "./figures.ts";

const model = solvers.KRUSELL_SMITH_1998;

test("growth is averaged over periods of nearly equal capital and the same times; places with fewer than ten are left out", () => {
  // ln K = 2.400 and 2.403 are one place; 2.5 is visited once
  const logs = [...Array.from({ length: 12 }, (_, t) => (t % 2 === 0 ? 2.4 : 2.403)), 2.5, 2.5];
  const points = lawPoints(logs.map(Math.exp), [...new Uint8Array(12), 1]);
  expect(Object.keys(points)).toEqual(["good times/2.40"]);
  expect(points["good times/2.40"]).toBeCloseTo((100 * (2.5 - 2.4)) / 12, 9);
});

test("who eats wages and interest keeps wealth; who would eat more than cash keeps nothing", () => {
  const income = (k: number, s: number, K: number): number => {
    const { grossReturn, employed, unemployed } = solvers.krusellSmithPrices(model, K, s >> 1);
    return (grossReturn - 1) * k + (s % 2 === 0 ? employed : unemployed);
  };
  for (const saved of Object.values(savingPoints(model, income))) expect(saved).toBeCloseTo(0, 12);
  expect(savingPoints(model, () => 100)["bad times, no work/30"]).toBe(-30);
});

test("bad times cost output of the first quarter what productivity and employment do, in the worlds where times were good", () => {
  const response = badTimesCome({ params: { theoryPeriods: 300, households: 1000 }, seed: 1, worlds: 4, quarters: 3 });
  const whole = 100 * ((0.99 / 1.01) * (0.9 / 0.96) ** 0.64 - 1);
  // Employment of 1000 in good times has a standard error of 0.6 %, and output two thirds of that.
  const shares = [1, 0.75, 0.5].map((share) => Math.abs(response["response/output/0"]! / (share * whole) - 1));
  expect(Math.min(...shares)).toBeLessThan(0.1);
  expect(Object.keys(response).length).toBe(12);
  expect(response["response/capital/0"]).toBe(0); // it was saved before
  expect(response["response/capital/1"]).toBeLessThan(0);
});
