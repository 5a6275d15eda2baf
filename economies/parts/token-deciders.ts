// Who decides in the token economy instead of following a rule, each at a clock of its own: traders, every hour; those who run pools, every day; the authority, at its own pace.
//
// Deciding traders are the first so many rows of all traders: communities of traders are alike, so the first stand for all.
import { box, f64, grid, math, population } from "walras";
import { NONE, POSTED, type Traders, URGENT } from "./token-orders.ts";

const { log } = math;

/** In units of which features are about 1. */
const [ATTRACTION, GAP, TURNOVER, FEE, CHANGE] = [0.05, 0.03, 0.01, 0.003, 0.02];
/** Of log growth: rewards are in per cent. */
const PER_CENT = 100;

export const deciders = population({
  size: "deciding",
  doc: "traders who decide instead of following the rule: row i is trader i",
  state: {
    sentiment: f64({ doc: "posted, in standard deviations" }),
    attraction: f64({ doc: "value over price, less 1, of the asset whose turn it is, as its chain's traders see it" }),
    dearness: f64({ doc: "ln of its price over the mean price of the token on all chains" }),
    cash: f64({ doc: "money over wealth" }),
    toll: f64({ doc: "fee of its pool" }),
    wealth: f64({ unit: "money/1024", doc: "with what is owed for orders" }),
    gain: f64({
      unit: "per cent",
      doc: "growth of wealth in the hour, less that of its mix of money and tokens at the mean price",
    }),
    ahead: f64({ unit: "per cent", doc: "Σ of gains since the beginning" }),
  },
  actions: { order: grid(-1, 1, 5, { doc: "share of orderMax to spend, or below 0 to sell" }) },
});

export const operators = population({
  size: "operators",
  doc: "who run pools and set their fees: row m runs pool m",
  state: {
    turnover: f64({ doc: "paid into the pool in the hour, over its money" }),
    kept: f64({ unit: "money", doc: "fees of the pool when they were last looked at" }),
    earned: f64({ doc: "fees of the hour, in 1/10 000 of the pool's tokens at first, whose price was about 1" }),
  },
  actions: { fee: grid(0, "feeMax", 9, { doc: "of what is paid in" }) },
});

export const authorities = population({
  size: "authorities",
  doc: "who tells all traders to buy or to sell",
  state: {
    change: f64({ doc: "ln of the index over that at its last decision" }),
    calm: f64({ doc: "less the square of the index's change in the hour, in per cent" }),
  },
  actions: { stance: box(-1, 1, { doc: "the signal, over signalMax" }) },
});

export const observe = {
  deciders: {
    sentiment: { column: "sentiment", doc: "of those whom one follows, and news" },
    attraction: { column: "attraction", scale: ATTRACTION, doc: "of the asset whose turn it is, as the chain sees it" },
    dearness: { column: "dearness", scale: GAP, doc: "of the asset on its chain" },
    cash: { column: "cash", center: 0.5, scale: 0.25, doc: "share of wealth that is money" },
    toll: { column: "toll", center: FEE, scale: FEE, doc: "fee of the asset's pool" },
    signal: { world: "signal", scale: 0.1, doc: "of the authority" },
  },
  operators: {
    turnover: { column: "turnover", scale: TURNOVER, doc: "of the pool" },
    gap: { world: "gap", scale: GAP, doc: "between chains" },
  },
  authorities: { change: { column: "change", scale: CHANGE, doc: "of the index since the last decision" } },
} as const;

export const reward = {
  deciders: { column: "gain", doc: "growth of wealth, less that of its mix of money and tokens at the mean price" },
  operators: { column: "earned", doc: "fees of the pool" },
  authorities: { column: "calm", doc: "a calm index" },
} as const;

interface Pools {
  readonly size: number;
  readonly money: Float64Array;
  readonly tokens: Float64Array;
  readonly price: Float64Array;
  readonly attraction: Float64Array;
  readonly buyRate: Float64Array;
  readonly sellRate: Float64Array;
  readonly common: Uint8Array;
  readonly full: Uint8Array;
  readonly fee: Float64Array;
  readonly fees: Float64Array;
  readonly issued: Float64Array;
}
interface Deciders {
  readonly sentiment: Float64Array;
  readonly attraction: Float64Array;
  readonly dearness: Float64Array;
  readonly cash: Float64Array;
  readonly toll: Float64Array;
  readonly wealth: Float64Array;
  readonly gain: Float64Array;
  readonly ahead: Float64Array;
}

/** Wealth of trader i, in money/1024: an order that was settled counts as what it brings, one that waits or comes back as what was sent. */
export function wealthOf(
  k: Traders,
  i: number,
  {
    size: M,
    price,
    buyRate,
    sellRate,
    common,
    full,
  }: Pick<Pools, "size" | "price" | "buyRate" | "sellRate" | "common" | "full">,
): number {
  let wealth = k.money[i]!;
  for (let m = 0; m < M; m++) wealth += k.tokens[i * M + m]! * price[m]!;
  const stage = k.stage[i]!;
  if (stage === NONE) return wealth;
  const m = k.asset[i]!;
  const sent = k.order[i]!;
  const settled = stage === URGENT || (common[m] === 1 && !(stage === POSTED && full[m] === 1));
  if (sent > 0) return wealth + (settled ? Math.floor(sent * buyRate[m]!) * price[m]! : sent);
  return wealth + (settled ? Math.floor(-sent * sellRate[m]!) : -sent * price[m]!);
}

/** What deciding traders see of themselves and of the asset whose turn it is; `perStep`: standard deviations in a step of sentiment, of which `zero` is none. */
export function look(
  k: Deciders,
  [from, to]: readonly [number, number],
  { traders, markets, period }: { readonly traders: Traders; readonly markets: Pools; readonly period: number },
  { tokens, chains, perStep, zero }: { tokens: number; chains: number; perStep: number; zero: number },
): void {
  const M = markets.size;
  const dear = new Float64Array(M);
  for (let m = 0; m < M; m++) {
    let sum = 0;
    for (let chain = 0; chain < chains; chain++) sum += log(markets.price[chain * tokens + (m % tokens)]) / chains;
    dear[m] = log(markets.price[m]) - sum;
  }
  for (let i = from, m = (from + period) % M; i < to; i++, m = m + 1 === M ? 0 : m + 1) {
    k.sentiment[i] = perStep * (traders.sentiment[i] - zero);
    k.attraction[i] = markets.attraction[m];
    k.dearness[i] = dear[m];
    k.cash[i] = traders.money[i] / Math.max(1, k.wealth[i]);
    k.toll[i] = markets.fee[m];
  }
}

/** What the hour brought deciding traders; `growth`: of the logarithm of prices, mean over markets. */
export function prosper(
  k: Deciders,
  [from, to]: readonly [number, number],
  { traders, markets, growth }: { readonly traders: Traders; readonly markets: Pools; readonly growth: number },
): void {
  for (let i = from; i < to; i++) {
    const wealth = Math.max(1, wealthOf(traders, i, markets));
    k.gain[i] = PER_CENT * (log(wealth / Math.max(1, k.wealth[i])) - (1 - k.cash[i]) * growth);
    k.ahead[i] += k.gain[i];
    k.wealth[i] = wealth;
  }
}

interface Running {
  readonly operators: {
    readonly size: number;
    readonly kept: Float64Array;
    readonly earned: Float64Array;
  };
  readonly authorities: { readonly size: number; readonly calm: Float64Array };
}

/** What the hour brought those who run pools and the authority. `moved`: ln of the index over that of the hour before; `depth`: of pools. */
export function reckon(
  { operators: o, authorities: a }: Running,
  { fees, issued }: Pools,
  { moved, depth }: { readonly moved: number; readonly depth: number },
): void {
  for (let m = 0; m < o.size; m++) {
    o.earned[m] = (1e4 * (fees[m] - o.kept[m])) / ((depth / (1 + depth)) * issued[m]); // first prices are about 1
    o.kept[m] = fees[m];
  }
  if (a.size > 0) a.calm[0] = -PER_CENT * PER_CENT * moved * moved;
}
