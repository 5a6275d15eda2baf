// Portfolios against values computed apart, and their first-order conditions where trading costs have kinks.
import { expect, test } from "vitest";
import { meanVariance, type Portfolio, rebalance } from "./portfolio.ts";

const two: Portfolio = {
  means: [0.08, 0.12],
  covariance: [
    [0.04, 0.01],
    [0.01, 0.09],
  ],
  riskAversion: 3,
};
const three: Portfolio = {
  means: [0.05, 0.09, 0.02],
  covariance: [
    [0.04, 0.018, 0.002],
    [0.018, 0.09, -0.01],
    [0.002, -0.01, 0.01],
  ],
  riskAversion: 2,
};
function close(ours: ArrayLike<number>, known: readonly number[]): void {
  for (const [i, x] of known.entries()) expect(ours[i]).toBeCloseTo(x, 8);
}

test("without costs an investor goes to (γΣ)⁻¹ μ, from wherever", () => {
  close(meanVariance(two), [0.57142857, 0.38095238]);
  close(rebalance(two, [0.2, 0.3]), [0.57142857 - 0.2, 0.38095238 - 0.3]);
});

test("with quadratic costs the trade is (γΣ + K)⁻¹ (μ − γΣH)", () => {
  close(rebalance(two, [0.2, 0.3], { quadratic: [0.05, 0.05] }), [0.26261682, 0.07850467]);
});

test("with proportional costs marginal gains are κ where an asset is traded and at most κ where it is not", () => {
  const seen = new Set<string>();
  for (const portfolio of [two, three])
    for (const κ of [0, 0.001, 0.005, 0.05])
      for (const K of [0, 0.05]) {
        const n = portfolio.means.length;
        const holdings = [0.2, 0.35, 2.9].slice(0, n);
        const costs = portfolio.means.map((_, i) => κ * (1 + i / 2));
        const r = rebalance(portfolio, holdings, { proportional: costs, quadratic: new Array(n).fill(K) });
        portfolio.covariance.forEach((row, i) => {
          const risk = row.reduce((sum, x, j) => sum + x * (holdings[j]! + r[j]!), 0);
          const gain = portfolio.means[i]! - portfolio.riskAversion * risk - K * r[i]!;
          if (r[i] === 0) expect(Math.abs(gain)).toBeLessThanOrEqual(costs[i]! + 1e-12);
          else expect(gain).toBeCloseTo(Math.sign(r[i]!) * costs[i]!, 11);
          seen.add(r[i] === 0 ? "keeps" : r[i]! > 0 ? "buys" : "sells");
        });
      }
  expect([...seen].sort()).toEqual(["buys", "keeps", "sells"]);
});

// One asset: no trade while |μ − γσ²H| ≤ κ, that is between (μ − κ)/(γσ²) and (μ + κ)/(γσ²).
test("one asset is not traded within its region, and traded to the region's edge from outside", () => {
  const one: Portfolio = { means: [0.06], covariance: [[0.04]], riskAversion: 3 };
  const [low, high] = [0.05 / 0.12, 0.07 / 0.12];
  for (const [held, after] of [
    [0, low],
    [low - 1e-6, low],
    [0.45, 0.45],
    [high - 1e-6, high - 1e-6],
    [0.9, high],
  ] as const)
    expect(held + rebalance(one, [held], { proportional: [0.01] })[0]!).toBeCloseTo(after, 12);
});

test("portfolios that cannot be are refused", () => {
  expect(() =>
    meanVariance({
      ...two,
      covariance: [
        [0.04, 0.07],
        [0.07, 0.09],
      ],
    }),
  ).toThrow("γΣ + K is not positive definite");
  expect(() =>
    meanVariance({
      ...two,
      covariance: [
        [0.04, 0.01],
        [0.02, 0.09],
      ],
    }),
  ).toThrow("not a symmetric matrix of 2 assets");
  expect(() => meanVariance({ ...two, riskAversion: 0 })).toThrow("riskAversion is 0, expected a number above 0.");
  expect(() => rebalance(two, [1])).toThrow("holdings is [1], expected 2 finite numbers.");
  expect(() => rebalance(two, [1, 1], { proportional: [0, -1] })).toThrow(
    "proportional is [0,-1], expected costs of at least 0.",
  );
});
