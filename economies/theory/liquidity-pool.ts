// Closed forms of a pool of money X and tokens Y that trades at P = (X w)/(Y (1 − w)) beside a market where tokens cost Q, a geometric Brownian motion of variance σ² per period.
//
//   value of liquidity over holding, when the price has moved by r:       r^w / (1 − w + w r) − 1;   equal weights: 2√r/(1 + r) − 1
//   what arbitrage takes per period of a unit of value, without a fee:    E[1 − w + w R − R^w] = 1 − w + w e^μ − e^(w μ − w(1 − w)σ²/2);   per unit of time σ² w(1 − w)/2, σ²/8 for equal weights
//   no trade:                                                             γ Q ≤ P ≤ Q/γ,   γ = 1 − fee
//   arbitrage:                                                            (√(Q Y) − √(X/γ))² where γ Q > P
//   manipulation, of somebody with n tokens that settle at the average price of the trade, before the fee:
//                                                                         (√(Q Y) − √(X/γ − n P))² upwards,   (√(X − n P) − √(Q Y/γ))² downwards
//
// The last line: money d moves the pool by s = 1 + γ d/X, so that tokens Y(1 − 1/s) cost P s on average before the fee, and the position gains n P (s − 1). To be maximised is
// n P (s − 1) + Q Y (1 − 1/s) − X (s − 1)/γ, at s² = Q Y/(X/γ − n P): arbitrage is the case n = 0. From n P ≥ X/γ on more always gains more, and money or the range is the limit.
// Milionis, Moallemi, Roughgarden & Zhang 2022, "Automated market making and loss-versus-rebalancing", https://arxiv.org/abs/2208.06046; Angeris, Kao, Chiang, Noyes & Chitra 2019, "An analysis of Uniswap markets",
// https://arxiv.org/abs/1911.03380.
import { mechanisms, type Unknown, unknown } from "walras";
import { expm1, pow } from "walras/math";

export interface LiquidityPool {
  readonly pool: "product" | "weighted" | "range";
  readonly fee: number;
  readonly weight: number;
  readonly rangeEdge: number;
  readonly depth: number;
  readonly price: number;
  readonly priceRatio: number;
  readonly drift: number;
  readonly volatility: number;
  readonly position: number;
  readonly manipulatorMoney: number;
}

const weightOf = (p: LiquidityPool): number => (p.pool === "weighted" ? p.weight : 0.5);

/** A pool's value over that of holding what was deposited, less 1, when the price is r times what it was. */
export function impermanentLoss(p: LiquidityPool): number {
  const r = p.priceRatio;
  if (p.pool === "weighted") return pow(r, p.weight) / (1 - p.weight + p.weight * r) - 1;
  const s = Math.sqrt(r);
  // Beyond the range liquidity is money alone, or tokens alone.
  const edge = Math.sqrt(p.pool === "range" ? p.rangeEdge : 0);
  const held = (1 - edge) * (1 + r);
  if (p.pool === "range" && r < p.rangeEdge) return (r * (1 / edge - edge)) / held - 1;
  if (p.pool === "range" && r > 1 / p.rangeEdge) return (1 / edge - edge) / held - 1;
  return -((s - 1) * (s - 1)) / held;
}

/** What arbitrage takes in the first period, over the value of the pool: the expectation over one step of the price, without a fee. */
export function lossVersusRebalancing(p: LiquidityPool): number | Unknown {
  if (p.pool === "range") return unknown("the price may leave the range within a period; the rate is that of a moment");
  const w = weightOf(p);
  const { drift: μ, volatility: σ } = p;
  return w * expm1(μ) - expm1(w * μ - (w * (1 - w) * σ * σ) / 2);
}

/** The same per unit of time: σ² w (1 − w)/2, over the value of the pool; a range has less value for as much liquidity. */
export function lossRate(p: LiquidityPool): number {
  const w = weightOf(p);
  const rate = (p.volatility * p.volatility * w * (1 - w)) / 2;
  return p.pool === "range" ? rate / (1 - Math.sqrt(p.rangeEdge)) : rate;
}

/** A pool of equal weights as a manipulator meets it. */
export interface Attacked {
  /** By which it quotes. */
  readonly money: number;
  readonly tokens: number;
  /** What can be taken out of it. */
  readonly heldMoney: number;
  readonly heldTokens: number;
  readonly fee: number;
}
export interface Manipulator {
  /** Tokens that are settled at the fixing; below 0 short. */
  readonly position: number;
  /** What can be spent, here or on tokens elsewhere. */
  readonly budget: number;
}

/** The money to spend here, or below 0 on tokens that are bought elsewhere and sold here, and what the manipulator gains by it over not trading. */
export function bestManipulation(
  pool: Attacked,
  price: number,
  { position: n, budget }: Manipulator,
): { readonly spend: number; readonly take: number } {
  const { money: X, tokens: Y } = pool;
  const γ = 1 - pool.fee;
  const [m, t, nP] = [X / γ, price * Y, (n * X) / Y];
  const best = { spend: 0, take: 0 };
  // Upwards, s − 1 = γ d/X: the average price before the fee is P s.
  const cost = m - nP;
  const free = cost > 0 ? Math.sqrt(t / cost) - 1 : Infinity;
  const rise = Math.min(free, (γ * budget) / X, pool.heldTokens / (Y - pool.heldTokens));
  if (rise > 0) {
    const take = rise === free ? squared(Math.sqrt(t) - Math.sqrt(cost)) : rise * (t / (1 + rise) - cost);
    if (take > best.take) Object.assign(best, { spend: m * rise, take });
  }
  // Downwards, v − 1 = γ e/Y: tokens e are paid P/v on average before the fee.
  const worth = X - nP;
  const freely = worth > 0 ? Math.sqrt((γ * worth) / t) - 1 : 0;
  const fall = Math.min(freely, (γ * budget) / t, pool.heldMoney / (X - pool.heldMoney));
  if (fall > 0) {
    const take = fall === freely ? squared(Math.sqrt(worth) - Math.sqrt(t / γ)) : fall * (worth / (1 + fall) - t / γ);
    if (take > best.take) Object.assign(best, { spend: -(t * fall) / γ, take });
  }
  return best;
}

const squared = (x: number): number => x * x;

/** The first pool, of equal weights. */
function firstPool(p: LiquidityPool): Attacked {
  const [ρ, tokens] = [p.pool === "range" ? Math.sqrt(p.rangeEdge) : 0, p.depth / p.price];
  return { money: p.depth, tokens, heldMoney: (1 - ρ) * p.depth, heldTokens: (1 - ρ) * tokens, fee: p.fee };
}

/** What the manipulator spends at the first price, and gains by it. */
export const manipulation = (p: LiquidityPool): { readonly spend: number; readonly take: number } | Unknown =>
  p.pool === "weighted"
    ? unknown("there is no closed form for unequal weights")
    : bestManipulation(firstPool(p), p.price, { position: p.position, budget: p.manipulatorMoney });

/** What arbitrage pays and gains when the outside price has jumped to r times the first. */
export function arbitrage(p: LiquidityPool): {
  readonly money: number;
  readonly tokens: number;
  readonly profit: number;
} {
  const price = p.priceRatio * p.price;
  if (p.pool === "weighted") {
    const tokens = (p.depth * p.weight) / ((1 - p.weight) * p.price);
    return mechanisms.arbitrageAtPrice({ money: p.depth, tokens, weight: p.weight, fee: p.fee }, price);
  }
  const { spend, take } = bestManipulation(firstPool(p), price, { position: 0, budget: Infinity });
  return { money: Math.max(0, spend), tokens: Math.max(0, -spend) / price, profit: take };
}
