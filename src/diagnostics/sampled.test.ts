// Exploitability of a crowd's policy by a few of its agents, against its closed form where people choose by Boltzmann's rule.
import { expect, test } from "vitest";
import coordination from "../../economies/coordination.ts";
import type { Policy } from "../algorithms/algorithm.ts";
import { meanFieldQ } from "../algorithms/mean-field-q.ts";
import type { Economy } from "../economy/index.ts";
import { sampledExploitability } from "./index.ts";

const crowd = coordination as unknown as Economy;
const [J, h, τ, T] = [0.5, 0.2, 0.8, 12];
const params = { agents: 400, coupling: J, field: h, temperature: τ, decisions: "period", horizon: T };
const response = {
  algorithm: meanFieldQ,
  config: { mean: "heard", meanBins: 3, gamma: 0, temperature: 0.01, learningRate: 0.3 },
};
const sizes = { population: "people", numEnvs: 2, totalSteps: 2 * 5 * T, seed: 3, worlds: 40 };

/** Draws 1 with a probability of f(ā), or always takes the better choice. */
const choosing = (f: (mean: number) => number): Policy => ({
  load() {},
  act: (actions, obs, rows) => {
    for (let i = 0; i < rows; i++) actions[i] = h + J * obs[i]! > 0 ? 1 : 0;
  },
  sample(actions, obs, rows, stream, at) {
    const u = new Float64Array(rows);
    stream.uniform(u, { ...at, from: 0 });
    for (let i = 0; i < rows; i++) actions[i] = u[i]! < f(obs[i]!) ? 1 : 0;
  },
});

test("of Boltzmann's rule is Σ |x| − x tanh(x/τ) along the path of the mean, within the interval of the sample", () => {
  const boltzmann = choosing((mean) => 1 / (1 + Math.exp((-2 * (h + J * mean)) / τ)));
  const found = sampledExploitability({
    economy: crowd,
    params,
    policies: { people: boltzmann },
    sampled: true,
    sample: 4,
    ...response,
    ...sizes,
  });
  let [mean, gain] = [1, 0];
  for (let t = 0; t < T; t++) {
    const x = h + J * mean;
    mean = Math.tanh(x / τ);
    gain += Math.abs(x) - x * mean;
  }
  expect(gain).toBeGreaterThan(2);
  // A choice has a standard deviation of 2x √(p (1 − p)) = .4: over 12 periods, 40 worlds and 4 agents a standard error of .11.
  expect(Math.abs(found.exploitability - gain)).toBeLessThan(0.35);
  expect(found.interval.low).toBeLessThan(gain);
  expect(found.interval.high).toBeGreaterThan(gain);
  expect(new Set(found.agents).size).toBe(4);
  for (const { gain: own, responseReturn, incumbentReturn } of found.gains)
    expect(own).toBeCloseTo(responseReturn - incumbentReturn, 12);
});

test("of best replies is nothing, to the last digit", () => {
  const best = choosing((mean) => (h + J * mean > 0 ? 1 : 0));
  const { gains, exploitability, interval } = sampledExploitability({
    economy: crowd,
    params,
    policies: { people: best },
    sample: 2,
    ...response,
    ...sizes,
    worlds: 3,
  });
  expect([exploitability, interval.low, interval.high, ...gains.map(({ gain }) => gain)]).toEqual([0, 0, 0, 0, 0]);
  expect(() =>
    sampledExploitability({ economy: crowd, params, policies: { people: best }, sample: 401, ...response, ...sizes }),
  ).toThrow("sampledExploitability: sample is 401, expected an integer from 2 to 400.");
});
