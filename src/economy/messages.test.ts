// Messages: the order of their delivery by hand, what stays in flight, room, and the same bits wherever they come from.
import { expect, test } from "vitest";
import { fresh, goOn } from "../../test/periods.ts";
import { param } from "../core/params.ts";
import { checkEconomy } from "./check.ts";
import { f64, i32 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { describeEconomy } from "./describe.ts";
import { messages } from "./messages.ts";
import { population } from "./population.ts";
import { createSimulation, type Simulation } from "./simulation.ts";

const doc = "what happens";
type Letter = readonly [from: number, to: number, due: number, priority: number, amount: number];

/** Firms write the letters of `letters` to banks in period 0; banks read what is due, and reply as `reply` says. */
const mail = (
  letters: readonly Letter[],
  heard: string[],
  reply: (
    l: number,
    time: number,
    send: (from: number, to: number, due: number, priority?: number) => number,
  ) => void = () => {},
) =>
  defineEconomy({
    name: "mail",
    source: "test",
    summary: "Firms write to banks.",
    params: { firms: param(4, { integer: true, doc }), capacity: param(2, { doc }) },
    horizon: 10,
    populations: {
      firms: population({ size: "firms", state: { cash: f64({ doc }) } }),
      banks: population({ size: 3, state: { lent: f64({ doc }) } }),
    },
    links: {
      letters: messages("firms", {
        to: "banks",
        capacity: "capacity",
        state: { amount: f64({ doc }), tags: i32({ doc, each: 2 }) },
      }),
    },
    phases: ({ send, events }) => ({
      write: send("letters", { doc }, (_k, from, to, w, _p, _draw, post, content) => {
        if (w.period > 0) return;
        for (const [source, target, due, priority, amount] of letters)
          if (source >= from && source < to) {
            const l = post(source, target, due, priority);
            content.amount[l] = amount;
            content.tags[2 * l + 1] = source;
          }
      }),
      read: events(
        1,
        { doc },
        {
          read: {
            doc,
            of: "letters",
            at: "due",
            run({ letters: k, banks }, _p, l, time, _draw, _schedule, send) {
              banks.lent[k.target[l]] += k.amount[l];
              heard.push(`${time}: ${k.source[l]} to ${k.target[l]}, ${k.amount[l]}`);
              expect(k.tags[2 * l + 1]).toBe(k.source[l]);
              reply(l, time, (from, to, due, priority) => {
                const row = send.letters(from, to, due, priority);
                k.tags[2 * row + 1] = from;
                return row;
              });
            },
          },
        },
      ),
    }),
  });
const column = (simulation: Simulation, name: string) => [...simulation.columns[`letters.${name}`]];

test("messages are delivered by due time, priority, sender's row and order of sending; others stay in flight", () => {
  const heard: string[] = [];
  const letters: Letter[] = [
    [3, 0, 0.5, 0, 1],
    [1, 1, 0.5, 0, 2],
    [1, 2, 0.5, 0, 3],
    [0, 2, 0.5, 1, 4],
    [2, 0, 0.5, -1, 5],
    [2, 1, 0.25, 7, 6],
    [0, 1, 2.5, 0, 7],
    [3, 2, 1, 0, 8],
  ];
  const simulation = fresh(createSimulation(mail(letters, heard)), 1);
  expect(heard.splice(0)).toEqual([
    "0.25: 2 to 1, 6",
    "0.5: 2 to 0, 5",
    "0.5: 1 to 1, 2",
    "0.5: 1 to 2, 3",
    "0.5: 3 to 0, 1",
    "0.5: 0 to 2, 4",
  ]);
  // Two are in flight, sorted by sender, and nothing is left of the others.
  expect([column(simulation, "size"), column(simulation, "start")]).toEqual([[2], [0, 1, 1, 1, 2]]);
  expect(column(simulation, "due")).toEqual([2.5, 1, ...Array(6).fill(Infinity)]);
  expect(column(simulation, "amount")).toEqual([7, 8, 0, 0, 0, 0, 0, 0]);
  expect(column(simulation, "tags").slice(0, 6)).toEqual([0, 0, 0, 3, 0, 0]);
  expect([...simulation.columns["banks.lent"]]).toEqual([6, 8, 7]);
  goOn(simulation, 1);
  expect(heard.splice(0)).toEqual(["1: 3 to 2, 8"]);
  goOn(simulation, 1);
  expect(heard.splice(0)).toEqual(["2.5: 0 to 1, 7"]);
  expect([column(simulation, "size"), column(simulation, "start")]).toEqual([[0], [0, 0, 0, 0, 0]]);
  simulation.reset(0);
  expect([...simulation.columns["letters/sent"]]).toEqual([0]);
});

test("who reads a message may send others, also for now; room is used again", () => {
  const heard: string[] = [];
  let rows: number[] = [];
  const economy = mail([[0, 0, 0.5, 0, 1]], heard, (l, time, send) => {
    rows.push(l);
    if (time < 0.9) rows.push(send(1, 1, time, 0));
    if (time === 0.5 && rows.length === 2) rows.push(send(2, 2, 5, 3), send(1, 0, 4, 0));
    if (rows.length > 12) throw new Error("enough");
  });
  const simulation = createSimulation(economy, { params: { capacity: 1 } });
  expect(() => fresh(simulation, 1)).toThrow("enough");
  // Row 0 is read while 1, 2 and 3 are sent; then rows that have been read are taken, the last first.
  expect(rows.slice(0, 8)).toEqual([0, 1, 2, 3, 1, 0, 0, 1]);
  expect(heard.slice(0, 3)).toEqual(["0.5: 0 to 0, 1", "0.5: 1 to 1, 0", "0.5: 1 to 1, 0"]);
  rows = [];
});

test("more messages than there is room for, past and missing times, and rows that are not there are refused", () => {
  const sent =
    (letter: Letter, capacity = 2) =>
    () =>
      fresh(createSimulation(mail(Array(5).fill(letter), []), { params: { capacity } }), 1);
  expect(sent([0, 0, 3, 0, 1])).not.toThrow();
  expect(sent([0, 0, 3, 0, 1], 1)).toThrow(
    'phase "write" sends more than the 4 letters that there is room for; raise their capacity',
  );
  expect(sent([0, 0, NaN, 0, 1])).toThrow(
    'phase "write" sends letters from row 0 to row 0 for NaN, expected a time from 0 on',
  );
  expect(sent([0, 0, Infinity, 0, 1])).toThrow("for Infinity, expected a time");
  expect(sent([0, 3, 1, 0, 1])).toThrow("sends letters from row 0 to row 3, expected rows 0 to 3 and 0 to 2");
  expect(sent([0, 0, 1, 0.5, 1])).toThrow("with priority 0.5, expected a whole number");
  // In flight already and sent now count together.
  const twice = mail(
    [
      [0, 0, 9, 0, 1],
      [1, 0, 0.5, 0, 1],
    ],
    [],
    (_l, _time, send) => {
      for (let k = 0; k < 9; k++) send(3, 1, 7);
    },
  );
  expect(() => fresh(createSimulation(twice), 1)).toThrow('phase "read" sends more than the 8 letters');
  const early = mail([[1, 0, 0.5, 0, 1]], [], (_l, _time, send) => send(3, 1, 0.25));
  expect(() => fresh(createSimulation(early), 1)).toThrow(
    "a message of letters from row 3 is due at 0.25, expected a time from now, 0.5, on",
  );
  const others = defineEconomy({
    ...rest,
    name: "others",
    phases: ({ send }) => ({
      write: send("letters", { doc }, (_k, from, _to, _w, _p, _d, post) => post((from + 1) % 3, 0, 1)),
    }),
  });
  expect(() => fresh(createSimulation(others, { cut: "rows", pieces: 3, grain: 1 }), 1)).toThrow(
    'phase "write" sends from row 1 while it runs over rows 0 to 0; a row sends for itself',
  );
});

const rest = {
  source: "test",
  summary: "People write.",
  params: {},
  horizon: 3,
  populations: { people: population({ size: 3, state: { x: f64({ doc }) } }) },
  links: { letters: messages("people", { capacity: 1 }) },
} as const;

test("links cannot be sent, messages cannot be wired, and columns of every message cannot be declared", () => {
  const declare = (phases: (build: never) => unknown) => () =>
    defineEconomy({ ...rest, name: "odd", phases: phases as never });
  type Build = Record<"send" | "wire", (...args: unknown[]) => unknown>;
  expect(declare(({ wire }: Build) => ({ tie: wire("letters", { doc }, () => () => {}) }))).toThrow(
    'phase "tie" wires letters, which are messages; a send phase or an event sends them',
  );
  expect(() =>
    defineEconomy({
      ...rest,
      name: "odd",
      links: { letters: { from: "people", to: "people", degree: 1, doc, state: {} } },
      phases: (({ send }: Build) => ({ tie: send("letters", { doc }, () => {}) })) as never,
    }),
  ).toThrow('phase "tie" sends letters, which are links; declare them as messages(…)');
  expect(() => messages("people", { capacity: 1, state: { due: f64() } as never })).toThrow('declares a column "due"');
  expect(describeEconomy(mail([], []))).toContain(
    "## Messages letters, from firms to banks (room for parameter capacity, 2 per row of firms on average)",
  );
});

/** Rumours pass from hand to hand, with delays; every person has sent as many as it should have. */
const rumours = defineEconomy({
  name: "rumours",
  source: "test",
  summary: "Rumours pass from hand to hand.",
  params: { people: param(50, { integer: true, min: 2, doc }) },
  horizon: 8,
  world: { flying: f64({ doc }) },
  populations: { people: population({ size: "people", state: { heard: f64({ doc }), told: f64({ doc }) } }) },
  links: { rumours: messages("people", { capacity: 12, state: { weight: f64({ doc }) } }) },
  phases: ({ send, events, total }) => ({
    tell: send("rumours", { doc }, (k, from, to, w, p, draw, post, { weight }) => {
      const [other, u] = [draw.integers("other", p.people), draw.uniform("delay")];
      for (let i = from; i < to; i++)
        for (let n = 0; n <= i % 2; n++) {
          weight[post(i, other[i], w.period + 3 * u[i], n)] = 1 + k.heard[i];
          k.told[i]++;
        }
    }),
    hear: events(
      1,
      { doc },
      {
        hear: {
          doc,
          of: "rumours",
          at: "due",
          run({ people, rumours }, p, l, time, draw, schedule, send) {
            const me = rumours.target[l];
            people.heard[me] = 0.5 * people.heard[me] + 0.1 * rumours.weight[l] + 0.01 * rumours.source[l];
            const u = draw.uniform("what");
            if (u < 0.2) schedule.hear(l, time + 0.1);
            else if (u < 0.5) {
              rumours.weight[send.rumours(me, draw.integer("next", p.people), time + 2 * u)] = 1;
              people.told[me]++;
            }
          },
        },
      },
    ),
    count: total("rumours", { doc }, { flying: () => 1 }),
  }),
  identities: {
    flying: { doc: "in flight are as many as there are rows", after: "period", of: (w) => w.flying - w.rumours.size },
    sorted: {
      doc: "rumours in flight are sorted by who tells them",
      of: ({ rumours: { start, source, size, due } }) => {
        let wrong = start[start.length - 1] === size ? 0 : 1;
        for (let i = 0; i + 1 < start.length; i++)
          for (let l = start[i]; l < start[i + 1]; l++) if (source[l] !== i || due[l] === Infinity) wrong++;
        return wrong;
      },
    },
  },
});

test("the contract of economies holds with messages in flight", () => {
  expect(checkEconomy(rumours, { periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
  const simulation = fresh(createSimulation(rumours), 6);
  expect(simulation.columns["rumours.size"][0]).toBeGreaterThan(20);
  const told = (simulation.columns["people.told"] as Float64Array).reduce((sum, x) => sum + x, 0);
  expect(simulation.columns["rumours/sent"][0]).toBe(told);
});
