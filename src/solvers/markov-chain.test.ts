// Laws by hand, and of chains too slow for any number of steps.
import { expect, test } from "vitest";
import { stationary } from "./markov-chain.ts";

const rows = (...chain: number[][]): Float64Array[] => chain.map((row) => Float64Array.from(row));

test("a stationary law is left unchanged by its chain", () => {
  const chain = [Float64Array.of(0.5, 0.25, 0.25), Float64Array.of(0.5, 0, 0.5), Float64Array.of(0.25, 0.25, 0.5)];
  const law = stationary(chain);
  expect([...law]).toEqual([0.4, 0.2, 0.4].map((x) => expect.closeTo(x, 14) as unknown as number));
});

test("a chain that may end in several places: how likely each is from a uniform beginning, however long it takes", () => {
  // From the middle a quarter of those who leave go up, once in 2.5e8 periods.
  const law = stationary(rows([1, 0, 0], [3e-9, 1 - 4e-9, 1e-9], [0, 0, 1]));
  expect(law[0]).toBeCloseTo(1 / 3 + 1 / 4, 12);
  expect(law[1]).toBe(0);
  expect(law[2]).toBeCloseTo(1 / 3 + 1 / 12, 12);
});

test("the gambler's ruin from anywhere: half end at each end", () => {
  const n = 15;
  const chain = Array.from({ length: n }, (_, i) =>
    Float64Array.from({ length: n }, (_, j) => (i === 0 || i === n - 1 ? +(i === j) : Math.abs(i - j) === 1 ? 0.5 : 0)),
  );
  const law = stationary(chain);
  expect(law.reduce((mean, p, j) => mean + p * j, 0)).toBeCloseTo(7, 12);
  expect(law[0]).toBeCloseTo(0.5, 12);
});

test("two closed classes keep the mass they begin with, and a cycle counts as one", () => {
  const law = stationary(rows([0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0.9, 0.1], [0, 0, 0.3, 0.7]));
  expect([...law]).toEqual([0.25, 0.25, 0.375, 0.125].map((x) => expect.closeTo(x, 14) as unknown as number));
});

test("states that differ by a hundred orders of magnitude", () => {
  const law = stationary(rows([1, 1e-90, 0], [0.5, 0.5 - 1e-90, 1e-90], [0, 0.25, 0.75]));
  expect(law[1]).toBeCloseTo(2e-90, 100);
  expect(law[1] / 2e-90).toBeCloseTo(1, 12);
  expect(law[2] / 8e-180).toBeCloseTo(1, 12);
  const back = stationary(rows([0.75, 0.25, 0], [1e-90, 0.5 - 1e-90, 0.5], [0, 1e-90, 1]));
  expect(back[0] / 8e-180).toBeCloseTo(1, 12);
});

test("rows that do not sum to 1 are an error with the residual", () => {
  expect(() => stationary(rows([0.5, 0.4], [0.5, 0.5]))).toThrow(/stationary: ends with a residual of .*sum to 1/);
});
