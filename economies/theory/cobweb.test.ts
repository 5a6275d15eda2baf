// Held against an independent program (digits as printed there), against brute force, and against what equilibrium means.
import { expect, test } from "vitest";
import { findRoot, NotConverged } from "walras/math";
import { seedStream } from "walras/random";
import {
  type Cobweb,
  costLaw,
  costQuantiles,
  type Forecasting,
  feedbackSlope,
  naivePrices,
  rationalExpectationsPrice,
  regularisedCobweb,
} from "./cobweb.ts";

const market = (supplySlope: number, other: Partial<Forecasting> = {}): Forecasting => ({
  demandIntercept: 13.8,
  demandSlope: 1.5,
  supplySlope,
  inflection: 6,
  producers: 6,
  noiseSd: 0.5,
  forecastLow: 0,
  forecastHigh: 10,
  forecasts: 201,
  rewardMax: 1300,
  rewardSlope: 260,
  ...other,
});

test.each([
  [0.22, 5.573885844, -0.87231152],
  [0.5, 5.7322748267, -1.96458544],
  [2, 5.9102656299, -7.74776137],
])("ψ %d: the rational-expectations price and the slope of the feedback there", (ψ, price, slope) => {
  const p = rationalExpectationsPrice(market(ψ));
  expect(p).toBeCloseTo(price, 9);
  expect(feedbackSlope(market(ψ), p)).toBeCloseTo(slope, 7);
});

test("the price needs the sum of supplies and the right inflection: the values of two misreadings are others", () => {
  const mean = (c: Cobweb) => rationalExpectationsPrice({ ...c, producers: 1 });
  expect(mean(market(0.22))).toBeCloseTo(8.230184, 6);
  expect(mean(market(2))).toBeCloseTo(7.867426, 6);
  expect(rationalExpectationsPrice(market(2, { inflection: 0 }))).toBeCloseTo(1.252924, 6);
});

test("naive expectations settle where the feedback is weak, and jump between two prices where it is strong", () => {
  const [low, high] = naivePrices(market(0.22));
  expect(low).toBeCloseTo(5.573885844, 8);
  expect(high).toBeCloseTo(5.573885844, 8);
  const weak = naivePrices(market(0.5));
  expect(weak[0]).toBeCloseTo(1.5421073, 8);
  expect(weak[1]).toBeCloseTo(9.10836769, 8);
  const strong = naivePrices(market(2));
  expect(strong[0]).toBeCloseTo(1.20002209, 8);
  expect(strong[1]).toBeCloseTo(9.19999996, 8);
});

// The reference put supplies on a grid, and is good to 5e-6.
test.each([
  [10, [5.573786, 0.251859], [5.732107, 0.257005], [5.912067, 0.28677]],
  [50, [5.573386, 0.259273], [5.731393, 0.284759], [5.918346, 0.437816]],
  [100, [5.572881, 0.268683], [5.730373, 0.319759], [5.920914, 0.651868]],
  [200, [5.574365, 0.299187], [5.72971, 0.424893], [5.895145, 1.284977]],
  [300, [5.587319, 0.371439], [5.738457, 0.647553], [5.869712, 1.822432]],
  [500, [5.632508, 0.546676], [5.775633, 1.089893], [5.866818, 2.206381]],
  [1000, [5.710523, 0.751796], [5.846779, 1.472276], [5.897773, 2.414368]],
  [1e6, [5.834967, 0.946884], [5.983665, 1.773843], [5.995864, 2.545631]],
])("λ %d: mean and variance of the price in the three treatments", (λ, ...references) => {
  references.forEach(([mean, variance], treatment) => {
    const price = regularisedCobweb(market([0.22, 0.5, 2][treatment]), [λ]);
    expect(Math.abs(price.mean - mean)).toBeLessThan(5e-6);
    expect(Math.abs(price.variance - variance)).toBeLessThan(5e-6);
  });
});

test("forecasts are the logit of their payoffs, which simulated rivals pay", () => {
  const c = market(2);
  const λ = 200;
  const { grid, forecasts, payoffs } = regularisedCobweb(c, [λ]);
  const weights = payoffs.map((u) => Math.exp((u - Math.max(...payoffs)) / λ));
  const total = weights.reduce((a, b) => a + b);
  forecasts.forEach((share, j) => {
    expect(Math.abs(share - weights[j] / total)).toBeLessThan(1e-11);
  });
  // Five rivals draw from the same law; what forecasting 5, 6 and 7 pays against them
  const stream = seedStream(1).fork("rivals");
  const uniform = new Float64Array(5);
  const noise = new Float64Array(1);
  const tried = [100, 120, 140];
  const n = 40_000;
  const sums = [0, 0, 0];
  for (let t = 0; t < n; t++) {
    stream.uniform(uniform, { lane: 0, period: t, from: 0 });
    stream.normal(noise, { lane: 0, period: t, from: 0 });
    let supplied = 0;
    for (const u of uniform) {
      let j = 0;
      for (let rest = u; j < 200 && rest >= forecasts[j]; j++) rest -= forecasts[j];
      supplied += Math.tanh(2 * (grid[j] - 6)) + 1;
    }
    tried.forEach((j, k) => {
      const price = (13.8 - supplied - Math.tanh(2 * (grid[j] - 6)) - 1) / 1.5 + 0.5 * noise[0];
      sums[k] += Math.max(0, 1300 - 260 * (price - grid[j]) ** 2);
    });
  }
  tried.forEach((j, k) => {
    expect(Math.abs(sums[k] / n - payoffs[j])).toBeLessThan((4 * 520) / Math.sqrt(n));
  });
});

test("the histogram has the mass, the mean and the variance of the price", () => {
  const price = regularisedCobweb(market(2), [300]);
  const mass = price.histogram(-2, 13, 3000);
  const at = (k: number): number => -2 + (k + 0.5) * 0.005;
  expect(mass.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
  expect(mass.reduce((sum, m, k) => sum + m * at(k), 0)).toBeCloseTo(price.mean, 5);
  expect(mass.reduce((sum, m, k) => sum + m * (at(k) - price.mean) ** 2, 0)).toBeCloseTo(price.variance, 4);
});

test("costs that differ: one cost for all is the law without deviation, and quantiles are those of a normal that is cut off", () => {
  const one = regularisedCobweb(market(2), [200]);
  const many = regularisedCobweb(market(2), costQuantiles(200, 1e-9));
  expect(many.variance).toBeCloseTo(one.variance, 8);
  const costs = costQuantiles(100, 100, 20_000);
  expect(costs[0]).toBeGreaterThanOrEqual(0);
  // E[X | X ≥ 0] = μ + σ φ(1)/Φ(1)
  expect(costs.reduce((a, b) => a + b) / 20_000).toBeCloseTo(100 + 100 * (0.24197072451914337 / 0.8413447460685429), 2);
  expect(costLaw(0, 100)(0.5)).toBeCloseTo(67.4489750196, 6); // the median of |N(0, 100²)|
  expect(costLaw(1000, 100)(0.5)).toBeCloseTo(1000, 9);
});

test("prices that settle too slowly, noise too fine for the series and replies that go in circles are errors with residuals", () => {
  const slope = (ψ: number): number => feedbackSlope(market(ψ), rationalExpectationsPrice(market(ψ)));
  const neutral = findRoot((ψ) => slope(ψ) + 1, 0.22, 0.5);
  expect(() => naivePrices(market(neutral + 1e-7))).toThrow(
    /^naivePrices: ends with a residual of .*feedbackSlope is near −1/,
  );
  const costs = Float64Array.of(1);
  expect(() => regularisedCobweb(market(2, { noiseSd: 1e-4 }), costs)).toThrow(
    /^regularisedCobweb: ends with a residual of .* Series of 2000 frequencies do not resolve noise of 0\.0001/,
  );
  expect(() => regularisedCobweb(market(20, { producers: 60, forecasts: 31 }), Float64Array.of(1e-3))).toThrow(
    NotConverged,
  );
});
