// Two decisions of one population in a period, with different information; in a module of its own so that threads can import it.
import { box, defineEconomy, type Economy, f64, grid, population } from "../src/economy/index.ts";

/** Traders bid knowing the price, and then order knowing the price and their bid. */
export const haggle = (boxes: boolean) =>
  defineEconomy({
    name: "haggle",
    source: "test",
    summary: "A bid, then an order.",
    params: {},
    horizon: 6,
    world: { price: f64({ initial: 0.5 }) },
    populations: {
      traders: population({
        size: 2,
        state: { bid: f64(), pay: f64() },
        actions: { bid: boxes ? box(0, 1) : grid(0, 1, 3), order: boxes ? box(0, 1) : grid(0, 1, 5) },
      }),
    },
    phases: ({ decide, world }) => ({
      bidding: decide("traders", { doc: "a bid", choices: ["bid"], observe: ["price"] }),
      ordering: decide("traders", {
        doc: "an order",
        choices: ["order"],
        observe: {
          price: { world: "price", doc: "the price" },
          bid: { column: "bid", doc: "what was bid" },
        },
      }),
      settle: world({ doc: "orders are to be as the bids were, bids as the price" }, (w, _p, draw) => {
        for (let i = 0; i < 2; i++)
          w.traders.pay[i] = 1 - Math.abs(w.traders.bid[i] - w.price) - Math.abs(w.traders.order[i] - w.traders.bid[i]);
        w.price = draw.uniform("price");
      }),
    }),
    observe: { traders: { price: { world: "price", doc: "the price" } } },
    reward: { traders: { column: "pay", doc: "" } },
  }) as Economy;
