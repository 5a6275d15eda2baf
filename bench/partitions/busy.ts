// What bench/partitions.ts measures: traders of one community in twenty place many orders a period, all others one.
import { defineEconomy, f64, param, population } from "../../src/index.ts";

export default defineEconomy({
  name: "busy",
  source: "a benchmark",
  summary: "Traders of the first community place many orders, all others one.",
  params: {
    traders: param(200_000, { unit: "traders", min: 20, max: 1e7, integer: true }),
    orders: param(100, {
      unit: "orders",
      min: 1,
      max: 1e4,
      integer: true,
      doc: "of each trader in the busy community",
    }),
    horizon: param(1000, { unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  horizon: "horizon",
  populations: { traders: population({ size: "traders", state: { wealth: f64({ initial: 1, doc: "of a trader" }) } }) },
  phases: ({ each }) => ({
    trade: each(
      "traders",
      { doc: "orders one after the other, at a price that they move" },
      (k, from, to, _w, p, draw) => {
        const u = draw.uniform("luck");
        const busy = p.traders / 20;
        for (let i = from; i < to; i++) {
          const count = i < busy ? p.orders : 1;
          let [wealth, price] = [k.wealth[i]!, 1];
          for (let order = 0; order < count; order++) {
            price = 1 + 0.5 * (price - 1) + 0.01 * (u[i]! - 0.5);
            wealth += 0.01 * wealth * (1 / price - 1);
          }
          k.wealth[i] = wealth;
        }
      },
    ),
  }),
  metrics: { first: { unit: "1", doc: "wealth of trader 0", of: ({ traders }) => traders.wealth[0]! } },
});
