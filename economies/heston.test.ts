// A step by hand, the martingale, prices against the characteristic function, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { exp, log, mean, variance } from "../src/math/index.ts";
import { fresh } from "../test/periods.ts";
import { heston } from "./heston.ts";

function expired(params: Readonly<Record<string, number>>) {
  const simulation = fresh(createSimulation(heston, { params }), 1);
  const { rate = 0.02, maturity = 1, strike = 100 } = params;
  const price = simulation.columns["paths.price"] as Float64Array;
  const discount = exp(-rate * maturity);
  const payoffs = price.map((S) => discount * Math.max(S - strike, 0));
  const error = (x: Float64Array) => Math.sqrt(variance(x) / x.length);
  const discounted = price.map((S) => discount * S);
  const metric = (name: string) => heston.metrics[name].of(simulation.worlds[0], simulation.params);
  return { simulation, metric, callError: error(payoffs), forwardError: error(discounted), call: mean(payoffs) };
}

test("without volatility of variance or price, prices grow at the rate of interest and variance returns to its mean", () => {
  const params = { paths: 3, substeps: 4, variance: 0, meanVariance: 1e-12, volatility: 1e-9, rate: 0.08 };
  const { simulation, metric } = expired(params);
  for (const S of simulation.columns["paths.price"] as Float64Array) expect(S).toBeCloseTo(100 * exp(0.08), 2);
  expect(metric("forward")).toBeCloseTo(100, 2);
  expect(metric("call")).toBeCloseTo(100 - 100 * exp(-0.08), 2);
  const calm = expired({
    paths: 1,
    substeps: 2,
    variance: 0.09,
    meanVariance: 0.01,
    meanReversion: 1,
    volatility: 1e-12,
  });
  // v ← v + κ(θ − v)/2, twice: 0.09, 0.05, 0.03
  expect((calm.simulation.columns["paths.variance"] as Float64Array)[0]).toBeCloseTo(0.03, 9);
});

test("substeps draw afresh: two of them spread prices as one does", () => {
  const one = expired({ paths: 2000, substeps: 1, correlation: 0 });
  const two = expired({ paths: 2000, substeps: 2, correlation: 0 });
  // The logarithm of one step is normal with variance v₀; of two steps it is a sum of two independent ones of v₀/2 and about.
  const spread = (run: typeof one) => variance((run.simulation.columns["paths.price"] as Float64Array).map(log));
  for (const run of [one, two]) expect(Math.abs(spread(run) / 0.04 - 1)).toBeLessThan(4 * Math.sqrt(2 / 2000) + 0.02);
});

// Before the run: four standard errors of the paths, and for the Euler scheme of weak order one a bias of 0.02 with 252 steps (0.2 % of the price).
test.each([
  { strike: 100 },
  { strike: 80, rate: 0.05 },
  { strike: 120, maturity: 2, substeps: 504 },
  { correlation: 0.5, volatility: 0.5 },
])("paths price a call as the characteristic function does: %j", (changes) => {
  const params = { paths: 20_000, ...changes };
  const { metric, call, callError, forwardError } = expired(params);
  const truth = heston.truth!(resolveParams(heston, params)) as { call: number; forward: number };
  expect(metric("call")).toBeCloseTo(call, 9);
  expect(Math.abs(call - truth.call)).toBeLessThan(4 * callError + 0.02);
  // Given the variance, a step of the price is exactly lognormal: no bias at all.
  expect(Math.abs(metric("forward") - truth.forward)).toBeLessThan(4 * forwardError);
});

test("few substeps misprice: the bias is one of the scheme, and more of them take it away", () => {
  const params = {
    paths: 20_000,
    volatility: 1,
    meanVariance: 0.09,
    variance: 0.09,
    meanReversion: 1,
    correlation: -0.9,
  };
  const { call: theory } = heston.truth!(resolveParams(heston, params)) as { call: number };
  const [coarse, fine] = [2, 128].map((substeps) => expired({ ...params, substeps }));
  expect(Math.abs(coarse.call - theory)).toBeGreaterThan(6 * coarse.callError);
  expect(Math.abs(fine.call - theory)).toBeLessThan(Math.abs(coarse.call - theory) / 4);
});

test("the contract of economies holds", () => {
  expect(checkEconomy(heston, { params: { paths: 60, substeps: 3 }, periods: 10 }).filter(({ pass }) => !pass)).toEqual(
    [],
  );
});
