// What bench/markets.ts measures, and peers/radcad_markets.py has in Python: traders at a constant product, one after another, on the pool that ships (src/parts/pool.ts).
import { defineEconomy, f64, i32, param, parts, population } from "../../src/index.ts";

export default defineEconomy({
  name: "pool",
  source: "a benchmark",
  summary: "Traders buy from a pool and sell to it.",
  params: {
    ...parts.poolColumns.params,
    traders: param(50, { unit: "traders", min: 1, max: 1e7, integer: true }),
    orderMax: param(1, { min: 0, max: 10 }),
  },
  horizon: 1_000_000,
  world: parts.poolColumns.world,
  populations: {
    traders: population({
      size: "traders",
      state: {
        random: i32(),
        money: f64({ unit: "money", initial: 100 }),
        tokens: f64({ unit: "tokens", initial: 100 }),
      },
    }),
  },
  start: ({ world }) => ({
    found: world({ doc: "a pool of 1000 and 1000" }, (w, p) => {
      parts.foundPool(w, p, { depth: 1000, price: 1 });
      for (let i = 0; i < p.traders; i++) w.traders.random[i] = Math.imul(i + 1, 1_000_003);
    }),
  }),
  phases: ({ world }) => ({
    trade: world({ doc: "uniform orders, from the next trader in each period on" }, (w, p) => {
      const { random, money, tokens, size } = w.traders;
      for (let k = 0; k < size; k++) {
        const i = (w.period + k) % size;
        random[i] = Math.imul(random[i], 1664525) + 1013904223;
        const order = (p.orderMax * random[i]) / 2147483648;
        const fill =
          order > 0
            ? parts.buyFromPool(w, p, Math.min(order, money[i]))
            : parts.sellToPool(w, p, Math.min(-order, tokens[i]));
        money[i] += order > 0 ? -fill.paid : fill.received;
        tokens[i] += order > 0 ? fill.received : -fill.paid;
      }
    }),
  }),
});
