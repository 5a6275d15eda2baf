import { expect, test } from "vitest";
import { gaussLegendre, log, normalDensity } from "../../math/index.ts";
import { seedStream } from "../../random/index.ts";
import { expectedImprovement, logExpectedImprovement } from "./expected-improvement.ts";
import { fitGaussianProcess, gaussianProcess, logPosterior } from "./gaussian-process.ts";

const points = Float64Array.of(0.1, 0.2, 0.5, 0.9, 0.8, 0.3, 0.35, 0.6);
const values = Float64Array.of(1, -2, 0.5, 3);
const φ = Float64Array.of(0.3, 0.7, 1.4, 0.05).map(log);

test("posterior and likelihood of four points are numpy's", () => {
  // numpy 2.4.6: the textbook formulas with np.linalg.solve and slogdet
  const process = gaussianProcess(points, values, 2, φ);
  const { mean, sd } = process.predict([0.4, 0.5]);
  expect(mean).toBeCloseTo(2.4538538047324137, 12);
  expect(sd).toBeCloseTo(0.6497628592273922, 12);
  expect(process.logLikelihood).toBeCloseTo(-9.15637901437453, 12);
});

test("the gradient of the posterior of hyperparameters is its finite difference", () => {
  const out = new Float64Array(4);
  const gradient = new Float64Array(4);
  const y = values.map((value) => (value - 0.6) / 1.8);
  logPosterior(points, y, 2, φ, gradient);
  for (let k = 0; k < 4; k++) {
    const at = (step: number) => {
      const moved = φ.slice();
      moved[k] += step;
      return logPosterior(points, y, 2, moved, out);
    };
    expect((at(1e-5) - at(-1e-5)) / 2e-5).toBeCloseTo(gradient[k], 7);
  }
});

test("the gradients of posterior mean and deviation are their finite differences, also at a measured point's side", () => {
  const process = gaussianProcess(points, values, 2, φ);
  const gradient = new Float64Array(4);
  for (const x of [
    [0.4, 0.5],
    [0.101, 0.2],
    [0.9, 0.95],
  ]) {
    process.predict(x, gradient);
    const alone = new Float64Array(2);
    expect(process.mean(x, alone)).toBeCloseTo(process.predict(x).mean, 13);
    expect(alone[0]).toBeCloseTo(gradient[0], 12);
    expect(alone[1]).toBeCloseTo(gradient[1], 12);
    for (let k = 0; k < 2; k++) {
      const at = (step: number) => process.predict(x.map((v, j) => (j === k ? v + step : v)));
      const [up, down] = [at(1e-6), at(-1e-6)];
      expect((up.mean - down.mean) / 2e-6).toBeCloseTo(gradient[k], 6);
      expect((up.sd - down.sd) / 2e-6).toBeCloseTo(gradient[2 + k], 6);
    }
  }
});

test("without noise the posterior passes through the data; another measurement changes it as if it had been there from the start", () => {
  const exact = Float64Array.of(log(0.3), log(0.7), 0, log(1e-8));
  const process = gaussianProcess(points, values, 2, exact);
  for (let i = 0; i < 4; i++) {
    const { mean, sd } = process.predict(points.subarray(2 * i, 2 * i + 2));
    expect(mean).toBeCloseTo(values[i], 5);
    expect(sd).toBeLessThan(1e-3);
  }
  const others = Float64Array.of(3, 1, 4, 1);
  expect(process.retold(others).predict([0.4, 0.4])).toEqual(
    gaussianProcess(points, others, 2, exact).predict([0.4, 0.4]),
  );
  const more = process.with([0.9, 0.9], 1.5).predict([0.9, 0.9]);
  expect(more.mean).toBeCloseTo(1.5, 5);
});

test("a fit finds the noise and tells the dimension that matters from the one that does not", () => {
  const n = 60;
  const u = new Float64Array(2 * n);
  const noise = new Float64Array(n);
  const stream = seedStream(1);
  stream.fork("x").uniform(u, { lane: 0, period: 0, from: 0 });
  stream.fork("noise").normal(noise, { lane: 0, period: 0, from: 0 });
  const y = noise.map((z, i) => Math.sin(7 * u[2 * i]) + 0.2 * z);
  const process = fitGaussianProcess(u, y, 2);
  expect(process.noiseSd).toBeGreaterThan(0.14);
  expect(process.noiseSd).toBeLessThan(0.28);
  expect(process.lengthScales[1]).toBeGreaterThan(3 * process.lengthScales[0]);
  for (const x of [0.1, 0.4, 0.9]) expect(Math.abs(process.predict([x, 0.5]).mean - Math.sin(7 * x))).toBeLessThan(0.2);
});

test("equal points, equal values and a single point have a posterior", () => {
  expect(fitGaussianProcess(new Float64Array(12).fill(0.5), new Float64Array(6).fill(2), 2).predict([0, 0]).mean).toBe(
    2,
  );
  expect(fitGaussianProcess(Float64Array.of(0.3), Float64Array.of(7), 1).predict([0.3]).mean).toBeCloseTo(7, 12);
  const same = gaussianProcess(
    new Float64Array(20).fill(0.5),
    Float64Array.from({ length: 20 }, (_, i) => i),
    1,
    Float64Array.of(0, 0, log(1e-8)),
  );
  expect(same.predict([0.5]).mean).toBeCloseTo(9.5, 5);
});

test("expected improvement is the integral it stands for, and its logarithm goes on where it underflows", () => {
  const nodes = gaussLegendre(64);
  for (const [mean, sd, incumbent] of [
    [0.3, 0.8, 0.5],
    [-1, 0.5, 0.4],
    [2, 0.1, 1],
  ]) {
    const [low, high] = [Math.max(incumbent, mean - 10 * sd), mean + 10 * sd];
    let integral = 0;
    nodes.nodes.forEach((x, i) => {
      const f = low + ((high - low) * (x + 1)) / 2;
      integral += (nodes.weights[i] * (high - low) * (f - incumbent) * normalDensity((f - mean) / sd)) / (2 * sd);
    });
    expect(expectedImprovement(mean, sd, incumbent)).toBeCloseTo(integral, 10);
    expect(logExpectedImprovement(mean, sd, incumbent).value).toBeCloseTo(Math.log(integral), 9);
  }
  // mpmath 1.4.1, 60 digits: log(pdf(u) + u cdf(u)) at u = -40, -2000
  expect(logExpectedImprovement(-40, 1, 0).value).toBeCloseTo(-808.29856835662, 9);
  expect(logExpectedImprovement(-2000, 1, 0).value).toBeCloseTo(-2000016.1207442023, 6);
});

test("the derivatives of log expected improvement are its finite differences", () => {
  for (const mean of [-300, -8, -1.0001, -0.9999, 0, 3]) {
    const { byMean, bySd } = logExpectedImprovement(mean, 0.7, 0);
    const value = (m: number, s: number) => logExpectedImprovement(m, s, 0).value;
    const h = 1e-6;
    expect((value(mean + h, 0.7) - value(mean - h, 0.7)) / (2 * h) / byMean).toBeCloseTo(1, 4);
    expect((value(mean, 0.7 + h) - value(mean, 0.7 - h)) / (2 * h) / bySd).toBeCloseTo(1, 4);
  }
});
