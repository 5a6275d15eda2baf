import { expect, test } from "vitest";
import { gae } from "./gae.ts";

/** Advantages of one agent. */
function advantages(rewards: number[], values: number[], next: number[], gamma: number, gaeLambda: number): number[] {
  const out = new Float64Array(rewards.length);
  gae(out, { rewards, values, next }, { steps: rewards.length, agents: 1, gamma, gaeLambda });
  return [...out];
}
const onwards = (steps: number) => Array.from({ length: steps }, (_, t) => t + 1);
const close = (actual: number[], expected: number[]) => {
  expect(actual.length).toBe(expected.length);
  for (const [t, value] of expected.entries()) expect(actual[t]).toBeCloseTo(value, 12);
};

test("where every value is what the rewards are worth, no decision has an advantage", () => {
  for (const λ of [0, 0.7, 1]) close(advantages([1, 1, 1], [10, 10, 10, 10], onwards(3), 0.9, λ), [0, 0, 0]);
});

test("a constant value V under a constant reward r gives the error δ = r − (1 − γ)V, summed geometrically: δ (1 − (γλ)^(T−t))/(1 − γλ)", () => {
  const [γ, λ, r, V, T] = [0.9, 0.8, 2, 5, 6];
  const δ = r - (1 - γ) * V;
  const expected = Array.from({ length: T }, (_, t) => (δ * (1 - (γ * λ) ** (T - t))) / (1 - γ * λ));
  close(advantages(Array(T).fill(r), Array(T + 1).fill(V), onwards(T), γ, λ), expected);
});

test("λ = 0 is the error of one step; λ = 1 is the discounted return with the last value behind it, less the value", () => {
  const [r1, r2, r3] = [1, -2, 4];
  const [v1, v2, v3, v4] = [3, 0.5, -1, 7];
  const γ = 0.5;
  const run = (λ: number) => advantages([r1, r2, r3], [v1, v2, v3, v4], onwards(3), γ, λ);
  close(run(0), [r1 + γ * v2 - v1, r2 + γ * v3 - v2, r3 + γ * v4 - v3]);
  const return3 = r3 + γ * v4;
  const return2 = r2 + γ * return3;
  close(run(1), [r1 + γ * return2 - v1, return2 - v2, return3 - v3]);
});

test("a truncated world bootstraps from its final observation, a terminated one from nothing, and neither from the next episode", () => {
  const [γ, λ] = [0.9, 0.95];
  // Slots 0 … 3 are decisions, 4 what comes after them, 5 the final observation of the episode that stopped after decision 1.
  const values = [1, 2, 30, 40, 50, 8];
  const rewards = [1, 1, 1, 1];
  const [last3] = [1 + γ * 50 - 40];
  const later = [1 + γ * 40 - 30 + γ * λ * last3, last3];
  const truncated = 1 + γ * 8 - 2;
  const terminated = 1 - 2;
  const first = (then: number) => 1 + γ * 2 - 1 + γ * λ * then;
  close(advantages(rewards, values, [1, 5, 3, 4], γ, λ), [first(truncated), truncated, ...later]);
  close(advantages(rewards, values, [1, -1, 3, 4], γ, λ), [first(terminated), terminated, ...later]);
});

test("agents of a world are kept apart", () => {
  const out = new Float32Array(4);
  const rewards = [1, 10, 2, 20];
  const values = [0, 0, 0, 0, 3, 30];
  gae(out, { rewards, values, next: [1, 2] }, { steps: 2, agents: 2, gamma: 1, gaeLambda: 1 });
  expect([...out]).toEqual([6, 60, 5, 50]);
});
