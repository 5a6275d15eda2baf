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

/** Orders of zero intelligence, anew in each round: uniform, within the trader's budget or without one. Gode & Sunder 1993, Journal of Political Economy 101, 119. */
export const zeroIntelligence = part({
  name: "zeroIntelligence",
  params: {
    priceMax,
    orders: choice("constrained", ["constrained", "unconstrained", "own"], {
      doc: "random within the budget, bids below the value and asks above the cost; random up to priceMax; or the traders' own",
    }),
  },
  populations: {
    buyers: extension({ state: { value: f64({ unit: "money/lot" }), order: f64({ unit: "money/lot" }) } }),
    sellers: extension({ state: { cost: f64({ unit: "money/lot" }), order: f64({ unit: "money/lot" }) } }),
  },
  phases: ({ each }) => ({
    bid: each("buyers", { doc: "a random bid" }, (k, from, to, _w, p, draw) => {
      const u = draw.uniform("bid");
      for (let i = from; i < to; i++) k.order[i] = u[i]! * (p.orders === "constrained" ? k.value[i]! : p.priceMax);
    }),
    ask: each("sellers", { doc: "a random ask" }, (k, from, to, _w, p, draw) => {
      const u = draw.uniform("ask");
      for (let i = from; i < to; i++) {
        const least = p.orders === "constrained" ? k.cost[i]! : 0;
        k.order[i] = least + u[i]! * (p.priceMax - least);
      }
    }),
  }),
  stages: { bid: "post", ask: "post" },
});

/** What both auctions have in common. */
const auctioned = {
  world: {
    price: f64({ unit: "money/lot", doc: "of the last lot; 0 where nothing is traded" }),
    traded: f64({ unit: "lots", doc: "in this period" }),
  },
  populations: {
    buyers: extension({ state: { order: f64({ unit: "money/lot" }), bought: lots(""), paid: money("") } }),
    sellers: extension({ state: { order: f64({ unit: "money/lot" }), sold: lots(""), received: money("") } }),
  },
  flows: { lots: { unit: "lots", clears: true } },
  metrics: {
    price: {
      unit: "money/lot",
      doc: "of the last lot, 0 where nothing is traded",
      of: (w: { readonly price: number }) => w.price,
    },
    traded: { unit: "lots", doc: "traded in the period", of: (w: { readonly traded: number }) => w.traded },
  },
} as const;
interface Traded {
  price: number;
  traded: number;
  readonly buyers: { readonly bought: Uint8Array; readonly paid: Float64Array };
  readonly sellers: { readonly sold: Uint8Array; readonly received: Float64Array };
}

function open(w: Traded): void {
  w.price = w.traded = 0;
  for (const column of [w.buyers.bought, w.buyers.paid, w.sellers.sold, w.sellers.received]) column.fill(0);
}

function trade(w: Traded, buyer: number, seller: number, price: number): void {
  w.buyers.bought[buyer] = w.sellers.sold[seller] = 1;
  w.buyers.paid[buyer] = w.sellers.received[seller] = price;
  w.price = price;
  w.traded++;
}

/** The market of their orders, a call auction: one price for all lots. Called again in a period, it is for those without a lot. */
export const doubleAuction = part({
  name: "doubleAuction",
  params: {
    split: param(0.5, {
      symbol: "k",
      min: 0,
      max: 1,
      doc: "of a call auction: share of the range of clearing prices that goes to sellers",
    }),
  },
  ...auctioned,
  phases: ({ world }) => ({
    open: world({ doc: "nobody has traded yet" }, open),
    clear: world({ doc: "highest bids meet lowest asks, all at one price" }, (w, p) => {
      const { buyers, sellers } = w;
      const bids = buyers.order.map((bid, i) => (buyers.bought[i] === 1 ? 0 : bid));
      const asks = sellers.order.map((ask, j) => (sellers.sold[j] === 1 ? Infinity : ask));
      const call = callAuction(bids, asks, { k: p.split });
      for (let n = 0; n < call.traded; n++) trade(w, call.buyers[n]!, call.sellers[n]!, call.price);
    }),
  }),
  stages: { open: "choose", clear: "clear" },
});

/** The same market, one order after the other: an order that meets the best standing one of the other side trades at that one's price, and all others lapse. */
export const continuousAuction = part({
  name: "continuousAuction",
  ...auctioned,
  phases: ({ world }) => ({
    open: world({ doc: "nobody has traded yet" }, open),
    match: world(
      {
        doc: "orders of those without a lot arrive in random order; each trade is at the earlier order's price and clears the book",
      },
      (w, _p, draw) => {
        const { buyers, sellers } = w;
        let [bidder, asker] = [-1, -1];
        for (const n of draw.shuffle("arrival", buyers.size + sellers.size)) {
          const j = n - buyers.size;
          if (j < 0 ? buyers.bought[n] === 1 : sellers.sold[j] === 1) continue;
          if (j < 0) {
            if (asker >= 0 && buyers.order[n]! >= sellers.order[asker]!) {
              trade(w, n, asker, sellers.order[asker]!);
              bidder = asker = -1;
            } else if (bidder < 0 || buyers.order[n]! > buyers.order[bidder]!) bidder = n;
          } else if (bidder >= 0 && sellers.order[j]! <= buyers.order[bidder]!) {
            trade(w, bidder, j, buyers.order[bidder]!);
            bidder = asker = -1;
          } else if (asker < 0 || sellers.order[j]! < sellers.order[asker]!) asker = j;
        }
      },
    ),
  }),
  stages: { open: "choose", match: "clear" },
});
