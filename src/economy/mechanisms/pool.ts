// Pools that quote prices from what they hold: two tokens with a constant product (Uniswap v2), or several with weights (Balancer, Bancor).
//
//   Π B_k^(w_k) = constant,   Σ w_k = 1;   two tokens of weight ½: x y = constant
//   out = B_out (1 − (B_in / (B_in + γ in))^(w_in / w_out)),   γ = 1 − fee
//
// The fee stays in the pool. Martinelli & Mushegian 2019, "A non-custodial portfolio manager, liquidity provider, and price sensor" (Balancer); Adams, Zinsmeister & Robinson 2020, "Uniswap v2 Core".
// Functions of what a pool holds; nothing here changes it.
import { expm1, log, log1p } from "../../math/index.ts";

/** What a pool holds of the token that is paid in and of the one that is paid out. */
export interface PoolPair {
  readonly balanceIn: number;
  readonly balanceOut: number;
  /** Share of what is paid in that the pool keeps, below 1. Default 0. */
  readonly fee?: number;
}

/** What a constant-product pool pays out for `paid`. */
export function constantProductOut(pool: PoolPair, paid: number): number {
  const { balanceIn: x, balanceOut: y, γ } = checked("constantProductOut", pool);
  amount("constantProductOut", "paid", paid);
  return (y * (γ * paid)) / (x + γ * paid);
}

/** What is to be paid in so that a constant-product pool pays out `wanted`. */
export function constantProductIn(pool: PoolPair, wanted: number): number {
  const { balanceIn: x, balanceOut: y, γ } = checked("constantProductIn", pool);
  amount("constantProductIn", "wanted", wanted);
  if (!(wanted < y)) throw new Error(`constantProductIn: ${wanted} wanted of a pool that holds ${y}.`);
  return (x * wanted) / ((y - wanted) * γ);
}

/** A pair of a weighted pool. */
export interface WeightedPair extends PoolPair {
  readonly weightIn: number;
  readonly weightOut: number;
}

/** What a weighted pool pays out for `paid`. */
export function weightedOut(pool: WeightedPair, paid: number): number {
  const where = "weightedOut";
  const { balanceIn: x, balanceOut: y, γ } = checked(where, pool);
  weighted(where, pool);
  amount(where, "paid", paid);
  return -y * expm1(-(pool.weightIn / pool.weightOut) * log1p((γ * paid) / x));
}

/** What is to be paid in so that a weighted pool pays out `wanted`. */
export function weightedIn(pool: WeightedPair, wanted: number): number {
  const where = "weightedIn";
  const { balanceIn: x, balanceOut: y, γ } = checked(where, pool);
  weighted(where, pool);
  amount(where, "wanted", wanted);
  if (!(wanted < y)) throw new Error(`${where}: ${wanted} wanted of a pool that holds ${y}.`);
  return (x * expm1(-(pool.weightOut / pool.weightIn) * log1p(-wanted / y))) / γ;
}

/** What the first small unit paid out costs, without a fee: (B_in / w_in) / (B_out / w_out). */
export function weightedPrice(pool: WeightedPair): number {
  const { balanceIn: x, balanceOut: y } = checked("weightedPrice", pool);
  weighted("weightedPrice", pool);
  return x / pool.weightIn / (y / pool.weightOut);
}

/** Weights of a pool: each above 0, with the sum 1. */
export function poolWeights(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (!(weights.length >= 2 && weights.every((w) => w > 0) && Math.abs(sum - 1) <= 1e-12))
    throw new Error(
      `poolWeights: [${weights}] adds up to ${sum}, expected two or more weights above 0 that add up to 1.`,
    );
  return weights;
}

/** Shares of a pool with `shares` issued for deposits in proportion to its balances; what exceeds the proportion is not taken. */
export function sharesForDeposit(
  balances: readonly number[],
  shares: number,
  deposits: readonly number[],
): { readonly shares: number; readonly taken: readonly number[] } {
  const where = "sharesForDeposit";
  balances.forEach((balance, k) => {
    holds(where, `balance ${k}`, balance);
    amount(where, `deposit ${k}`, deposits[k]!);
  });
  holds(where, "shares", shares);
  const part = balances.reduce((least, balance, k) => Math.min(least, deposits[k]! / balance), Infinity);
  return { shares: shares * part, taken: balances.map((balance, k) => Math.min(deposits[k]!, balance * part)) };
}

/** What `burned` of a pool's `shares` are paid of each balance. */
export function withdrawal(balances: readonly number[], shares: number, burned: number): number[] {
  holds("withdrawal", "shares", shares);
  amount("withdrawal", "burned", burned);
  if (burned > shares) throw new Error(`withdrawal: ${burned} shares to burn of ${shares}.`);
  return balances.map((balance) => (balance * burned) / shares);
}

/** One token of a weighted pool, with the shares that the pool has issued. */
export interface PoolSide {
  readonly balance: number;
  readonly weight: number;
  readonly shares: number;
  /** As in swaps: it is paid on the part of a deposit or withdrawal that amounts to one, 1 − weight. Default 0. */
  readonly fee?: number;
}

/** Shares issued for a deposit of one token alone: S((1 + d/B)^w − 1). */
export function sharesForOne(side: PoolSide, deposit: number): number {
  const { balance, weight, shares, kept } = checkedSide("sharesForOne", side);
  amount("sharesForOne", "deposit", deposit);
  return shares * expm1(weight * log1p((deposit * kept) / balance));
}

/** What is paid of one token alone for shares: B(1 − (1 − s/S)^(1/w)). */
export function withdrawalOfOne(side: PoolSide, burned: number): number {
  const { balance, weight, shares, kept } = checkedSide("withdrawalOfOne", side);
  amount("withdrawalOfOne", "burned", burned);
  if (burned > shares) throw new Error(`withdrawalOfOne: ${burned} shares to burn of ${shares}.`);
  return burned === shares ? balance * kept : -balance * expm1(log1p(-burned / shares) / weight) * kept;
}

/** A constant-product pool of money and tokens. */
export interface MoneyPool {
  readonly money: number;
  readonly tokens: number;
  readonly fee?: number;
}

/** The money that buys tokens in `cheap` and sells them in `dear` with the most profit; 0 and 0 where fees eat the difference. */
export function bestArbitrage(cheap: MoneyPool, dear: MoneyPool): { readonly paid: number; readonly profit: number } {
  const where = "bestArbitrage";
  const a = checked(where, { ...cheap, balanceIn: cheap.money, balanceOut: cheap.tokens });
  const b = checked(where, { ...dear, balanceIn: dear.tokens, balanceOut: dear.money });
  // Two constant products in a row are one: out = E q / (F + G q)
  const E = a.γ * b.γ * a.balanceOut * b.balanceOut;
  const F = a.balanceIn * b.balanceIn;
  const G = a.γ * (b.balanceIn + b.γ * a.balanceOut);
  if (!(E > F)) return { paid: 0, profit: 0 };
  // dout/dq = E F / (F + G q)² = 1, and √E − √F without cancellation
  const gap = (E - F) / (Math.sqrt(E) + Math.sqrt(F));
  return { paid: (Math.sqrt(F) * gap) / G, profit: (gap * gap) / G };
}

/** A pool of money and tokens whose weights add up to one. */
export interface WeightedMoneyPool extends MoneyPool {
  /** Of tokens. Default ½. */
  readonly weight?: number;
}

/**
 * What is paid into a pool, and earned, by whoever trades with it until nothing more can be gained at the price at which tokens are bought and sold elsewhere: money where tokens are cheap here, tokens where they are
 * dear. Nothing while (1 − fee) price ≤ the pool's price ≤ price / (1 − fee).
 *
 *   X′ = X u^w,   u = γ price / P > 1,   profit = X/(γ (1 − w)) (w u + 1 − w − u^w);   equal weights: (√(price Y) − √(X/γ))²
 */
export function arbitrageAtPrice(
  pool: WeightedMoneyPool,
  price: number,
): { readonly money: number; readonly tokens: number; readonly profit: number } {
  const where = "arbitrageAtPrice";
  const { weight = 0.5 } = pool;
  const {
    balanceIn: X,
    balanceOut: Y,
    γ,
  } = checked(where, { ...pool, balanceIn: pool.money, balanceOut: pool.tokens });
  weighted(where, { balanceIn: X, balanceOut: Y, weightIn: 1 - weight, weightOut: weight });
  if (!(price > 0 && price < Infinity)) throw new Error(`${where}: price is ${price}, expected a number above 0.`);
  const P = (X * weight) / ((1 - weight) * Y);
  // In tokens' money the same pool, seen from the other side.
  const buys = (γ * price) / P > 1;
  const sells = (γ * P) / price > 1;
  const [u, w, balance] = buys ? [(γ * price) / P, weight, X] : [(γ * P) / price, 1 - weight, Y];
  if (!buys && !sells) return { money: 0, tokens: 0, profit: 0 };
  const h = log(u);
  const paid = (balance * expm1(w * h)) / γ;
  const half = expm1(h / 2);
  const gain = w === 0.5 ? (half * half) / 2 : w * expm1(h) - expm1(w * h);
  const profit = ((buys ? 1 : price) * balance * gain) / (γ * (1 - w));
  return buys ? { money: paid, tokens: 0, profit } : { money: 0, tokens: paid, profit };
}

function checked(where: string, { balanceIn, balanceOut, fee = 0 }: PoolPair) {
  holds(where, "balanceIn", balanceIn);
  holds(where, "balanceOut", balanceOut);
  return { balanceIn, balanceOut, γ: keptAfter(where, fee) };
}

function checkedSide(where: string, { balance, weight, shares, fee = 0 }: PoolSide) {
  holds(where, "balance", balance);
  holds(where, "shares", shares);
  if (!(weight > 0 && weight <= 1))
    throw new Error(`${where}: weight is ${weight}, expected a number above 0, at most 1.`);
  keptAfter(where, fee);
  return { balance, weight, shares, kept: 1 - fee * (1 - weight) };
}

function weighted(where: string, { weightIn, weightOut }: WeightedPair): void {
  if (!(weightIn > 0 && weightOut > 0 && weightIn + weightOut <= 1 + 1e-12))
    throw new Error(
      `${where}: weights are ${weightIn} and ${weightOut}, expected numbers above 0 with a sum of at most 1.`,
    );
}

/** 1 − fee. */
export function keptAfter(where: string, fee: number): number {
  if (!(fee >= 0 && fee < 1)) throw new Error(`${where}: fee is ${fee}, expected at least 0 and below 1.`);
  return 1 - fee;
}

function holds(where: string, what: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw new Error(`${where}: ${what} is ${value}, expected a number above 0.`);
}

function amount(where: string, what: string, value: number): void {
  if (!(value >= 0 && value < Infinity))
    throw new Error(`${where}: ${what} is ${value}, expected a number of at least 0.`);
}
