// Heston's call against published values, Black and Scholes' limit, parity of moments, and a bound by arbitrage.
import { expect, test } from "vitest";
import { exp, log, NotConverged, normalCdf } from "walras/math";
import { type Heston, hestonCall, hestonDensity } from "./heston.ts";

// Fang & Oosterlee 2008, SIAM Journal on Scientific Computing 31, 826, table 6 and 7: the reference values of the COS paper
const published: Heston = {
  price: 100,
  variance: 0.0175,
  meanReversion: 1.5768,
  meanVariance: 0.0398,
  volatility: 0.5751,
  correlation: -0.5711,
  rate: 0,
};

test.each([
  [1, 5.78515545],
  [10, 22.318945791],
])("a call of %d years has the published price %d", (maturity, price) => {
  const ours = hestonCall(published, 100, maturity);
  expect(Math.abs(ours.price - price)).toBeLessThan(1e-7);
  expect(ours.residual).toBeLessThan(1e-9);
});

test.each([
  [80, 0.5, 0.03],
  [100, 1, 0],
  [130, 2, 0.05],
])("with hardly any volatility of variance it is Black and Scholes' price: strike %d, %d years, rate %d", (K, T, r) => {
  const call = hestonCall({ ...published, variance: 0.04, meanVariance: 0.04, volatility: 1e-6, rate: r }, K, T).price;
  const sd = 0.2 * Math.sqrt(T);
  const d = (log(100 / K) + r * T) / sd + sd / 2;
  expect(call).toBeCloseTo(100 * normalCdf(d) - K * exp(-r * T) * normalCdf(d - sd), 4);
});

test("prices fall and bend with the strike, and lie within the bounds of arbitrage", () => {
  const [r, T] = [0.04, 1.5];
  const price = (K: number) => hestonCall({ ...published, rate: r }, K, T).price;
  const strikes = [40, 70, 100, 130, 160];
  const prices = strikes.map(price);
  prices.forEach((c, j) => {
    expect(c).toBeGreaterThan(Math.max(0, 100 - strikes[j] * exp(-r * T)));
    if (j > 0) expect(c).toBeLessThan(prices[j - 1]);
    if (j > 1) expect(c - 2 * prices[j - 1] + prices[j - 2]).toBeGreaterThan(0);
  });
  // Homogeneous in price and strike.
  expect(hestonCall({ ...published, price: 200, rate: r }, 260, T).price).toBeCloseTo(2 * prices[3], 9);
});

test("where variance rises as prices fall, calls far above cost less and calls far below more", () => {
  const [falling, rising] = [-0.6, 0.6].map(
    (correlation) => (K: number) => hestonCall({ ...published, correlation }, K, 1).price,
  );
  expect(falling(140)).toBeLessThan(rising(140) - 0.1);
  expect(falling(70)).toBeGreaterThan(rising(70) + 0.1);
});

test("a claim without time or variance is refused with a residual", () => {
  expect(() => hestonCall(published, 100, 1e-9)).toThrow(NotConverged);
});

test("the density of prices integrates to 1, is a martingale's, and prices calls", () => {
  const [T, r] = [1.5, 0.03];
  const model = { ...published, rate: r };
  const h = 0.01;
  const x = Array.from({ length: 801 }, (_, k) => (k - 500) * h);
  const { density, residual } = hestonDensity(model, T, x);
  expect(residual).toBeLessThan(1e-7);
  const integral = (of: (x: number) => number) => x.reduce((sum, at, k) => sum + h * density[k] * of(at), 0);
  expect(integral(() => 1)).toBeCloseTo(1, 7);
  expect(integral(exp)).toBeCloseTo(1, 7);
  // K on the grid, where the payoff bends: there the sum errs by h²/12 times the density.
  const strike = 100 * exp(x[510] + r * T);
  const call = integral((at) => Math.max(0, 100 * exp(at) - 100 * exp(x[510])));
  expect(call).toBeCloseTo(hestonCall(model, strike, T).price, 2);
});

test("with hardly any volatility of variance the density is normal", () => {
  const model = { ...published, variance: 0.04, meanVariance: 0.04, volatility: 1e-5 };
  const x = [-0.3, -0.02, 0.11, 0.5];
  const { density } = hestonDensity(model, 1, x);
  x.forEach((at, k) => {
    const z = (at + 0.02) / 0.2;
    expect(density[k]).toBeCloseTo(exp((-z * z) / 2) / (0.2 * Math.sqrt(2 * Math.PI)), 4);
  });
});
