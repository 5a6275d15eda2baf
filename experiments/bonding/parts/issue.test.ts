import { expect, test } from "vitest";
import { checkEconomy, resolveParams } from "../../../src/economy/index.ts";
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

test("where the other market pays no more nobody mints, and no fee earns anything", () => {
  const p = resolveParams(tokenIssue, { otherPrice: 2 }) as unknown as Issue;
  expect(equilibriumOrder(p, 0)).toBe(0);
  expect(bestFee(p)).toBe(0);
});

test("the contract of economies holds", () => {
  expect(checkEconomy(tokenIssue, { periods: 10 }).filter(({ pass }) => !pass)).toEqual([]);
});
