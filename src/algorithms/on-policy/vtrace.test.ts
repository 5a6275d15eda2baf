import { expect, test } from "vitest";
import { seedStream } from "../../random/index.ts";
import { gae } from "./gae.ts";
import { type VtraceOptions, vtrace } from "./vtrace.ts";

interface Case {
  readonly rewards: number[];
  readonly values: number[];
  readonly next: number[];
  readonly ratios: number[];
}
type Settings = Partial<Omit<VtraceOptions, "steps" | "agents">>;

/** Targets and advantages of one agent. */
function trace({ ratios, ...trajectory }: Case, settings: Settings = {}): { v: number[]; A: number[] } {
  const T = ratios.length;
  const out = { targets: new Float64Array(T), advantages: new Float64Array(T) };
  const options = { steps: T, agents: 1, gamma: 0.9, rhoBar: 1, cBar: 1, traceLambda: 1, ...settings };
  vtrace(out, { ...trajectory, logRatio: ratios.map(Math.log) }, options);
  return { v: [...out.targets], A: [...out.advantages] };
}
const close = (actual: number[], expected: number[]) => {
  expect(actual.length).toBe(expected.length);
  for (const [t, value] of expected.entries()) expect(actual[t]).toBeCloseTo(value, 11);
};

/** Six decisions; each goes on, or leads to the end, or to one of two final observations in slots 7 and 8. */
function randomCase(k: number): Case {
  const T = 6;
  const rng = seedStream(k).fork("vtrace");
  const u = (row: number) => rng.uniformAt(0, 0, row);
  const some = (n: number, from: number) => Array.from({ length: n }, (_, i) => 6 * u(from + i) - 3);
  const next = Array.from({ length: T }, (_, t) => {
    const fate = u(100 + t);
    return fate < 0.15 ? -1 : fate < 0.3 ? 7 + (t & 1) : t + 1;
  });
  const ratios = Array.from({ length: T }, (_, t) => Math.exp(2 * u(200 + t) - 1));
  return { rewards: some(T, 0), values: some(T + 3, 20), next, ratios };
}

test("three steps by hand: γ ½, ρ̄ 1, c̄ ½", () => {
  const example = { rewards: [1, 2, 3], values: [4, 2, 6, 8], next: [1, 2, 3], ratios: [2, 0.5, 0.25] };
  // δ₂ = ¼ (3 + 4 − 6) = ¼;  δ₁ = ½ (2 + 3 − 2) = 1½;  δ₀ = 1 (1 + 1 − 4) = −2
  // v₂ = 6¼;  v₁ = 2 + 1½ + ½ ½ ¼ = 3.5625;  v₀ = 4 − 2 + ½ ½ (3.5625 − 2) = 2.390625
  const { v, A } = trace(example, { gamma: 0.5, cBar: 0.5 });
  close(v, [2.390625, 3.5625, 6.25]);
  // A₀ = 1 (1 + ½ v₁ − 4);  A₁ = ½ (2 + ½ v₂ − 2);  A₂ = ¼ (3 + ½ 8 − 6)
  close(A, [1 + 3.5625 / 2 - 4, 6.25 / 4, 0.25]);
});

test("on what the policy itself has done the target is the n-step return, however high the bounds, and the advantage that return less the value", () => {
  for (let k = 0; k < 300; k++) {
    const { rewards, values, next } = randomCase(k);
    const returns: number[] = [];
    for (let t = 5; t >= 0; t--) {
      const future = next[t] < 0 ? 0 : next[t] === t + 1 && t < 5 ? returns[t + 1] : values[next[t]];
      returns[t] = rewards[t] + 0.9 * future;
    }
    for (const [rhoBar, cBar] of [
      [1, 1],
      [5, 2],
    ]) {
      const { v, A } = trace({ rewards, values, next, ratios: Array(6).fill(1) }, { rhoBar, cBar });
      close(v, returns);
      close(
        A,
        returns.map((R, t) => R - values[t]),
      );
    }
  }
});

test("with λ below 1, on-policy, target less value is the generalized advantage", () => {
  for (let k = 0; k < 100; k++) {
    const { rewards, values, next } = randomCase(k);
    const advantages = new Float64Array(6);
    gae(advantages, { rewards, values, next }, { steps: 6, agents: 1, gamma: 0.9, gaeLambda: 0.7 });
    const { v } = trace({ rewards, values, next, ratios: Array(6).fill(1) }, { traceLambda: 0.7 });
    close(
      v.map((x, t) => x - values[t]),
      [...advantages],
    );
  }
});

test("off-policy the target is the sum of the paper's equation 1, V + Σ γ^{t−s} (Π c_i) ρ_t (r_t + γ V′ − V), up to the end of the episode", () => {
  for (let k = 0; k < 300; k++) {
    const example = randomCase(k);
    const { rewards, values, next, ratios } = example;
    for (const [rhoBar, cBar, λ] of [
      [1, 1, 1],
      [2, 0.7, 1],
      [0.6, 1.5, 0.8],
    ]) {
      const δ = (t: number) =>
        Math.min(rhoBar, ratios[t]) * (rewards[t] + 0.9 * (next[t] < 0 ? 0 : values[next[t]]) - values[t]);
      const expected = ratios.map((_, s) => {
        let sum = values[s];
        for (let t = s; t < 6; t++) {
          let product = 0.9 ** (t - s);
          for (let i = s; i < t; i++) product *= λ * Math.min(cBar, ratios[i]);
          sum += product * δ(t);
          if (next[t] !== t + 1) break;
        }
        return sum;
      });
      const { v, A } = trace(example, { rhoBar, cBar, traceLambda: λ });
      close(v, expected);
      close(
        A,
        ratios.map((ratio, t) => {
          const after = next[t] < 0 ? 0 : next[t] === t + 1 && t < 5 ? expected[t + 1] : values[next[t]];
          return Math.min(rhoBar, ratio) * (rewards[t] + 0.9 * after - values[t]);
        }),
      );
    }
  }
});

test("what the policy would never do teaches nothing: the value stands, the advantage is 0, and nothing is carried further back", () => {
  const { rewards, values } = randomCase(1);
  const never = trace({ rewards, values, next: [1, 2, 3, 4, 5, 6], ratios: [1, 1, 0, 1, 1, 1] });
  expect(never.v[2]).toBe(values[2]);
  expect(never.A[2]).toBe(0);
  close([never.v[1]], [rewards[1] + 0.9 * values[2]]);
});

test("agents of a world are kept apart", () => {
  const out = { targets: new Float32Array(4), advantages: new Float32Array(4) };
  const trajectory = { rewards: [1, 10, 2, 20], values: [0, 0, 0, 0, 3, 30], next: [1, 2], logRatio: [0, 0, 0, 0] };
  const bounds = { steps: 2, agents: 2, gamma: 1, rhoBar: 1, cBar: 1, traceLambda: 1 };
  expect(vtrace(out, trajectory, bounds)).toBe(4); // the sum of ρ
  expect([...out.targets]).toEqual([6, 60, 5, 50]);
  expect([...out.advantages]).toEqual([6, 60, 5, 50]);
});
