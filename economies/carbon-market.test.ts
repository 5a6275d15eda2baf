// Paths against conditions and by hand, the market where firms take prices as given, tax against cap year by year, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, type ParamsOf, resolveParams, type Simulation } from "../src/economy/index.ts";
import { makeVectorEnv } from "../src/env/vector-env.ts";
import { fresh, goOn } from "../test/periods.ts";
import { carbonMarket } from "./carbon-market.ts";
import { advantageOfTax, permitPath, type StrategicYear, strategicYear } from "./theory/carbon-market.ts";

type Settings = Readonly<Record<string, string | number | boolean | readonly number[]>>;
const truthAt = (params: Settings) => carbonMarket.truth!(resolveParams(carbonMarket, params));
const column = (simulation: Simulation, name: string) => simulation.columns[name] as Float64Array;
const scalar = (simulation: Simulation, name: string) => column(simulation, `world.${name}`)[0];

/** Plays an episode of firms who abate by `response(γ)` and keep a share by year; `visit` sees each year's end. */
function played(
  params: Settings,
  { response = (γ: number) => 1 / γ, keep = (_year: number): number => 0 } = {},
  visit: (simulation: Simulation, year: number) => void = () => {},
) {
  const simulation = createSimulation(carbonMarket, { params, checkIdentities: true });
  const { years } = simulation.params as unknown as { readonly years: number };
  simulation.reset(0);
  for (let year = 0; year < years; year++) {
    goOn(simulation, 1, () => decide(year));
    visit(simulation, year);
  }
  return simulation;
  function decide(now: number) {
    const slopes = column(simulation, "firms.slope");
    slopes.forEach((γ, i) => {
      column(simulation, "firms.response")[i] = response(γ);
      column(simulation, "firms.keep")[i] = keep(now);
    });
  }
}

test("one year: the price is G q, of whatever kinds of firm, and no firm abates more than it emits", () => {
  // 1/mean(1, 1/2, 1/4) = 12/7; of 4 firms two are of the first kind: 1/mean(1, 1/2, 1/4, 1) = 16/11
  expect(truthAt({ caps: [0.6] }).prices).toEqual([expect.closeTo((12 / 7) * 0.4, 12)]);
  expect(truthAt({ caps: [0.6], firms: 4 }).prices).toEqual([expect.closeTo((16 / 11) * 0.4, 12)]);
  expect(truthAt({ caps: [0.6], leastCost: 0.5 }).prices).toEqual([expect.closeTo(0.5 + (12 / 7) * 0.4, 12)]);
  // The cheapest kind abates all: 1 + p/2 + p/4 = 3 · 0.8
  expect(truthAt({ caps: [0.2] }).prices).toEqual([expect.closeTo((3 * 0.8 - 1) / 0.75, 12)]);
  expect(truthAt({ caps: [1.2] }).prices).toEqual([0]);
});

test("two years: permits are banked if the price would otherwise rise by more than interest, and only then", () => {
  const G = 12 / 7;
  const both = truthAt({ caps: [0.9, 0.5], discountFactor: 0.8 });
  const first = (G * 0.6) / (1 + 1 / 0.8);
  expect(both.prices).toEqual([expect.closeTo(first, 12), expect.closeTo(first / 0.8, 12)]);
  expect(both.bank).toEqual([expect.closeTo(first / G - 0.1, 12), 0]);
  expect(both.exhaustion).toBe(2);
  const steady = truthAt({ caps: [0.6, 0.55], discountFactor: 0.8 });
  expect(steady.prices).toEqual([expect.closeTo(G * 0.4, 12), expect.closeTo(G * 0.45, 12)]);
  expect(steady.exhaustion).toBe(0);
  expect(truthAt({ caps: [1.4, 0.9] }).exhaustion).toEqual({ unknown: "permits are left over after the last year" });
});

test("firms who take prices as given and keep what Rubin says pay his prices, year by year", () => {
  const { prices, abatement, bank, cost } = permitPath(
    resolveParams(carbonMarket, {}) as ParamsOf<typeof carbonMarket>,
  );
  let discounted = 0;
  // A firm's permits are what it emits and what it keeps.
  const keep = (year: number) => bank[year] / (bank[year] + 1 - abatement[year]);
  played({}, { keep }, (simulation, year) => {
    expect(scalar(simulation, "price")).toBeCloseTo(prices[year], 8);
    expect(scalar(simulation, "banked") / 60).toBeCloseTo(bank[year], 8);
    discounted += (0.9 ** year * scalar(simulation, "costs")) / 60;
  });
  expect(discounted).toBeCloseTo(cost, 8);
});

test("who is allotted permits changes payments, and nothing else", () => {
  const year = { caps: [0.6], banking: false };
  const [alike, one] = [
    [1, 1, 1],
    [0, 0, 1],
  ].map((allocation) => played({ ...year, allocation }));
  column(one, "firms.abated").forEach((abated, i) => {
    expect(abated).toBeCloseTo(column(alike, "firms.abated")[i], 12);
  });
  expect(scalar(alike, "price")).toBeCloseTo((12 / 7) * 0.4, 12);
  const p = scalar(one, "price");
  expect(column(one, "firms.payment")[0]).toBeCloseTo(p * (1 - p), 12);
  expect(column(one, "firms.payment")[2]).toBeCloseTo(p * (1 - p / 4 - 1.8), 12);
});

test("at the given price no response is better than 1/γ", () => {
  const profit = (response: number) => {
    const simulation = createSimulation(carbonMarket, {
      params: { firms: 3000, caps: [0.6], banking: false, responseMax: 3 },
    });
    fresh(simulation, 1, () => {
      const k = column(simulation, "firms.response");
      column(simulation, "firms.slope").forEach((γ, i) => {
        k[i] = i === 1 ? response : 1 / γ;
      });
    });
    return column(simulation, "firms.profit")[1];
  };
  const p = (12 / 7) * 0.4;
  // γ = 2: profit falls by p² γ (k − ½)²/2, and by a 3,000th for what the firm does to the price
  for (const k of [0, 0.3, 0.9]) expect(profit(0.5) - profit(k)).toBeCloseTo(p * p * (k - 0.5) ** 2, 3);
});

const strategic = (firms: number, allocation: readonly number[], cap = 0.6) =>
  strategicYear({ firms, slopes: [1, 2, 4], allocation, leastCost: 0.1, baseline: 1 }, cap) as StrategicYear;

test("firms with market power pay Montgomery's price as they become many, and miss it by what they trade over N", () => {
  // p_N − p = −Σ (e − a)/γ / (Σ 1/γ)² + O(1/N²), e − a bought at p; of three firms, one of each kind: Σ 1/γ = 7/4, Σ (e − a)/γ = Σ e/γ − p − …
  const competitive = [1, 1 / 2, 1 / 4].map((k) => (k * 0.4 * 12) / 7);
  for (const allocation of [
    [1, 1, 1],
    [0, 0, 1],
    [3, 1, 0],
  ]) {
    const weights = allocation.reduce((sum, x) => sum + x);
    const bought = competitive.map((a, k) => 1 - (1.8 * allocation[k]) / weights - a);
    const limit = (-3 * (bought[0] + bought[1] / 2 + bought[2] / 4)) / (7 / 4) ** 2;
    const off = [3000, 6000].map((N) => N * (strategic(N, allocation).price - 0.1 - (12 / 7) * 0.4));
    expect(2 * off[1] - off[0]).toBeCloseTo(limit, 6);
    expect(Math.abs(off[1] - limit)).toBeLessThan(1e-3);
  }
});

test("firms who are allotted what they need trade nothing and have no market power, be they six or six thousand", () => {
  // h = u − a with a = p/γ: .3143, .6571, .8286
  const own = [1, 1 / 2, 1 / 4].map((k) => 1 - (k * 0.4 * 12) / 7);
  for (const firms of [6, 6000]) {
    const { price, responses, abatement } = strategic(firms, own);
    expect(price).toBeCloseTo(0.1 + (12 / 7) * 0.4, 12);
    [1, 1 / 2, 1 / 4].forEach((k, i) => {
      expect(responses[i]).toBeCloseTo(k, 9);
      expect(abatement[i]).toBeCloseTo((k * 0.4 * 12) / 7, 9);
    });
  }
});

test.each([
  [15, [1, 1, 1]],
  [15, [0, 0, 1]],
  [6, [1, 0, 0]],
] as const)(
  "where %i firms with permits %j know how they move the price, none gains by another response",
  (firms, allocation) => {
    const params = { caps: [0.6], banking: false, leastCost: 0.1, firms, allocation };
    const { responses, price } = strategic(firms, allocation);
    const profit = (kind: number, response: number): number => {
      let i = 0;
      const simulation = played(params, {
        response: (γ) => (i++ % firms === kind ? response : responses[[1, 2, 4].indexOf(γ)]),
      });
      if (response === responses[kind]) expect(scalar(simulation, "price")).toBeCloseTo(price, 9);
      return column(simulation, "firms.profit")[kind];
    };
    for (const [kind, own] of responses.entries()) {
      const best = profit(kind, own);
      for (let k = 0; k <= 2; k += 0.05) expect(profit(kind, k)).toBeLessThanOrEqual(best + 1e-12);
      // Price takers' 1/γ is worse unless the firm trades nothing.
      expect(best - profit(kind, [1, 1 / 2, 1 / 4][kind])).toBeGreaterThan(1e-7);
    }
  },
);

test("what firms with market power do is unknown where the fine, an upper bound or others' last tonne gets in the way", () => {
  const of = (params: Settings) => truthAt({ caps: [0.6], banking: false, ...params }).nashPrices;
  expect(of({})).toEqual([expect.closeTo(0.689066, 6)]);
  expect(of({ caps: [0.6, 1.1], shock: 0 })).toEqual([expect.closeTo(0.689066, 6), 0]);
  expect(of({ fine: 0.71, allocation: [0, 0, 1] })).toEqual([expect.closeTo(0.679101, 6)]);
  for (const [params, reason] of [
    [{ banking: true }, "permits can be kept"],
    [{ instrument: "tax" }, "no permits under the tax"],
    [{ regulators: 1 }, "a regulator chooses"],
    [{ fine: 0.7 }, "one firm alone can bring the price to the fine"],
    [{ responseMax: 0.9 }, "above responseMax"],
    [{ firms: 3 }, "firms may abate all that they emit"],
    [{ shock: 0.1, caps: [0.6, 1] }, "above the price"],
  ] as const)
    expect(of(params)).toEqual({ unknown: expect.stringContaining(reason) });
});

test.each([0.5, 12 / 7, 4])(
  "under either draw of costs the tax is better by σ²(G − d)/(2G²), at a slope of damages of %f",
  (damageSlope) => {
    const G = 12 / 7;
    const common = { caps: [0.6, 0.7, 0.65, 0.6], banking: false, shock: 0.25, damageSlope, leastCost: 0.1 };
    const years = (instrument: string): [θ: number, welfare: number, price: number][] => {
      const found: [number, number, number][] = [];
      played({ ...common, instrument }, {}, (s) =>
        found.push([scalar(s, "surprise"), scalar(s, "welfare"), scalar(s, "price")]),
      );
      return found;
    };
    const [cap, tax] = [years("cap"), years("tax")];
    expect(new Set(cap.map(([θ]) => θ))).toEqual(new Set([-0.25, 0.25]));
    const gain = (0.25 * 0.25 * (G - damageSlope)) / (2 * G * G);
    expect(advantageOfTax(0.25, G, damageSlope)).toBeCloseTo(gain, 15);
    cap.forEach(([θ, welfare, price], t) => {
      expect(tax[t][0]).toBe(θ);
      expect(tax[t][1] - welfare).toBeCloseTo(gain, 12);
      expect(price).toBeCloseTo(tax[t][2] + θ, 12);
    });
    const { taxAdvantage, prices } = truthAt(common);
    expect(taxAdvantage).toBeCloseTo(gain, 12);
    tax.forEach(([, , price], t) => {
      expect(price).toBeCloseTo((prices as readonly number[])[t], 12);
    });
  },
);

test("a regulator's choice holds for the episode, whatever it says later", () => {
  const simulation = createSimulation(carbonMarket, { params: { regulators: 1, caps: [0.6, 0.5] } });
  for (const instrument of [0, 1]) {
    let decisions = 0;
    fresh(simulation, 2, () => {
      // Regulator and firms decide once in either year.
      column(simulation, "regulators.instrument")[0] = decisions++ < 2 ? instrument : 1 - instrument;
    });
    expect(scalar(simulation, "tax")).toBe(instrument);
    expect(scalar(simulation, "held") > 0).toBe(instrument === 0);
  }
  expect(truthAt({ regulators: 1 }).prices).toEqual({ unknown: "a regulator chooses the instrument" });
});

test("permits that nobody has cost the fine, and those that nobody needs cost nothing and stay where they are", () => {
  const none = played({ caps: [0.5], banking: false, fine: 3 }, { response: () => 0 });
  expect([scalar(none, "price"), scalar(none, "uncovered"), scalar(none, "paid")]).toEqual([3, 30, 90]);
  const banked: number[] = [];
  const spare = played({ caps: [1.5, 1.2], allocation: [3, 0, 0] }, { keep: () => 0.25 }, (s) =>
    banked.push(scalar(s, "banked")),
  );
  expect(scalar(spare, "price")).toBe(0);
  expect(banked).toEqual([expect.closeTo(30, 9), expect.closeTo(42, 9)]);
  expect(column(spare, "firms.bank")[1]).toBe(0);
  const expired = played({ caps: [1.5], banking: false });
  expect([scalar(expired, "banked"), scalar(expired, "gone")]).toEqual([0, 90]);
});

test("firms that abate everything leave the rest to the others", () => {
  const simulation = played({ caps: [0.2], banking: false });
  expect(scalar(simulation, "price")).toBeCloseTo((3 * 0.8 - 1) / 0.75, 12);
  expect(column(simulation, "firms.abated")[0]).toBe(1);
});

test("after the last year a world has ended for good: its permits are worth nothing", () => {
  const env = makeVectorEnv(carbonMarket, { numEnvs: 1, params: { caps: [0.6, 0.5, 0.4] } });
  env.reset(1);
  const ends = [1, 2, 3, 4].map(() => {
    env.step();
    return [env.terminated[0], env.truncated[0]];
  });
  expect(ends).toEqual([
    [0, 0],
    [0, 0],
    [1, 0],
    [0, 0],
  ]);
});

test("lists that do not belong together are refused", () => {
  for (const [params, message] of [
    [{ allocation: [1, 2] }, "allocation has 2 numbers, expected 3"],
    [{ years: 3 }, "years is 3, expected 8"],
    [{ allocation: [0, 0, 0] }, "allocation is 0 for every firm"],
    [{ firms: 2, allocation: [0, 0, 1] }, "allocation is 0 for every firm"],
    [{ slopes: [1, Number.NaN, 2] }, "expected a number"],
    [{ caps: [] }, "expected"],
  ] as const)
    expect(() => truthAt(params)).toThrow(message);
});

test("the contract of economies holds", () => {
  for (const params of [
    { shock: 0.3, leastCost: 0.2, firms: 11 },
    { regulators: 1, caps: [0.7, 1.3, 0.4], firms: 11 },
  ])
    expect(checkEconomy(carbonMarket, { params, periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
});
