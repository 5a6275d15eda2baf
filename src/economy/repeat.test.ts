// repeat: phases several times a period, with draws of their own in each substep, and the same for any cut.
import { expect, test } from "vitest";
import { fresh, goOn } from "../../test/periods.ts";
import { param } from "../core/params.ts";
import { checkEconomy } from "./check.ts";
import { f64, i32 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { describeEconomy } from "./describe.ts";
import { links } from "./links.ts";
import { population } from "./population.ts";
import { createSimulation, type Simulation, type SimulationOptions } from "./simulation.ts";
import { discrete } from "./spaces.ts";

const doc = "what happens";
const rest = { name: "clock", source: "none", summary: "Days of a month.", horizon: 9 } as const;

const clock = defineEconomy({
  ...rest,
  params: {
    days: param(3, { integer: true, min: 1, doc: "days" }),
    n: param(20, { integer: true, min: 2, doc: "people" }),
  },
  world: { sum: f64({ doc: "of walks" }), chance: f64({ doc: "of the world" }) },
  populations: {
    people: population({
      size: "n",
      state: {
        walk: f64({ doc: "sum of draws" }),
        drawn: f64({ each: 8, doc: "by order" }),
        days: i32({ doc: "so far" }),
        inbox: i32({ doc: "received" }),
        met: f64({ doc: "sum of partners' walks" }),
      },
    }),
  },
  phases: ({ each, exchange, repeat, total, world }) => ({
    month: repeat(
      "days",
      { doc: "day by day" },
      {
        walk: each("people", { doc }, (k, from, to, _w, _p, draw) => {
          const u = draw.uniform("step");
          for (let i = from; i < to; i++) {
            k.walk[i] += u[i];
            k.drawn[i * 8 + (k.days[i] % 8)] = u[i];
            k.days[i]++;
          }
        }),
        meet: each("people", { doc, partner: "random", reads: ["walk"] }, (k, from, to, _w, _p, _draw, other) => {
          for (let i = from; i < to; i++) if (other.row[i] >= 0) k.met[i] += other.walk[other.row[i]];
        }),
        send: exchange("people", { doc, inbox: "inbox" }, ({ size }, from, to, _w, _p, draw, send) => {
          const other = draw.integers("other", size);
          for (let i = from; i < to; i++) send(other[i], 1);
        }),
        add: total("people", { doc }, { sum: "walk" }),
        world: world({ doc }, (w, _p, draw) => {
          w.chance += draw.uniform("chance") + w.sum;
        }),
      },
    ),
  }),
  identities: {
    sent: { doc: "one each", of: (w, p) => w.people.inbox.reduce((a, b) => a + b, 0) - p.n * w.people.days[0] },
  },
});

function played(options: SimulationOptions = {}, periods = 2): Simulation {
  return fresh(createSimulation(clock, { grain: 4, ...options }), periods);
}
const values = (simulation: Simulation, name: string) => [...(simulation.columns[name] as Float64Array)];

test("phases run in order, as often as the parameter says, and draw afresh in every substep of every period", () => {
  const simulation = played({}, 2);
  expect(values(simulation, "people.days")).toEqual(new Array(20).fill(6));
  const drawn = values(simulation, "people.drawn").filter((x) => x > 0);
  expect(drawn).toHaveLength(6 * 20);
  expect(new Set(drawn).size).toBe(6 * 20);
  expect(values(simulation, "people.inbox").reduce((a, b) => a + b)).toBe(6 * 20);
  expect(values(played({ params: { days: 6 } }, 1), "people.drawn").filter((x) => x > 0)).toEqual(drawn); // day 3 of period 0 has one address
});

test("the same bits for any cut, and after a start from the middle", () => {
  const whole = played({}, 4);
  for (const pieces of [1, 2, 7])
    for (const backwards of [false, true]) {
      const cut = played({ cut: "rows", pieces, backwards }, 4);
      for (const name in whole.columns) expect([name, values(cut, name)]).toEqual([name, values(whole, name)]);
    }
  const before = played({}, 2);
  const after = createSimulation(clock, { grain: 4 });
  for (const name in before.columns) after.columns[name]!.set(before.columns[name] as never);
  goOn(after, 2);
  for (const name in whole.columns) expect([name, values(after, name)]).toEqual([name, values(whole, name)]);
});

test("substeps beyond what draws can be addressed by are refused", () => {
  const simulation = played({}, 1);
  (simulation.columns["tick"] as Int32Array)[0] = 2 ** 30;
  expect(() => simulation.runPhase(0, 0)).toThrow("substep 3221225472 is beyond what draws can be addressed by, 2^31");
});

const street = { ...rest, params: { n: param(2.5) } };
const people = population({ size: 3, state: { x: f64() }, actions: { act: discrete(2) } });
test.each([
  [
    "a decision within",
    () =>
      defineEconomy({
        ...street,
        populations: { people },
        phases: ({ decide, repeat }) => ({ day: repeat(2, { doc }, { act: decide("people", { doc }) }) }),
      }),
    'phase "day" repeats the decision "act"; decisions are taken once in a period.',
  ],
  [
    "wiring within",
    () =>
      defineEconomy({
        ...street,
        populations: { people },
        links: { ties: links("people", { degree: 1 }) },
        phases: ({ repeat, wire }) => ({ day: repeat(2, { doc }, { tie: wire("ties", { doc }, () => () => {}) }) }),
      }),
    'phase "day" repeats "tie", which makes links; links are made once in a period.',
  ],
  [
    "nothing",
    () =>
      defineEconomy({ ...street, populations: { people }, phases: ({ repeat }) => ({ day: repeat(2, { doc }, {}) }) }),
    'phase "day" repeats nothing.',
  ],
  [
    "a number that is no parameter",
    () =>
      defineEconomy({
        ...street,
        populations: { people },
        // @ts-expect-error no such parameter
        phases: ({ each, repeat }) => ({ day: repeat("days", { doc }, { x: each("people", { doc }, () => {}) }) }),
      }),
    'how often phase "day" repeats names "days".',
  ],
  [
    "a misspelt name within",
    () =>
      defineEconomy({
        ...street,
        populations: { people },
        // @ts-expect-error no such population
        phases: ({ each, repeat }) => ({ day: repeat(2, { doc }, { x: each("peple", { doc }, () => {}) }) }),
      }),
    'phase "day/x" names "peple".',
  ],
  [
    "a promise within",
    () =>
      defineEconomy({
        ...street,
        populations: { people },
        phases: ({ each, repeat }) => ({
          day: repeat(2, { doc }, { x: each("people", { doc }, (async () => {}) as never) }),
        }),
      }),
    'phase "day/x" is an async function or a generator',
  ],
  [
    "half a time",
    () =>
      createSimulation(
        defineEconomy({
          ...street,
          populations: { people },
          phases: ({ each, repeat }) => ({ day: repeat("n", { doc }, { x: each("people", { doc }, () => {}) }) }),
        }),
      ),
    'how often phase "day" repeats is 2.5, expected an integer of at least 1.',
  ],
])("%s is refused", (_what, make, message) => {
  expect(make).toThrow(message);
});

test("a number that is not finite names the phase within", () => {
  const economy = defineEconomy({
    ...street,
    populations: { people },
    phases: ({ each, repeat }) => ({
      day: repeat(2, { doc }, { spoil: each("people", { doc }, (k) => void (k.x[1] = Number.NaN)) }),
    }),
  });
  expect(() => createSimulation(economy).runPhase(0, 0)).toThrow('Phase "day/spoil" produced NaN in people.x[1]');
});

test("substeps are described and checked", () => {
  expect(describeEconomy(clock)).toContain(
    "1. **month** (days times: walk, each of people; meet, each of people, with a random partner; send, people send to inbox of people; ",
  );
  expect(checkEconomy(clock, { periods: 9 }).filter(({ pass }) => !pass)).toEqual([]);
});
