// Schemes and exact steps of price processes against moments in closed form. Expectations over one step are integrals over its normal draw, so that errors of
// many steps follow without sampling.
import { expect, test } from "vitest";
import { gaussHermite } from "../../math/index.ts";
import { autocorrelation, excessKurtosis } from "../../metrics/index.ts";
import { seedStream } from "../../random/index.ts";
import {
  coxIngersollRoss,
  eulerMaruyama,
  garchMoments,
  garchVariance,
  geometricBrownianMotion,
  type ItoProcess,
  mertonJumps,
  milstein,
  ornsteinUhlenbeck,
  poissonCount,
} from "./price-process.ts";

const { nodes, weights } = gaussHermite(40);
/** E f(z), z standard normal. */
const expectation = (f: (z: number) => number): number =>
  nodes.reduce((sum, x, i) => sum + weights[i] * f(Math.SQRT2 * x), 0) / weights.reduce((a, b) => a + b, 0);

const gbm = geometricBrownianMotion({ drift: 0.05, volatility: 0.2 });
const ou = ornsteinUhlenbeck({ rate: 2, level: 1, volatility: 0.3 });

type Step = (x: number, dt: number, z: number) => number;
const scheme =
  (of: typeof milstein, process: ItoProcess): Step =>
  (x, dt, z) =>
    of(process, x, dt, z);

test("geometric Brownian motion after a year: mean, variance, and the median where z is 0", () => {
  const { mean, variance } = gbm.moments(1, 1);
  expect(mean).toBeCloseTo(1.0512710964, 10);
  expect(variance).toBeCloseTo(0.0451028808, 10);
  expect(gbm.step(1, 1, 0)).toBeCloseTo(1.030454534, 10);
  expect(expectation((z) => gbm.step(1, 1, z))).toBeCloseTo(mean, 12);
  expect(expectation((z) => (gbm.step(1, 1, z) - mean) ** 2)).toBeCloseTo(variance, 12);
  // two halves along one path are the whole
  expect(gbm.step(gbm.step(3, 0.5, 0.7), 0.5, -1.1)).toBeCloseTo(gbm.step(3, 1, (0.7 - 1.1) / Math.SQRT2), 12);
});

test("an Ornstein–Uhlenbeck process has the mean and variance of its law after any time, in one step or in many", () => {
  for (const [time, mean, variance] of [
    [0.5, 0.8160602794, 0.0194549561],
    [1, 0.9323323584, 0.0220878981],
    [50, 1, 0.0225],
  ]) {
    const law = ou.moments(0.5, time);
    expect(law.mean).toBeCloseTo(mean, 10);
    expect(law.variance).toBeCloseTo(variance, 10);
    expect(expectation((z) => ou.step(0.5, time, z))).toBeCloseTo(mean, 9);
    // ten steps: mean by steps without noise, variance by v′ = a² v + b²
    const dt = time / 10;
    const a = ou.step(1, dt, 0) - ou.step(0, dt, 0);
    const b = ou.step(0, dt, 1) - ou.step(0, dt, 0);
    let [x, v] = [0.5, 0];
    for (let n = 0; n < 10; n++) [x, v] = [ou.step(x, dt, 0), a * a * v + b * b];
    expect(x).toBeCloseTo(mean, 9);
    expect(v).toBeCloseTo(variance, 9);
  }
});

test("Euler's steps of an Ornstein–Uhlenbeck process settle at a variance of σ² dt/(1 − (1 − k dt)²)", () => {
  for (const [dt, variance] of [
    [0.1, 0.025],
    [0.05, 0.0236842105],
    [0.01, 0.0227272727],
  ]) {
    const step = scheme(eulerMaruyama, ou);
    const a = step(1, dt, 0) - step(0, dt, 0);
    const b = step(0, dt, 1) - step(0, dt, 0);
    expect((b * b) / (1 - a * a)).toBeCloseTo(variance, 10);
    expect(milstein(ou, 0.4, dt, 1.3)).toBe(eulerMaruyama(ou, 0.4, dt, 1.3)); // σ is constant
  }
});

/** √E (X_n − X_T)² of n steps over T = 1 from 1, by moments of one step: both are products of independent factors. */
function strongError(step: Step, n: number): number {
  const own = expectation((z) => step(1, 1 / n, z) ** 2);
  const exact = expectation((z) => gbm.step(1, 1 / n, z) ** 2);
  const both = expectation((z) => step(1, 1 / n, z) * gbm.step(1, 1 / n, z));
  return Math.sqrt(own ** n + exact ** n - 2 * both ** n);
}

test("strong errors over geometric Brownian motion are of order ½ by Euler–Maruyama and of order 1 by Milstein", () => {
  const known = [
    [1, 3.16672e-2, 1.09898e-2],
    [4, 1.53658e-2, 2.89794e-3],
    [16, 7.60971e-3, 7.34605e-4],
    [64, 3.79517e-3, 1.84296e-4],
    [256, 1.89636e-3, 4.61144e-5], // the last by mpmath 1.3 with 40 digits; 4.61148e-5 where doubles cancel
  ];
  for (const [n, euler, higher] of known) {
    expect(strongError(scheme(eulerMaruyama, gbm), n) / euler).toBeCloseTo(1, 5);
    expect(strongError(scheme(milstein, gbm), n) / higher).toBeCloseTo(1, 5);
  }
});

test("the mean by either scheme errs with order 1", () => {
  const known = { 1: -1.2711e-3, 2: -6.46096e-4, 4: -3.25759e-4, 8: -1.63567e-4, 16: -8.19567e-5 };
  for (const [n, error] of Object.entries(known))
    for (const of of [eulerMaruyama, milstein]) {
      const factor = expectation((z) => of(gbm, 1, 1 / Number(n), z));
      expect((factor ** Number(n) - gbm.moments(1, 1).mean) / error).toBeCloseTo(1, 5);
    }
});

test("along sampled paths Milstein's error is that of its law, and a quarter of the steps make it four times as large", () => {
  const rng = seedStream(11).fork("path");
  const [paths, n] = [2000, 16];
  const errors = { fine: 0, coarse: 0 };
  const z = new Float64Array(n);
  for (let k = 0; k < paths; k++) {
    rng.normal(z, { lane: k, period: 0, from: 0 });
    let [fine, coarse, exact] = [1, 1, 1];
    for (let t = 0; t < n; t++) [fine, exact] = [milstein(gbm, fine, 1 / n, z[t]), gbm.step(exact, 1 / n, z[t])];
    for (let t = 0; t < n; t += 4) coarse = milstein(gbm, coarse, 4 / n, (z[t] + z[t + 1] + z[t + 2] + z[t + 3]) / 2);
    errors.fine += (fine - exact) ** 2 / paths;
    errors.coarse += (coarse - exact) ** 2 / paths;
  }
  // a squared error's own sd is below 3 times its mean: 4 s.e. of 2000 are 0.27 of the mean square, 0.14 of its root
  expect(Math.abs(Math.sqrt(errors.fine) / 7.34605e-4 - 1)).toBeLessThan(0.14);
  expect(Math.abs(Math.sqrt(errors.coarse) / 2.89794e-3 - 1)).toBeLessThan(0.14);
});

test("a square-root process has its variance after a year, schemes agree with its moments to their order, and come back from below 0", () => {
  const cir = coxIngersollRoss({ rate: 2, level: 0.04, volatility: 0.3 });
  const law = cir.moments(0.04, 1);
  expect(law.mean).toBe(0.04);
  expect(law.variance).toBeCloseTo(0.0008835159, 10);
  expect(cir.moments(0.09, 0).variance).toBe(0);
  const dt = 1e-4;
  const after = cir.moments(0.09, dt);
  expect(expectation((z) => milstein(cir, 0.09, dt, z))).toBeCloseTo(after.mean, 8);
  expect(expectation((z) => (eulerMaruyama(cir, 0.09, dt, z) - after.mean) ** 2) / after.variance).toBeCloseTo(1, 3);
  expect(milstein(cir, -0.01, 0.1, 3)).toBeCloseTo(-0.01 + 0.1 * 2 * 0.04, 15);
});

/** P(N = n), and a uniform draw in the middle of it. */
function poissonLaw(mean: number): { n: number; share: number; u: number }[] {
  const law: { n: number; share: number; u: number }[] = [];
  let [share, below] = [Math.exp(-mean), 0];
  for (let n = 0; n < 2 * mean + 20; n++) {
    law.push({ n, share, u: below + share / 2 });
    below += share;
    share *= mean / (n + 1);
  }
  return law;
}

test("a price with jumps has the moments of its law, as an integral over its draws and of its own closed form", () => {
  const [drift, volatility, intensity, jumpMean, jumpSd] = [0.05, 0.2, 1.5, -0.1, 0.15];
  const merton = mertonJumps({ drift, volatility, intensity, jumpMean, jumpSd });
  for (const [x, dt] of [
    [1, 1],
    [3, 0.25],
  ] as const) {
    const over = (f: (value: number) => number) =>
      poissonLaw(intensity * dt).reduce(
        (sum, { share, u }) =>
          sum + share * expectation((z) => expectation((jump) => f(merton.step(x, dt, z, u, jump)))),
        0,
      );
    const { mean, variance } = merton.moments(x, dt);
    // Written as Merton does: the drift that makes up for jumps is m − λ k.
    const k = Math.exp(jumpMean + jumpSd ** 2 / 2) - 1;
    expect(mean).toBeCloseTo(x * Math.exp((drift + intensity * k) * dt), 12);
    expect(over((value) => value)).toBeCloseTo(mean, 10);
    expect(over((value) => (value - mean) ** 2)).toBeCloseTo(variance, 9);
  }
  const calm = mertonJumps({ drift: 0.05, volatility: 0.2, intensity: 0, jumpMean, jumpSd });
  expect(calm.step(2, 1, 0.3, 0.999, 5)).toBe(
    geometricBrownianMotion({ drift: 0.05, volatility: 0.2 }).step(2, 1, 0.3),
  );
  expect(calm.moments(1, 1).variance).toBeCloseTo(0.0451028808, 10);
});

test("Poisson's counts are those whose share of [0, 1) a uniform draw falls into", () => {
  for (const mean of [0.1, 3, 20])
    for (const { n, share, u } of poissonLaw(mean)) if (share > 1e-12) expect(poissonCount(mean, u)).toBe(n);
  expect(poissonCount(0, 0.999)).toBe(0);
  expect(poissonCount(700, 0.5)).toBe(700); // the median of a whole mean
  expect(poissonCount(1, 1 - 2 ** -53)).toBeLessThan(200);
  expect(() => poissonCount(701, 0.5)).toThrow("poissonCount: the mean is 701, expected 0 to 700.");
  expect(() => mertonJumps({ drift: 0, volatility: 1, intensity: -1, jumpMean: 0, jumpSd: 0 })).toThrow(
    "got intensity -1",
  );
});

test("GARCH returns have the moments of their law, in formulas and in a sample", () => {
  const garch = { constant: 0.05, reaction: 0.1, persistence: 0.85 };
  const { variance, kurtosis, squareAutocorrelation, decay } = garchMoments(garch);
  expect(variance).toBeCloseTo(1, 12);
  expect(kurtosis).toBeCloseTo(3.77419355, 8);
  expect(squareAutocorrelation).toBeCloseTo(0.17906977, 8);
  expect(decay).toBeCloseTo(0.95, 14);
  expect(garchMoments({ constant: 1, reaction: 0.6, persistence: 0.3 }).kurtosis).toBe(Infinity);
  // without persistence an ARCH: ρ₁ = α, κ = 3 (1 − α²)/(1 − 3α²)
  expect(garchMoments({ constant: 1, reaction: 0.3, persistence: 0 }).squareAutocorrelation).toBeCloseTo(0.3, 14);
  const n = 40_000;
  const z = new Float64Array(n);
  seedStream(4).fork("garch").normal(z, { lane: 0, period: 0, from: 0 });
  let [r, v] = [0, 1];
  const returns = z.map((draw) => {
    v = garchVariance(garch, r, v);
    r = Math.sqrt(v) * draw;
    return r;
  });
  // Sampling errors of fourth moments under GARCH, from 100 samples of this length with seeds from 1001: sd of kurtosis 0.22, of ρ₁(r²) 0.018
  expect(Math.abs(excessKurtosis(returns) + 3 - kurtosis)).toBeLessThan(4 * 0.22);
  expect(
    Math.abs(
      autocorrelation(
        returns.map((x) => x * x),
        1,
      ) - squareAutocorrelation,
    ),
  ).toBeLessThan(4 * 0.018);
});

test("processes outside their ranges are refused by name", () => {
  expect(() => geometricBrownianMotion({ drift: Number.NaN, volatility: 1 })).toThrow(
    "geometricBrownianMotion: got drift NaN, expected a finite number.",
  );
  expect(() => geometricBrownianMotion({ drift: 0, volatility: -1 })).toThrow("got volatility -1, expected 0 or more.");
  for (const of of [ornsteinUhlenbeck, coxIngersollRoss])
    expect(() => of({ rate: 0, level: 1, volatility: 1 })).toThrow("got rate 0, expected a number above 0.");
  expect(() => garchMoments({ constant: 1, reaction: 0.5, persistence: 0.5 })).toThrow("with a sum below 1.");
});
