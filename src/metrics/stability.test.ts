// Lyapunov exponents of systems whose exponents are known, and the drift of an autoregression.
import { expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import {
  lyapunovDrift,
  lyapunovExponentOfMap,
  lyapunovExponentOfSeries,
  lyapunovExponentOfTrajectories,
} from "./index.ts";

const logisticMap = (r: number) => ({
  map: (x: number) => r * x * (1 - x),
  derivative: (x: number) => r * (1 - 2 * x),
  start: 0.1234,
});

/** x′ = 4 x (1 − x) from 0.1: the same bits in every language. */
function orbit(n: number): Float64Array {
  const x = new Float64Array(n);
  x[0] = 0.1;
  for (let t = 1; t < n; t++) x[t] = 4 * x[t - 1] * (1 - x[t - 1]);
  return x;
}

test("the logistic map has exponent ln 2 at r = 4, −0.8725 on its cycle of four at r = 3.5, and −∞ through its maximum", () => {
  // ln |f′(x)| = ln 2 + h(f(x)) − h(x): the average over n periods is off by h's range over n, h = ½ ln x(1 − x) as small as −20
  expect(Math.abs(lyapunovExponentOfMap(logisticMap(4)) - Math.LN2)).toBeLessThan(20 / 10_000);
  expect(lyapunovExponentOfMap(logisticMap(3.5))).toBeCloseTo(-0.87250735, 8);
  expect(lyapunovExponentOfMap({ ...logisticMap(2), start: 0.5, discard: 0, periods: 2 })).toBe(-Infinity);
  expect(() => lyapunovExponentOfMap({ ...logisticMap(5), discard: 0 })).toThrow(
    /in period \d+ the orbit is at -Infinity/,
  );
  expect(() => lyapunovExponentOfMap({ ...logisticMap(4), periods: 0 })).toThrow(
    "got periods 0, expected a whole number from 1.",
  );
});

test("two nearby trajectories have the exponent of a linear map, of Hénon's, and of an oscillator on common random numbers", () => {
  const exponent = lyapunovExponentOfTrajectories;
  const turn = (g: number) => (x: Float64Array) => [g * (0.6 * x[0] - 0.8 * x[1]), g * (0.8 * x[0] + 0.6 * x[1])];
  for (const g of [0.5, 1, 1.2])
    expect(exponent({ step: turn(g), start: [0, 0], periods: 50 })).toBeCloseTo(Math.log(g), 6);
  // Hénon 1.4, 0.3: 0.41922 (Sprott 2003, Chaos and Time-Series Analysis, p. 421); s.e. of 5000 periods below 0.01
  const henon = ([x, y]: Float64Array) => [1 - 1.4 * x * x + y, 0.3 * x];
  expect(Math.abs(exponent({ step: henon, start: [0.1, 0.1], periods: 5000 }) - 0.41922)).toBeLessThan(0.02);
  const noise = seedStream(1).fork("noise");
  const autoregression = ([x]: Float64Array, t: number) => [-0.9 * x + noise.normalAt(0, t, 0)];
  expect(exponent({ step: autoregression, start: [0] })).toBeCloseTo(Math.log(0.9), 6);
  expect(exponent({ step: () => [1], start: [0] })).toBe(-Infinity);
  expect(() => exponent({ step: () => [Number.NaN], start: [0] })).toThrow("period 0: value 0 is NaN");
  expect(() => exponent({ step: turn(1), start: [0, 0], distance: 0 })).toThrow(
    "got distance 0, expected a number above 0.",
  );
});

test("the exponent of a series is that of an independent program, and within a tenth of ln 2 for the logistic map", () => {
  // nolds 0.5.2, lyap_r(fit="poly"), which computes in single precision
  const x = orbit(400);
  const known = [
    [{ dimension: 1 }, 0.6906262806483674],
    [{ dimension: 2 }, 0.6910737242017475],
    [{ dimension: 3, delay: 2, apart: 4, steps: 3 }, 0.6683912754058843],
  ] as const;
  for (const [options, exponent] of known) {
    expect(Math.abs(lyapunovExponentOfSeries(x, options) - exponent)).toBeLessThan(1e-5);
    expect(Math.abs(exponent - Math.LN2)).toBeLessThan(0.1 * Math.LN2);
  }
  expect(() => lyapunovExponentOfSeries(x.subarray(0, 20))).toThrow("got 20 values, expected at least 33.");
  expect(() => lyapunovExponentOfSeries(new Float64Array(50))).toThrow("no two points of the series are at a distance");
  expect(() => lyapunovExponentOfSeries(x, { delay: 0 })).toThrow("got delay 0, expected a whole number from 1.");
});

test("the drift of an autoregression is −(1 − φ²) V + s²: exactly without noise, within its standard error with it", () => {
  const still = lyapunovDrift([5, 4, 3.5, 3.25, 3.125], 3);
  expect(still.rate).toBeCloseTo(0.75, 14);
  expect(still.noise).toBeCloseTo(0, 14);
  const away = lyapunovDrift([1, 2, 4, 8], 0);
  expect(away.rate).toBeCloseTo(-3, 14);
  expect(away.level).toBe(Infinity);
  const n = 40_000;
  const z = new Float64Array(n);
  seedStream(7).fork("noise").normal(z, { lane: 0, period: 0, from: 0 });
  let x = 0;
  const drift = lyapunovDrift(
    z.map((ε) => (x = 0.9 * x + 0.1 * ε)),
    0,
  );
  // V′ − V = −.19 V + .01 + e, e = 2 φ x s ε + s² (ε² − 1);  se² = E[(V − EV)² e²]/(n Var(V)²) with x normal, EV = s²/.19: 1.26²/n
  expect(Math.abs(drift.rate - 0.19)).toBeLessThan((4 * 1.26) / Math.sqrt(n));
  // mean of V: variance 2 EV² (1 + φ²)/(1 − φ²)/n
  const level = 0.0526315789;
  expect(Math.abs(drift.level - level)).toBeLessThan(4 * level * Math.sqrt((2 * 1.81) / 0.19 / n) + 1e-3);
  expect(() => lyapunovDrift([1, -1, 3], 0)).toThrow("(x − 0)² is 1 in every period but the last");
  expect(() => lyapunovDrift([1, 2, 3], Infinity)).toThrow("got a rest of Infinity");
});
