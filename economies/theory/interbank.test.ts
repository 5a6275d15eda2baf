// A bank alone against sums over its shocks: chances of failing, expected profit, and the leverage at which that is highest.
import { expect, test } from "vitest";
import { bestLeverage, failureAlone, type LoneBank } from "./interbank.ts";

const bank: LoneBank = {
  leverage: 15,
  leverageLow: 1,
  leverageHigh: 40,
  capitalRatio: 0,
  reserves: 0.1,
  depositRate: 0.005,
  returnMean: 0.012,
  volatility: 0.03,
  turbulence: 1.5,
  unrest: 0.2,
  calming: 0.6,
  exitCost: 3,
};

/** End capital of leverage λ at a return of μ + σ z, summed over z by the midpoint rule: E[max(end, 0)] − 1 − x P(end < 0), and P(end < 0). */
function summed(p: LoneBank, λ: number, σ: number): { readonly profit: number; readonly fails: number } {
  const [deposits, steps] = [λ - 1, 20_000];
  const cash = p.reserves * deposits;
  let [profit, fails] = [-1, 0];
  for (let k = 0; k < steps; k++) {
    const z = -9 + (18 * (k + 0.5)) / steps;
    const weight = (18 / steps) * Math.exp((-z * z) / 2) * Math.sqrt(1 / (2 * Math.PI));
    const end = (λ - cash) * (1 + p.returnMean + σ * z) + cash - deposits * (1 + p.depositRate);
    profit += weight * (end < 0 ? -p.exitCost : end);
    if (end < 0) fails += weight;
  }
  return { profit, fails };
}

test("leverage is best where the mean over calm and turbulent shocks is highest, and the profit is that mean", () => {
  for (const [after, turbulent] of [
    ["calm", 0.2],
    ["turbulent", 0.4],
  ] as const) {
    const profit = (λ: number) =>
      (1 - turbulent) * summed(bank, λ, 0.03).profit + turbulent * summed(bank, λ, 0.045).profit;
    const best = bestLeverage(bank, after);
    expect(best.leverage).toBeGreaterThan(2);
    expect(best.leverage).toBeLessThan(39);
    expect(Math.abs(best.profit - profit(best.leverage))).toBeLessThan(1e-5); // the jump at failure falls within a step
    for (const step of [-5, -1, -0.3, 0.3, 1, 5]) expect(profit(best.leverage + step)).toBeLessThan(best.profit + 1e-6);
  }
});

test("without risk, or with limited liability and none of its cost, leverage goes to an end that is allowed", () => {
  const sure = { ...bank, volatility: 0 };
  // λ = 40: 39 of deposits, 3.9 of cash, 36.1 invested
  const best = bestLeverage(sure, "calm");
  expect(best.leverage).toBeCloseTo(40, 9);
  expect(best.profit).toBeCloseTo(36.1 * 1.012 + 3.9 - 39 * 1.005 - 1, 9);
  expect(bestLeverage({ ...sure, capitalRatio: 0.08 }, "calm").leverage).toBeCloseTo(12.5, 9);
  expect(bestLeverage({ ...sure, depositRate: 0.02 }, "calm").leverage).toBeCloseTo(1, 9);
  expect(bestLeverage({ ...sure, depositRate: 0.02, leverageLow: 0.5 }, "calm").leverage).toBeCloseTo(1, 9);
  // It fails for sure: its capital and three times that
  const doomed = { ...sure, returnMean: -0.2, leverageLow: 10, leverageHigh: 10 };
  expect(bestLeverage(doomed, "calm").profit).toBe(-4);
  expect(bestLeverage({ ...bank, exitCost: 0 }, "turbulent").leverage).toBeCloseTo(40, 9);
});

test("in the long run a bank fails as often as calm and turbulent periods have it, at a leverage that is allowed", () => {
  // turbulent in .2/(.2 + .6) of periods
  const expected = (λ: number) => 0.75 * summed(bank, λ, 0.03).fails + 0.25 * summed(bank, λ, 0.045).fails;
  expect(Math.abs(failureAlone(bank) - expected(15))).toBeLessThan(1e-4);
  expect(Math.abs(failureAlone({ ...bank, capitalRatio: 0.1 }) - expected(10))).toBeLessThan(1e-4);
  expect(failureAlone({ ...bank, leverage: 1 })).toBe(0);
  expect(failureAlone({ ...bank, volatility: 0 })).toBe(0);
  expect(failureAlone({ ...bank, volatility: 0, returnMean: -0.2 })).toBe(1);
});
