import { expect, test } from "vitest";
import { exchangeLaw } from "./money-exchange.ts";

const amounts = [0.01, 0.5, 1, 2, 5, 10, 100, 1000, 1e4, 1e5, 1e6];

test("the law sums to one and has the mean it was asked for, from a penny to a million per agent", () => {
  for (const m of amounts) {
    const { pmf, decay: r } = exchangeLaw(m);
    const K = pmf.length - 1;
    const tail = (pmf[K] * r) / (1 - r);
    const mass = pmf.reduce((sum, p) => sum + p, 0) + tail;
    const mean = pmf.reduce((sum, p, k) => sum + k * p, 0) + tail * (K + 1 / (1 - r));
    expect(Math.abs(mass - 1)).toBeLessThan(m < 1e5 ? 1e-11 : 1e-8);
    expect(Math.abs(mean / m - 1)).toBeLessThan(m < 1e5 ? 1e-10 : 1e-8);
  }
});

test("with one unit each, √2 − 1 of the agents have none", () => {
  const { pmf, payers } = exchangeLaw(1);
  expect(pmf[0]).toBeCloseTo(Math.SQRT2 - 1, 15);
  expect(payers).toBeCloseTo(2 - Math.SQRT2, 15);
});

// Third moments of x′ = x − 1{x>0} + A and of x agree, which gives E x² = (m(1 − ρ + ρ²) + ρ² − ⅔ρ³)/(1 − ρ).
test("the standard deviation is that of the queue M/D/1 seen at departures", () => {
  for (const m of amounts.filter((m) => m <= 1e4)) {
    const { payers: ρ, standardDeviation } = exchangeLaw(m);
    const second = (m * (1 - ρ + ρ * ρ) + ρ * ρ - (2 / 3) * ρ * ρ * ρ) / (1 - ρ);
    expect(Math.abs(standardDeviation / Math.sqrt(second - m * m) - 1)).toBeLessThan(1e-10);
  }
});

test("the Gini coefficient tends to ½ as money grows, and to 1 as it vanishes", () => {
  const distance = [10, 100, 1000, 1e4, 1e5, 1e6].map((m) => 0.5 - exchangeLaw(m).gini);
  for (let k = 1; k < distance.length; k++) expect(distance[k]).toBeLessThan(distance[k - 1]);
  expect(Math.abs(distance.at(-1)!)).toBeLessThan(1e-6);
  expect(exchangeLaw(0.01).gini).toBeGreaterThan(0.99);
});

test.each([0.5, 1, 3])("iterating the chain itself leads to the same law, m = %d", (m) => {
  const { pmf, decay, payers: ρ, gini } = exchangeLaw(m);
  const size = 120;
  const arrivals = [Math.exp(-ρ)];
  for (let k = 1; k < 40; k++) arrivals.push((arrivals[k - 1] * ρ) / k);
  let law = new Float64Array(size).fill(1 / size);
  for (let round = 0; round < 3000; round++) {
    const next = new Float64Array(size);
    for (let x = 0; x < size; x++) {
      const left = Math.max(0, x - 1);
      for (let a = 0; a < arrivals.length && left + a < size; a++) next[left + a] += law[x] * arrivals[a];
    }
    const mass = next.reduce((a, b) => a + b, 0);
    law = next.map((p) => p / mass);
  }
  const K = pmf.length - 1;
  const ours = (k: number): number => (k <= K ? pmf[k] : pmf[K] * decay ** (k - K));
  for (let k = 0; k < 60; k++) expect(Math.abs(ours(k) - law[k])).toBeLessThan(1e-10);
  // Gini = Σ_ij |i − j| p_i p_j / 2m
  let pairs = 0;
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) pairs += Math.abs(i - j) * law[i] * law[j];
  expect(gini).toBeCloseTo(pairs / (2 * m), 9);
});
