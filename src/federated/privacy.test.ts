// Against Google's accountant (dp-accounting 0.6.0; bench/peers/privacy_cases.py), and against what TensorFlow Privacy's tutorial publishes for MNIST.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { noiseFor, privacySpent, renyiDivergence } from "./index.ts";

const recorded: {
  readonly divergences: readonly (readonly [order: number, noise: number, sampling: number, divergence: number])[];
  /** ε by whole orders as ours, and by fractional ones, too. */
  readonly spent: readonly (readonly [
    noise: number,
    sampling: number,
    rounds: number,
    delta: number,
    whole: number,
    fractional: number,
  ])[];
} = JSON.parse(readFileSync(new URL("../../test/fixtures/peers/privacy.json", import.meta.url), "utf8"));

test("Rényi divergences of sampled noise are those of dp-accounting", () => {
  expect(recorded.divergences.length).toBe(48);
  for (const [order, noise, sampling, divergence] of recorded.divergences)
    expect(Math.abs(renyiDivergence(order, noise, sampling) - divergence)).toBeLessThan(1e-10 + 1e-10 * divergence);
});

test("ε is dp-accounting's at the same orders, and an upper bound of that at fractional ones: within a tenth where it is below 10", () => {
  for (const [noise, sampling, rounds, delta, whole, fractional] of recorded.spent) {
    const { epsilon } = privacySpent({ noise, sampling, rounds }, { delta });
    expect(Math.abs(epsilon - whole)).toBeLessThan(1e-9 * (1 + whole));
    expect(epsilon).toBeGreaterThanOrEqual(fractional * (1 - 1e-9));
    if (epsilon < 10) expect(epsilon).toBeLessThanOrEqual(1.1 * fractional);
  }
});

test("TensorFlow Privacy's table for MNIST, δ = 1e-5, batches of 256 among 60 000: ε of 1.19, 3.01 and 7.10", () => {
  const spent = (noise: number, epochs: number) =>
    privacySpent(
      { noise, sampling: 256 / 60_000, rounds: Math.floor((epochs * 60_000) / 256) },
      { delta: 1e-5, conversion: "classic" },
    ).epsilon;
  expect(spent(1.3, 15)).toBeCloseTo(1.19, 2);
  expect(spent(1.1, 60)).toBeCloseTo(3.01, 2);
  expect(spent(0.7, 45) / 7.1).toBeCloseTo(1, 2); // 7.12 by whole orders
});

test("limits: everybody takes part, nobody does, no noise, no round", () => {
  expect(renyiDivergence(2.5, 2)).toBe(2.5 / 8);
  expect(renyiDivergence(3, 2, 0)).toBe(0);
  expect(renyiDivergence(3, 0, 0.5)).toBe(Infinity);
  // a large share of participants is nearly all
  expect(renyiDivergence(4, 2, 1 - 1e-9)).toBeCloseTo(renyiDivergence(4, 2), 7);
  expect(privacySpent({ noise: 1, rounds: 0 }, { delta: 1e-3 }).epsilon).toBe(0);
  expect(privacySpent({ noise: 0, rounds: 1 }, { delta: 1e-3 }).epsilon).toBe(Infinity);
  // One Gaussian sum, by the order that is best among all: α/(2σ²) + classic term is least at α = 1 + σ√(2 ln 1/δ)
  const [σ, delta] = [3, 1e-5];
  const exact = 1 / (2 * σ * σ) + Math.sqrt(2 * Math.log(1 / delta)) / σ;
  const { epsilon } = privacySpent({ noise: σ, rounds: 1 }, { delta, conversion: "classic" });
  expect(epsilon).toBeGreaterThanOrEqual(exact);
  expect(epsilon).toBeLessThan(exact * 1.001);
});

test("orders, shares, δ and rounds that are none are refused", () => {
  expect(() => renyiDivergence(1, 1)).toThrow("got order 1, expected a number above 1");
  expect(() => renyiDivergence(2.5, 1, 0.5)).toThrow("got order 2.5, expected an integer from 2 on");
  for (const sampling of [-0.1, 1.1]) expect(() => renyiDivergence(2, 1, sampling)).toThrow(`got sampling ${sampling}`);
  for (const delta of [0, 1]) expect(() => privacySpent({ noise: 1, rounds: 1 }, { delta })).toThrow(`delta ${delta}`);
  for (const rounds of [-1, 0.5])
    expect(() => privacySpent({ noise: 1, rounds }, { delta: 0.1 })).toThrow(`got ${rounds} rounds`);
  for (const epsilon of [0, Infinity])
    expect(() => noiseFor(epsilon, { rounds: 1 }, { delta: 0.1 })).toThrow(`got epsilon ${epsilon}`);
});

test("the noise that is found spends the ε that was asked for", () => {
  for (const epsilon of [0.3, 2, 20]) {
    const spent = { sampling: 0.2, rounds: 50 };
    const noise = noiseFor(epsilon, spent, { delta: 1e-4 });
    expect(privacySpent({ noise, ...spent }, { delta: 1e-4 }).epsilon).toBeCloseTo(epsilon, 9);
  }
});
