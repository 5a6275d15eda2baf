// Impulse responses and panels of economies whose answers to a shock are formulas.
import { expect, test } from "vitest";
import type { Policy } from "../algorithms/algorithm.ts";
import { type AnyWorld, box, defineEconomy, f64, param, population, u8 } from "../economy/index.ts";
import { balancedPanel } from "./balanced-panel.ts";
import { impulseResponse } from "./impulse-response.ts";

/** x′ = ρ x + σ z; everybody has x and half as much again for each place; the dead are gone after their period. */
const autoregression = defineEconomy({
  name: "autoregression",
  source: "test",
  summary: "A number that returns to 0.",
  params: { persistence: param(0.5), noise: param(1) },
  horizon: 40,
  world: { x: f64({ initial: 3 }), last: f64() },
  populations: {
    people: population({ size: 3, state: { has: f64(), alive: u8({ initial: 1 }) }, lives: "alive" }),
  },
  phases: ({ world }) => ({
    move: world({ doc: "x′ = ρ x + σ z" }, (w, p, draw) => {
      w.last = w.x;
      w.x = p.persistence * w.x + p.noise * draw.normal("z");
      for (let i = 0; i < 3; i++) w.people.has[i] = w.x * (1 + i / 2);
      if (w.period === 4) w.people.alive[1] = 0;
    }),
  }),
  metrics: {
    square: { unit: "1", doc: "x²", of: (w) => w.x * w.x },
    rate: { unit: "1", doc: "of nothing", of: (w) => w.x / w.x / (w.last === 3 ? 0 : 1) },
    gap: { unit: "1", doc: "nothing to measure", of: () => Number.NaN },
  },
});
const raise = (by: number) => (w: AnyWorld) => {
  w["x"] = (w["x"] as number) + by;
};

test("a linear economy answers a shock δ with ρ^t δ in every world, whatever its draws; x² with 2 x ρ^t δ + ρ^2t δ²", () => {
  const asked = { economy: autoregression, series: ["x", "square"], burnIn: 6, periods: 8, seed: 3, worlds: 5 };
  const { x, square } = impulseResponse({ ...asked, shock: raise(2) });
  const { series } = balancedPanel(asked);
  for (let t = 0; t < 8; t++) {
    const left = 2 * 0.5 ** (t + 1);
    for (const part of ["response", "low", "high"] as const) expect(x![part][t]).toBeCloseTo(left, 13);
    const average = series["x"]!.reduce((sum, world) => sum + world[t]!, 0) / 5;
    expect(x!.baseline[t]).toBeCloseTo(average, 13);
    expect(square!.response[t]).toBeCloseTo(2 * average * left + left * left, 12);
    expect(square!.high[t]).toBeGreaterThan(square!.response[t]!);
    expect(square!.response[t]! - square!.low[t]!).toBeCloseTo(square!.high[t]! - square!.response[t]!, 12);
  }
  // of the worlds' differences 2 x ρ^t δ, Student's interval with 4 degrees of freedom
  const first = series["x"]!.map((world) => world[0]!);
  const spread = Math.sqrt(first.reduce((sum, v) => sum + (v - x!.baseline[0]!) ** 2, 0) / 4 / 5);
  expect(square!.high[0]! - square!.response[0]!).toBeCloseTo(2.7764451 * 2 * spread, 5);
});

test("no shock has no response, and one world has no interval but a response", () => {
  const asked = {
    economy: autoregression,
    params: { persistence: 0.9 },
    series: ["x"],
    burnIn: 1,
    periods: 5,
    seed: 1,
  };
  const none = impulseResponse({ ...asked, shock: () => {} })["x"]!;
  expect([...none.response]).toEqual([0, 0, 0, 0, 0]);
  const one = impulseResponse({ ...asked, worlds: 1, shock: raise(-1) })["x"]!;
  one.response.forEach((value, t) => void expect(value).toBeCloseTo(-(0.9 ** (t + 1)), 13));
  expect(one.low).toEqual(one.response);
  const second = impulseResponse({ ...asked, worlds: 2, shock: (w, _p, e) => raise(e === 1 ? 1 : 0)(w) })["x"]!;
  second.response.forEach((value, t) => void expect(value).toBeCloseTo(0.9 ** (t + 1) / 2, 13));
});

/** x′ = ½ x + what the player does, who sees x. */
const steered = defineEconomy({
  name: "steered",
  source: "test",
  summary: "A number that somebody steers.",
  params: {},
  horizon: 20,
  world: { x: f64({ initial: 1 }) },
  populations: { players: population({ size: 1, state: { cost: f64() }, actions: { push: box(-10, 10) } }) },
  phases: ({ decide, world }) => ({
    choose: decide("players", { doc: "how far" }),
    move: world({ doc: "x′ = ½ x + push" }, (w) => {
      w.x = 0.5 * w.x + w.players.push[0]!;
    }),
  }),
  observe: { players: { x: { world: "x", doc: "now" } } },
  reward: { players: { column: "cost", doc: "none" } },
});

test("who decides sees the shock in the period that begins with it and answers as the policy says", () => {
  const against: Policy = { load() {}, act: (actions, obs) => void (actions[0] = -0.75 * obs[0]!) };
  const { x } = impulseResponse({
    economy: steered,
    policies: { players: against },
    series: ["x"],
    burnIn: 3,
    periods: 6,
    seed: 1,
    worlds: 2,
    shock: raise(8),
  });
  x!.response.forEach((value, t) => void expect(value).toBeCloseTo(8 * (-0.25) ** (t + 1), 6)); // observations are in single precision
});

test("a balanced panel has the agents who live through all periods kept, and none of those who die within", () => {
  const asked = { economy: autoregression, series: ["x"], seed: 2, worlds: 2 };
  const columns = { population: "people", names: ["has"] };
  const early = balancedPanel({ ...asked, periods: 4, columns });
  expect(early.agents).toHaveLength(6);
  const late = balancedPanel({ ...asked, periods: 6, burnIn: 2, columns });
  expect(late.agents).toEqual([
    { world: 0, agent: 0 },
    { world: 0, agent: 2 },
    { world: 1, agent: 0 },
    { world: 1, agent: 2 },
  ]);
  late.columns["has"]!.forEach((values, row) => {
    const { world, agent } = late.agents[row]!;
    expect([...values]).toEqual([...late.series["x"]![world]!].map((x) => x * (1 + agent / 2)));
  });
  expect([...early.series["x"]![0]!].slice(2)).toEqual([...late.series["x"]![0]!].slice(0, 2));
});

test("what cannot be watched is refused: other names, an episode that ends, a figure that is none", () => {
  const asked = { economy: autoregression, series: ["x"], burnIn: 6, periods: 8, seed: 3, worlds: 2, shock: raise(1) };
  expect(() => impulseResponse({ ...asked, series: ["squares"] })).toThrow(
    'impulseResponse: autoregression has no metric or world scalar "squares". Did you mean "square"? It has square, rate, gap, x, last.',
  );
  expect(() => impulseResponse({ ...asked, periods: 40 })).toThrow(
    "world 0 of autoregression ended after 40 periods, expected 46 in one episode. Raise its horizon, or ask for fewer.",
  );
  expect(() => impulseResponse({ ...asked, burnIn: 0 })).toThrow("got a burnIn of 0 periods, expected 1 or more");
  expect(() => impulseResponse({ ...asked, series: ["gap"] })).toThrow(
    "gap is NaN in period 6 of world 0, expected a finite",
  );
  expect(() => balancedPanel({ ...asked, burnIn: -1 })).toThrow(
    "got a burnIn of -1 periods, expected a whole number from 0.",
  );
  expect(() => balancedPanel({ ...asked, columns: { population: "person", names: [] } })).toThrow(
    'autoregression has no population "person".',
  );
  expect(() => balancedPanel({ ...asked, columns: { population: "people", names: ["x"] } })).toThrow(
    'people has no column "x" with one value an agent.',
  );
});
