// Agents who decide one at a time at events, in a module of its own so that threads can import it.
import {
  box,
  defineEconomy,
  type Economy,
  eventTime,
  f64,
  grid,
  i32,
  param,
  population,
} from "../src/economy/index.ts";

/**
 * Caller 0 calls at ¼, ¾, 1 ¼, …, caller 1 at ½, 1 ¼, 2, …, and each chats half a time unit after its first call of a period; with `noise` all of that later by chance. An answer pays 1 and ten times
 * what is chosen, a chat what is chosen, and every period 100. A bell rings at 0.6 of each period. The boss decides once per period, before all of them.
 */
export const callers = (boxes = false) =>
  defineEconomy({
    name: "callers",
    source: "test",
    summary: "Callers answer when they are called.",
    params: {
      horizon: param(2, { integer: true, min: 1 }),
      noise: param(0),
      callers: param(2, { integer: true, min: 1 }),
    },
    horizon: "horizon",
    world: { bell: eventTime(), rung: f64(), mood: f64() },
    populations: {
      boss: population({ size: 1, state: { pay: f64() }, actions: { mood: boxes ? box(0, 1) : grid(0, 1, 3) } }),
      callers: population({
        size: "callers",
        state: { call: eventTime(), chat: eventTime(), open: i32({ initial: 1 }), calls: f64(), pay: f64() },
        actions: {
          answer: boxes ? box(0, 1) : grid(0, 1, 3),
          tone: boxes ? box(0, 1) : grid(0, 1, 3),
        },
      }),
    },
    start: ({ each, world }) => ({
      begin: each("callers", { doc: "the first calls" }, (k, from, to, _w, p, draw) => {
        const u = draw.uniform("first");
        for (let i = from; i < to; i++) k.call[i] = 0.25 * (i + 1) + p.noise * u[i];
      }),
      wind: world({ doc: "the bell" }, (w) => {
        w.bell = 0.6;
      }),
    }),
    phases: ({ decide, each, events, world }) => ({
      open: each("callers", { doc: "a new period's pay" }, (k, from, to) => {
        k.pay.fill(0, from, to);
        k.calls.fill(0, from, to);
      }),
      mind: decide("boss", { doc: "a mood" }),
      day: events(
        1,
        { doc: "calls, chats and the bell" },
        {
          bell: {
            doc: "rings once per period",
            world: "bell",
            run(w, _p, row, time, _draw, schedule) {
              w.rung++;
              schedule.bell(row, time + 1);
            },
          },
          call: {
            doc: "answered as is decided there",
            of: "callers",
            at: "call",
            decide: {
              choices: ["answer"],
              observe: {
                rung: { world: "rung", doc: "how often the bell has rung" },
                calls: { column: "calls", doc: "answered in this period" },
              },
              who: "open",
            },
            run({ callers }, p, i, time, draw, schedule) {
              callers.pay[i] += 1 + 10 * callers.answer[i];
              if (callers.calls[i]++ === 0) schedule.chat(i, time + 0.5);
              schedule.call(i, time + 0.5 + 0.25 * i + p.noise * draw.uniform("next"));
            },
          },
          chat: {
            doc: "in the tone that is decided there",
            of: "callers",
            at: "chat",
            decide: { choices: ["tone"], observe: ["pay"], mask: {} },
            run({ callers }, _p, i) {
              callers.pay[i] += callers.tone[i];
            },
          },
        },
      ),
      wage: world({ doc: "100 for everybody" }, (w) => {
        for (let i = 0; i < w.callers.size; i++) w.callers.pay[i] += 100;
        w.boss.pay[0] = w.callers.pay[0] + w.boss.mood[0];
      }),
    }),
    observe: {
      boss: { rung: { world: "rung", doc: "how often the bell has rung" } },
      callers: { pay: { column: "pay", doc: "in this period so far" } },
    },
    reward: { boss: { column: "pay", doc: "" }, callers: { column: "pay", doc: "" } },
  }) as Economy;
