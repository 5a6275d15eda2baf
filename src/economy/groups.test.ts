// Totals by group: rows that name the row of another population, summed into its columns.
import { expect, test } from "vitest";
import { fresh } from "../../test/periods.ts";
import { param } from "../core/params.ts";
import { checkEconomy } from "./check.ts";
import { f64, i32, index } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { describeEconomy } from "./describe.ts";
import { population } from "./population.ts";
import { createSimulation, type Simulation, type SimulationOptions } from "./simulation.ts";

const doc = "what happens";
const fair = defineEconomy({
  name: "fair",
  source: "none",
  summary: "Traders go to markets; each market has its own demand and price.",
  params: {
    traders: param(1000, { integer: true, min: 1, doc: "traders" }),
    markets: param(12, { integer: true, min: 1, doc: "markets" }),
    empty: param(0, { min: 0, max: 1, doc: "share of traders who stay at home" }),
  },
  horizon: 5,
  populations: {
    markets: population({
      size: "markets",
      state: {
        demand: f64({ unit: "goods" }),
        visitors: i32({ unit: "traders" }),
        twice: f64({ unit: "goods" }),
        baskets: f64({ each: 2, unit: "goods" }),
        price: f64({ unit: "money/good" }),
      },
    }),
    traders: population({
      size: "traders",
      state: {
        market: index("markets", { doc: "where it trades" }),
        one: i32({ initial: 1, unit: "traders" }),
        quantity: f64({ unit: "goods" }),
        basket: f64({ each: 2, unit: "goods" }),
        paid: f64({ unit: "money" }),
      },
    }),
  },
  phases: ({ each, total }) => ({
    go: each("traders", { doc }, (k, from, to, _w, p, draw) => {
      const market = draw.integers("market", p.markets);
      const home = draw.uniform("home");
      const z = draw.normal("quantity");
      for (let i = from; i < to; i++) {
        k.market[i] = home[i] < p.empty ? -1 : market[i];
        k.quantity[i] = z[i] * 1e6 + z[i];
        k.basket[2 * i] = z[i];
        k.basket[2 * i + 1] = i;
      }
    }),
    add: total(
      "traders",
      { doc, by: "market" },
      {
        demand: "quantity",
        visitors: "one",
        twice: (k, i) => 2 * k.quantity[i],
        baskets: "basket",
      },
    ),
    post: each("markets", { doc }, (k, from, to) => {
      for (let g = from; g < to; g++) k.price[g] = k.demand[g] / (1 + k.visitors[g]);
    }),
    pay: each("traders", { doc }, (k, from, to, { markets: { price } }) => {
      for (let i = from; i < to; i++) k.paid[i] = k.market[i] < 0 ? 0 : price[k.market[i]] * k.quantity[i];
    }),
  }),
});

function played(options: SimulationOptions, periods = 2): Simulation {
  return fresh(createSimulation(fair, { grain: 16, ...options }), periods);
}
const values = (simulation: Simulation, name: string) => [...(simulation.columns[name] as Float64Array)];

test.each([
  [1000, 12, 0],
  [1000, 12, 0.5],
  [40, 39, 0.2],
  [7, 30, 0], // more markets than traders
  [1, 1, 0],
  [300, 1, 1],
])(
  "%d traders in %d markets, a share of %d at home: each market has the sum over its own",
  (traders, markets, empty) => {
    const simulation = played({ params: { traders, markets, empty } });
    const market = values(simulation, "traders.market");
    const quantity = values(simulation, "traders.quantity");
    const basket = values(simulation, "traders.basket");
    for (let g = 0; g < markets; g++) {
      const members = market.flatMap((m, i) => (m === g ? [i] : []));
      const sum = members.reduce((s, i) => s + quantity[i], 0);
      const size = members.reduce((s, i) => s + Math.abs(quantity[i]), 1);
      const tolerance = 1e-15 * (members.length + 8) * size; // n ε Σ|x|
      expect(Math.abs(values(simulation, "markets.demand")[g] - sum)).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(values(simulation, "markets.twice")[g] - 2 * sum)).toBeLessThanOrEqual(2 * tolerance);
      expect(values(simulation, "markets.visitors")[g]).toBe(members.length);
      expect(values(simulation, "markets.baskets")[2 * g + 1]).toBe(members.reduce((s, i) => s + i, 0));
      expect(values(simulation, "markets.baskets")[2 * g]).toBeCloseTo(
        members.reduce((s, i) => s + basket[2 * i], 0),
        9,
      );
    }
  },
);

test("any cut and any rank's order give the same bytes", () => {
  for (const params of [{}, { traders: 50, markets: 49 }, { traders: 200, markets: 3 }]) {
    const whole = played({ params });
    for (const pieces of [1, 2, 7])
      for (const backwards of [false, true]) {
        const cut = played({ params, cut: "rows", pieces, backwards });
        for (const name in whole.columns) expect([name, values(cut, name)]).toEqual([name, values(whole, name)]);
      }
  }
});

test("a row outside the other population, and integers that do not fit, name the place", () => {
  const wrong = (row: number, amount: number) =>
    defineEconomy({
      name: "wrong",
      source: "none",
      summary: "",
      params: {},
      horizon: 1,
      populations: {
        shops: population({ size: 2, state: { sold: i32() } }),
        people: population({ size: 3, state: { shop: index("shops", { initial: 1 }) } }),
      },
      phases: ({ each, total }) => ({
        go: each("people", { doc }, (k, from, to) => {
          for (let i = from; i < to; i++) if (i === 2) k.shop[i] = row;
        }),
        sell: total("people", { doc, by: "shop" }, { sold: () => amount }),
      }),
    });
  const run = (row: number, amount: number) => () => {
    const simulation = createSimulation(wrong(row, amount));
    simulation.reset(0);
    simulation.runPhase(0, 0);
    simulation.runPhase(1, 0);
    return values(simulation, "shops.sold");
  };
  expect(run(0, 2)()).toEqual([2, 4]);
  expect(run(-1, 2)()).toEqual([0, 4]);
  expect(run(2, 1)).toThrow('wrong: phase "sell": people.shop[2] is 2, expected a row of shops, 0 to 1, or −1.');
  expect(run(-2, 1)).toThrow("people.shop[2] is -2");
  expect(run(-1, 2 ** 30)).toThrow(
    'wrong: phase "sell": shops.sold[1] would be 2147483648, which its integers do not hold; declare it f64.',
  );
  expect(run(0, 0.25)).toThrow("shops.sold[0] would be 0.25");
});

test("groups are described, documented and checked", () => {
  expect(describeEconomy(fair)).toContain("2. **add** (sum over traders, by market): what happens");
  expect(describeEconomy(fair)).toContain("| market | i32 | row of markets | -1 | where it trades |");
  expect(checkEconomy(fair, { periods: 6 }).filter(({ pass }) => !pass)).toEqual([]);
});

const stall = { name: "stall", source: "none", summary: "", params: {}, horizon: 1 } as const;
test.each([
  [
    "a column that names no rows",
    () =>
      defineEconomy({
        ...stall,
        populations: { people: population({ size: 2, state: { x: f64(), shop: i32() } }) },
        // @ts-expect-error not an index column
        phases: ({ total }) => ({ add: total("people", { doc, by: "shop" }, { x: "x" }) }),
      }),
    'phase "add" groups by people.shop, which names no rows; declare it by `index("…")`.',
  ],
  [
    "an index of a population that does not exist",
    () =>
      defineEconomy({
        ...stall,
        populations: { people: population({ size: 2, state: { shop: index("shops") } }) },
        phases: () => ({}),
      }),
    'index column people.shop names "shops".',
  ],
  [
    "a sum into a column that the other population lacks",
    () =>
      defineEconomy({
        ...stall,
        populations: {
          shops: population({ size: 1, state: { sold: f64() } }),
          people: population({ size: 2, state: { x: f64(), shop: index("shops") } }),
        },
        // @ts-expect-error no such column of shops
        phases: ({ total }) => ({ add: total("people", { doc, by: "shop" }, { soled: "x" }) }),
      }),
    'phase "add" names "soled".',
  ],
])("%s is refused", (_what, define, message) => {
  expect(define).toThrow(message);
});
