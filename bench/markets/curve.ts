// What bench/markets.ts measures, and peers/radcad_markets.py has in Python: traders on a linear bonding curve, all orders of a period at one price.
import { defineEconomy, f64, i32, param, population } from "../../src/index.ts";

export default defineEconomy({
  name: "curve",
  source: "a benchmark",
  summary: "Traders mint and burn tokens on a linear curve.",
  params: {
    traders: param(50, { unit: "traders", min: 1, max: 1e7, integer: true }),
    supply: param(100, { unit: "tokens", min: 0, max: 1e9 }),
    slope: param(0.01, { unit: "money/token²", min: 0, max: 1 }),
    intercept: param(1, { unit: "money/token", min: 0, max: 1 }),
    fee: param(0.003, { min: 0, max: 0.5 }),
    orderMax: param(1, { unit: "tokens", min: 0, max: 10 }),
  },
  horizon: 1_000_000,
  world: { supply: f64({ unit: "tokens" }), reserve: f64({ unit: "money" }), treasury: f64({ unit: "money" }) },
  populations: {
    traders: population({
      size: "traders",
      state: {
        random: i32(),
        money: f64({ unit: "money", initial: 100 }),
        tokens: f64({ unit: "tokens" }),
        filled: f64({ unit: "tokens" }),
      },
    }),
  },
  start: ({ world }) => ({
    endow: world({ doc: "the first supply, spread equally" }, (w, p) => {
      w.supply = p.supply;
      w.reserve = 0.5 * p.slope * w.supply * w.supply + p.intercept * w.supply;
      for (let i = 0; i < p.traders; i++) {
        w.traders.random[i] = Math.imul(i + 1, 1_000_003);
        w.traders.tokens[i] = w.supply / p.traders;
      }
    }),
  }),
  phases: ({ each, world }) => ({
    order: each("traders", { doc: "uniform orders, of tokens that are there" }, (k, from, to, _w, p) => {
      for (let i = from; i < to; i++) {
        k.random[i] = Math.imul(k.random[i], 1664525) + 1013904223;
        k.filled[i] = Math.max((p.orderMax * k.random[i]) / 2147483648, -k.tokens[i]);
      }
    }),
    trade: world({ doc: "all at the price that they make together, as far as money goes" }, (w, p) => {
      const { money, tokens, filled, size } = w.traders;
      let [price, net] = [p.slope * w.supply + p.intercept, 0];
      for (let round = 0; round < 2; round++) {
        net = 0;
        const cost = price * (1 + p.fee);
        for (let i = 0; i < size; i++) {
          filled[i] = Math.min(filled[i], money[i] / cost);
          net += filled[i];
        }
        price = p.slope * (w.supply + net / 2) + p.intercept;
      }
      let charged = 0;
      for (let i = 0; i < size; i++) {
        const paid = price * filled[i];
        const fee = p.fee * Math.abs(paid);
        money[i] -= paid + fee;
        tokens[i] += filled[i];
        charged += fee;
      }
      w.treasury += charged;
      w.supply += net;
      w.reserve += price * net;
    }),
  }),
});
