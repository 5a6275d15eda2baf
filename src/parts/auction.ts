// A double auction and those who trade there: buyers who value a lot, sellers to whom one costs something, one lot each, drawn anew in each period. They bid and ask
// what it is worth to them, or what they choose. Smith 1962, "An experimental study of competitive market behavior"; the rules are in mechanisms/call-auction.ts.
import { box, choice, extension, f64, param, part, population, u8 } from "../economy/index.ts";
import { callAuction } from "../economy/mechanisms/index.ts";
import { pairwiseSum } from "../math/index.ts";

const lots = (doc: string) => u8({ unit: "lots", doc });
const money = (doc: string) => f64({ unit: "money", doc });
const bidding = choice("never", ["never", "period"], {
  doc: "when traders choose their orders; never: they are truthful",
});
const priceMax = param(1, { unit: "money/lot", min: 1e-6, max: 1e6, doc: "highest value, cost and order" });

/** Buyers and sellers of one lot each, whose values and costs are uniform between 0 and `priceMax`. */
export const traders = part({
  name: "traders",
  params: {
    buyers: param(20, { unit: "traders", min: 1, max: 1e6, integer: true }),
    sellers: param(20, { unit: "traders", min: 1, max: 1e6, integer: true }),
    priceMax,
    bidding,
  },
  populations: {
    buyers: population({
      size: "buyers",
      state: {
        value: f64({ unit: "money/lot", doc: "worth of a lot to this buyer" }),
        order: f64({ unit: "money/lot", doc: "most that it pays" }),
        bought: lots("bought in this period"),
        paid: money("for it"),
        surplus: money("value less price"),
      },
      actions: { bid: box(0, "priceMax", { unit: "money/lot", doc: "most that it pays" }) },
    }),
    sellers: population({
      size: "sellers",
      state: {
        cost: f64({ unit: "money/lot", doc: "cost of a lot to this seller" }),
        order: f64({ unit: "money/lot", doc: "least that it takes" }),
        sold: lots("sold in this period"),
        received: money("for it"),
        surplus: money("price less cost"),
      },
      actions: { ask: box(0, "priceMax", { unit: "money/lot", doc: "least that it takes" }) },
    }),
  },
  phases: ({ decide, each }) => ({
    want: each("buyers", { doc: "a new value" }, (k, from, to, _w, p, draw) => {
      const u = draw.uniform("value");
      for (let i = from; i < to; i++) k.value[i] = p.priceMax * u[i]!;
    }),
    have: each("sellers", { doc: "a new cost" }, (k, from, to, _w, p, draw) => {
      const u = draw.uniform("cost");
      for (let i = from; i < to; i++) k.cost[i] = p.priceMax * u[i]!;
    }),
    bid: decide("buyers", { doc: "a bid, knowing the value", every: "bidding" }),
    ask: decide("sellers", { doc: "an ask, knowing the cost", every: "bidding" }),
    orderToBuy: each("buyers", { doc: "the bid, or the value" }, (k, from, to, _w, p) => {
      const prices = p.bidding === "never" ? k.value : k.bid;
      for (let i = from; i < to; i++) k.order[i] = prices[i]!;
    }),
    orderToSell: each("sellers", { doc: "the ask, or the cost" }, (k, from, to, _w, p) => {
      const prices = p.bidding === "never" ? k.cost : k.ask;
      for (let i = from; i < to; i++) k.order[i] = prices[i]!;
    }),
    enjoy: each("buyers", { doc: "value less price" }, (k, from, to) => {
      for (let i = from; i < to; i++) k.surplus[i] = k.bought[i]! * k.value[i]! - k.paid[i]!;
    }),
    produce: each("sellers", { doc: "price less cost" }, (k, from, to) => {
      for (let i = from; i < to; i++) k.surplus[i] = k.received[i]! - k.sold[i]! * k.cost[i]!;
    }),
  }),
  stages: {
    want: "choose",
    have: "choose",
    bid: "post",
    ask: "post",
    orderToBuy: "post",
    orderToSell: "post",
    enjoy: "close",
    produce: "close",
  },
  observe: {
    buyers: { value: { column: "value", scale: (p) => p.priceMax, doc: "over priceMax" } },
    sellers: { cost: { column: "cost", scale: (p) => p.priceMax, doc: "over priceMax" } },
  },
  reward: {
    buyers: { column: "surplus", doc: "value less price" },
    sellers: { column: "surplus", doc: "price less cost" },
  },
  flows: {
    lots: { unit: "lots", pays: "sellers.sold", receives: "buyers.bought" },
    payments: { unit: "money", pays: "buyers.paid", receives: "sellers.received" },
  },
  metrics: {
    surplus: {
      unit: "money",
      doc: "gain from trade of all traders",
      of: ({ buyers, sellers }) => pairwiseSum(buyers.surplus) + pairwiseSum(sellers.surplus),
    },
  },
});

/** The market of their orders: one price for all lots of a period. */
export const doubleAuction = part({
  name: "doubleAuction",
  params: {
    split: param(0.5, {
      symbol: "k",
      min: 0,
      max: 1,
      doc: "share of the range of clearing prices that goes to sellers",
    }),
  },
  world: {
    price: f64({ unit: "money/lot", doc: "0 where nothing is traded" }),
    traded: f64({ unit: "lots", doc: "in this period" }),
  },
  populations: {
    buyers: extension({ state: { order: f64({ unit: "money/lot" }), bought: lots(""), paid: money("") } }),
    sellers: extension({ state: { order: f64({ unit: "money/lot" }), sold: lots(""), received: money("") } }),
  },
  phases: ({ world }) => ({
    clear: world({ doc: "highest bids meet lowest asks, all at one price" }, (w, p) => {
      const { buyers, sellers } = w;
      const call = callAuction(buyers.order, sellers.order, { k: p.split });
      w.price = call.price;
      w.traded = call.traded;
      for (const column of [buyers.bought, buyers.paid, sellers.sold, sellers.received]) column.fill(0);
      for (let n = 0; n < call.traded; n++) {
        const [i, j] = [call.buyers[n]!, call.sellers[n]!];
        buyers.bought[i] = sellers.sold[j] = 1;
        buyers.paid[i] = sellers.received[j] = call.price;
      }
    }),
  }),
  stages: { clear: "clear" },
  flows: { lots: { unit: "lots", clears: true } },
  metrics: {
    price: { unit: "money/lot", doc: "of the double auction, 0 where nothing is traded", of: (w) => w.price },
    traded: { unit: "lots", doc: "traded in the period", of: (w) => w.traded },
  },
});
