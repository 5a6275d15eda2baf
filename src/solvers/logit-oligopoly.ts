// Prices of n firms with one good each and logit demand, played once: Nash, joint monopoly, best reply.
// Anderson & de Palma 1992, "The logit as a model of product differentiation"; Calvano et al. 2020, AER 110, 3267.
//
//   q_i = e^((a − p_i)/μ) / (Σ_j e^((a − p_j)/μ) + e^(a₀/μ))        π_i = (p_i − c) q_i
//
// Not here: firms that differ in quality or cost.
import { exp, findRoot, lambertWOfExp, log } from "../math/index.ts";

export interface LogitOligopoly {
  /** n, a whole number of at least 1. */
  readonly firms: number;
  readonly quality: number; // a
  readonly outsideQuality: number; // a₀
  readonly cost: number; // c
  readonly differentiation: number; // μ > 0
}

/** Buyers of each firm, as shares of all, into `out`; returns the share that buys nothing. Any finite prices will do. */
export function logitShares(
  { quality: a, outsideQuality: a0, differentiation: μ }: LogitOligopoly,
  prices: ArrayLike<number>,
  out: Float64Array,
): number {
  // Utilities are taken relative to the best alternative, so that nothing overflows and the sum is at least 1.
  let best = a0;
  for (let i = 0; i < prices.length; i++) best = Math.max(best, a - prices[i]);
  const nothing = exp((a0 - best) / μ);
  let sum = nothing;
  for (let i = 0; i < prices.length; i++) {
    out[i] = exp((a - prices[i] - best) / μ);
    sum += out[i];
  }
  for (let i = 0; i < prices.length; i++) out[i] /= sum;
  return nothing / sum;
}

/** What each of n firms earns when all post the same price. */
export function symmetricProfit(market: LogitOligopoly, price: number): number {
  return (price - market.cost) * symmetricShare(market, price);
}

/** q = 1/(n + e^((a₀ − a + p)/μ)) */
export function symmetricShare(
  { firms, quality, outsideQuality, differentiation }: LogitOligopoly,
  price: number,
): number {
  return 1 / (firms + exp((outsideQuality - quality + price) / differentiation));
}

// First-order condition (p − c)(1 − q) = μ. With p = c + μ (1 + u) and d = (a − a₀ − c)/μ it is
//   u (n − 1 + e^(1+u−d)) = 1
// Each of the two terms alone bounds the root from above, u ≤ 1/(n − 1) and u ≤ W(e^(d−1)); at half the lower bound both are at most ½.
/** The price at which nobody gains by another. */
export function nashPrice(market: LogitOligopoly): number {
  const { firms: n, cost: c, differentiation: μ } = market;
  const d = surplus(market);
  const upper = Math.min(1 / (n - 1), lambertWOfExp(d - 1));
  if (n === 1 || upper === 0) return c + μ * (1 + upper);
  const u = findRoot((v) => log(v) + logSum(n - 1, 1 + v - d), upper / 2, upper * (1 + 1e-12), { tolerance: 0 });
  return c + μ * (1 + u);
}

// First-order condition (p − c)(1 − n q) = μ, that is (u e^u) = n e^(d−1)
/** The common price at which all firms together earn most. */
export function monopolyPrice(market: LogitOligopoly): number {
  const { firms: n, cost: c, differentiation: μ } = market;
  return c + μ * (1 + lambertWOfExp(log(n) + surplus(market) - 1));
}

// As a single seller whose outside good is everything else: u e^u = e^((a − c)/μ − 1) / (Σ_{j≠i} e^((a−p_j)/μ) + e^(a₀/μ))
/** The price that earns a firm most while each of the others posts `price`. */
export function bestReply(market: LogitOligopoly, price: number): number {
  const { firms: n, quality: a, outsideQuality: a0, cost: c, differentiation: μ } = market;
  const others = a0 / μ + logSum(1, log(n - 1) + (a - price - a0) / μ);
  return c + μ * (1 + lambertWOfExp((a - c) / μ - 1 - others));
}

/** What a firm earns by its best reply while each of the others posts `price`. */
export function bestReplyProfit(market: LogitOligopoly, price: number): number {
  const prices = new Float64Array(market.firms).fill(price);
  prices[0] = bestReply(market, price);
  const shares = new Float64Array(market.firms);
  logitShares(market, prices, shares);
  return (prices[0] - market.cost) * shares[0];
}

/** d, what buyers gain at cost price, in units of μ. */
const surplus = ({ quality, outsideQuality, cost, differentiation }: LogitOligopoly): number =>
  (quality - outsideQuality - cost) / differentiation;

/** ln(x + e^y) for x ≥ 0. */
const logSum = (x: number, y: number): number => (y > 0 ? y + log(1 + x * exp(-y)) : log(x + exp(y)));
