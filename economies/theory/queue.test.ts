import { expect, test } from "vitest";
import { doormanGain, individualThreshold, queueLaw, queueOutcome, socialThreshold } from "./queue.ts";

const queue = { arrivals: 0.8, service: 1, value: 5.5, cost: 1, toll: 0, room: 10 };

test("who joins expects to be served for no more than it is worth, tolls included", () => {
  for (const value of [0.5, 1, 5.5, 7]) {
    for (const toll of [0, 1.2]) {
      const q = { ...queue, service: 0.8, value, toll };
      const n = individualThreshold(q);
      const worth = (k: number) => value - toll - (k + 1) / 0.8;
      if (n > 0) expect(worth(n - 1)).toBeGreaterThanOrEqual(0);
      expect(worth(n)).toBeLessThan(0);
    }
  }
  expect(individualThreshold({ ...queue, value: 1e6 })).toBe(10); // the room
});

test("the law is in detailed balance, for light and for hopeless traffic", () => {
  for (const [arrivals, service] of [
    [0.8, 1],
    [1, 1],
    [50, 0.02],
  ]) {
    const law = queueLaw({ arrivals, service }, 6);
    expect(law.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    for (let k = 0; k < 6; k++) expect(arrivals * law[k]).toBeCloseTo(service * law[k + 1], 12);
  }
});

test("L, those who join and S are Naor's closed forms", () => {
  const ρ = 0.8;
  for (const n of [1, 3, 5]) {
    const { customers, joining, welfare } = queueOutcome(queue, n);
    const L = ρ / (1 - ρ) - ((n + 1) * ρ ** (n + 1)) / (1 - ρ ** (n + 1));
    expect(customers).toBeCloseTo(L, 12);
    expect(joining).toBeCloseTo((0.8 * (1 - ρ ** n)) / (1 - ρ ** (n + 1)), 12);
    expect(welfare).toBeCloseTo((0.8 * 5.5 * (1 - ρ ** n)) / (1 - ρ ** (n + 1)) - L, 12);
  }
});

test("n_s solves Naor's equation, and is no more than n_e", () => {
  for (const arrivals of [0.3, 0.8, 0.95, 1.3])
    for (const value of [1.2, 5.5, 9.7]) {
      const q = { ...queue, arrivals, value, room: 40 };
      const ρ = arrivals;
      // [ν (1 − ρ) − ρ (1 − ρ^ν)] / (1 − ρ)² grows with ν and is R μ/c at ν_s; n_s = ⌊ν_s⌋
      const side = (ν: number) => (ν * (1 - ρ) - ρ * (1 - ρ ** ν)) / (1 - ρ) ** 2;
      const n = socialThreshold(q);
      expect(side(n)).toBeLessThanOrEqual(value);
      expect(side(n + 1)).toBeGreaterThan(value);
      expect(n).toBeLessThanOrEqual(individualThreshold(q));
    }
});

test("a doorman who does not look ahead is a customer, one who does keeps the queue at n_s, and each step of its reckoning holds", () => {
  const own = doormanGain(queue, 0);
  own.forEach((gain, k) => {
    expect(gain).toBeCloseTo(5.5 - (k + 1), 12);
  });
  for (const γ of [0.9, 0.999]) {
    const gain = doormanGain(queue, γ);
    expect(gain.findIndex((x) => x < 0)).toBe(socialThreshold(queue));
  }
  // Simulated: from the first customer on, whom the doorman lets in and one who finds two.
  const γ = 0.9;
  let [sum, squares] = [0, 0];
  let seed = 12345;
  const uniform = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return ((seed >>> 8) + 0.5) / 2 ** 24;
  };
  const RUNS = 40_000;
  for (let run = 0; run < RUNS; run++) {
    // Two queues that see the same services: the customer let in, and sent away
    let difference = 5.5 - 3;
    let [a, b] = [3, 2];
    for (let t = 1, weight = γ; t < 120; t++, weight *= γ) {
      while (uniform() < 1 / 1.8) [a, b] = [Math.max(0, a - 1), Math.max(0, b - 1)];
      const lets = (k: number) => k < 3;
      difference += weight * ((lets(a) ? 5.5 - (a + 1) : 0) - (lets(b) ? 5.5 - (b + 1) : 0));
      [a, b] = [lets(a) ? a + 1 : a, lets(b) ? b + 1 : b];
    }
    sum += difference;
    squares += difference * difference;
  }
  const mean = sum / RUNS;
  const error = Math.sqrt((squares / RUNS - mean * mean) / RUNS);
  expect(Math.abs(mean - doormanGain(queue, γ)[2])).toBeLessThan(4.5 * error);
});
