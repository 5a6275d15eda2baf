// Selling so much by such a time: a seller splits an order over the periods of a day by market orders into a book that others fill at random.
// The book is that of Smith, Farmer, Gillemot & Krishnamurthy 2003 (parts/book.ts); the cost is Perold's implementation shortfall (1988): the mid price when
// the day begins, less what is got. The yardstick is equal slices. Left out: limit orders of the seller's own, several sellers.
//
//   r = Σ (price − S) over the shares sold now + (S′ − S) for each share kept     S, S′: the mid price at this decision and at the next
//
// Over a day rewards add up to Σ (price − S₀), the shortfall with its sign turned.
import { defineEconomy, f64, grid, param, population } from "walras";
import {
  beginPeriod,
  bookEvents,
  bookParams,
  bookPopulations,
  bookWorld,
  conserved,
  disorder,
  followPrice,
  midPrice,
  openBook,
  passTime,
  SELL,
  take,
} from "./parts/book.ts";

export const execution = defineEconomy({
  name: "execution",
  source: "Perold (1988), JPM 14(3), 4; Smith, Farmer, Gillemot & Krishnamurthy (2003), Quantitative Finance 3, 481",
  summary: "A seller splits an order over a day, into a book of random orders; equal slices are the yardstick.",
  params: {
    ...bookParams,
    ticks: { ...bookParams.ticks, value: 240 },
    capacity: { ...bookParams.capacity, value: 500 },
    length: { ...bookParams.length, value: 0.2 },
    day: param(20, { unit: "periods", min: 1, max: 1e4, integer: true, doc: "to sell in; then the next order comes" }),
    inventory: param(4, { symbol: "Q", unit: "shares", min: 1, max: 1e4, integer: true, doc: "to be sold in a day" }),
    horizon: param(200, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  horizon: "horizon",
  world: { ...bookWorld, mid: f64({ unit: "ticks", doc: "S, the mid price at the decision" }) },
  populations: {
    ...bookPopulations,
    sellers: population({
      size: 1,
      state: {
        inventory: f64({ unit: "shares", doc: "still to be sold" }),
        left: f64({ unit: "periods", doc: "of the day, this one included" }),
        half: f64({ unit: "ticks", doc: "S less the best bid" }),
        third: f64({ unit: "ticks", doc: "S less the price that the third share sold now would get" }),
        fifth: f64({ unit: "ticks", doc: "S less the price that the fifth share sold now would get" }),
        above: f64({ unit: "ticks", doc: "price of the fifth sell order in the book, less S" }),
        sold: f64({ unit: "shares", doc: "in this period" }),
        gain: f64({ unit: "ticks·shares", doc: "r" }),
      },
      actions: {
        sell: grid(0, 5, 6, { unit: "shares", doc: "by market orders; in the day's last period all is sold" }),
      },
    }),
  },
  start: ({ world }) => ({
    open: world({ doc: "Poisson's number of orders, of mean α/δ, at each price" }, (w, p, draw) => {
      openBook(w, p, draw.sequence.uniform("gap"), draw.sequence.uniform("life"));
      w.mid = p.ticks >> 1;
    }),
  }),
  phases: ({ decide, events, world }) => ({
    look: world({ doc: "a new order where a day begins; the book as the seller sees it" }, (w, p) => {
      const { sellers: k, ticks } = w;
      const today = w.period % p.day;
      if (today === 0) k.inventory[0] = p.inventory;
      k.left[0] = p.day - today;
      const S = w.mid - w.origin;
      const reach = [0, 0, 0]; // ticks from S to the first, third and fifth bid
      let seen = 0;
      let price = w.bid;
      for (; price >= 0 && seen < 5; price--) {
        seen += ticks.bids[price];
        reach.forEach((_, n) => {
          if (reach[n] === 0 && seen > 2 * n) reach[n] = S - price;
        });
      }
      [k.half[0], k.third[0], k.fifth[0]] = reach.map((ticks) => (ticks > 0 ? ticks : S + 1));
      seen = 0;
      for (price = w.ask; price < p.ticks && seen < 5; price++) seen += ticks.asks[price];
      k.above[0] = price - 1 - S;
    }),
    choose: decide("sellers", { doc: "how much to sell now" }),
    sell: world({ doc: "market orders into the book as it stands" }, (w, p) => {
      const { inventory, left, sell, sold, gain } = w.sellers;
      const wanted = left[0] === 1 ? inventory[0] : Math.min(inventory[0], sell[0]);
      passTime(w, w.period * p.length);
      gain[0] = 0;
      sold[0] = 0;
      while (sold[0] < wanted) {
        const price = take(w, SELL);
        if (price < 0) break;
        gain[0] += w.origin + price - w.mid;
        sold[0]++;
      }
      // What finds no buyer at the end of a day is sold below all prices in view.
      if (left[0] === 1) gain[0] += (wanted - sold[0]) * (w.origin - 1 - w.mid);
      inventory[0] = left[0] === 1 ? 0 : inventory[0] - sold[0];
    }),
    begin: world({ doc: "the sums of a period" }, (w) => beginPeriod(w)),
    trade: events("length", { doc: "orders come and go" }, bookEvents),
    reckon: world({ doc: "the view follows the mid price, and what is kept gains or loses by it" }, (w, p, draw) => {
      const end = (w.period + 1) * p.length;
      passTime(w, end);
      followPrice(w, p, end, draw.sequence.uniform("gap"), draw.sequence.uniform("life"));
      const next = midPrice(w, w.mid);
      w.sellers.gain[0] += w.sellers.inventory[0] * (next - w.mid);
      w.mid = next;
    }),
  }),
  observe: {
    sellers: {
      inventory: { column: "inventory", scale: (p) => p.inventory, doc: "share of the order still to be sold" },
      left: { column: "left", scale: (p) => p.day, doc: "share of the day that is left" },
      half: { column: "half", scale: (p) => p.marketRate / p.limitRate || 1, doc: "to the best bid, over μ/α" },
      third: { column: "third", scale: (p) => p.marketRate / p.limitRate || 1, doc: "to the third bid, over μ/α" },
      fifth: { column: "fifth", scale: (p) => p.marketRate / p.limitRate || 1, doc: "to the fifth bid, over μ/α" },
      above: { column: "above", scale: (p) => p.marketRate / p.limitRate || 1, doc: "to the fifth ask, over μ/α" },
    },
  },
  reward: { sellers: { column: "gain", doc: "r" } },
  metrics: {
    shortfall: {
      unit: "ticks",
      doc: "mid price when the day began less what a share got, a mean over the day's shares: −r times periods per day over Q",
      of: (w, p) => (-w.sellers.gain[0] * p.day) / p.inventory,
    },
    sold: { unit: "shares", doc: "in this period", of: (w) => w.sellers.sold[0] },
  },
  identities: {
    orders: { doc: "orders that came have been filled, cancelled or rest", of: (w) => conserved(w) },
    queues: { doc: "queues, counts, quotes and free rows agree", of: (w) => disorder(w) },
  },
  truth: (p) => ({ sold: p.inventory / p.day }),
  truthDocs: { sold: "Q/D: each day's order is sold, while there are buyers" },
  figures: [
    {
      title: "What selling costs",
      metric: "shortfall",
      caption:
        "Of each period; its mean over a day is the mid price when the day began less what a share got. There is no theory of the best.",
    },
  ],
});

export default execution;
