// A market maker who quotes in an order book that others fill at random: how far from the mid price, on either side, while shares pile up.
// The book is that of Smith, Farmer, Gillemot & Krishnamurthy 2003 (parts/book.ts). The maker's problem is Ho & Stoll's (1981, JFE 9, 47) with the book's own
// fills in place of an assumed intensity. Left out: several makers, informed traders, quotes of several shares.
//
//   r = Δ(cash + q S) − φ q²     q: shares held, S: the mid price of the others' orders
//
// Alone in an empty book the maker is filled on a side with probability f = 1 − e^(−μℓ/2) a period, and q is a random walk on −Q … Q. Its stationary law is
// uniform but for the ends, which have 1 − f of the rest's share, so that
//
//   fills a period = 2f (2Q − f)/(2Q + 1 − 2f),   each worth the offset
import { defineEconomy, f64, grid, i32, math, param, population } from "walras";
import {
  type Book,
  BUY,
  beginPeriod,
  bookEvents,
  bookParams,
  bookPopulations,
  bookWorld,
  conserved,
  disorder,
  followPrice,
  marketOrders,
  midPrice,
  openBook,
  passTime,
  place,
  remove,
  SELL,
} from "./parts/book.ts";

const NONE = -1;
const OFFSETS = [1, 15, 8] as const;
/** Prices on each side whose orders the maker counts. */
const NEAR = 10;

interface Quoted extends Book {
  readonly mid: number;
  readonly makers: {
    readonly bidRow: Int32Array;
    readonly askRow: Int32Array;
    readonly inventory: Float64Array;
    readonly fills: Float64Array;
    readonly gain: Float64Array;
  };
}

/** What a fill is worth at the mid price of the decision. */
function filled({ makers: m, orders, origin, mid }: Quoted, i: number): void {
  if (i !== m.bidRow[0] && i !== m.askRow[0]) return;
  const side = i === m.bidRow[0] ? 1 : -1;
  m.inventory[0] += side;
  m.gain[0] += side * (mid - origin - orders.price[i]);
  m.fills[0]++;
  (side === 1 ? m.bidRow : m.askRow)[0] = NONE;
}

/** Places an order that lasts until it is filled or called off. */
function quote(w: Book, side: number, price: number): number {
  w.placed++;
  return place(w, side, price, Number.POSITIVE_INFINITY);
}

/** Fills per period of a maker alone in the book. */
export function fillsAlone({
  marketRate,
  length,
  inventoryLimit: Q,
}: {
  readonly marketRate: number;
  readonly length: number;
  readonly inventoryLimit: number;
}): number {
  const f = -math.expm1((-marketRate * length) / 2);
  return (2 * f * (2 * Q - f)) / (2 * Q + 1 - 2 * f);
}

export const quoting = defineEconomy({
  name: "quoting",
  source: "Ho & Stoll (1981), JFE 9, 47; Smith, Farmer, Gillemot & Krishnamurthy (2003), Quantitative Finance 3, 481",
  summary: "A market maker quotes a bid and an ask in a book of random orders, and bears what it holds.",
  params: {
    ...bookParams,
    ticks: { ...bookParams.ticks, value: 240 },
    capacity: { ...bookParams.capacity, value: 500 },
    length: { ...bookParams.length, value: 0.2 },
    inventoryLimit: param(5, {
      symbol: "Q",
      unit: "shares",
      min: 1,
      max: 1e4,
      integer: true,
      doc: "held or owed at most",
    }),
    holdingCost: param(0.1, { symbol: "φ", unit: "ticks/shares", min: 0, max: 1e6, doc: "of q² a period" }),
    horizon: param(200, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  horizon: "horizon",
  world: { ...bookWorld, mid: f64({ unit: "ticks", doc: "S, the mid price of the others' orders at the decision" }) },
  populations: {
    ...bookPopulations,
    makers: population({
      size: 1,
      state: {
        inventory: f64({ unit: "shares", doc: "q, below 0 when owed" }),
        bidRow: i32({ unit: "row", doc: "of its buy order; −1: none in the book", initial: NONE }),
        askRow: i32({ unit: "row", doc: "of its sell order; −1: none in the book", initial: NONE }),
        below: f64({ unit: "ticks", doc: "S less the best bid" }),
        above: f64({ unit: "ticks", doc: "the best ask less S" }),
        buyers: f64({ unit: "orders", doc: "to buy, at the ten prices below S" }),
        sellers: f64({ unit: "orders", doc: "to sell, at the ten prices above S" }),
        fills: f64({ unit: "shares", doc: "of its orders in this period" }),
        gain: f64({ unit: "ticks·shares", doc: "Δ(cash + q S) in this period" }),
        reward: f64({ unit: "ticks·shares", doc: "r" }),
      },
      actions: {
        bid: grid(...OFFSETS, { unit: "ticks", doc: "from S down to its buy order; none is placed at q = Q" }),
        ask: grid(...OFFSETS, { unit: "ticks", doc: "from S up to its sell order; none is placed at q = −Q" }),
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
    look: world({ doc: "the book as the maker sees it" }, (w, p) => {
      const { makers: m, ticks } = w;
      const S = w.mid - w.origin;
      m.below[0] = S - w.bid;
      m.above[0] = w.ask - S;
      m.buyers[0] = 0;
      m.sellers[0] = 0;
      for (let d = 1; d <= NEAR; d++) {
        m.buyers[0] += ticks.bids[Math.ceil(S) - d] ?? 0;
        m.sellers[0] += ticks.asks[Math.floor(S) + d] ?? 0;
      }
      m.below[0] = Math.min(m.below[0], p.ticks);
    }),
    choose: decide("makers", { doc: "how far from S to quote" }),
    quote: world(
      { doc: "orders of one share, each at the end of the queue at its price, never across the other side's quote" },
      (w, p) => {
        const { makers: m } = w;
        passTime(w, w.period * p.length);
        m.fills[0] = 0;
        m.gain[0] = 0;
        const S = w.mid - w.origin;
        const [bid, ask] = [w.bid, w.ask];
        const below = Math.min(Math.floor(S - m.bid[0]), ask - 1);
        const above = Math.max(Math.ceil(S + m.ask[0]), bid + 1);
        if (m.inventory[0] < p.inventoryLimit && below >= 0) m.bidRow[0] = quote(w, BUY, below);
        if (m.inventory[0] > -p.inventoryLimit && above < p.ticks) m.askRow[0] = quote(w, SELL, above);
      },
    ),
    begin: world({ doc: "the sums of a period" }, (w) => beginPeriod(w)),
    trade: events("length", { doc: "orders come and go" }, { ...bookEvents, market: marketOrders<Quoted>(filled) }),
    reckon: world(
      { doc: "quotes are called off, the view follows the others' mid price, and what is held gains or loses by it" },
      (w, p, draw) => {
        const { makers: m } = w;
        const end = (w.period + 1) * p.length;
        passTime(w, end);
        for (const row of [m.bidRow, m.askRow]) {
          if (row[0] === NONE) continue;
          remove(w, row[0]);
          w.cancelled++;
          row[0] = NONE;
        }
        followPrice(w, p, end, draw.sequence.uniform("gap"), draw.sequence.uniform("life"));
        const next = midPrice(w, w.mid);
        m.gain[0] += m.inventory[0] * (next - w.mid);
        m.reward[0] = m.gain[0] - p.holdingCost * m.inventory[0] * m.inventory[0];
        w.mid = next;
      },
    ),
  }),
  observe: {
    makers: {
      inventory: { column: "inventory", scale: (p) => p.inventoryLimit, doc: "q/Q" },
      below: { column: "below", scale: (p) => p.marketRate / p.limitRate || 1, doc: "to the best bid, over μ/α" },
      above: { column: "above", scale: (p) => p.marketRate / p.limitRate || 1, doc: "to the best ask, over μ/α" },
      buyers: {
        column: "buyers",
        scale: (p) => (NEAR * p.limitRate) / p.cancelRate,
        doc: "near S, over what the far book has",
      },
      sellers: {
        column: "sellers",
        scale: (p) => (NEAR * p.limitRate) / p.cancelRate,
        doc: "near S, over what the far book has",
      },
    },
  },
  reward: { makers: { column: "reward", doc: "r" } },
  metrics: {
    profit: { unit: "ticks·shares", doc: "Δ(cash + q S) in this period", of: (w) => w.makers.gain[0] },
    reward: { unit: "ticks·shares", doc: "profit less what holding costs", of: (w) => w.makers.reward[0] },
    fills: { unit: "shares", doc: "of the maker's orders in this period", of: (w) => w.makers.fills[0] },
    held: { unit: "shares", doc: "|q| when the period ends", of: (w) => Math.abs(w.makers.inventory[0]) },
    spread: {
      unit: "ticks",
      doc: "ask less bid with the maker's quotes, a mean over the period",
      of: (w) => (w.quoted > 0 ? w.spreadTime / w.quoted : Number.NaN),
    },
  },
  identities: {
    orders: { doc: "orders that came have been filled, cancelled or rest", of: (w) => conserved(w) },
    queues: { doc: "queues, counts, quotes and free rows agree", of: (w) => disorder(w) },
  },
  truth: (p) => ({ fillsAlone: fillsAlone(p), profitAlone: OFFSETS[1] * fillsAlone(p) }),
  truthDocs: {
    fillsAlone:
      "2f (2Q − f)/(2Q + 1 − 2f), f = 1 − e^(−μℓ/2): shares a period of a maker alone in the book, exact as α → 0",
    profitAlone: "the same times the widest offset: what a maker alone earns a period, exact as α → 0",
  },
  figures: [
    {
      title: "What quoting earns",
      metric: "profit",
      caption:
        "Of each period, before what holding costs. Theory knows a maker alone in the book, who would earn profitAlone.",
    },
    { title: "Shares held", metric: "held", caption: "Held or owed when a period ends." },
  ],
});

export default quoting;
