// The checks must be able to fail: economies broken on purpose.
import { expect, test } from "vitest";
import { checkEconomy } from "./check.ts";
import { f64 } from "./columns.ts";
import { defineEconomy, type Economy } from "./define.ts";
import { choice, param } from "./params.ts";
import { population } from "./population.ts";
import { grid } from "./spaces.ts";

const failures = (economy: Economy) => checkEconomy(economy, { periods: 12 }).filter(({ pass }) => !pass);
const names = (economy: Economy) => failures(economy).map(({ name }) => name);

const CUT = "cutting the rows into 1, 2 and 7 pieces changes nothing";
const SAME = "the same seed gives the same bytes";
const SURVIVE = "phases survive random, unmasked actions and identities hold after each";

const town = {
  name: "town",
  source: "none",
  summary: "Goods on rows.",
  params: { n: param(20, { min: 1, integer: true, doc: "people" }) },
  horizon: 5,
  populations: {
    people: population({
      size: "n",
      state: { goods: f64({ unit: "goods", initial: 1 }) },
      actions: { gift: grid(0, 1, 5, { unit: "goods" }) },
    }),
  },
} as const;
const doc = "what happens";

test("a sound economy passes every check", () => {
  const sound = defineEconomy({
    ...town,
    phases: ({ decide, each }) => ({
      choose: decide("people", { doc }),
      swap: each("people", { doc, partner: "random", reads: ["gift"] }, (k, from, to, _w, _p, _draw, other) => {
        for (let i = from; i < to; i++) if (other.row[i] >= 0) k.goods[i] += other.gift[other.row[i]] - k.gift[i];
      }),
    }),
    identities: {
      goods: { doc: "Σ goods", of: ({ people }) => people.goods.reduce((a, b) => a + b, 0) - people.size },
    },
    truth: () => ({ mean: 1 }),
  });
  expect(failures(sound)).toEqual([]);
});

test("goods that come from nowhere fail the identity", () => {
  const economy = defineEconomy({
    ...town,
    phases: ({ decide, each }) => ({
      choose: decide("people", { doc }),
      give: each("people", { doc }, (k, from, to) => {
        for (let i = from; i < to; i++) k.goods[i] += k.gift[i];
      }),
    }),
    identities: {
      goods: { doc: "Σ goods", of: ({ people }) => people.goods.reduce((a, b) => a + b, 0) - people.size },
    },
  });
  const [failed, ...others] = failures(economy);
  expect(others).toEqual([]);
  expect(failed.name).toBe(SURVIVE);
  expect(failed.detail).toMatch(/Identity "goods" of town is off by .* after phase "give"/);
});

test("a phase that only survives its mask fails under random actions", () => {
  const economy = defineEconomy({
    ...town,
    phases: ({ decide, each }) => ({
      choose: decide("people", { doc }),
      spend: each("people", { doc }, (k, from, to) => {
        for (let i = from; i < to; i++) k.goods[i] = Math.sqrt(1 - 2 * k.gift[i]);
      }),
    }),
  });
  expect(names(economy)).toContain(SURVIVE);
  expect(failures(economy)[0].detail).toMatch(/Phase "spend" produced NaN in people.goods\[\d+\]/);
});

test.each([
  ["the row before", -1],
  ["the row after", 1],
])("a phase that reads %s fails the cut", (_which, offset) => {
  const economy = defineEconomy({
    ...town,
    phases: ({ each }) => ({
      copy: each("people", { doc }, (k, from, to, _w, _p, draw) => {
        const u = draw.uniform("u");
        for (let i = from; i < to; i++) k.goods[i] = u[i] + 0.5 * (k.goods[(i + offset + k.size) % k.size] ?? 0);
      }),
    }),
  });
  expect(names(economy)).toEqual([CUT]);
});

test("a sum taken inside `each` fails the cut", () => {
  const economy = defineEconomy({
    ...town,
    phases: ({ each }) => ({
      share: each("people", { doc }, (k, from, to, _w, _p, draw) => {
        const u = draw.uniform("u");
        let sum = 0;
        for (let i = from; i < to; i++) sum += u[i];
        for (let i = from; i < to; i++) k.goods[i] = sum / (to - from);
      }),
    }),
  });
  expect(names(economy)).toEqual([CUT]);
});

test("state kept outside the columns fails", () => {
  let calls = 0;
  const economy = defineEconomy({
    ...town,
    phases: ({ each }) => ({
      count: each("people", { doc }, (k, from, to) => {
        calls++;
        for (let i = from; i < to; i++) k.goods[i] = calls;
      }),
    }),
  });
  expect(names(economy)).toEqual([SAME, CUT]);
});

test("what nobody documented is listed", () => {
  const economy = defineEconomy({
    ...town,
    summary: "",
    params: { fee: param(1), share: param(1, { symbol: "s" }), regime: choice("a", ["a", "b"]) },
    world: { price: f64() },
    populations: {
      people: population({ size: 3, state: { x: f64(), y: f64({ unit: "goods" }) }, actions: { gift: grid(0, 1, 5) } }),
    },
    phases: ({ decide }) => ({ choose: decide("people", { doc: "" }) }),
    observe: { people: { x: { column: "x", doc: "" } } },
  });
  expect(failures(economy)).toEqual([
    {
      name: "everything declared is documented",
      pass: false,
      detail:
        "No unit or doc: summary, params.fee, params.regime, phase choose, people.x, people.gift, world.price, observe.people.x.",
    },
  ]);
});

test("theory that is not a number fails", () => {
  const economy = defineEconomy({ ...town, phases: () => ({}), truth: () => ({ price: Number.NaN }) });
  expect(failures(economy)).toEqual([{ name: "theory is finite", pass: false, detail: "truth.price is NaN." }]);
});
