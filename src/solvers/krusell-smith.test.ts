// The published matrix, an independent solver's laws and policies, and Euler equations at points that are on no grid. Short paths here; walras reproduce
// krusell-smith has the 11 000 periods.
import { expect, test } from "vitest";
import { solveGrowth } from "./growth.ts";
import { krusellSmith, krusellSmithPath } from "./krusell-smith.ts";
import { lawsOfMotion, spreadTimes } from "./krusell-smith-crowd.ts";
import {
  KRUSELL_SMITH_1998,
  KRUSELL_SMITH_2010,
  krusellSmithChain,
  krusellSmithPrices,
} from "./krusell-smith-model.ts";

const short = { periods: 1200, burn: 300, points: 120, histogram: 250, capitalPoints: 6, tolerance: 1e-5 };
const solved = krusellSmith(KRUSELL_SMITH_1998, short);

test("the joint chain is the paper's, and unemployment is what the state of the world says, whatever was before", () => {
  const chain = krusellSmithChain(KRUSELL_SMITH_1998);
  const published = [
    [0.850694, 0.024306, 0.115885, 0.009115],
    [0.583333, 0.291667, 0.03125, 0.09375],
    [0.122917, 0.002083, 0.836111, 0.038889],
    [0.09375, 0.03125, 0.35, 0.525],
  ];
  for (const [s, row] of published.entries())
    for (const [to, p] of row.entries()) expect(Math.abs(chain[s][to] - p)).toBeLessThan(5.1e-7);
  const u = [0.04, 0.1];
  for (const z of [0, 1])
    for (const next of [0, 1]) {
      const odds = chain[2 * z][2 * next] + chain[2 * z][2 * next + 1];
      const without = ((1 - u[z]) * chain[2 * z][2 * next + 1] + u[z] * chain[2 * z + 1][2 * next + 1]) / odds;
      expect(without).toBeCloseTo(u[next], 14);
    }
});

test("incomes use up output, and benefits are what their tax raises", () => {
  for (const model of [KRUSELL_SMITH_1998, KRUSELL_SMITH_2010])
    for (const [z, u] of [0.04, 0.1].entries()) {
      const { grossReturn, output, wage, employed, unemployed } = krusellSmithPrices(model, 11.6, z);
      expect((1 - u) * employed + u * unemployed).toBeCloseTo(wage * (1 - u) * model.hours, 13);
      expect((grossReturn - 0.975) * 11.6 + (1 - u) * employed + u * unemployed).toBeCloseTo(output, 13);
      expect(unemployed).toBe(wage * model.benefit);
    }
});

// Published: 0.095 + 0.962 ln K and 0.085 + 0.965 ln K, R² 0.999998. Independent solver on a path of 11 000 periods: these, and mean capital 11.6413.
test("laws of motion of an independent solver within 0.001, R² above 0.9999, mean capital within half a per cent", () => {
  const { good, bad, moments, residual } = solved;
  expect(residual).toBeLessThanOrEqual(1e-5);
  expect(Math.abs(good.intercept - 0.093721)).toBeLessThan(1e-3);
  expect(Math.abs(good.slope - 0.962906)).toBeLessThan(1e-3);
  expect(Math.abs(bad.intercept - 0.083573)).toBeLessThan(1e-3);
  expect(Math.abs(bad.slope - 0.964861)).toBeLessThan(1e-3);
  for (const { r2, error } of [good, bad]) {
    expect(r2).toBeGreaterThan(0.99999);
    expect(error).toBeLessThan(1e-4);
  }
  expect(Math.abs(moments.meanCapital / 11.6413 - 1)).toBeLessThan(5e-3);
  expect(moments.meanCapitalGood).toBeGreaterThan(moments.meanCapitalBad);
  // Paths of 900 periods: 0.686 and 0.0305 on 10 000, 0.716 and 0.0302 on 2500
  expect(Math.abs(moments.corrConsumptionOutput - 0.6856)).toBeLessThan(0.05);
  expect(Math.abs(moments.sdInvestment - 0.03047)).toBeLessThan(1e-3);
  expect(Math.abs(moments.autocorrelationOutput - 0.45)).toBeLessThan(0.06);
  // From equal wealth: 0.2445 in the long run
  expect(solved.wealthGini).toBeGreaterThan(0.2);
  expect(solved.wealthGini).toBeLessThan(0.2445);
});

test("a path under the solution's own policy has the solution's laws; where everybody keeps a share s of cash, K′ = s (Y + (1 − δ) K) in every period", () => {
  const options = { periods: 400, burn: 100, histogram: 250 };
  const own = krusellSmithPath(KRUSELL_SMITH_1998, solved.consumption, options);
  for (const times of ["good", "bad"] as const)
    for (const K of [11.2, 12])
      expect(
        Math.abs(
          own[times].intercept - solved[times].intercept + (own[times].slope - solved[times].slope) * Math.log(K),
        ),
      ).toBeLessThan(2e-4);
  const cash = (k: number, s: number, K: number): number => {
    const { grossReturn, employed, unemployed } = krusellSmithPrices(KRUSELL_SMITH_1998, K, s >> 1);
    return grossReturn * k + (s % 2 === 0 ? employed : unemployed);
  };
  const { capital, times, moments } = krusellSmithPath(KRUSELL_SMITH_1998, (k, s, K) => 0.09 * cash(k, s, K), options);
  expect(times.length).toBe(300);
  for (const [t, z] of times.entries()) {
    const { output } = krusellSmithPrices(KRUSELL_SMITH_1998, capital[t], z);
    expect(Math.abs(capital[t + 1] / (0.91 * (output + 0.975 * capital[t])) - 1)).toBeLessThan(1e-4);
  }
  expect(moments.meanCapital).toBeCloseTo(capital.subarray(0, 300).reduce((a, b) => a + b) / 300, 12);
});

test("savings at K = 11.6 are an independent solver's", () => {
  const k = [2.9, 11.6, 23.2, 0];
  const kept = [
    [3.003251, 11.657743, 23.265054, 0.279823],
    [2.291411, 10.896788, 22.502273, 0],
    [3.007029, 11.640244, 23.222932, 0.306898],
    [2.324567, 10.880936, 22.461064, 0],
  ];
  // Consumption is bent most where there is little of it, and straight lines between points cut the corner.
  for (const [s, row] of kept.entries())
    for (const [i, expected] of row.entries())
      expect(Math.abs(solved.nextCapital(k[i], s, 11.6) - expected), `${s} ${k[i]}`).toBeLessThan(
        k[i] > 3 ? 1e-3 : 3e-3,
      );
});

test("who keeps something would not rather have it today: Euler equations between points of all grids", () => {
  const chain = krusellSmithChain(KRUSELL_SMITH_1998);
  const laws = [solved.good, solved.bad];
  for (const K of [11.13, 11.71, 12.19])
    for (let s = 0; s < 4; s++)
      for (const k of [4.44, 9.1, 15.3, 31]) {
        const { intercept, slope } = laws[s >> 1];
        const next = Math.exp(intercept + slope * Math.log(K));
        const kept = solved.nextCapital(k, s, K);
        const expected = chain[s].reduce(
          (sum, p, to) =>
            sum +
            (p * krusellSmithPrices(KRUSELL_SMITH_1998, next, to >> 1).grossReturn) /
              solved.consumption(kept, to, next),
          0,
        );
        expect(Math.abs(0.99 * expected * solved.consumption(k, s, K) - 1)).toBeLessThan(1e-3);
      }
});

test("the version with benefits: laws of an independent solver within 0.001, mean capital within half a per cent", () => {
  const { good, bad, moments } = krusellSmith(KRUSELL_SMITH_2010, { ...short, periods: 3000, burn: 1000 });
  expect(Math.abs(good.intercept - 0.13785)).toBeLessThan(1e-3);
  expect(Math.abs(good.slope - 0.96322)).toBeLessThan(1e-3);
  expect(Math.abs(bad.intercept - 0.12432)).toBeLessThan(1e-3);
  expect(Math.abs(bad.slope - 0.96544)).toBeLessThan(1e-3);
  expect(Math.abs(moments.meanCapital / 39.4435 - 1)).toBeLessThan(5e-3);
});

test("with complete markets there is a planner's capital: less, by an independent solver's law", () => {
  const { transition, productivity } = planner(KRUSELL_SMITH_1998);
  const common = { capitalShare: 0.36, discountFactor: 0.99, depreciation: 0.025, riskAversion: 1 };
  const { nextCapital } = solveGrowth({ ...common, productivity, transition }, { accuracy: 1e-7 });
  const laws = [
    [0.091285, 0.963815],
    [0.078768, 0.966711],
  ];
  for (const [z, [intercept, slope]] of laws.entries())
    for (const K of [11.2, 11.56, 12]) {
      expect(Math.abs(Math.log(nextCapital(K, z)) - intercept - slope * Math.log(K))).toBeLessThan(1e-4);
      expect(nextCapital(K, z)).toBeLessThan(
        Math.exp([solved.good, solved.bad][z]!.intercept) * K ** [solved.good, solved.bad][z]!.slope,
      );
    }
  // Mean capital over 20 000 periods: 11.562 and 39.2746
  const mean = (next: (K: number, z: number) => number, K: number): number => {
    const { times } = solved;
    let sum = 0;
    for (let t = 0; t < times.length; t++) {
      K = next(K, times[t]);
      sum += K;
    }
    return sum / times.length;
  };
  expect(Math.abs(mean(nextCapital, 11.56) / 11.562 - 1)).toBeLessThan(8e-3);
  const other = planner(KRUSELL_SMITH_2010);
  const with2010 = solveGrowth({ ...common, ...other }, { accuracy: 1e-7 });
  expect(Math.abs(mean(with2010.nextCapital, 39.27) / 39.2746 - 1)).toBeLessThan(8e-3);
});

/** z L^(1−α) and its chain: all households alike. */
function planner(model: typeof KRUSELL_SMITH_1998) {
  const labour = [0.96, 0.9].map((x) => x * model.hours);
  return {
    productivity: [1.01 * labour[0]! ** 0.64, 0.99 * labour[1]! ** 0.64],
    transition: [
      [7 / 8, 1 / 8],
      [1 / 8, 7 / 8],
    ],
  };
}

test("laws of motion are the regressions in each state of the world", () => {
  const times = [0, 1, 0, 0, 1, 1, 0, 1];
  const capital = [1];
  for (const z of times) capital.push(Math.exp(z === 0 ? 0.3 : 0.1) * capital.at(-1)! ** (z === 0 ? 0.5 : 0.8));
  const [good, bad] = lawsOfMotion(capital, times);
  expect([good.intercept, good.slope, good.r2]).toEqual([0.3, 0.5, 1].map((x) => expect.closeTo(x, 12)));
  expect([bad.intercept, bad.slope, bad.r2]).toEqual([0.1, 0.8, 1].map((x) => expect.closeTo(x, 12)));
  expect(good.error).toBeLessThan(1e-12);
});

test("without chance: spells have their distribution in every stretch, and a tenth of the periods the laws and the capital of an independent solver's 11 000", () => {
  const times = spreadTimes({ ...KRUSELL_SMITH_1998, aggregateDuration: 8 }, 4000);
  const lengths: [number[], number[]] = [[], []];
  for (let t = 0, from = 0; t < times.length; t++)
    if (times[t] !== times[from]) {
      lengths[times[from]!]!.push(t - from);
      from = t;
    }
  // Of the first n of van der Corput's places those below x are n x to within 1 + log₂ n/3, and the orders of good times and bad differ.
  expect(lengths[0].slice(0, 20)).not.toEqual(lengths[1].slice(0, 20));
  for (const spells of lengths)
    for (const n of [16, 64, 200])
      for (const most of [1, 3, 8, 20]) {
        const shorter = spells.slice(0, n).filter((length) => length <= most).length;
        expect(Math.abs(shorter - n * (1 - (7 / 8) ** most))).toBeLessThan(1 + Math.log2(n) / 3);
      }
  const options = {
    spells: "spread",
    periods: 1300,
    burn: 300,
    points: 100,
    histogram: 300,
    capitalPoints: 5,
  } as const;
  const { good, bad, moments } = krusellSmith(KRUSELL_SMITH_1998, { ...options, tolerance: 1e-5, seed: 7 });
  expect(Math.abs(good.intercept - 0.093721)).toBeLessThan(1e-3);
  expect(Math.abs(good.slope - 0.962906)).toBeLessThan(1e-3);
  expect(Math.abs(bad.intercept - 0.083573)).toBeLessThan(1e-3);
  expect(Math.abs(bad.slope - 0.964861)).toBeLessThan(1e-3);
  expect(Math.abs(moments.meanCapital / 11.6413 - 1)).toBeLessThan(5e-3);
});

const few = { periods: 600, burn: 200, points: 90, histogram: 150, capitalPoints: 5, tolerance: 1e-4 };

const little = { ...few, periods: 300, burn: 100, points: 60, histogram: 100 };

test("households of two equal types are one, to the last digit; three of unequal number to rounding", () => {
  const one = krusellSmith(KRUSELL_SMITH_1998, little);
  const halves = krusellSmith(KRUSELL_SMITH_1998, {
    ...little,
    types: [{ share: 0.5 }, { share: 0.5, discountFactor: 0.99 }],
  });
  for (const what of ["good", "bad", "moments", "wealthGini", "topShares", "lorenz", "capital", "residual"] as const)
    expect(halves[what]).toEqual(one[what]);
  expect(halves.typeCapital).toEqual([one.typeCapital[0], one.typeCapital[0]]);
  expect(one.typeCapital[0]).toBeCloseTo(one.moments.meanCapital, 12);
  for (const type of [0, 1]) expect(halves.nextCapital(9.1, 3, 11.7, type)).toBe(one.nextCapital(9.1, 3, 11.7));
  const three = krusellSmith(KRUSELL_SMITH_1998, {
    ...little,
    types: [{ share: 0.2 }, { share: 0.5, riskAversion: 1 }, { share: 0.3 }],
  });
  expect(three.good.slope).toBeCloseTo(one.good.slope, 10);
  expect(three.lorenz[50]).toBeCloseTo(one.lorenz[50]!, 10);
});

test("patient and impatient households: each saves as its own Euler equation asks for, mean capital is theirs together, and the patient hold most of it", () => {
  const preferences = [
    { share: 0.6, discountFactor: 0.99, riskAversion: 1 },
    { share: 0.4, discountFactor: 0.98, riskAversion: 2 },
  ];
  const types = krusellSmith(KRUSELL_SMITH_1998, { ...few, types: preferences });
  const { typeCapital, moments, good, bad } = types;
  expect(0.6 * typeCapital[0]! + 0.4 * typeCapital[1]!).toBeCloseTo(moments.meanCapital, 10);
  expect(typeCapital[0]!).toBeGreaterThan(1.5 * typeCapital[1]!);
  expect(types.wealthGini).toBeGreaterThan(solved.wealthGini + 0.1);
  const chain = krusellSmithChain(KRUSELL_SMITH_1998);
  for (const [type, { discountFactor, riskAversion }] of preferences.entries())
    for (const [s, k] of [
      [0, 15.3],
      [1, 9.1],
      [2, 8],
      [3, 12],
    ] as const) {
      const { intercept, slope } = s < 2 ? good : bad;
      const next = Math.exp(intercept + slope * Math.log(11.6));
      const kept = types.nextCapital(k, s, 11.6, type);
      const worth = chain[s]!.reduce(
        (sum, p, to) =>
          sum +
          p *
            krusellSmithPrices(KRUSELL_SMITH_1998, next, to >> 1).grossReturn *
            types.consumption(kept, to, next, type) ** -riskAversion,
        0,
      );
      expect(
        Math.abs((discountFactor * worth) ** (-1 / riskAversion) / types.consumption(k, s, 11.6, type) - 1),
      ).toBeLessThan(2e-3);
    }
});

test("shares of types that do not add up are refused", () => {
  for (const types of [[{ share: 0.5 }], [{ share: 1.5 }, { share: -0.5 }]])
    expect(() => krusellSmith(KRUSELL_SMITH_1998, { ...few, types })).toThrow(
      /shares of types are .*; expected each above 0, and a sum of 1/,
    );
});

test("a path that is thrown away is an error, and so is a law that is not found", () => {
  expect(() => krusellSmith(KRUSELL_SMITH_1998, { periods: 100, burn: 100 })).toThrow(
    "got 100 periods and a burn of 100",
  );
  const impossible = { ...short, periods: 100, burn: 50, points: 30, histogram: 50, tolerance: 0 };
  expect(() => krusellSmith(KRUSELL_SMITH_1998, impossible)).toThrow(
    /^krusellSmith: ends with a residual of .*the law is not/,
  );
});
