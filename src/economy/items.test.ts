// Columns with an inner axis: several items per row, in state, actions, totals, observations and errors.
import { expect, test } from "vitest";
import { param } from "../core/params.ts";
import { makeVectorEnv } from "../env/vector-env.ts";
import { checkEconomy } from "./check.ts";
import { f64, i32 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { describeEconomy } from "./describe.ts";
import { population } from "./population.ts";
import { createSimulation, type Simulation, type SimulationOptions } from "./simulation.ts";
import { box, discrete, grid } from "./spaces.ts";

const doc = "what happens";
const bazaar = defineEconomy({
  name: "bazaar",
  source: "none",
  summary: "Traders hold several tokens.",
  params: {
    n: param(5, { integer: true, min: 1, doc: "traders" }),
    tokens: param(3, { integer: true, min: 1, doc: "kinds" }),
  },
  horizon: 4,
  world: {
    supply: f64({ each: "tokens", unit: "tokens", initial: 2 }),
    weighted: f64({ each: "tokens", unit: "tokens" }),
    everything: f64({ unit: "tokens" }),
  },
  populations: {
    traders: population({
      size: "n",
      state: {
        holdings: f64({ each: "tokens", unit: "tokens", initial: 1 }),
        seen: f64({ each: "tokens", unit: "tokens" }),
        counts: i32({ each: 2, unit: "1", doc: "of two kinds" }),
        reward: f64({ unit: "1", doc: "0" }),
      },
      actions: { order: box(-1, 1, { each: "tokens", unit: "tokens" }) },
    }),
  },
  start: ({ each }) => ({
    endow: each("traders", { doc }, (k, from, to, _w, p) => {
      for (let i = from; i < to; i++) for (let m = 0; m < p.tokens; m++) k.holdings[i * p.tokens + m] = 10 * i + m;
    }),
  }),
  phases: ({ decide, each, total, world }) => ({
    choose: decide("traders", { doc }),
    fill: each("traders", { doc, partner: "random", reads: ["holdings"] }, (k, from, to, _w, p, _draw, other) => {
      const M = p.tokens;
      for (let i = from; i < to; i++)
        for (let m = 0; m < M; m++) {
          k.seen[i * M + m] = other.row[i] < 0 ? -1 : other.holdings[other.row[i] * M + m];
          k.holdings[i * M + m] += k.order[i * M + m];
        }
    }),
    count: total(
      "traders",
      { doc },
      {
        supply: "holdings",
        weighted: (k, i, _w, p, m) => (m + 1) * k.holdings[i * p.tokens + m],
        everything: (k, i, _w, p) => {
          let sum = 0;
          for (let m = 0; m < p.tokens; m++) sum += k.holdings[i * p.tokens + m];
          return sum;
        },
      },
    ),
    double: world({ doc }, (w) => {
      for (let m = 0; m < w.weighted.length; m++) w.weighted[m] *= 2;
    }),
  }),
  observe: {
    traders: {
      holdings: { column: "holdings", scale: 2, doc },
      supply: { world: "supply", center: 1, doc },
      all: { column: "holdings", of: "everyone", doc },
      everything: { world: "everything", doc },
    },
  },
  reward: { traders: { column: "reward", doc } },
});

const values = (simulation: Simulation, name: string) => [...(simulation.columns[name] as Float64Array)];

test("a column is rows × items, row by row, a scalar its items; both take their initial values at every reset", () => {
  const simulation = createSimulation(bazaar, { params: { n: 2 }, numWorlds: 2 });
  simulation.reset(1);
  expect(values(simulation, "traders.holdings")).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 2, 10, 11, 12]);
  expect(values(simulation, "world.supply")).toEqual([0, 0, 0, 2, 2, 2]);
  expect([...(simulation.worlds[1].supply as Float64Array)]).toEqual([2, 2, 2]);
  expect(simulation.columns["traders.counts"]).toBeInstanceOf(Int32Array);
  expect(simulation.columns["traders.counts"]).toHaveLength(8);
  expect(simulation.items).toMatchObject({ "traders.holdings": 3, "traders.counts": 2, "traders.reward": null });
  simulation.runPhase(3, 1);
  expect(values(simulation, "world.weighted")).toEqual([0, 0, 0, 0, 0, 0]);
});

const played = (options: SimulationOptions) => {
  const simulation = createSimulation(bazaar, { params: { n: 37, tokens: 4 }, grain: 8, ...options });
  for (let e = 0; e < simulation.numWorlds; e++) {
    simulation.reset(e);
    for (let period = 0; period < 3; period++) {
      const order = (simulation.worlds[e].traders as unknown as { order: Float64Array }).order;
      for (let k = 0; k < order.length; k++) order[k] = (k % 7) * 0.1;
      for (let index = 1; index < 4; index++) simulation.runPhase(index, e);
      simulation.endPeriod(e);
    }
  }
  return simulation;
};

test("totals add item by item, and functions get the item", () => {
  const simulation = played({});
  const holdings = values(simulation, "traders.holdings");
  const sums = [0, 1, 2, 3].map((m) => holdings.filter((_, k) => k % 4 === m).reduce((a, b) => a + b, 0));
  sums.forEach((sum, m) => {
    expect(values(simulation, "world.supply")[m]).toBeCloseTo(sum, 9);
    expect(values(simulation, "world.weighted")[m]).toBeCloseTo(2 * (m + 1) * sum, 9);
  });
  expect(values(simulation, "world.everything")[0]).toBeCloseTo(
    sums.reduce((a, b) => a + b),
    9,
  );
});

test("any cut gives the same bytes, and partners' items are those before the phase", () => {
  const whole = played({});
  for (const pieces of [1, 2, 7])
    for (const backwards of [false, true]) {
      const cut = played({ cut: "rows", pieces, backwards });
      for (const name in whole.columns) expect([name, values(cut, name)]).toEqual([name, values(whole, name)]);
    }
  const seen = values(whole, "traders.seen");
  const before = values(played({}), "traders.holdings").map((x, k) => x - (k % 7) * 0.1);
  const rows = Array.from({ length: 37 }, (_, i) => before.slice(4 * i, 4 * i + 4));
  for (let i = 0; i < 37; i++) {
    const own = seen.slice(4 * i, 4 * i + 4);
    const match = rows.some((row) => row.every((x, m) => Math.abs(x - own[m]) < 1e-12));
    expect(match || own.every((x) => x === -1)).toBe(true);
  }
});

test("the environment has a feature and an action dimension for each item", () => {
  const env = makeVectorEnv(bazaar, { numEnvs: 2, params: { n: 2, tokens: 2 } });
  const { features, actions } = env.spec.traders;
  expect(features).toEqual([
    ...["holdings/0", "holdings/1", "supply/0", "supply/1"],
    ...["all/0/0", "all/0/1", "all/1/0", "all/1/1", "everything"],
  ]);
  expect(actions.map(({ name }) => name)).toEqual(["order/0", "order/1"]);
  env.reset(1);
  const obs = env.batch.traders.obs;
  expect([...obs.slice(0, 9)]).toEqual([0, 0.5, 1, 1, 0, 1, 10, 11, 0]);
  expect([...obs.slice(9, 18)]).toEqual([5, 5.5, 1, 1, 10, 11, 0, 1, 0]); // own first, then the others
  env.batch.traders.actions.set([0.25, -5, 1, 0, 0, 0, 0, 0]);
  env.step();
  expect([...(env.simulation.columns["traders.order"] as Float64Array)]).toEqual([0.25, -1, 1, 0, 0, 0, 0, 0]);
  expect([...(env.simulation.columns["traders.holdings"] as Float64Array)].slice(0, 4)).toEqual([0.25, 0, 11, 11]);
});

test("masks, grids and codes have a choice for each item", () => {
  const economy = defineEconomy({
    name: "shelf",
    source: "none",
    summary: "",
    params: { goods: param(2, { integer: true }) },
    horizon: 2,
    populations: {
      shops: population({
        size: 2,
        state: { stock: f64({ each: "goods" }) },
        actions: { price: grid(1, 3, 3, { each: "goods" }), mode: discrete(2) },
      }),
    },
    phases: ({ decide }) => ({ choose: decide("shops", { doc }) }),
    observe: { shops: { stock: { column: "stock", doc } } },
    mask: { shops: { price: { doc, allows: (_k, i, price, _w, _p, item) => price <= 1 + i + item } } },
  });
  const env = makeVectorEnv(economy, { numEnvs: 1 });
  env.reset(1);
  expect(env.spec.shops.actions.map(({ name }) => name)).toEqual(["price/0", "price/1", "mode"]);
  expect([...env.batch.shops.actionMask!]).toEqual([1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1]);
  env.batch.shops.actions.set([0, 1, 1, 1, 2, 0]);
  env.step();
  expect([...(env.simulation.columns["shops.price"] as Float64Array)]).toEqual([1, 2, 2, 3]);
  expect([...(env.simulation.columns["shops.mode"] as Int32Array)]).toEqual([1, 0]);
});

test("a value that is not finite is reported with its row and item", () => {
  const broken = (scalar: boolean) =>
    defineEconomy({
      name: "broken",
      source: "none",
      summary: "",
      params: {},
      horizon: 1,
      world: { prices: f64({ each: 3 }) },
      populations: { people: population({ size: 4, state: { x: f64({ each: 3 }) } }) },
      phases: ({ each, world }) => ({
        spoil: scalar
          ? world({ doc }, (w) => {
              w.prices[2] = Number.NaN;
            })
          : each("people", { doc }, (k, from, to) => {
              for (let i = from; i < to; i++) k.x[i * 3 + 1] = i === 2 ? Infinity : 0;
            }),
      }),
    });
  const run = (world: boolean) => () => {
    const simulation = createSimulation(broken(world), { cut: "rows", pieces: 2, grain: 2 });
    simulation.reset(0);
    simulation.runPhase(0, 0);
  };
  expect(run(false)).toThrow('Phase "spoil" produced Infinity in people.x[2, 1] (economy broken, world 0, period 0).');
  expect(run(true)).toThrow('Phase "spoil" produced NaN in world.prices[2] (economy broken, world 0, period 0).');
});

test("rules name the items, and the checks pass", () => {
  const text = describeEconomy(bazaar);
  expect(text).toContain("| holdings[tokens] | f64 |");
  expect(text).toContain("| order[tokens] |");
  expect(text).toContain("| supply[tokens] |");
  expect(checkEconomy(bazaar, { periods: 9 }).filter(({ pass }) => !pass)).toEqual([]);
});

const shop = { name: "shop", source: "none", summary: "", params: { m: param(2) }, horizon: 1 } as const;
const two = population({ size: 2, state: { x: f64({ each: "m" }), y: f64(), z: f64({ each: 2 }) } });

test.each([
  [
    "a total of items into a single value",
    () =>
      defineEconomy({
        ...shop,
        world: { sum: f64() },
        populations: { two },
        phases: ({ total }) => ({ add: total("two", { doc }, { sum: "x" }) }),
      }),
    'phase "add" sums two.x (each: m) into world.sum (single values); expected as many items.',
  ],
  [
    "a reward of several items",
    () =>
      defineEconomy({
        ...shop,
        populations: { two },
        phases: () => ({}),
        reward: { two: { column: "x", doc } },
      }),
    "reward.two is two.x, which has several items; expected a column of single values.",
  ],
  [
    "items counted by a parameter that does not exist",
    () =>
      defineEconomy({
        ...shop,
        // @ts-expect-error no such parameter
        populations: { two: population({ size: 2, state: { x: f64({ each: "k" }) } }) },
        phases: () => ({}),
      }),
    'the number of items of two.x names "k"',
  ],
  [
    "an action into a column with other items",
    () =>
      defineEconomy({
        ...shop,
        populations: { two: population({ size: 2, state: { x: f64({ each: 2 }) }, actions: { x: box(0, 1) } }) },
        phases: () => ({}),
      }),
    "two.x is a column and an action with different items",
  ],
])("%s is refused", (_what, define, message) => {
  expect(define).toThrow(message);
});

test("fewer than one item, or a part of one, is refused", () => {
  const economy = defineEconomy({ ...shop, populations: { two }, phases: () => ({}) });
  for (const m of [0, 1.5])
    expect(() => createSimulation(economy, { params: { m } })).toThrow(
      `shop: the number of items of two.x is ${m}, expected an integer of at least 1.`,
    );
});
