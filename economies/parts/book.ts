// A limit order book on a grid of prices: queues by price and time, orders that come, are filled and are cancelled at random.
// Smith, Farmer, Gillemot & Krishnamurthy 2003, Quantitative Finance 3, 481: sells arrive at rate α per price above the best bid, buys below the best ask,
// market orders at rate μ, half of each side, and each resting order is cancelled at rate δ. Every order is of one share.
//
// K prices in view, which follow the mid price; `origin` is the price of the lowest. An order rests at `price`, in the queue of that price.
import { eventTime, f64, flag, i32, math, param, population, u8 } from "walras";

const { log1p } = math;
/** −1: no order, and no price. */
const NONE = -1;
export const [BUY, SELL] = [0, 1];

export const bookParams = {
  limitRate: param(0.5, {
    symbol: "α",
    unit: "orders/(tick·time)",
    min: 1e-6,
    max: 1e6,
    doc: "limit orders per price, of buys and of sells",
  }),
  marketRate: param(10, {
    symbol: "μ",
    unit: "orders/time",
    min: 0,
    max: 1e6,
    doc: "market orders, buys and sells together",
  }),
  cancelRate: param(1, { symbol: "δ", unit: "1/time", min: 1e-6, max: 1e6, doc: "of each resting order" }),
  ticks: param(600, {
    symbol: "K",
    unit: "ticks",
    min: 2,
    max: 1e7,
    integer: true,
    doc: "prices in view, the mid price in their middle",
  }),
  follow: flag(true, "the view follows the mid price; else prices end where it does"),
  capacity: param(1500, {
    unit: "orders",
    min: 8,
    max: 1e8,
    integer: true,
    doc: "room for resting orders; on average there are Kα/δ − μ/δ and some",
  }),
  length: param(1, { unit: "time", min: 0, max: 1e6, exclusive: true, doc: "of a period" }),
};

export const bookWorld = {
  nextLimit: eventTime({ unit: "time", doc: "when a limit order comes" }),
  nextMarket: eventTime({ unit: "time", doc: "when a market order comes" }),
  bid: i32({ unit: "ticks", doc: "best bid, above `origin`; −1: none", initial: NONE }),
  ask: i32({ unit: "ticks", doc: "best ask, above `origin`; K: none" }),
  origin: f64({ unit: "ticks", doc: "lowest price in view" }),
  free: i32({ unit: "row", doc: "first row of `orders` without an order, the head of a list through `after`" }),
  resting: f64({ unit: "orders", doc: "in the book" }),
  placed: f64({ unit: "orders", doc: "limit orders that have come" }),
  filled: f64({ unit: "orders", doc: "limit orders that market orders have taken" }),
  cancelled: f64({ unit: "orders", doc: "limit orders that have been cancelled" }),
  moved: f64({ unit: "orders", doc: "orders at prices that came into view, less those at prices that went out of it" }),
  unmet: f64({ unit: "orders", doc: "market orders that found nothing to take" }),
  since: f64({ unit: "time", doc: "when the book last changed" }),
  quoted: f64({ unit: "time", doc: "of this period with both quotes" }),
  spreadTime: f64({ unit: "ticks·time", doc: "∫ spread dt over this period" }),
  restingTime: f64({ unit: "orders·time", doc: "∫ resting orders dt over this period" }),
};

export const bookPopulations = {
  ticks: population({
    size: "ticks",
    doc: "prices",
    state: {
      bids: i32({ unit: "orders", doc: "to buy" }),
      asks: i32({ unit: "orders", doc: "to sell" }),
      first: i32({ unit: "row", doc: "of the order that is filled first; −1: none", initial: NONE }),
      last: i32({ unit: "row", doc: "of the order that came last; −1: none", initial: NONE }),
    },
  }),
  orders: population({
    size: "capacity",
    state: {
      expires: eventTime({ unit: "time", doc: "when it is cancelled, unless it is filled before" }),
      side: u8({ doc: "0: buy, 1: sell" }),
      price: i32({ unit: "ticks", doc: "above `origin`; −1: no order", initial: NONE }),
      before: i32({ unit: "row", doc: "of the order ahead in the queue; −1: none", initial: NONE }),
      after: i32({
        unit: "row",
        doc: "of the order behind in the queue, or of the next row without an order; −1: none",
        initial: NONE,
      }),
    },
  }),
};

/** What these functions read and write. */
export interface Book {
  nextLimit: number;
  nextMarket: number;
  bid: number;
  ask: number;
  origin: number;
  free: number;
  resting: number;
  placed: number;
  filled: number;
  cancelled: number;
  moved: number;
  unmet: number;
  since: number;
  quoted: number;
  spreadTime: number;
  restingTime: number;
  readonly ticks: { readonly [K in "bids" | "asks" | "first" | "last"]: Int32Array } & { readonly size: number };
  readonly orders: { readonly [K in "price" | "before" | "after"]: Int32Array } & {
    readonly size: number;
    readonly expires: Float64Array;
    readonly side: Uint8Array;
  };
}
interface Rates {
  readonly limitRate: number;
  readonly marketRate: number;
  readonly cancelRate: number;
  readonly ticks: number;
  readonly follow: boolean;
}
type Next = () => number;

export const exponential = (uniform: number, rate: number): number => -log1p(-uniform) / rate;

/** Notes how long the book was as it is. */
export function passTime(w: Book, time: number): void {
  const elapsed = time - w.since;
  w.since = time;
  w.restingTime += w.resting * elapsed;
  if (w.bid === NONE || w.ask === w.ticks.size) return;
  w.quoted += elapsed;
  w.spreadTime += (w.ask - w.bid) * elapsed;
}

/** Begins the sums of a period. */
export function beginPeriod(w: Book): void {
  w.quoted = 0;
  w.spreadTime = 0;
  w.restingTime = 0;
}

/** Puts an order at the end of the queue at a price. Returns its row. */
export function place(w: Book, side: number, price: number, expires: number): number {
  const { orders, ticks } = w;
  const i = w.free;
  if (i === NONE) throw new Error(`more than ${orders.size} orders rest in the book; raise "capacity"`);
  w.free = orders.after[i];
  orders.side[i] = side;
  orders.price[i] = price;
  orders.expires[i] = expires;
  orders.before[i] = ticks.last[price];
  orders.after[i] = NONE;
  if (ticks.last[price] === NONE) ticks.first[price] = i;
  else orders.after[ticks.last[price]] = i;
  ticks.last[price] = i;
  w.resting++;
  if (side === BUY) {
    ticks.bids[price]++;
    if (price > w.bid) w.bid = price;
  } else {
    ticks.asks[price]++;
    if (price < w.ask) w.ask = price;
  }
  return i;
}

/** Takes an order out of its queue. Its time to expire is the caller's to call off. */
export function remove(w: Book, i: number): void {
  const { orders, ticks } = w;
  const { [i]: price } = orders.price;
  const { [i]: before } = orders.before;
  const { [i]: after } = orders.after;
  if (before === NONE) ticks.first[price] = after;
  else orders.after[before] = after;
  if (after === NONE) ticks.last[price] = before;
  else orders.before[after] = before;
  w.resting--;
  if (orders.side[i] === BUY) {
    if (--ticks.bids[price] === 0 && price === w.bid) while (w.bid > NONE && ticks.bids[w.bid] === 0) w.bid--;
  } else if (--ticks.asks[price] === 0 && price === w.ask)
    while (w.ask < ticks.size && ticks.asks[w.ask] === 0) w.ask++;
  orders.price[i] = NONE;
  orders.before[i] = NONE;
  orders.after[i] = w.free;
  w.free = i;
}

/** The order that a market order takes: the first at the best price; −1: there is none. */
export function best(w: Book, side: number): number {
  if (side === BUY) return w.ask < w.ticks.size ? w.ticks.first[w.ask] : NONE;
  return w.bid > NONE ? w.ticks.first[w.bid] : NONE;
}

/** A market order between events: takes the first order at the best price. Returns the price in ticks above `origin`; −1: nothing to take. */
export function take(w: Book, side: number): number {
  const i = best(w, side);
  if (i === NONE) return NONE;
  const price = w.orders.price[i];
  remove(w, i);
  w.orders.expires[i] = Number.POSITIVE_INFINITY;
  w.filled++;
  return price;
}

/** Half way between the quotes, in ticks from 0; where one is missing, `otherwise`. */
export const midPrice = (w: Readonly<Book>, otherwise: number): number =>
  w.bid > NONE && w.ask < w.ticks.size ? w.origin + (w.bid + w.ask) / 2 : otherwise;

/** Orders at a price in Poisson's number of mean α/δ, the law of M/M/∞, each to live on for an exponential time. */
function fillTick(w: Book, p: Rates, side: number, price: number, time: number, gap: Next, life: Next): number {
  let count = 0;
  const mean = p.limitRate / p.cancelRate;
  for (let sum = exponential(gap(), 1); sum < mean; sum += exponential(gap(), 1)) {
    place(w, side, price, time + exponential(life(), p.cancelRate));
    count++;
  }
  return count;
}

/** An empty book is filled: buys below the middle, sells above it. */
export function openBook(w: Book, p: Rates, gap: Next, life: Next): void {
  const { orders, ticks } = w;
  for (let i = 0; i < orders.size; i++) orders.after[i] = i + 1 < orders.size ? i + 1 : NONE;
  w.free = 0;
  w.ask = ticks.size;
  const middle = ticks.size >> 1;
  for (let price = 0; price < ticks.size; price++)
    w.moved += fillTick(w, p, price < middle ? BUY : SELL, price, 0, gap, life);
  w.nextLimit = exponential(gap(), 2 * p.limitRate * ticks.size);
  w.nextMarket = p.marketRate > 0 ? exponential(gap(), p.marketRate) : Number.POSITIVE_INFINITY;
}

/** Moves the view when the mid price has left the middle quarter of it. Orders far from the quotes have the law of M/M/∞, so those that come into view are drawn from it. */
export function followPrice(w: Book, p: Rates, time: number, gap: Next, life: Next): void {
  const { orders, ticks } = w;
  const K = ticks.size;
  if (!p.follow || w.bid === NONE || w.ask === K) return;
  const shift = ((w.bid + w.ask) >> 1) - (K >> 1);
  if (Math.abs(shift) <= K >> 3) return;
  for (let i = 0; i < orders.size; i++) {
    if (orders.price[i] === NONE) continue;
    const price = orders.price[i] - shift;
    if (price >= 0 && price < K) continue;
    remove(w, i);
    orders.expires[i] = Number.POSITIVE_INFINITY;
    w.moved--;
  }
  for (let i = 0; i < orders.size; i++) if (orders.price[i] !== NONE) orders.price[i] -= shift;
  for (const column of [ticks.bids, ticks.asks, ticks.first, ticks.last]) {
    const empty = column === ticks.first || column === ticks.last ? NONE : 0;
    if (shift > 0) {
      column.copyWithin(0, shift);
      column.fill(empty, K - shift);
    } else {
      column.copyWithin(-shift, 0, K + shift);
      column.fill(empty, 0, -shift);
    }
  }
  w.bid -= shift;
  w.ask -= shift;
  w.origin += shift;
  if (shift > 0)
    for (let price = K - shift; price < K; price++) w.moved += fillTick(w, p, SELL, price, time, gap, life);
  else for (let price = 0; price < -shift; price++) w.moved += fillTick(w, p, BUY, price, time, gap, life);
}

interface Draw {
  uniform(label: string): number;
  integer(label: string, n: number): number;
}
interface Scheduled {
  limit(row: number, time: number): void;
  market(row: number, time: number): void;
  cancel(row: number, time: number): void;
}

/** The event of market orders; `filled` is told which order is taken, while it is still in the book. */
export const marketOrders = <W extends Book>(filled: (w: W, i: number) => void) => ({
  doc: "a market order takes the first order at the best price",
  world: "nextMarket" as const,
  run(w: W, p: Rates, _row: number, time: number, draw: Draw, schedule: Scheduled) {
    schedule.market(0, time + exponential(draw.uniform("next"), p.marketRate));
    const i = best(w, draw.integer("side", 2));
    if (i === NONE) {
      w.unmet++;
      return;
    }
    passTime(w, time);
    filled(w, i);
    remove(w, i);
    schedule.cancel(i, Number.POSITIVE_INFINITY);
    w.filled++;
  },
});

/** Orders that come and go: the events of a period. */
export const bookEvents = {
  limit: {
    doc: "a limit order comes, if its price is on its side of the other side's quote",
    world: "nextLimit",
    run(w: Book, p: Rates, _row: number, time: number, draw: Draw, schedule: Scheduled) {
      const K = w.ticks.size;
      schedule.limit(0, time + exponential(draw.uniform("next"), 2 * p.limitRate * K));
      const where = draw.integer("price", 2 * K);
      const [side, price] = [where & 1, where >> 1];
      if (side === BUY ? price >= w.ask : price <= w.bid) return;
      passTime(w, time);
      const i = place(w, side, price, Number.POSITIVE_INFINITY);
      schedule.cancel(i, time + exponential(draw.uniform("life"), p.cancelRate));
      w.placed++;
    },
  },
  market: marketOrders(() => {}),
  cancel: {
    doc: "a resting order is cancelled",
    of: "orders",
    at: "expires",
    run(w: Book, _p: Rates, i: number, time: number) {
      passTime(w, time);
      remove(w, i);
      w.cancelled++;
    },
  },
} as const;

/** The mean spread by mean-field theory, (μ/α)(0.28 + 1.86 (δ/μ)^¾): Farmer, Patelli & Zovko 2005, PNAS 102, 2254, for small ticks. */
export const meanSpread = ({ limitRate, marketRate, cancelRate }: Rates): number =>
  (0.28 * marketRate + 1.86 * math.pow(marketRate, 0.25) * math.pow(cancelRate, 0.75)) / limitRate;

/** Orders that came, less those that have gone and those that rest: 0. */
export const conserved = (w: Readonly<Book>): number => w.placed + w.moved - w.filled - w.cancelled - w.resting;

/** Whether queues, counts, quotes and the list of free rows agree: how many things do not. */
export function disorder(w: Readonly<Book>): number {
  const { ticks, orders } = w;
  let wrong = 0;
  let resting = 0;
  for (let price = 0; price < ticks.size; price++) {
    const side = ticks.bids[price] > 0 ? BUY : SELL;
    const count = ticks.bids[price] + ticks.asks[price];
    if (ticks.bids[price] > 0 && (ticks.asks[price] > 0 || price > w.bid)) wrong++;
    if (ticks.asks[price] > 0 && price < w.ask) wrong++;
    let before = NONE;
    let found = 0;
    for (let i = ticks.first[price]; i !== NONE && found <= count; i = orders.after[i]) {
      if (orders.price[i] !== price || orders.side[i] !== side || orders.before[i] !== before) wrong++;
      before = i;
      found++;
    }
    if (found !== count || ticks.last[price] !== before) wrong++;
    resting += found;
  }
  let free = 0;
  for (let i = w.free; i !== NONE && free <= orders.size; i = orders.after[i]) {
    if (orders.price[i] !== NONE || orders.expires[i] !== Number.POSITIVE_INFINITY) wrong++;
    free++;
  }
  if (free + resting !== orders.size || resting !== w.resting || w.bid >= w.ask) wrong++;
  return wrong;
}
