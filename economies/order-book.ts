// A limit order book without anybody who thinks: limit orders, market orders and cancellations at random, and the spread and depth that follow.
// Smith, Farmer, Gillemot & Krishnamurthy 2003, Quantitative Finance 3, 481; the formula of the spread is from Farmer, Patelli & Zovko 2005, PNAS 102, 2254.
//
// The rules are in parts/book.ts. Exact: far from the quotes orders at a price are M/M/∞, and in the long run the book lacks μ/δ orders. Mean-field: the spread.
// Nobody decides; see execution.ts for somebody who sells. Left out: orders of several shares, informed traders, order flow that remembers.
import { defineEconomy, derived, f64, math, param, population, unknown } from "walras";
import {
  beginPeriod,
  bookEvents,
  bookParams,
  bookPopulations,
  bookWorld,
  conserved,
  disorder,
  followPrice,
  meanSpread,
  openBook,
  passTime,
} from "./parts/book.ts";

/** α/δ times the prices where orders may come, less those that rest, a mean over the period. */
export const lacking = (
  w: { readonly spreadTime: number; readonly restingTime: number },
  p: { readonly limitRate: number; readonly cancelRate: number; readonly ticks: number; readonly length: number },
): number => ((p.limitRate / p.cancelRate) * ((p.ticks - 1) * p.length + w.spreadTime) - w.restingTime) / p.length;

/** Shares of 0, 1, … as far as they matter. */
function poisson(mean: number): (readonly [count: number, share: number])[] {
  const shares: (readonly [number, number])[] = [];
  let share = math.exp(-mean);
  for (let count = 0; count <= mean + 6 * Math.sqrt(mean) + 6; count++) {
    shares.push([count, share]);
    share *= mean / (count + 1);
  }
  return shares;
}

export const orderBook = defineEconomy({
  name: "order-book",
  source: "Smith, Farmer, Gillemot & Krishnamurthy (2003), Quantitative Finance 3, 481",
  summary: "Random limit orders, market orders and cancellations make a spread and a depth that theory knows.",
  params: {
    ...bookParams,
    reach: param(derived, {
      unit: "ticks",
      min: 0,
      max: 1e7,
      integer: true,
      doc: "3/8 of K: so far from the mid price depth is measured",
    }),
    margin: param(derived, {
      unit: "ticks",
      min: 0,
      max: 1e7,
      integer: true,
      doc: "a quarter of K: prices far from the quotes",
    }),
    horizon: param(200, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  derive: {
    reach: (p) => Math.max(1, Math.floor((3 * p.ticks) / 8)),
    margin: (p) => Math.max(2, 2 * Math.floor(p.ticks / 8)),
  },
  horizon: "horizon",
  world: {
    ...bookWorld,
    spread: f64({ unit: "ticks", doc: "ask less bid, a mean over time since the world began" }),
    deficit: f64({ unit: "orders", doc: "orders that the book lacks, a mean over time since the world began" }),
  },
  populations: {
    ...bookPopulations,
    distances: population({
      size: "reach",
      doc: "row d: the price on each side that is d ticks further out than the first beyond the mid price",
      state: {
        depth: f64({ unit: "orders", doc: "at a price, a mean over the ends of this and all earlier periods" }),
      },
    }),
    far: population({
      size: "margin",
      doc: "prices of the outer eighths of the view",
      state: { orders: f64({ unit: "orders", doc: "at the end of the period" }) },
    }),
  },
  start: ({ world }) => ({
    open: world({ doc: "Poisson's number of orders, of mean α/δ, at each price" }, (w, p, draw) => {
      openBook(w, p, draw.sequence.uniform("gap"), draw.sequence.uniform("life"));
    }),
  }),
  phases: ({ events, world }) => ({
    begin: world({ doc: "the sums of a period" }, (w) => beginPeriod(w)),
    trade: events("length", { doc: "orders come and go" }, bookEvents),
    follow: world({ doc: "the view follows the mid price" }, (w, p, draw) => {
      const end = (w.period + 1) * p.length;
      passTime(w, end);
      followPrice(w, p, end, draw.sequence.uniform("gap"), draw.sequence.uniform("life"));
    }),
    look: world({ doc: "depth around the mid price and far from it" }, (w, p) => {
      const { bids, asks } = w.ticks;
      for (let m = 0; m < p.margin; m++) {
        const price = m % 2 === 0 ? m >> 1 : p.ticks - 1 - (m >> 1);
        w.far.orders[m] = bids[price] + asks[price];
      }
      const passed = w.period + 1;
      if (w.quoted > 0) w.spread += (w.spreadTime / w.quoted - w.spread) / passed;
      w.deficit += (lacking(w, p) - w.deficit) / passed;
      const { depth } = w.distances;
      const [below, above] = [Math.ceil((w.bid + w.ask) / 2) - 1, Math.floor((w.bid + w.ask) / 2) + 1];
      for (let d = 0; d < p.reach; d++)
        depth[d] += (((bids[below - d] ?? 0) + (asks[above + d] ?? 0)) / 2 - depth[d]) / passed;
    }),
  }),
  metrics: {
    depth: {
      unit: "orders",
      doc: "at a price far from the quotes, a mean over prices",
      of: (w) => w.far.orders.reduce((sum, n) => sum + n, 0) / w.far.size,
    },
    spread: { unit: "ticks", doc: "ask less bid, a mean over time since the world began", of: (w) => w.spread },
    deficit: {
      unit: "orders",
      doc: "orders that the book lacks: α/δ times the prices where they may come, less those that rest, a mean over time since the world began",
      of: (w) => w.deficit,
    },
  },
  identities: {
    orders: { doc: "orders that came have been filled, cancelled or rest", of: (w) => conserved(w) },
    queues: { doc: "queues, counts, quotes and free rows agree", of: (w) => disorder(w) },
  },
  truth(p) {
    const few = p.ticks * p.limitRate < 4 * p.marketRate;
    const reason = unknown("market orders take so many of the limit orders in view that they may find none");
    return {
      spread: few
        ? reason
        : p.marketRate > 0
          ? meanSpread(p)
          : unknown("without market orders the formula does not hold"),
      depth: p.limitRate / p.cancelRate,
      deficit: few ? reason : p.marketRate / p.cancelRate,
    };
  },
  figures: [
    {
      title: "Orders at a price far from the quotes",
      population: "far",
      column: "orders",
      law: (p) => poisson(p.limitRate / p.cancelRate),
      caption: "Share of prices with so many orders when the run ends; theory: Poisson's law of mean α/δ, exact.",
    },
    {
      title: "Depth far from the quotes",
      metric: "depth",
      theory: "depth",
      caption: "Orders at a price of the outer eighths of the view, at the end of each period; theory is exact.",
    },
    {
      title: "Spread",
      metric: "spread",
      theory: "spread",
      theoryLabel: "mean-field theory",
      caption: "Mean over each period. Mean-field theory overstates it: simulations have 0.63 to 0.78 of it.",
    },
  ],
  truthDocs: {
    spread: "(μ/α)(0.28 + 1.86 (δ/μ)^¾), by mean-field theory and for small ticks; simulations have 0.63 to 0.78 of it",
    depth: "α/δ, orders at a price far from the quotes, exact",
    deficit: "μ/δ, exact in the long run: what market orders take is missing",
  },
});

export default orderBook;
