// Agents who decide apart, in a module of its own so that threads can import it.
import { box, defineEconomy, type Economy, f64, grid, i32, param, population } from "../src/economy/index.ts";

/**
 * Nurse 0 is on duty in every period, nurse 1 in odd ones, nurse 2 in the third of each episode, nurse 3 never. In period t nurse i earns 100 i + t + 1, and a quarter of what
 * it last chose. A clerk decides every second period.
 */
export const shifts = (boxes = false) =>
  defineEconomy({
    name: "shifts",
    source: "test",
    summary: "Nurses who decide when they are on duty, and a clerk with a clock.",
    params: {
      horizon: param(4, { integer: true, min: 1 }),
      idle: param(0, { doc: "what those who are off duty see in mid-episode" }),
      bonus: param(0, { doc: "of what is chosen" }),
    },
    horizon: "horizon",
    world: { time: f64() },
    populations: {
      nurses: population({
        size: 4,
        state: { on: i32(), pay: f64(), seen: f64() },
        actions: { care: boxes ? box(0, 1) : grid(0, 1, 3) },
      }),
      clerk: population({ size: 1, state: { pay: f64() }, actions: { stamp: boxes ? box(0, 1) : grid(0, 1, 3) } }),
    },
    phases: ({ decide, world }) => ({
      roster: world({ doc: "who is on duty" }, (w, p) => {
        w.time = w.period;
        const on = [true, w.period % 2 === 1, w.period === 2, false];
        for (let i = 0; i < 4; i++) {
          w.nurses.on[i] = on[i] ? 1 : 0;
          w.nurses.seen[i] = on[i] || w.period === p.horizon ? w.period : p.idle; // all are asked where an episode is cut off
        }
      }),
      care: decide("nurses", { doc: "those on duty", who: "on" }),
      stamp: decide("clerk", { doc: "every second period", every: 2 }),
      pay: world({ doc: "pay" }, (w, p) => {
        for (let i = 0; i < 4; i++) w.nurses.pay[i] = 100 * i + w.period + 1 + p.bonus * w.nurses.care[i];
        w.clerk.pay[0] = 1;
      }),
    }),
    observe: {
      nurses: { seen: { column: "seen", doc: "the period" }, time: { world: "time", scale: 4, doc: "the period" } },
      clerk: { time: { world: "time", doc: "the period" } },
    },
    reward: { nurses: { column: "pay", doc: "" }, clerk: { column: "pay", doc: "" } },
  }) as Economy;
