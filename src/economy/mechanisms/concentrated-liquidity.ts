// Liquidity between two prices: what a range holds, and swaps through ranges that begin and end (Uniswap v3).
//
//   (x + L/√b) (y + L√a) = L²   for a ≤ P ≤ b:   x = L (1/√P − 1/√b),   y = L (√P − √a)
//
// x tokens are worth P y each. Adams, Zinsmeister, Salem, Keefer & Robinson 2021, "Uniswap v3 Core", eq. 2.2, 6.29, 6.30. Fees are kept apart from liquidity, as there.
import { keptAfter } from "./pool.ts";

/** Liquidity L between prices `low` and `high`. */
export interface LiquidityRange {
  readonly low: number;
  readonly high: number;
  readonly liquidity: number;
}

/** What a range holds at a price: tokens alone below it, money alone above it. */
export function rangeHoldings(
  range: LiquidityRange,
  price: number,
): { readonly tokens: number; readonly money: number } {
  const [a, b] = roots("rangeHoldings", range);
  const s = Math.min(Math.max(rootOf("rangeHoldings", price), a), b);
  return { tokens: (range.liquidity * (b - s)) / (s * b), money: range.liquidity * (s - a) };
}

/** The liquidity that tokens and money amount to in a range; the scarcer one decides. */
export function liquidityFor(
  range: { readonly low: number; readonly high: number },
  price: number,
  deposit: { readonly tokens: number; readonly money: number },
): number {
  const where = "liquidityFor";
  const [a, b] = roots(where, { ...range, liquidity: 1 });
  const s = Math.min(Math.max(rootOf(where, price), a), b);
  paidIn(where, "tokens", deposit.tokens);
  paidIn(where, "money", deposit.money);
  const ofTokens = s < b ? (deposit.tokens * s * b) / (b - s) : Infinity;
  const ofMoney = s > a ? deposit.money / (s - a) : Infinity;
  return Math.min(ofTokens, ofMoney);
}

export interface RangeSwap {
  /** What the pool pays. */
  readonly out: number;
  /** The price afterwards. */
  readonly price: number;
  /** What it takes, the fee included: less than was offered where liquidity ends. */
  readonly taken: number;
  /** Of that the fee. */
  readonly fee: number;
}

/** Tokens are bought for money: the price rises through the ranges. */
export function buyThroughRanges(ranges: readonly LiquidityRange[], price: number, money: number, fee = 0): RangeSwap {
  return swap("buyThroughRanges", ranges, price, money, fee, true);
}

/** Tokens are sold for money: the price falls through the ranges. */
export function sellThroughRanges(
  ranges: readonly LiquidityRange[],
  price: number,
  tokens: number,
  fee = 0,
): RangeSwap {
  return swap("sellThroughRanges", ranges, price, tokens, fee, false);
}

function swap(
  where: string,
  ranges: readonly LiquidityRange[],
  price: number,
  offered: number,
  fee: number,
  up: boolean,
): RangeSwap {
  const γ = keptAfter(where, fee);
  paidIn(where, up ? "money" : "tokens", offered);
  const edges = ranges.map((range) => roots(where, range));
  let s = rootOf(where, price);
  let left = γ * offered;
  let out = 0;
  let used = 0;
  while (left > 0) {
    // The next edge on the way, and what is between here and there.
    let [end, L] = [up ? Infinity : 0, 0];
    ranges.forEach(({ liquidity }, k) => {
      const [a, b] = edges[k]!;
      if (up ? a <= s && s < b : a < s && s <= b) L += liquidity;
      for (const edge of [a, b]) if (up ? edge > s && edge < end : edge < s && edge > end) end = edge;
    });
    if (end === (up ? Infinity : 0)) break;
    // Upwards money moves √P by left/L, downwards tokens move 1/√P by it.
    const room = up ? L * (end - s) : (L * (s - end)) / (s * end);
    if (left < room) {
      const t = up ? left / (L * s) : (left * s) / L; // relative step of √P, or of 1/√P
      out += up ? ((L / s) * t) / (1 + t) : (L * s * t) / (1 + t);
      s = up ? s + left / L : s / (1 + t);
      used += left;
      left = 0;
    } else {
      out += up ? (L * (end - s)) / (s * end) : L * (s - end);
      used += room;
      left -= room;
      s = end;
    }
  }
  const taken = left > 0 ? used / γ : offered;
  return { out, price: s * s, taken, fee: taken - used };
}

function roots(where: string, { low, high, liquidity }: LiquidityRange): readonly [number, number] {
  if (!(low > 0 && high > low && high < Infinity))
    throw new Error(`${where}: a range from ${low} to ${high}, expected 0 < low < high.`);
  if (!(liquidity >= 0 && liquidity < Infinity))
    throw new Error(`${where}: liquidity is ${liquidity}, expected a number of at least 0.`);
  return [Math.sqrt(low), Math.sqrt(high)];
}

function rootOf(where: string, price: number): number {
  if (!(price > 0 && price < Infinity)) throw new Error(`${where}: price is ${price}, expected a number above 0.`);
  return Math.sqrt(price);
}

function paidIn(where: string, what: string, value: number): void {
  if (!(value >= 0 && value < Infinity))
    throw new Error(`${where}: ${what} is ${value}, expected a number of at least 0.`);
}
