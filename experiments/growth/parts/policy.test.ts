import { expect, test } from "vitest";
import { resolveParams } from "walras";
import { growth } from "../../../economies/growth.ts";
import { growthModel } from "../../../economies/theory/growth.ts";
import { solveGrowth } from "../../../src/solvers/index.ts";
import { judge, type Params } from "./policy.ts";

const paramsOf = (settings: Readonly<Record<string, unknown>>) => resolveParams(growth, settings) as unknown as Params;

// Where s of output is saved for ever, log utility and full depreciation: the Euler error is |1 − s/αβ| everywhere, and utility per period falls short by
// ln(1 − αβ) + αβ/(1 − αβ) ln αβ − ln(1 − s) − αβ/(1 − αβ) ln s
test.each([0.3, 0.34, 0.4])("a constant saving rate of %j is judged as theory says", (s) => {
  const p = paramsOf({ depreciation: 1, shockPersistence: 0.5 });
  const best = 0.36 * 0.96;
  const worth = (x: number) => Math.log(1 - x) + (best / (1 - best)) * Math.log(x);
  const judged = judge(p, (k, state) => (1 - s) * [0.9, 1.1][state] * k ** 0.36);
  expect(judged.eulerError).toBeCloseTo(Math.log10(Math.abs(1 - s / best)), 8);
  expect(judged.capitalError).toBeCloseTo(Math.abs(s / best - 1), 9);
  expect(judged.consumptionError).toBeCloseTo(Math.abs((1 - s) / (1 - best) - 1), 9);
  expect(judged.valueLoss).toBeCloseTo(1 - Math.exp(worth(s) - worth(best)), 6);
});

test("the exact policy has no error, and is worth no less than the best, at any aversion to risk", () => {
  for (const riskAversion of [1, 3]) {
    const p = paramsOf({ riskAversion });
    const { consumption } = solveGrowth(growthModel(p));
    const judged = judge(p, consumption);
    expect(judged.eulerError).toBeLessThan(-9);
    expect(judged.consumptionError).toBeLessThan(1e-9);
    expect(Math.abs(judged.valueLoss)).toBeLessThan(1e-6);
  }
});
