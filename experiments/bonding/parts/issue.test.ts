import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../../../src/economy/index.ts";
import { bestFee, equilibriumOrder, type Issue, revenueAt, tokenIssue } from "./issue.ts";

const SETTINGS = [
  {},
  { traders: 1 },
  { traders: 50, slope: 0.2 },
  { slope: 0, otherPrice: 2.1 },
  { price: 1, otherPrice: 3, feeMax: 1 },
];

test.each(SETTINGS)("no fee of a fine grid earns more than the best one: %o", (changes) => {
  const p = resolveParams(tokenIssue, changes) as unknown as Issue;
  const best = bestFee(p);
  for (let k = 0; k <= 2000; k++)
    expect(revenueAt(p, (p.feeMax * k) / 2000)).toBeLessThanOrEqual(revenueAt(p, best) + 1e-12);
});

test.each(SETTINGS)("at the equilibrium no trader earns more with another order: %o", (changes) => {
  const p = resolveParams(tokenIssue, changes) as unknown as Issue;
  const fee = 0.6 * bestFee(p);
  const A = equilibriumOrder(p, fee);
  const own = A / p.traders;
  const earns = (a: number) => {
    const all = A - own + a;
    return a * (p.otherPrice - (p.otherSlope * all) / 2 - (1 + fee) * (p.price + (p.slope * all) / 2));
  };
  for (const share of [0, 0.5, 0.9, 0.99, 1.01, 1.1, 2]) expect(earns(share * own)).toBeLessThan(earns(own));
});

test("the economy pays what theory says at the equilibrium, to traders and to the issuer", () => {
  const simulation = createSimulation(tokenIssue, { params: { traders: 3, slope: 0.05 } });
  const p = simulation.params as unknown as Issue;
  const fee = 0.1;
  const A = equilibriumOrder(p, fee);
  simulation.reset(0);
  const [w] = simulation.worlds;
  const [issuer, traders] = [w!["issuer"], w!["traders"]] as unknown as Record<string, Float64Array>[];
  simulation.phases.forEach((phase, index) => {
    if (phase.kind !== "decide") simulation.runPhase(index, 0);
    else if (simulation.phaseNames[index] === "commit") issuer!["fee"]![0] = fee;
    else traders!["order"]!.fill(A / 3);
  });
  expect(issuer!["revenue"]![0]).toBeCloseTo(revenueAt(p, fee), 12);
  const each = (A / 3) * (2.6 - 0.01 * A - 1.1 * (2 + 0.025 * A));
  for (const profit of traders!["profit"]!) expect(profit).toBeCloseTo(each, 12);
});

test("where the other market pays no more nobody mints, and no fee earns anything", () => {
  const p = resolveParams(tokenIssue, { otherPrice: 2 }) as unknown as Issue;
  expect(equilibriumOrder(p, 0)).toBe(0);
  expect(bestFee(p)).toBe(0);
});

test("the contract of economies holds", () => {
  expect(checkEconomy(tokenIssue, { periods: 10 }).filter(({ pass }) => !pass)).toEqual([]);
});
