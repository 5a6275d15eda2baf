// Households who follow the solution make its law of motion; resources to rounding; unemployment of the times; what is known; the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { makeVectorEnv } from "../src/env/vector-env.ts";
import {
  KRUSELL_SMITH_1998,
  krusellSmithChain,
  krusellSmithPrices,
  krusellSmithSteadyCapital,
  lawsOfMotion,
} from "../src/solvers/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { krusellSmith } from "./krusell-smith.ts";

interface World {
  readonly meanCapital: number;
  readonly times: number;
  readonly workers: number;
  readonly output: number;
  readonly interest: number;
  readonly households: Record<
    "wealth" | "works" | "income" | "cash" | "consumption" | "gain" | "tightness",
    Float64Array
  >;
}
const worldOf = (simulation: ReturnType<typeof fresh>): World => simulation.worlds[0] as unknown as World;

test("households who follow the solution make its law of motion, as closely as a crowd of 4000 can", () => {
  const params = { households: 4000, theoryPeriods: 1500 };
  const simulation = fresh(createSimulation(krusellSmith, { params, seed: 3 }), 1);
  const capital = [worldOf(simulation).meanCapital];
  const times = [0];
  for (let t = 0; t < 250; t++) {
    times.push(worldOf(simulation).times);
    goOn(simulation, 1);
    capital.push(worldOf(simulation).meanCapital);
  }
  const truth = krusellSmith.truth!(simulation.params) as Record<string, number>;
  const means = [0, 0];
  // Employment of 4000 has a standard error of 0.4 % at most, output two thirds of that: a hundredth of capital's 0.027 of output per period.
  for (const [t, z] of times.slice(0, -1).entries()) {
    const [a, b] =
      z === 0 ? [truth["interceptGood"]!, truth["slopeGood"]!] : [truth["interceptBad"]!, truth["slopeBad"]!];
    const off = Math.log(capital[t + 1]!) - a - b * Math.log(capital[t]!);
    expect(Math.abs(off)).toBeLessThan(2e-3);
    means[z]! += off / times.slice(0, -1).filter((other) => other === z).length;
  }
  // Some 120 periods of either kind: 2.4e-5, four of them for a difference and twice that for employment that lasts. Plans that ignore times or work are off by more.
  expect(Math.abs(means[0] - means[1])).toBeLessThan(2e-4);
  const [good, bad] = lawsOfMotion(capital, times.slice(0, -1));
  expect(good.r2).toBeGreaterThan(0.99);
  expect(bad.r2).toBeGreaterThan(0.99);
});

test("output is used up; work and its income follow the times; wages and interest are the firm's", () => {
  const params = { households: 20_000, benefit: 0.15, hours: 1 / 0.9, theoryPeriods: 300, initialWealth: 39 };
  const simulation = fresh(createSimulation(krusellSmith, { params, checkIdentities: true, seed: 2 }), 1);
  const model = { ...KRUSELL_SMITH_1998, benefit: 0.15, hours: 1 / 0.9 };
  const seen = new Set<number>();
  for (let t = 0; t < 30; t++) {
    const z = worldOf(simulation).times;
    seen.add(z);
    goOn(simulation, 1);
    const { workers, households, output, interest, meanCapital } = worldOf(simulation);
    const idle = 1 - workers / 20_000;
    expect(Math.abs(idle - (z === 0 ? 0.04 : 0.1))).toBeLessThan(4 * Math.sqrt(0.09 / 20_000));
    const prices = krusellSmithPrices({ ...model, unemploymentGood: idle, unemploymentBad: idle }, meanCapital, z);
    expect(output / 20_000).toBeCloseTo(prices.output, 10);
    expect(1 + interest).toBeCloseTo(prices.grossReturn, 12);
    const incomes = new Set(Array.from(households.income, (x) => Number(x.toFixed(9))));
    expect([...incomes].sort((a, b) => a - b)).toEqual(
      [prices.unemployed, prices.employed].map((x) => expect.closeTo(x, 8)),
    );
  }
  expect(seen.size).toBe(2);
});

test("households know mean capital and the times, or prices alone", () => {
  const observed = (knows: string): Float32Array => {
    const params = { households: 3, decisions: "period", knows };
    const env = makeVectorEnv(krusellSmith, { numEnvs: 1, params });
    env.reset(1);
    const { obs, actions } = env.batch["households"]!;
    actions.fill(0.9);
    env.step();
    return obs.slice(0, env.spec["households"]!.features.length);
  };
  const [state, prices] = [observed("state"), observed("prices")];
  expect(state.length).toBe(6);
  expect([...state.subarray(4)]).toEqual([0, 0]);
  expect(state.subarray(2, 4).every((x) => x !== 0)).toBe(true);
  expect([...prices.subarray(2, 4)]).toEqual([0, 0]);
  expect(prices.subarray(4).every((x) => x !== 0)).toBe(true);
  expect([...state.subarray(0, 2)]).toEqual([...prices.subarray(0, 2)]);
});

test("households who decide consume the third power of their choice times w l + r k, as far as cash goes; taxes are off wages", () => {
  for (const benefit of [0, 0.15]) {
    const params = {
      households: 4,
      decisions: "period",
      benefit,
      unemploymentGood: 0.2,
      unemploymentBad: 0.2,
      wealthSpread: 0.2,
    };
    const env = makeVectorEnv(krusellSmith, { numEnvs: 1, params });
    env.reset(1);
    const world = env.simulation.worlds[0] as unknown as World & { readonly wage: number; readonly taxRate: number };
    const { wage, taxRate, interest, workers, households } = world; // of the period in which they choose
    const pay = (1 - taxRate) * wage * 0.3271;
    for (const [i, m] of households.cash.entries()) expect(households.tightness[i]).toBe(Math.min(1, pay / m));
    households.cash[2] = 0.01;
    const before = Array.from(households.wealth);
    env.batch["households"]!.actions.set([1, 0.8, 1.3, 0.7]);
    env.step();
    expect(taxRate).toBeCloseTo((benefit * (4 - workers)) / (workers * 0.3271), 12);
    const wanted = [1, 0.8, 1.3, 0.7].map((x, i) => x ** 3 * (pay + Math.max(0, interest) * before[i]));
    wanted[2] = 0.999 * 0.01;
    for (const [i, c] of wanted.entries()) expect(households.consumption[i]).toBeCloseTo(c, 6); // actions are in single precision
    // u(c) + β W(k′) − W(k), W(k) = ln(w l + r k)/(1 − β) at prices without shocks, where β (1 + r) = 1
    const model = { ...KRUSELL_SMITH_1998, benefit, unemploymentGood: 0.2, unemploymentBad: 0.2 };
    const steady = krusellSmithPrices(model, krusellSmithSteadyCapital(model), 0);
    const worth = (k: number) => Math.log(steady.employed + (steady.grossReturn - 1) * k) / 0.01;
    for (const [i, k] of before.entries()) {
      const gained = Math.log(households.consumption[i]) + 0.99 * worth(households.wealth[i]) - worth(k);
      expect(households.gain[i]).toBeCloseTo(gained, 9);
    }
    // Without wealth, those without work have less than a worker earns.
    let tight = 0;
    for (let t = 0; t < 30; t++) {
      households.cash.fill(0.01);
      env.step();
      const earned = (1 - world.taxRate) * world.wage * 0.3271;
      for (const [i, m] of households.cash.entries()) {
        expect(households.tightness[i]).toBe(Math.min(1, earned / m));
        if (earned > m) tight++;
      }
    }
    expect(tight).toBeGreaterThan(0);
  }
});

test("prospects: gains count work and times by their mean, whatever they become", () => {
  const β = 0.99;
  const params = { households: 50, decisions: "period", rewards: "prospects", wealthSpread: 0.4 };
  const env = makeVectorEnv(krusellSmith, { numEnvs: 1, params });
  env.reset(3);
  const world = env.simulation.worlds[0] as unknown as World;
  const { households } = world;
  const steady = krusellSmithSteadyCapital(KRUSELL_SMITH_1998);
  const prices = [0, 1].map((z) => krusellSmithPrices(KRUSELL_SMITH_1998, steady, z));
  const chain = krusellSmithChain(KRUSELL_SMITH_1998);
  // Sums of 4000 discounted terms; returns are as far above 1/β in good times as below in bad
  const apart = (prices[0]!.grossReturn - prices[1]!.grossReturn) / 2;
  const sums = (x: readonly number[]): number[] => {
    let total = x;
    for (let t = 0; t < 4000; t++)
      total = x.map((now, s) => now + β * chain[s]!.reduce((y, q, to) => y + q * total[to]!, 0));
    return [...total];
  };
  const incomes = sums(prices.flatMap(({ employed, unemployed }) => [employed, unemployed]));
  const returns = sums([apart, apart, -apart, -apart]);
  const worth = (k: number, s: number) => Math.log((1 - β) * ((1 / β + returns[s]!) * k + incomes[s]!)) / (1 - β);
  const seen = new Set<number>();
  for (let t = 0; t < 20; t++) {
    const states = Array.from(households.works, (works) => 2 * world.times + (works ? 0 : 1));
    const before = Array.from(households.wealth);
    env.batch["households"]!.actions.fill(0.95);
    env.step();
    for (const [i, s] of states.entries()) {
      const ahead = chain[s]!.reduce((sum, q, to) => sum + q * worth(households.wealth[i]!, to), 0);
      expect(households.gain[i]).toBeCloseTo(
        Math.log(households.consumption[i]!) + β * ahead - worth(before[i]!, s),
        8,
      );
      seen.add(s);
    }
  }
  expect(seen.size).toBe(4);
});

test("wealth begins lognormal around a mean that differs from world to world, and equal by default", () => {
  const begin = (settings: object) => {
    const simulation = createSimulation(krusellSmith, { params: { households: 4000, ...settings }, numWorlds: 8 });
    return simulation.worlds.map((w, e) => {
      simulation.reset(e);
      return Float64Array.from((w as unknown as World).households.wealth);
    });
  };
  for (const wealth of begin({ initialWealth: 12 })) expect(new Set(wealth)).toEqual(new Set([12]));
  const means = begin({ initialWealth: 12, wealthSpread: 0.4, capitalSpread: 0.1 }).map((wealth) => {
    const logs = wealth.map(Math.log);
    const mean = logs.reduce((a, b) => a + b) / 4000;
    const sd = Math.sqrt(logs.reduce((a, b) => a + (b - mean) ** 2, 0) / 4000);
    expect(Math.abs(sd / 0.4 - 1)).toBeLessThan(0.05); // 4.5 standard errors
    return Math.exp(mean + 0.08);
  });
  for (const mean of means) expect(Math.abs(mean / 12 - 1)).toBeLessThan(0.13);
  expect(Math.max(...means) - Math.min(...means)).toBeGreaterThan(0.5);
});

test("durations of unemployment that the times cannot have are refused, and not answered", () => {
  const impossible = { unemploymentGood: 0.01, unemploymentBad: 0.2, unemploymentDurationGood: 3 };
  expect(() => resolveParams(krusellSmith, impossible)).toThrow(/do not go together.*probabilities are expected/);
  const truth = krusellSmith.truth!(resolveParams(krusellSmith, { ...impossible, initialWealth: 10 }));
  expect(truth["meanCapital"]).toMatchObject({ unknown: expect.stringMatching(/do not go together/) });
});

test("the contract of economies holds", () => {
  for (const decisions of ["never", "period"])
    expect(
      checkEconomy(krusellSmith, { params: { households: 60, theoryPeriods: 300, decisions }, periods: 20 }).filter(
        ({ pass }) => !pass,
      ),
    ).toEqual([]);
});
