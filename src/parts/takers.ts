// Traders who take the price that a pool or a curve makes, with orders of zero intelligence: who arrives buys or sells, each with probability ½, for an amount that is uniform up to a limit.
// After Gode & Sunder 1993, "Allocative efficiency of markets with zero-intelligence traders", Journal of Political Economy 101, 119.
import type { WorldDraws } from "../economy/draws.ts";
import { extension, f64, param, part, population } from "../economy/index.ts";
import * as mechanisms from "../economy/mechanisms/index.ts";

const { roundDown } = mechanisms;

const state = {
  money: f64({ unit: "money" }),
  tokens: f64({ unit: "tokens" }),
  order: f64({ doc: "money to buy tokens for, or, below 0, tokens to sell" }),
  paid: f64({ unit: "money", doc: "net, this period" }),
  given: f64({ unit: "tokens", doc: "net, this period" }),
};

/** The traders of a part that executes orders. */
export const orders = extension({ state });

/** What was handed over and what came back for it. */
export interface Fill {
  readonly paid: number;
  readonly received: number;
}

/** Executes all orders one by one, as far as traders have what they offer. */
export function inRandomOrder(
  {
    size,
    money,
    tokens,
    order,
    paid,
    given,
  }: Readonly<Record<keyof typeof state, Float64Array>> & {
    readonly size: number;
  },
  draw: WorldDraws,
  buy: (money: number) => Fill,
  sell: (tokens: number) => Fill,
): void {
  for (let i = 0; i < size; i++)
    if (!Number.isFinite(order[i])) throw new Error(`Trader ${i} orders ${order[i]}, expected a finite number.`);
  for (const i of draw.shuffle("order", size)) {
    const buys = order[i] > 0;
    const fill = buys ? buy(Math.min(order[i], money[i])) : sell(Math.min(-order[i], tokens[i]));
    paid[i] = buys ? fill.paid : -fill.received;
    given[i] = buys ? -fill.received : fill.paid;
    money[i] -= paid[i];
    tokens[i] -= given[i];
  }
}

export const takers = part({
  name: "takers",
  params: {
    traders: param(20, { symbol: "N", unit: "traders", min: 1, max: 1e6, integer: true }),
    arrival: param(0.2, { symbol: "λ", unit: "per period", min: 0, max: 1, doc: "probability that a trader trades" }),
    orderMax: param(20, { unit: "money", min: 0, max: 1e4, doc: "largest order, at the posted price" }),
    traderMoney: param(1000, { unit: "money", min: 0, max: 1e5, doc: "of each trader at first" }),
    traderTokens: param(1000, { unit: "tokens", min: 0, max: 1e5, doc: "of each trader at first" }),
  },
  world: { spot: f64({ unit: "money/token" }) },
  populations: { traders: population({ size: "traders", state }) },
  start: ({ each }) => ({
    endow: each("traders", { doc: "equal money and tokens" }, (k, from, to, _w, p) => {
      k.money.fill(roundDown(p.traderMoney), from, to);
      k.tokens.fill(roundDown(p.traderTokens), from, to);
    }),
  }),
  phases: ({ each }) => ({
    order: each("traders", { doc: "who arrives buys or sells, each with probability ½" }, (k, from, to, w, p, draw) => {
      const [arrives, buys, size] = [draw.uniform("arrives"), draw.uniform("buys"), draw.uniform("size")];
      for (let i = from; i < to; i++) {
        const money = arrives[i] < p.arrival ? size[i] * p.orderMax : 0;
        k.order[i] = buys[i] < 0.5 ? money : -money / w.spot;
      }
    }),
  }),
  stages: { order: "post" },
  flows: {
    payments: { unit: "money", pays: "traders.paid" },
    deliveries: { unit: "tokens", pays: "traders.given" },
  },
});
