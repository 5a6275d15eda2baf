// Chains by hand and by the moments that define them.
import { expect, test } from "vitest";
import { normalCdf } from "../math/index.ts";
import { rouwenhorst, tauchen } from "./autoregression.ts";
import { employmentChain, incomeChain, levels, type ProductivityChain } from "./income-chains.ts";

/** Mean of e, and mean, standard deviation and autocorrelation of ln e, by the chain's own law. */
function moments({ values, transition, stationary: law }: ProductivityChain) {
  const x = values.map(Math.log);
  const mean = x.reduce((sum, y, s) => sum + law[s] * y, 0);
  const variance = x.reduce((sum, y, s) => sum + law[s] * (y - mean) ** 2, 0);
  let covariance = 0;
  for (const [s, row] of transition.entries())
    for (const [to, p] of row.entries()) covariance += law[s] * p * (x[s] - mean) * (x[to] - mean);
  return {
    level: values.reduce((sum, e, s) => sum + law[s] * e, 0),
    sd: Math.sqrt(variance),
    autocorrelation: covariance / variance,
  };
}

test("employment: efficiencies of mean 1 in the ratio given, and the share of time without work", () => {
  const {
    values,
    transition,
    stationary: law,
  } = employmentChain({
    unemployedEfficiency: 0.1,
    jobFinding: 0.5,
    jobLoss: 0.075,
  });
  expect(law[0]).toBeCloseTo(0.13043478, 8);
  expect(values[0]).toBeCloseTo(0.11330049, 8);
  expect(values[1]).toBeCloseTo(1.13300493, 8);
  expect(transition).toEqual([
    [0.5, 0.5],
    [0.075, 0.925],
  ]);
});

test.each([0, 0.3, 0.9])(
  "Rouwenhorst has the persistence and deviation of the AR(1) exactly, ρ = %j",
  (persistence) => {
    for (const S of [2, 7, 11]) {
      const m = moments(levels(rouwenhorst({ persistence, innovationSd: 0.2 * Math.sqrt(1 - persistence ** 2) }, S)));
      expect(m.level).toBeCloseTo(1, 13);
      expect(m.sd).toBeCloseTo(0.2, 13);
      expect(m.autocorrelation).toBeCloseTo(persistence, 12);
    }
  },
);

test("Tauchen: seven points from −3 to 3 deviations, masses between midpoints, rows and laws that sum to 1", () => {
  const [σ, ρ] = [0.4, 0.6];
  const chain = levels(tauchen({ persistence: ρ, innovationSd: σ * Math.sqrt(1 - ρ * ρ) }, 7));
  for (let s = 0; s < 7; s++) {
    expect(Math.log(chain.values[s] / chain.values[3])).toBeCloseTo((s - 3) * σ, 12);
    expect(chain.transition[s].reduce((x, y) => x + y)).toBeCloseTo(1, 14);
  }
  const innovation = σ * Math.sqrt(1 - ρ * ρ);
  const mass = normalCdf((0.5 * σ - ρ * σ) / innovation) - normalCdf((-0.5 * σ - ρ * σ) / innovation);
  expect(chain.transition[4][3]).toBeCloseTo(mass, 14);
  expect(chain.transition[4][6]).toBeCloseTo(1 - normalCdf((2.5 * σ - ρ * σ) / innovation), 14);
  const after = chain.values.map((_, to) =>
    chain.stationary.reduce((sum, p, s) => sum + p * chain.transition[s][to], 0),
  );
  for (const [s, p] of after.entries()) expect(p).toBeCloseTo(chain.stationary[s], 14);
  expect(moments(chain).level).toBeCloseTo(1, 13);
  // Seven points spread a persistent process too far: why chains are named.
  const persistent = { persistence: 0.9, innovationSd: 0.2 * Math.sqrt(1 - 0.81) };
  expect(moments(levels(tauchen(persistent, 7))).sd).toBeGreaterThan(0.21);
});

test("a chain is chosen by its name", () => {
  const p = {
    persistence: 0.5,
    innovationSd: 0.1,
    unemployedEfficiency: 0.4,
    jobFinding: 0.3,
    jobLoss: 0.2,
    productivities: 5,
  };
  expect(incomeChain({ ...p, income: "employment" })).toEqual(employmentChain(p));
  expect(incomeChain({ ...p, income: "tauchen" })).toEqual(levels(tauchen(p, 5)));
  expect(incomeChain({ ...p, income: "rouwenhorst" })).toEqual(levels(rouwenhorst(p, 5)));
});
