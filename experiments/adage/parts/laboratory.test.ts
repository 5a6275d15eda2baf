import { expect, test } from "vitest";
import { mean, variance } from "../../../src/math/index.ts";
import {
  laboratoryPrices,
  massErrors,
  modelPrices,
  normalHistogram,
  TREATMENTS,
  type Treatment,
} from "./laboratory.ts";

test.each(Object.keys(TREATMENTS) as Treatment[])(
  "%s: the substitute has the variance that was published",
  (treatment) => {
    const prices = laboratoryPrices(treatment, { sessions: 200 });
    expect(prices.length).toBe(10_000);
    expect(Math.abs(variance(prices) / TREATMENTS[treatment].variance - 1)).toBeLessThan(0.08);
    expect(Math.abs(mean(prices) - TREATMENTS[treatment].mean)).toBeLessThan(0.25);
  },
);

test("prices of the model have the mean and the variance of its equilibrium", () => {
  const prices = modelPrices(2, 200, { sessions: 200 });
  expect(Math.abs(mean(prices) - 5.895145)).toBeLessThan(4 * Math.sqrt(1.285 / 10_000));
  expect(Math.abs(variance(prices) / 1.284977 - 1)).toBeLessThan(0.06);
});

test("rational expectations against the published moments: the first row of the paper's Table 1", () => {
  const { mae, rmse } = massErrors(normalHistogram(5.9102656, 0.25), normalHistogram(5.93, 2.62));
  expect(mae).toBeCloseTo(0.01017, 5);
  expect(rmse).toBeCloseTo(0.01633, 5);
});
