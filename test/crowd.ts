// A crowd whose rewards tell who earned them and when, in a module of its own so that threads can import it.
import { defineEconomy, discrete, type Economy, f64, i32, param, population } from "../src/economy/index.ts";

/** In period t agent i sees i and t, and earns 100 i + t + 1, and `bonus` for choice 2, and again for the share of all who chose it. Only every `gap`-th is awake. */
export const crowd = ({ apart = false }: { readonly apart?: boolean } = {}) =>
  defineEconomy({
    name: "crowd",
    source: "test",
    summary: "Agents who differ in what they earn.",
    params: {
      agents: param(12, { integer: true, min: 1 }),
      gap: param(1, { integer: true, min: 1 }),
      pay: param(1, { doc: "of what tells who earned it" }),
      bonus: param(0, { doc: "for choice 2" }),
      horizon: param(6, { integer: true, min: 1 }),
    },
    horizon: "horizon",
    world: { time: f64() },
    populations: {
      people: population({
        size: "agents",
        state: { name: f64(), awake: i32(), pay: f64() },
        actions: { choice: discrete(3) },
      }),
    },
    start: ({ each }) => ({
      call: each("people", { doc: "by their rows" }, (k, from, to, _w, p) => {
        for (let i = from; i < to; i++) {
          k.name[i] = i;
          k.awake[i] = i % p.gap === 0 ? 1 : 0;
        }
      }),
    }),
    phases: ({ decide, world }) => ({
      look: world({ doc: "the time" }, (w) => {
        w.time = w.period;
      }),
      choose: decide("people", { doc: "0, 1 or 2", ...(apart && { who: "awake" as const }) }),
      pay: world({ doc: "pay" }, (w, p) => {
        let share = 0;
        for (let i = 0; i < p.agents; i++) share += w.people.choice[i] === 2 ? 1 / p.agents : 0;
        for (let i = 0; i < p.agents; i++)
          w.people.pay[i] = p.pay * (100 * i + w.period + 1) + p.bonus * ((w.people.choice[i] === 2 ? 1 : 0) + share);
      }),
    }),
    observe: {
      people: {
        name: { column: "name", scale: 12, doc: "the row" },
        time: { world: "time", doc: "the period" },
      },
    },
    reward: { people: { column: "pay", doc: "pay" } },
  }) as Economy;
