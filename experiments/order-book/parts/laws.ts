// Spread, depth and price diffusion of the order book over δ/μ, in the units that rates make: prices in μ/α, times in 1/δ.
import { createSimulation, math } from "walras";
import { lacking, orderBook } from "../../../economies/order-book.ts";
import { type Book, midPrice } from "../../../economies/parts/book.ts";

const [LIMIT, MARKET] = [0.5, 20];
const UNIT = MARKET / LIMIT; // of prices, in ticks
/** Ticks in view, in units of price. */
const VIEW = 12;

export interface BookLaws {
  /** ε = δ/μ */
  readonly ratio: number;
  /** Mean, over μ/α. */
  readonly spread: number;
  /** Orders at a price far from the quotes, over α/δ. */
  readonly depth: number;
  /** Orders that the book lacks, over μ/δ. */
  readonly deficit: number;
  /** Variance of the mid price per time over two lives of an order, over (μ/α)² δ. */
  readonly slow: number;
  /** The same over the time between two market orders. */
  readonly fast: number;
}

function played(ratio: number, seed: number, purpose: string, length: number, warm: number, periods: number) {
  const cancelRate = ratio * MARKET;
  const params = {
    limitRate: LIMIT,
    marketRate: MARKET,
    cancelRate,
    ticks: VIEW * UNIT,
    capacity: Math.ceil((16 * UNIT * LIMIT) / cancelRate) + 200,
    length,
    horizon: 1e9,
  };
  const simulation = createSimulation(orderBook, { params, seed, purpose });
  simulation.reset(0);
  const w = simulation.worlds[0] as unknown as Book & { readonly far: { readonly orders: Float64Array } };
  const mids = new Float64Array(periods + 1);
  let [spread, quoted, depth, missing] = [0, 0, 0, 0];
  for (let t = -warm; t <= periods; t++) {
    for (let k = 0; k < simulation.phases.length; k++) simulation.runPhase(k, 0);
    if (t >= 0) {
      mids[t] = midPrice(w, mids[Math.max(0, t - 1)]!);
      if (t > 0) {
        spread += w.spreadTime;
        quoted += w.quoted;
        depth += math.mean(w.far.orders);
        missing += lacking(w, params);
      }
    }
    simulation.endPeriod(0);
  }
  return {
    spread: spread / quoted / UNIT,
    depth: (depth / periods) * (cancelRate / LIMIT),
    deficit: (missing / periods) * (cancelRate / MARKET),
    mids,
  };
}

/** Mean square change over `lag` periods of `length`, per time, over (μ/α)² δ. */
function diffusion(mids: Float64Array, lag: number, length: number, cancelRate: number): number {
  const squares = Float64Array.from({ length: mids.length - lag }, (_, t) => {
    const change = (mids[t + lag]! - mids[t]!) / UNIT;
    return change * change;
  });
  return math.mean(squares) / (lag * length * cancelRate);
}

/** `lives`: mean lives of an order that the book is watched for. */
export function bookLaws(ratio: number, seed: number, lives: number): BookLaws {
  const cancelRate = ratio * MARKET;
  const long = 0.2 / cancelRate;
  const { mids, ...slow } = played(ratio, seed, "laws, slow", long, 50, 5 * lives);
  const short = 1 / MARKET;
  const fast = played(ratio, seed, "laws, fast", short, Math.ceil(10 / ratio), 8000);
  return {
    ratio,
    ...slow,
    slow: diffusion(mids, 10, long, cancelRate),
    fast: diffusion(fast.mids, 1, short, cancelRate),
  };
}
