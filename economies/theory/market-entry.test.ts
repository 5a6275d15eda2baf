// Held against an independent program (digits as printed there), and against simulation.
import { expect, test } from "vitest";
import { seedStream } from "walras/random";
import { binomial, countsOf, expectedBelow, probabilityBelow } from "walras/solvers";
import { entryResponse } from "./entry-response.ts";
import { entryProbability, independentAttendance, logitAttendance, type MarketEntry } from "./market-entry.ts";

const game = (other: Partial<MarketEntry> = {}): MarketEntry => ({
  traders: 20,
  capacity: 12,
  strength: 2,
  baseReward: 1,
  taxRate: 0,
  rationality: 2,
  ...other,
});

test.each([
  [2, 0.05263158, 1.052632, 0.998614, 0.67972],
  [4, 0.15789474, 3.157895, 1.63072983, 0.71907],
  [6, 0.26315789, 5.263158, 1.96929336, 0.53576],
  [8, 0.36842105, 7.368421, 2.15725279, 0.38454],
  [10, 0.47368421, 9.473684, 2.23296878, 0.29209],
  [12, 0.57894737, 11.578947, 2.20801863, 0.22853],
  [14, 0.68421053, 13.684211, 2.07878081, 0.17802],
  [16, 0.78947368, 15.789474, 1.82321138, 0.1328],
  [18, 0.89473684, 17.894737, 1.37246366, 0.08596],
])("capacity %d: the mixed equilibrium", (capacity, probability, mean, sd, change) => {
  const m = game({ capacity });
  const p = entryProbability(m);
  const attendance = independentAttendance(m, p);
  expect(p).toBeCloseTo(probability, 8);
  expect(attendance.mean).toBeCloseTo(mean, 6);
  expect(attendance.sd).toBeCloseTo(sd, 8);
  expect(attendance.change).toBeCloseTo(change, 5);
  expect(attendance.reward).toBeCloseTo(1, 12); // entering pays what staying out does
});

test.each([
  [0.25, [2.222256, 2.222499, 2.222173], [0.2412, 0.24117, 0.24107]],
  [0.5, [2.217003, 2.216157, 2.212298], [0.2359, 0.23567, 0.23506]],
  [1, [2.213164, 2.201193, 2.166567], [0.23254, 0.23088, 0.22636]],
  [2, [2.210788, 1.822078, 1.637077], [0.23063, 0.18244, 0.15968]],
  [5, [2.209179, 0.66922, 0.646483], [0.22939, 0.03867, 0.03523]],
])("κ %d: deviation and change of attendance at taxes of 0, 0.05 and 0.1", (rationality, sds, changes) => {
  [0, 0.05, 0.1].forEach((taxRate, k) => {
    const { sd, change } = logitAttendance(game({ rationality, taxRate }));
    expect(Math.abs(sd - sds[k])).toBeLessThan(1e-6);
    expect(Math.abs(change - changes[k])).toBeLessThan(1.1e-5);
  });
});

test.each([
  [2, [1.998799, 1.770078, 1.586147]],
  [5, [1.981805, 0.65997, 0.637996]],
])("κ %d at a capacity of 6", (rationality, sds) => {
  [0, 0.05, 0.1].forEach((taxRate, k) => {
    expect(Math.abs(logitAttendance(game({ capacity: 6, rationality, taxRate })).sd - sds[k])).toBeLessThan(1e-6);
  });
});

test("simulated traders who follow the chain's probabilities earn and deviate as it says", () => {
  const m = game({ taxRate: 0.1 });
  const { stay, enter, mean, sd, reward, law } = logitAttendance(m);
  const stream = seedStream(3).fork("traders");
  const uniform = new Float64Array(20);
  const position = new Uint8Array(20).fill(1, 0, 12);
  let [D, earned, sum, squares] = [12, 0, 0, 0];
  const n = 40_000;
  for (let t = 0; t < n; t++) {
    stream.uniform(uniform, { lane: 0, period: t, from: 0 });
    const next = position.map((was, i) => (uniform[i] < (was ? stay[D] : enter[D]) ? 1 : 0));
    const attendance = next.reduce((a, b) => a + b, 0);
    next.forEach((is, i) => {
      const r = 1 + is * 2 * (12 - attendance);
      earned += (is === position[i] ? r : r - Math.abs(0.1 * r)) / 20;
    });
    position.set(next);
    D = attendance;
    sum += D;
    squares += D * D;
  }
  expect(law.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  expect(sum / n).toBeCloseTo(mean, 1);
  expect(Math.sqrt(squares / n - (sum / n) ** 2)).toBeCloseTo(sd, 1);
  expect(Math.abs(earned / n - reward)).toBeLessThan(0.05);
});

test("corners: nobody is admitted, everybody is, no rationality, very much of it", () => {
  expect(entryProbability(game({ capacity: 0 }))).toBe(0);
  expect(entryProbability(game({ capacity: 30 }))).toBe(1);
  expect(independentAttendance(game(), 1).mean).toBeCloseTo(20, 12);
  expect(independentAttendance(game(), 0).sd).toBe(0);
  expect(logitAttendance(game({ rationality: 0, taxRate: 0.1 })).sd).toBeCloseTo(Math.sqrt(5), 12);
  expect(logitAttendance(game({ rationality: 100 })).sd).toBeCloseTo(2.208, 2);
  expect(logitAttendance(game({ rationality: 100, taxRate: 0.1 })).sd).toBeLessThan(0.6);
  expect(logitAttendance(game({ traders: 1, capacity: 1 })).mean).toBeCloseTo(0.5, 12);
});

// The whole game by enumeration, from its rules.
function residual(m: MarketEntry, d: number, stay: number, enter: number): number {
  const { traders: n, capacity: C, strength: v, baseReward: β, taxRate: τ, rationality: κ } = m;
  const taxed = (reward: number): number => reward - Math.abs(τ * reward);
  const choose = (a: number, k: number): number => (k === 0 ? 1 : (choose(a, k - 1) * (a - k + 1)) / k);
  const pmf = (a: number, p: number, k: number): number => choose(a, k) * p ** k * (1 - p) ** (a - k);
  const expected = (insiders: number, outsiders: number, of: (others: number) => number): number => {
    let sum = 0;
    for (let i = 0; i <= insiders; i++)
      for (let j = 0; j <= outsiders; j++)
        sum += pmf(insiders, stay || 0, i) * pmf(outsiders, enter || 0, j) * of(i + j);
    return sum;
  };
  const reward = (others: number): number => β + v * (C - others - 1);
  const logit = (advantage: number): number => 1 / (1 + Math.exp(-κ * advantage));
  const first = d > 0 ? logit(expected(d - 1, n - d, reward) - taxed(β)) - stay : 0;
  const second = d < n ? logit(expected(d, n - d - 1, (k) => taxed(reward(k))) - β) - enter : 0;
  return Math.max(Math.abs(first), Math.abs(second));
}

test("logit responses answer each other, by enumeration, also where the path of solutions folds", () => {
  for (const capacity of [0, 3, 6.5, 12, 19.3, 25])
    for (const taxRate of [0, 1e-3, 0.05, 0.5, 1])
      for (const rationality of [0.1, 2, 3, 10])
        for (const baseReward of [1, -7.3])
          for (const d of [0, 1, 2, 9, 19, 20]) {
            const m = game({ capacity, taxRate, rationality, baseReward });
            const { stay, enter } = entryResponse(m, d);
            expect(residual(m, d, stay, enter)).toBeLessThan(1e-11);
          }
});

test("issue 8: with capacity 3 and a tax of 0.05 at κ = 3 a lone insider stays with probability 0.964", () => {
  const m = game({ capacity: 3, taxRate: 0.05, rationality: 3 });
  expect(entryResponse(m, 1).stay).toBeCloseTo(0.963868, 6);
  expect(logitAttendance(m).stay[1]).toBeCloseTo(0.963868, 6);
});

// On X = Y an insider's advantage is larger by |τβ| + τ E|r|, so that the path of solutions, which begins at X = Y = 0, never crosses that line again.
test("where switching is taxed insiders are likelier to enter than outsiders", () => {
  for (const taxRate of [1e-6, 0.01, 0.3])
    for (const rationality of [0.5, 3, 30]) {
      const { stay, enter } = logitAttendance(game({ taxRate, rationality }));
      for (let d = 1; d < 20; d++) expect(stay[d]).toBeGreaterThan(enter[d]);
    }
});

test("without a tax nobody tells insiders from outsiders, and attendance is independent of the past", () => {
  const { stay, enter, sd } = logitAttendance(game({ rationality: 20 }));
  for (let d = 1; d < 20; d++) expect(stay[d]).toBe(enter[d]);
  expect(new Set(enter.subarray(0, 20)).size).toBe(1);
  expect(sd).toBeCloseTo(Math.sqrt(20 * enter[0] * (1 - enter[0])), 12);
});

test("as rationality grows without bound attendance with a tax settles at C or C − 1", () => {
  const { law } = logitAttendance(game({ strength: 1e6, rationality: 1e3, taxRate: 0.1 }));
  expect(law[11] + law[12]).toBeCloseTo(1, 9);
});

test("two hundred traders are solved in seconds, however strong the incentive", () => {
  const started = process.cpuUsage();
  logitAttendance(game({ traders: 200, capacity: 120, strength: 1e6, taxRate: 0.1 }));
  expect(process.cpuUsage(started).user).toBeLessThan(20e6); // µs; 3 s on an idle processor; it did not end before
});

test("a path that turns too sharply to be followed is an error with its residual", () => {
  // At a tax of 1e−15 the bend at κ v p (1 − p) = 1 is narrower than numbers can tell.
  const m = game({ taxRate: 1e-15, rationality: 10 });
  expect(() => logitAttendance(m)).toThrow(/entryResponse with \d+ of 20 inside: ends with a residual of .*larger tax/);
});

test("binomial laws add up, however small their parts", () => {
  binomial(3, 0.5).forEach((share, k) => {
    expect(share).toBeCloseTo([0.125, 0.375, 0.375, 0.125][k], 14);
  });
  expect(binomial(200, 0.001).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  expect(binomial(0, 0.3)).toEqual(Float64Array.of(1));
  expect([...binomial(4, 0)]).toEqual([1, 0, 0, 0, 0]);
  expect([...binomial(2, 1)]).toEqual([0, 0, 1]);
  // C(10, 7) 0.3⁷ 0.7³
  expect(binomial(10, 0.3)[7]).toBeCloseTo(0.009001692, 12);
});

test("what two counts are expected to leave below a bound, by enumeration", () => {
  const [a, b] = [countsOf(3, 0.3), countsOf(4, 0.6)];
  for (const c of [0.4, 1, 2.7, 3, 6.9, 7, 9]) {
    let [below, share] = [0, 0];
    for (let i = 0; i <= 3; i++)
      for (let j = 0; j <= 4; j++) {
        const left = Math.max(0, c - i - j);
        below += a.law[i] * b.law[j] * left;
        share += a.law[i] * b.law[j] * Math.min(1, left);
      }
    expect(expectedBelow(a, b, c)).toBeCloseTo(below, 13);
    expect(probabilityBelow(a, b, c)).toBeCloseTo(share, 13);
  }
});
