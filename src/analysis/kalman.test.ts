// Reference values of the local level and of constant velocity, several observations, and ones that are missing.
import { expect, test } from "vitest";
import { constantVelocity, kalmanFilter, localLevel, predict, type StateSpace, update } from "./index.ts";

const belief = (mean: number[], covariance: number[]) => ({
  mean: Float64Array.from(mean),
  covariance: Float64Array.from(covariance),
});

test("local level: the run of six, and the steady state of drift .1 and noise 1", () => {
  const model = localLevel({ drift: 0.1, noise: 1 });
  const run = kalmanFilter(model, belief([0], [1]), [[1.2], [0.9], [1.5], [1.1], [2], [1.7]]);
  const levels = [0.6285714286, 0.7328445748, 0.9831061055, 1.0180393732, 1.2980208993, 1.409788575];
  const gains = [0.5238095238, 0.3841642229, 0.3262201146, 0.2988459567, 0.2851250024, 0.2780434991];
  for (const [k, { mean, gain }] of run.entries()) {
    expect(mean[0]).toBeCloseTo(levels[k], 9);
    expect(gain[0]).toBeCloseTo(gains[k], 9);
  }
  const long = kalmanFilter(model, belief([0], [1]), Array<number[]>(200).fill([0]));
  const [last] = long.slice(-1);
  expect(predict(model, last).covariance[0]).toBeCloseTo(0.3701562119, 10);
  expect(last.gain[0]).toBeCloseTo(0.2701562119, 10);
});

test("constant velocity: covariance and gain of the reference", () => {
  const model = constantVelocity({ step: 1, acceleration: 0.01, noise: 1 });
  expect(Array.from(model.processNoise)).toEqual([0.0025, 0.005, 0.005, 0.01]);
  // predicted [[.5625, .125], [.125, .05]]: K = (.5625, .125)/1.5625
  const first = { mean: Float64Array.of(0, 0), covariance: Float64Array.of(0.5625, 0.125, 0.125, 0.05) };
  const { gain } = update(model, first, [1]);
  expect([...gain]).toEqual([expect.closeTo(0.36, 12), expect.closeTo(0.08, 12)]);
  // and it is the stationary one
  let state: { mean: Float64Array; covariance: Float64Array } = first;
  for (let k = 0; k < 400; k++) state = update(model, predict(model, state), [0]);
  for (const [k, x] of [0.5625, 0.125, 0.125, 0.05].entries())
    expect(predict(model, state).covariance[k]).toBeCloseTo(x, 9);
  // other steps: Q = q Δ²[[Δ²/4, Δ/2], [Δ/2, 1]]
  expect(Array.from(constantVelocity({ step: 2, acceleration: 3, noise: 1 }).processNoise)).toEqual([12, 12, 12, 12]);
});

// two observations of two states that lean on each other
const model: StateSpace = {
  transition: [0.9, 0.2, -0.1, 0.8],
  observation: [1, 0.5, 0, 2],
  processNoise: [0.2, 0.05, 0.05, 0.1],
  observationNoise: [0.5, 0, 0, 0.7],
};
const prior = belief([0.3, -0.4], [1, 0.2, 0.2, 0.5]);

test("two observations with independent noise are the same at once or one after the other, likelihood too", () => {
  const both = update(model, prior, [1.1, -0.6]);
  const first = update(model, prior, [1.1, Number.NaN]);
  const second = update(model, first, [Number.NaN, -0.6]);
  for (const name of ["mean", "covariance"] as const)
    for (const [k, x] of both[name].entries()) expect(second[name][k]).toBeCloseTo(x, 12);
  expect(first.logLikelihood + second.logLikelihood).toBeCloseTo(both.logLikelihood, 12);
  // of one normal observation: variance 1 + .2 + .125 + .5, mean .1
  expect(first.logLikelihood).toBeCloseTo(-0.5 * (Math.log(2 * Math.PI * 1.825) + 1 / 1.825), 12);
  expect([...first.innovation]).toEqual([expect.closeTo(1, 12), Number.NaN]);
  expect([first.gain[1], first.gain[3]]).toEqual([0, 0]);
});

test("nothing seen leaves the prediction, and covariances stay symmetric and shrink", () => {
  const none = update(model, prior, [Number.NaN, Number.NaN]);
  expect([...none.mean, ...none.covariance, none.logLikelihood]).toEqual([...prior.mean, ...prior.covariance, 0]);
  const next = predict(model, prior);
  expect([...next.mean]).toEqual([expect.closeTo(0.19, 12), expect.closeTo(-0.35, 12)]);
  // .9² + 2·.9·.2·.2 + .2²·.5 + .2
  expect(next.covariance[0]).toBeCloseTo(1.102, 12);
  expect(next.covariance[1]).toBeCloseTo(next.covariance[2], 14);
  const seen = update(model, next, [0, 0]);
  expect(seen.covariance[0]).toBeLessThan(next.covariance[0]);
  expect(seen.covariance[1]).toBeCloseTo(seen.covariance[2], 14);
});

test("matrices that do not fit are refused", () => {
  expect(() => predict({ ...model, processNoise: [1] }, prior)).toThrow("have 4, 1, 4 and 4 entries");
  expect(() => update(model, prior, [1])).toThrow("got 1 observations, expected 2");
  expect(() => update({ ...model, observationNoise: [-9, 0, 0, -9] }, prior, [1, 1])).toThrow("not positive definite");
});
