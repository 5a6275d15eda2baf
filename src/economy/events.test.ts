// Events in continuous time: their order by hand, the law of a queue, what periods leave, and errors.
import { expect, test } from "vitest";
import { fresh, goOn } from "../../test/periods.ts";
import { param } from "../core/params.ts";
import { log1p } from "../math/index.ts";
import { checkEconomy } from "./check.ts";
import { eventTime, f64, i32 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { population } from "./population.ts";
import { createSimulation } from "./simulation.ts";

const doc = "what happens";
const exponential = (u: number): number => -log1p(-u);

/** Two kinds of bells and a gong; what rings is noted down by `ring`. */
const bells = (
  ring: (kind: string, row: number, time: number) => void,
  next: (kind: "left" | "right" | "gong", row: number, time: number) => number = () => Infinity,
  begin: readonly number[] = [0.5, 0.25, 0.5, 1.5],
) =>
  defineEconomy({
    name: "bells",
    source: "test",
    summary: "Bells ring.",
    params: { length: param(1), limit: param(1000) },
    horizon: 10,
    world: { gong: eventTime({ doc }), rung: f64({ doc }) },
    populations: { bells: population({ size: 4, state: { left: eventTime({ doc }), right: eventTime({ doc }) } }) },
    start: ({ world }) => ({
      wind: world({ doc }, (w) => {
        w.gong = 0.5;
        w.bells.left.set(begin);
        w.bells.right.set([Infinity, 0.5, 0.25, 2]);
      }),
    }),
    phases: ({ events }) => ({
      ring: events(
        "length",
        { doc, limit: "limit" },
        {
          right: {
            doc,
            of: "bells",
            at: "right",
            run(w, _p, row, time, _draw, schedule) {
              ring("right", row, time);
              w.rung++;
              schedule.right(row, next("right", row, time));
            },
          },
          gong: {
            doc,
            world: "gong",
            run(w, _p, row, time, _draw, schedule) {
              ring("gong", row, time);
              w.rung++;
              schedule.gong(row, next("gong", row, time));
            },
          },
          left: {
            doc,
            of: "bells",
            at: "left",
            run(w, _p, row, time, _draw, schedule) {
              ring("left", row, time);
              w.rung++;
              schedule.left(row, next("left", row, time));
            },
          },
        },
      ),
    }),
  });

test("events come by time, then by kind in order of declaration, then by row; each period has its own", () => {
  const heard: string[] = [];
  const simulation = createSimulation(bells((kind, row, time) => heard.push(`${time} ${kind} ${row}`)));
  fresh(simulation, 1);
  expect(heard).toEqual(["0.25 right 2", "0.25 left 1", "0.5 right 1", "0.5 gong 0", "0.5 left 0", "0.5 left 2"]);
  expect([...(simulation.columns["bells.left"] as Float64Array)]).toEqual([Infinity, Infinity, Infinity, 1.5]);
  heard.length = 0;
  goOn(simulation, 1);
  expect(heard).toEqual(["1.5 left 3"]);
  heard.length = 0;
  goOn(simulation, 1);
  expect(heard).toEqual(["2 right 3"]); // at the end of a period is at the beginning of the next
  expect((simulation.worlds[0] as { rung: number }).rung).toBe(8);
});

test("an event may be put off, brought forward and called off, its own and others'", () => {
  const heard: string[] = [];
  const economy = defineEconomy({
    name: "alarms",
    source: "test",
    summary: "Alarms.",
    params: {},
    horizon: 10,
    populations: { alarms: population({ size: 5, state: { due: eventTime({ doc }) } }) },
    start: ({ world }) => ({ set: world({ doc }, (w) => w.alarms.due.set([1, 2, 3, 4, 5])) }),
    phases: ({ events }) => ({
      live: events(
        10,
        { doc },
        {
          go: {
            doc,
            of: "alarms",
            at: "due",
            run(w, _p, row, time, _draw, schedule) {
              heard.push(`${row} at ${time}`);
              expect(w.alarms.due[row]).toBe(Infinity);
              if (row > 0 || time > 1) return;
              schedule.go(1, Infinity); // off
              schedule.go(2, 4.5); // later
              schedule.go(4, 1); // now
              schedule.go(0, 6); // again
              schedule.go(3, 10); // with the next period
            },
          },
        },
      ),
    }),
  });
  const simulation = fresh(createSimulation(economy), 1);
  expect(heard).toEqual(["0 at 1", "4 at 1", "2 at 4.5", "0 at 6"]);
  expect([...(simulation.columns["alarms.due"] as Float64Array)]).toEqual([Infinity, Infinity, Infinity, 10, Infinity]);
  goOn(simulation, 1);
  expect(heard.slice(4)).toEqual(["3 at 10"]);
});

test.each([
  [
    "NaN",
    (kind: string) => (kind === "gong" ? NaN : Infinity),
    /event "gong", world.gong\[0\] is scheduled for NaN, expected a time from now, 0.5, on, or Infinity/,
  ],
  [
    "the past",
    (kind: string, _row: number, time: number) => (kind === "left" ? time - 0.125 : Infinity),
    /Phase "ring" failed: event "left", bells.left\[1\] is scheduled for 0.125, expected a time from now, 0.25, on/,
  ],
  [
    "a cascade",
    (kind: string, _row: number, time: number) => (kind === "gong" ? time : Infinity),
    /more than 1000 events from 0 on, the next one event "gong", world.gong\[0\] at 0.5; .* raise `limit`/,
  ],
] as const)("%s is refused, and the error names phase, kind, row and time", (_, next, message) => {
  const simulation = createSimulation(bells(() => {}, next as never));
  expect(() => fresh(simulation, 1)).toThrow(message);
});

test("times before the period, and those that an event writes behind the queue's back, are refused", () => {
  const late = createSimulation(bells(() => {}, undefined, [0.5, -0.25, 0.5, 1.5]));
  expect(() => fresh(late, 1)).toThrow(/event "left", bells.left\[1\] is -0.25, before the period, which begins at 0/);
  const none = createSimulation(bells(() => {}, undefined, [0.5, NaN, 0.5, 1.5]));
  expect(() => fresh(none, 1)).toThrow(/NaN/);
  const beyond = createSimulation(
    bells((kind) => {
      if (kind === "gong") (beyond.columns["bells.left"] as Float64Array)[3] = 0.75;
    }),
  );
  expect(() => fresh(beyond, 1)).toThrow("bells.left[3] was scheduled for 1.5 and is 0.75");
  for (const at of [0.75, 5, 0.25, Infinity]) {
    const simulation = createSimulation(
      bells((kind, row) => {
        if (kind === "right" && row === 2) (simulation.columns["bells.left"] as Float64Array)[2] = at;
      }),
    );
    expect(() => fresh(simulation, 1)).toThrow(
      `bells.left[2] was scheduled for 0.5 and is ${at}: an event wrote the column; let it call schedule.left(row, time)`,
    );
  }
});

test("rows that are not there are refused", () => {
  for (const row of [-1, 4, 0.5, NaN]) {
    const economy = defineEconomy({
      name: "nowhere",
      source: "test",
      summary: "An event for a row that is not there.",
      params: {},
      horizon: 1,
      populations: { bells: population({ size: 4, state: { left: eventTime({ doc }) } }) },
      phases: ({ events }) => ({
        ring: events(
          1,
          { doc },
          {
            gong: {
              doc,
              of: "bells",
              at: "left",
              run: (_w, _p, _row, time, _draw, schedule) => schedule.gong(row, time),
            },
          },
        ),
      }),
    });
    const simulation = createSimulation(economy);
    simulation.reset(0);
    (simulation.columns["bells.left"] as Float64Array)[0] = 0.5;
    expect(() => simulation.runPhase(0, 0)).toThrow(`schedule.gong(${row}, 0.5): expected a row from 0 to 3`);
  }
});

const clocks = defineEconomy({
  name: "clocks",
  source: "test",
  summary: "Rows count at rates of their own.",
  params: { rows: param(2000, { doc, integer: true }), rate: param(3, { doc }), length: param(2, { doc }) },
  horizon: 4,
  populations: {
    rows: population({ size: "rows", state: { due: eventTime({ doc }), count: i32({ doc }), sum: f64({ doc }) } }),
  },
  start: ({ each }) => ({
    begin: each("rows", { doc }, ({ due }, from, to, _w, p, draw) => {
      const u = draw.uniform("due");
      for (let i = from; i < to; i++) due[i] = exponential(u[i]) / p.rate;
    }),
  }),
  phases: ({ events }) => ({
    tick: events(
      "length",
      { doc },
      {
        count: {
          doc,
          of: "rows",
          at: "due",
          run({ rows }, p, row, time, draw, schedule) {
            rows.count[row]++;
            rows.sum[row] += time;
            schedule.count(row, time + exponential(draw.uniform("due")) / p.rate);
          },
        },
      },
    ),
  }),
});

test("counts of independent exponential waits have the mean and the variance of Poisson's law, across periods", () => {
  const n = 2000;
  const simulation = fresh(createSimulation(clocks, { params: { rows: n } }), 4);
  const counts = [...(simulation.columns["rows.count"] as Int32Array)];
  const mean = counts.reduce((sum, x) => sum + x, 0) / n;
  const variance = counts.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  const λ = 3 * 2 * 4;
  expect(Math.abs(mean - λ)).toBeLessThan(4 * Math.sqrt(λ / n));
  expect(Math.abs(variance - λ)).toBeLessThan(4 * Math.sqrt((2 * λ * λ + λ) / n));
  // Given how many there were, times are uniform on [0, 8].
  const sum = (simulation.columns["rows.sum"] as Float64Array).reduce((a, b) => a + b, 0);
  const total = mean * n;
  expect(Math.abs(sum / total - 4)).toBeLessThan((4 * 8) / Math.sqrt(12 * total));
});

test("any length of a period passes the contract of economies", () => {
  for (const length of [0.1, 2])
    expect(checkEconomy(clocks, { params: { rows: 40, length }, periods: 10 }).filter(({ pass }) => !pass)).toEqual([]);
});

test("declarations that make no sense are refused", () => {
  const declare = (time: object, events: object, extra: object = {}) =>
    defineEconomy({
      name: "odd",
      source: "test",
      summary: "odd",
      params: {},
      horizon: 1,
      world: { next: eventTime({ doc }) },
      populations: { people: population({ size: 3, state: { due: eventTime({ doc }), x: f64({ doc }) } }) },
      ...extra,
      phases: (({ events: make }: { events: (...args: unknown[]) => unknown }) => ({
        live: make(1, { doc }, events),
      })) as never,
      ...time,
    } as never);
  const run = () => {};
  const due = { doc, of: "people", at: "due", run };
  expect(() => declare({}, { go: due })).not.toThrow();
  expect(() => declare({}, {})).toThrow(/phase "live" has no events/);
  expect(() => declare({}, { go: { doc, run } })).toThrow(/needs rows, \{ of, at \}, or a scalar/);
  expect(() => declare({}, { go: { ...due, world: "next" } })).toThrow(/needs rows/);
  expect(() => declare({}, { go: { ...due, at: "x" } })).toThrow(
    /people.x, which is no event time; declare it eventTime/,
  );
  expect(() => declare({}, { go: { ...due, of: "peple" } })).toThrow(/Did you mean "people"/);
  expect(() => declare({}, { go: due, again: due })).toThrow(/two events of phase "live" happen at people.due/);
  expect(() => declare({}, { go: { ...due, run: async () => {} } })).toThrow(/async function/);
  expect(() => declare({ observe: { people: { due: { column: "due", doc } } } }, { go: due })).toThrow(
    /observe.people.due is the time of an event/,
  );
  const start = ({ events }: { events: (...args: unknown[]) => unknown }) => ({
    live: events(1, { doc }, { go: due }),
  });
  expect(() => declare({ start }, { go: due })).toThrow(/start phase "live" has events/);
  const phases = ({ events, repeat }: Record<"events" | "repeat", (...args: unknown[]) => unknown>) => ({
    days: repeat(2, { doc }, { live: events(1, { doc }, { go: due }) }),
  });
  expect(() => declare({ phases }, {})).toThrow(/repeats the events "live"/);
});
