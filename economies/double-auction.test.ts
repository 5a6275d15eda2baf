// Zero intelligence in a double auction: closed forms of many traders and of two, and the bounds that no orders can break.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation } from "../src/economy/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { doubleAuction } from "./double-auction.ts";
import { linearEquilibrium, zeroIntelligence } from "./theory/double-auction.ts";

type Side = Readonly<Record<string, Float64Array>>;
const day = (params: object, seed = 1) => {
  const simulation = fresh(
    createSimulation(doubleAuction, { params: params as never, seed, checkIdentities: true }),
    0,
  );
  const { buyers, sellers } = simulation.worlds[0] as unknown as { buyers: Side; sellers: Side };
  const metric = (name: string) => doubleAuction.metrics[name]!.of(simulation.worlds[0]!, simulation.params);
  return { simulation, buyers, sellers, metric };
};
const truth = (params: object) =>
  doubleAuction.truth!(createSimulation(doubleAuction, { params: params as never }).params);

test("the economy keeps its contract, with either market and all orders", () => {
  for (const params of [
    { orders: "constrained" },
    { orders: "unconstrained", market: "call" },
    { orders: "own", bidding: "period" },
  ])
    expect(
      checkEconomy(doubleAuction, {
        params: { buyers: 5, sellers: 4, rounds: 2, ...params } as never,
        periods: 6,
      }).filter(({ pass }) => !pass),
    ).toEqual([]);
});

test("many budget-constrained traders gain 2 ln 2 − 1 of the most in one round, 2 − 2 ln 2 in two, and all in the end", () => {
  const at = (rounds: number) => zeroIntelligence({ buyers: 3, sellers: 3, rounds });
  expect(at(1).efficiency).toBeCloseTo(2 * Math.LN2 - 1, 6);
  expect(at(2).efficiency).toBeCloseTo(2 - 2 * Math.LN2, 6);
  // 1 − 2 ∫₁² (x − 1) x^(−R) dx
  expect(at(10).efficiency).toBeCloseTo(1 - 2 * ((1 - 2 ** -8) / 8 - (1 - 2 ** -9) / 9), 6);
  expect(at(10).smithAlpha).toBeLessThan(1e-6);
  expect(at(1).traded).toBeCloseTo(0.5 - Math.LN2 / 2, 6);
  // Twice as many buyers pay more, and what buyers and sellers are may be exchanged.
  const [many, few] = [
    zeroIntelligence({ buyers: 2, sellers: 1, rounds: 3 }),
    zeroIntelligence({ buyers: 1, sellers: 2, rounds: 3 }),
  ];
  expect(many.efficiency).toBeCloseTo(few.efficiency, 9);
  expect(many.smithAlpha).toBeCloseTo(few.smithAlpha / 2, 9);
  // 1500 traders, sampling error of an efficiency some 1/√1500 of a few tenths.
  for (const [buyers, sellers, rounds] of [
    [1500, 1500, 2],
    [1000, 500, 3],
  ] as const) {
    const { simulation, metric } = day({ buyers, sellers, rounds, market: "call" });
    goOn(simulation, 1);
    const { efficiency, traded, smithAlpha } = truth({ buyers, sellers, rounds, market: "call" });
    expect(Math.abs(metric("efficiency") - (efficiency as number))).toBeLessThan(0.03);
    expect(Math.abs(metric("traded") - (traded as number))).toBeLessThan(0.03 * sellers);
    expect(Math.abs(metric("smithAlpha") - (smithAlpha as number))).toBeLessThan(3);
  }
});

test("without a budget trade gains nothing on average, and with one nobody ever loses", () => {
  let [free, bound, best] = [0, 0, 0];
  for (const orders of ["unconstrained", "constrained"]) {
    const { simulation, buyers, sellers, metric } = day({ orders, rounds: 6, buyers: 300, sellers: 200 });
    for (let t = 0; t < 5; t++) {
      goOn(simulation, 1);
      if (orders === "unconstrained") free += metric("surplus");
      else {
        expect(Math.min(...buyers["surplus"]!, ...sellers["surplus"]!)).toBeGreaterThanOrEqual(0);
        expect(metric("efficiency")).toBeLessThanOrEqual(1);
        bound += metric("surplus");
        best += metric("bestSurplus");
      }
    }
  }
  // Some 150 lots a day at a standard deviation of 1/√6: 1.3 % of the most, 60 a day, over five days 4 %.
  expect(Math.abs(free / best)).toBeLessThan(0.13);
  expect(bound / best).toBeGreaterThan(0.9);
});

// A round: P(bid ≥ ask) = (v − c)²/2v(1 − c) for v > c, bids uniform below v and asks above c.
test("one buyer and one seller trade within R rounds as often as two uniform orders cross, at the earlier order's price", () => {
  const few = day({ buyers: 1, sellers: 1, rounds: 3 }, 4);
  let [trades, expected] = [0, 0];
  for (let t = 0; t < 2000; t++) {
    goOn(few.simulation, 1);
    const [v, c] = [few.buyers["value"]![0]!, few.sellers["cost"]![0]!];
    const q = v > c ? (v - c) ** 2 / (2 * v * (1 - c)) : 0;
    expected += 1 - (1 - q) ** 3;
    trades += few.metric("traded");
  }
  // Some 560 trades, standard deviation 17.
  expect(Math.abs(trades - expected)).toBeLessThan(50);
  const once = day({ buyers: 1, sellers: 1, rounds: 1 }, 4);
  let [high, all] = [0, 0];
  for (let t = 0; t < 600; t++) {
    goOn(once.simulation, 1);
    if (once.metric("traded") === 0) continue;
    const [v, c] = [once.buyers["value"]![0]!, once.sellers["cost"]![0]!];
    const [bid, ask, price] = [once.buyers["order"]![0]!, once.sellers["order"]![0]!, once.metric("price")];
    expect([bid, ask]).toContain(price);
    expect(once.metric("smithAlpha")).toBeCloseTo(100 * Math.abs(price / ((v + c) / 2) - 1), 9);
    high += price === bid ? 1 : 0;
    all++;
  }
  // Either comes first as often: half of some 70, standard deviation 4.
  expect(all).toBeGreaterThan(40);
  expect(Math.abs(high - all / 2)).toBeLessThan(13);
});

// Chatterjee & Samuelson 1983: bid 2v/3 + 1/12, ask 2c/3 + 1/4. Trade where v ≥ c + 1/4: gains of 9/64 of 1/6.
test("two traders in the linear equilibrium gain 27/32 of the most, and neither gains by another order", () => {
  const params = { buyers: 1, sellers: 1, rounds: 1, market: "call", orders: "own", bidding: "period" };
  const { simulation, buyers, sellers, metric } = day(params, 5);
  let [gained, best] = [0, 0];
  for (let t = 0; t < 2500; t++) {
    goOn(simulation, 1, () => {
      buyers["bid"]![0] = linearEquilibrium.bid(buyers["value"]![0]!);
      sellers["ask"]![0] = linearEquilibrium.ask(sellers["cost"]![0]!);
    });
    gained += metric("surplus");
    best += metric("bestSurplus");
  }
  expect(truth(params).efficiency).toBe(27 / 32);
  expect(Math.abs(gained / best - 27 / 32)).toBeLessThan(0.02);
  // E (v − (b + a)/2) over asks a = 2c/3 + 1/4 ≤ b, c uniform.
  for (const v of [0.3, 0.6, 0.9]) {
    const gain = (b: number) => {
      const most = Math.min(1, Math.max(0, 1.5 * (b - 0.25)));
      return most * (v - b / 2 - 1 / 8) - most ** 2 / 6;
    };
    for (const b of [0.2, 0.4, 0.5, 0.65, 0.8])
      expect(gain(b)).toBeLessThanOrEqual(gain(linearEquilibrium.bid(v)) + 1e-12);
  }
});

test("truthful traders in a call auction leave nothing on the table, and theory says where it has no answer", () => {
  const { simulation, metric } = day({ orders: "own", market: "call", rounds: 2, buyers: 9, sellers: 7 });
  for (let t = 0; t < 5; t++) {
    goOn(simulation, 1);
    expect(metric("efficiency")).toBeCloseTo(1, 12);
    expect(metric("smithAlpha")).toBeLessThan(1e-9);
  }
  expect(truth({ orders: "own", market: "call" }).efficiency).toBe(1);
  expect(truth({ orders: "unconstrained" }).efficiency).toBe(0);
  expect(truth({ orders: "own" }).efficiency).toMatchObject({ unknown: expect.stringContaining("truthful") });
  expect(truth({}).efficiency).toMatchObject({ unknown: expect.stringContaining("one by one") });
  expect(truth({ priceMax: 8, buyers: 30, sellers: 10 })).toMatchObject({ competitivePrice: 6, competitiveTrade: 7.5 });
});
