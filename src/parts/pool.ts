// A pool of money and tokens that quotes prices from what it holds: a constant product, weights, or a constant product between two prices. Whoever provides liquidity holds shares of it.
//
//   tokens for money d:  Y (1 − (X / (X + γ d))^(w_x / w_y)),   γ = 1 − fee;   price (X / w_x) / (Y / w_y);   equal weights: X Y = constant
//
// X and Y are what the pool holds, and under `range` a constant per share more (concentrated-liquidity.ts in mechanisms has the form). Fees join what the pool holds, as in Uniswap v2 and Balancer;
// under `range` they are kept apart, as in Uniswap v3, and belong to the shares just as well.
//
// Money, tokens and shares are whole units of 2⁻²⁰, and every rounding is in the pool's favour: of what it pays it keeps at most a unit and 2⁻⁴⁸ of the amount. So no round trip gains a unit,
// no share loses one to another's deposit or withdrawal, and sums are exact as long as they stay below 2³³.
import { choice, f64, param, part } from "../economy/index.ts";
import * as mechanisms from "../economy/mechanisms/index.ts";
import { type Fill, inRandomOrder, orders } from "./takers.ts";

const { UNIT, roundDown, roundUp } = mechanisms;
/** More than the relative error of any amount here, which is a few times 2⁻⁵³. */
const MARGIN = 1 / 281474976710656; // 2⁻⁴⁸

const params = {
  pool: choice("product", ["product", "weighted", "range"], {
    doc: "x y = constant; with weights; or x y = constant between two prices",
  }),
  fee: param(0.003, { symbol: "φ", min: 0, max: 0.5, doc: "share of what is paid in that the pool keeps" }),
  weight: param(0.8, { symbol: "w", min: 0.1, max: 0.9, doc: "weighted: of tokens in the pool's value" }),
  rangeEdge: param(0.5, {
    symbol: "κ",
    min: 0.01,
    max: 0.99,
    doc: "range: liquidity between κ P₀ and P₀/κ",
  }),
};
const world = {
  spot: f64({ unit: "money/token", doc: "price of a first small amount, without the fee" }),
  poolMoney: f64({ unit: "money", doc: "liquidity" }),
  poolTokens: f64({ unit: "tokens", doc: "liquidity" }),
  feeMoney: f64({ unit: "money", doc: "fees kept apart from liquidity" }),
  feeTokens: f64({ unit: "tokens", doc: "fees kept apart from liquidity" }),
  shares: f64({ unit: "shares", doc: "issued" }),
  moneyPerShare: f64({ unit: "money/share", doc: "by which the pool quotes as if it held more; 0 without a range" }),
  tokensPerShare: f64({ unit: "tokens/share", doc: "by which the pool quotes as if it held more; 0 without a range" }),
  moneyTaken: f64({ unit: "money", doc: "net, this period" }),
  tokensTaken: f64({ unit: "tokens", doc: "net, this period" }),
  volume: f64({ unit: "money", doc: "paid and received by whoever traded this period" }),
};

/** What a part declares that trades with the pool or provides liquidity by its own phases. */
export const poolColumns = { params, world };

export interface PoolState {
  spot: number;
  poolMoney: number;
  poolTokens: number;
  feeMoney: number;
  feeTokens: number;
  shares: number;
  moneyPerShare: number;
  tokensPerShare: number;
  moneyTaken: number;
  tokensTaken: number;
  volume: number;
}

/** A pool that holds nothing; `foundPool` fills it. */
export const emptyPool = (): PoolState => ({
  spot: 0,
  poolMoney: 0,
  poolTokens: 0,
  feeMoney: 0,
  feeTokens: 0,
  shares: 0,
  moneyPerShare: 0,
  tokensPerShare: 0,
  moneyTaken: 0,
  tokensTaken: 0,
  volume: 0,
});
export interface PoolRules {
  readonly pool: "product" | "weighted" | "range";
  readonly fee: number;
  readonly weight: number;
  readonly rangeEdge: number;
}

/** The share of tokens in the pool's value, where it quotes as if it held X and Y. */
export const tokenWeight = (p: PoolRules): number => (p.pool === "weighted" ? p.weight : 0.5);

/** The balances by which a pool quotes. */
export const quoted = (w: PoolState): { readonly money: number; readonly tokens: number } => ({
  money: w.poolMoney + w.shares * w.moneyPerShare,
  tokens: w.poolTokens + w.shares * w.tokensPerShare,
});

/** The price of a first small amount, without the fee. */
export function poolPrice(w: PoolState, p: PoolRules): number {
  const { money, tokens } = quoted(w);
  const weight = tokenWeight(p);
  return (money * weight) / (tokens * (1 - weight));
}

const NOTHING: Fill = { paid: 0, received: 0 };

/** A pool's first balances and shares: `depth` of money and tokens at the price, by which it quotes; under `range` it holds less than that. */
export function foundPool(w: PoolState, p: PoolRules, { depth, price }: { depth: number; price: number }): void {
  const weight = tokenWeight(p);
  const tokens = (depth * weight) / ((1 - weight) * price);
  const ρ = p.pool === "range" ? Math.sqrt(p.rangeEdge) : 0;
  w.shares = roundDown(Math.sqrt(depth * tokens));
  w.moneyPerShare = (ρ * depth) / w.shares;
  w.tokensPerShare = (ρ * tokens) / w.shares;
  w.poolMoney = roundUp((1 - ρ) * depth);
  w.poolTokens = roundUp((1 - ρ) * tokens);
  w.feeMoney = 0;
  w.feeTokens = 0;
  w.spot = poolPrice(w, p);
}

/** Tokens that `money` would buy: as many as it pays for, or as the pool has; less is paid then. An order too small to be paid a unit is not executed. */
export const quoteBuy = (w: PoolState, p: PoolRules, money: number): Fill => {
  const { money: X, tokens: Y } = quoted(w);
  return quote("buyFromPool", X, Y, 1 - tokenWeight(p), w.poolTokens, p, money);
};

/** Money that `tokens` would be paid; as `quoteBuy`. */
export const quoteSell = (w: PoolState, p: PoolRules, tokens: number): Fill => {
  const { money: X, tokens: Y } = quoted(w);
  return quote("sellToPool", Y, X, tokenWeight(p), w.poolMoney, p, tokens);
};

/** Trades what `quoteBuy` says. */
export function buyFromPool(w: PoolState, p: PoolRules, money: number): Fill {
  const fill = quoteBuy(w, p, money);
  const fee = feeApart(p, fill);
  w.poolMoney += fill.paid - fee;
  w.feeMoney += fee;
  w.poolTokens -= fill.received;
  w.moneyTaken += fill.paid;
  w.tokensTaken -= fill.received;
  w.volume += fill.paid;
  return fill;
}

/** Trades what `quoteSell` says. */
export function sellToPool(w: PoolState, p: PoolRules, tokens: number): Fill {
  const fill = quoteSell(w, p, tokens);
  const fee = feeApart(p, fill);
  w.poolTokens += fill.paid - fee;
  w.feeTokens += fee;
  w.poolMoney -= fill.received;
  w.tokensTaken += fill.paid;
  w.moneyTaken -= fill.received;
  w.volume += fill.received;
  return fill;
}

/** Rounded down, so that liquidity gets what it was quoted for. */
const feeApart = (p: PoolRules, { paid }: Fill): number =>
  p.pool === "range" ? roundDown(p.fee * paid * (1 - MARGIN)) : 0;

function quote(
  where: string,
  balanceIn: number,
  balanceOut: number,
  weightIn: number,
  held: number,
  p: PoolRules,
  offered: number,
): Fill {
  if (!(offered >= 0 && offered < Infinity))
    throw new Error(`${where}: ${offered} is offered, expected a finite number of at least 0.`);
  const paid = roundDown(offered);
  if (paid === 0 || held === 0) return NOTHING;
  const pair = { balanceIn, balanceOut, fee: p.fee };
  const out =
    p.pool === "weighted"
      ? mechanisms.weightedOut({ ...pair, weightIn, weightOut: 1 - weightIn }, paid)
      : mechanisms.constantProductOut(pair, paid);
  // Of a range everything can be bought, and no more than that is to be paid for it.
  if (p.pool === "range" && out >= held)
    return { paid: Math.min(paid, roundUp(mechanisms.constantProductIn(pair, held) * (1 + MARGIN))), received: held };
  const received = roundDown(out * (1 - MARGIN));
  return received > 0 ? { paid, received } : NOTHING;
}

/** Shares for money and tokens in the proportion in which the pool holds them; what exceeds it is not taken. */
export function addLiquidity(
  w: PoolState,
  offer: { readonly money: number; readonly tokens: number },
): { readonly money: number; readonly tokens: number; readonly shares: number } {
  const pots = [w.poolMoney, w.poolTokens, w.feeMoney, w.feeTokens] as const;
  const proportion = Math.min(
    proportionOf("money", offer.money, w.poolMoney + w.feeMoney),
    proportionOf("tokens", offer.tokens, w.poolTokens + w.feeTokens),
  );
  const issued = roundDown(w.shares * proportion * (1 - 2 * MARGIN));
  if (issued === 0) return { money: 0, tokens: 0, shares: 0 };
  const [money, tokens, feeMoney, feeTokens] = pots.map((pot) => roundUp((pot * issued * (1 + MARGIN)) / w.shares));
  w.poolMoney += money!;
  w.poolTokens += tokens!;
  w.feeMoney += feeMoney!;
  w.feeTokens += feeTokens!;
  w.moneyTaken += money! + feeMoney!;
  w.tokensTaken += tokens! + feeTokens!;
  w.shares += issued;
  return { money: money! + feeMoney!, tokens: tokens! + feeTokens!, shares: issued };
}

/** Liquidity and fees are rounded up apart, by less than two units together. */
function proportionOf(what: string, offered: number, held: number): number {
  if (!(offered >= 0 && offered < Infinity))
    throw new Error(`addLiquidity: ${offered} of ${what} are offered, expected a finite number of at least 0.`);
  return held === 0 ? Infinity : Math.max(0, roundDown(offered) - 2 * UNIT) / held;
}

/** What burned shares are paid of all that the pool holds. Somebody's shares have to be left. */
export function removeLiquidity(
  w: PoolState,
  burned: number,
): { readonly money: number; readonly tokens: number; readonly shares: number } {
  if (!(burned >= 0 && burned < w.shares))
    throw new Error(`removeLiquidity: ${burned} of ${w.shares} shares are burned, expected at least 0 and not all.`);
  const shares = roundDown(burned);
  const [money, tokens, feeMoney, feeTokens] = [w.poolMoney, w.poolTokens, w.feeMoney, w.feeTokens].map((pot) =>
    roundDown((pot * shares * (1 - MARGIN)) / w.shares),
  );
  w.poolMoney -= money!;
  w.poolTokens -= tokens!;
  w.feeMoney -= feeMoney!;
  w.feeTokens -= feeTokens!;
  w.moneyTaken -= money! + feeMoney!;
  w.tokensTaken -= tokens! + feeTokens!;
  w.shares -= shares;
  return { money: money! + feeMoney!, tokens: tokens! + feeTokens!, shares };
}

export const pool = part({
  name: "pool",
  params: {
    ...params,
    depth: param(1000, { symbol: "D", unit: "money", min: 1, max: 1e5, doc: "by which the pool quotes at first" }),
    price: param(1, { symbol: "P₀", unit: "money/token", min: 0.1, max: 10, doc: "at first" }),
  },
  world,
  populations: { traders: orders },
  start: ({ world }) => ({
    found: world({ doc: "balances at the first price, and shares" }, (w, p) => foundPool(w, p, p)),
  }),
  phases: ({ world }) => ({
    open: world({ doc: "nothing taken yet; the price is posted", writes: "scalars" }, (w, p) => {
      w.moneyTaken = 0;
      w.tokensTaken = 0;
      w.volume = 0;
      w.spot = poolPrice(w, p);
    }),
    trade: world({ doc: "orders one by one, in random order, as far as traders have what they offer" }, (w, p, draw) =>
      inRandomOrder(
        w.traders,
        draw,
        (money) => buyFromPool(w, p, money),
        (tokens) => sellToPool(w, p, tokens),
      ),
    ),
  }),
  stages: { open: "choose", trade: "clear" },
  flows: {
    payments: { unit: "money", receives: "moneyTaken" },
    deliveries: { unit: "tokens", receives: "tokensTaken" },
  },
  identities: {
    balances: {
      doc: "the pool holds no less than nothing, and its price is a number above 0",
      after: "period",
      tolerance: 0,
      of: (w, p) =>
        Math.min(0, w.poolMoney, w.poolTokens, w.feeMoney, w.feeTokens) +
        (poolPrice(w, p) > 0 && poolPrice(w, p) < Infinity ? 0 : 1),
    },
  },
  metrics: {
    price: { unit: "money/token", doc: "of the pool, at the end of the period", of: (w, p) => poolPrice(w, p) },
    volume: { unit: "money", doc: "traded in the period", of: (w) => w.volume },
  },
});
