// Payments against a linear programme: bench/peers/risk_cases.py recorded what SciPy 1.17.1 (HiGHS) finds on 200 random networks, to eleven digits.
import { expect, test } from "vitest";
import cases from "./clearing-cases.json" with { type: "json" };
import { clear, exposuresOf } from "./index.ts";

test("on 200 random networks payments are those of the linear programme that maximises them", () => {
  expect(cases.length).toBe(200);
  let [worst, defaults] = [0, 0];
  for (const [liabilities, assets, payments] of cases as unknown as [number[][], number[], number[]][]) {
    const cleared = clear(exposuresOf(liabilities), assets);
    payments.forEach((p, i) => {
      worst = Math.max(worst, Math.abs(cleared.payments[i] - p));
    });
    defaults += cleared.defaults.reduce((a, b) => a + b, 0);
  }
  expect(worst).toBeLessThan(1e-9);
  expect(defaults).toBeGreaterThan(300); // networks in which everybody pays would show nothing
});
