// Agents who die and are replaced, in a module of its own so that threads can import it.
import { box, defineEconomy, type Economy, f64, grid, param, population, u8 } from "../src/economy/index.ts";

/**
 * One guest enters in every period, into the first free room. Guests with odd numbers stay for two periods, with even ones for one; guest L is paid 10 L, then 10 L + 1, and `bonus` of
 * what it chooses.
 */
export const guests = (boxes = false) =>
  defineEconomy({
    name: "guests",
    source: "test",
    summary: "Guests come and go.",
    params: {
      horizon: param(5, { integer: true, min: 1 }),
      rooms: param(3, { integer: true, min: 1 }),
      arrivals: param(1, { doc: "per period" }),
      bonus: param(0, { doc: "of what is chosen" }),
      ghost: param(0, { doc: "what empty rooms would see" }),
    },
    horizon: "horizon",
    world: { born: f64(), came: f64(), paid: f64(), paidTo: f64(), rooms: f64() },
    populations: {
      guests: population({
        size: "rooms",
        lives: "alive",
        state: { alive: u8(), number: f64(), age: f64(), pay: f64({ initial: -1 }), ghost: f64() },
        actions: { tip: boxes ? box(0, 1) : grid(0, 1, 3) },
      }),
    },
    phases: ({ decide, each, enter, total, world }) => ({
      arrive: enter(
        "guests",
        { doc: "into the first free rooms", number: (_w, p) => p.arrivals, entered: "came" },
        (k, from, to, w, _p, _draw, entering) => {
          for (let i = from; i < to; i++) if (entering[i]) k.number[i] = w.born + 1;
        },
      ),
      count: world({ doc: "guests so far" }, (w, p) => {
        w.born += w.came;
        for (let i = 0; i < w.guests.size; i++) w.guests.ghost[i] = w.guests.alive[i] ? 0 : p.ghost;
      }),
      tip: decide("guests", { doc: "those who are here" }),
      stay: each("guests", { doc: "pay, and leave in time" }, (k, from, to, _w, p) => {
        for (let i = from; i < to; i++) {
          if (!k.alive[i]) continue;
          k.pay[i] = 10 * k.number[i] + k.age[i] + p.bonus * k.tip[i];
          k.age[i]++;
        }
      }),
      sum: total("guests", { doc: "of those who are here" }, { paid: "pay", rooms: () => 1 }),
      sumAll: total("guests", { doc: "of all rooms", dead: true }, { paidTo: "pay" }),
      leave: each("guests", { doc: "after one or two periods" }, (k, from, to) => {
        for (let i = from; i < to; i++) if (k.age[i] > k.number[i] % 2) k.alive[i] = 0;
      }),
    }),
    observe: {
      guests: {
        number: { column: "number", scale: 10, doc: "its number" },
        age: { column: "age", doc: "periods here" },
        ghost: { column: "ghost", doc: "0 where anybody lives" },
      },
    },
    reward: { guests: { column: "pay", doc: "pay" } },
  }) as Economy;
