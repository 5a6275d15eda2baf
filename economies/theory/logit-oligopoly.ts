// Prices of n firms with one good each and logit demand, played once: Nash, joint monopoly, best reply.
// Anderson & de Palma 1992, "The logit as a model of product differentiation"; Calvano et al. 2020, AER 110, 3267.
//
//   q_i = e^((a − p_i)/μ) / (Σ_j e^((a − p_j)/μ) + e^(a₀/μ))        π_i = (p_i − c) q_i
//
// Not here: firms that differ in quality or cost.
import { exp, expm1, findRoot, lambertWOfExp, log, log1p, requireConverged } from "walras/math";

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

// First-order condition (p − c)(1 − q) = μ. With p = c + μ (1 + u), so that profit is μu, and d = (a − a₀ − c)/μ it is u (n − 1 + e^(1+u−d)) = 1.
// In z with u = 1/(n − 1 + e^−z) that is z + u = d − 1, whose left side rises with a slope between 1 and 5/4 for n ≥ 2.
/** z and u in equilibrium. */
function nashMarkup(market: LogitOligopoly): { readonly z: number; readonly u: number } {
  const { firms: n } = market;
  const k = surplus(market) - 1;
  if (n === 1) {
    const u = lambertWOfExp(k);
    return { z: k - u, u };
  }
  const markup = (z: number): number => (z > 0 ? 1 / (n - 1 + exp(-z)) : exp(z) / (1 + (n - 1) * exp(z)));
  const slack = 1e-15 * Math.abs(k); // of rounding, where u is nothing beside k
  const z = findRoot((x) => x + markup(x) - k, k - 1 / (n - 1) - slack, k + slack, { tolerance: 0 });
  return { z, u: markup(z) };
}

/** The price at which nobody gains by another. */
export function nashPrice(market: LogitOligopoly): number {
  return market.cost + market.differentiation * (1 + nashMarkup(market).u);
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

export interface Collusion {
  /** π^N, π^M of each firm and π^D, which a firm earns once that undercuts the others' monopoly price; all are μ times a mark-up. */
  readonly nashProfit: number;
  readonly monopolyProfit: number;
  readonly deviationProfit: number;
  /** (π^D − π^M)/(π^D − π^N) */
  readonly criticalDiscountFactor: number;
}

// With w = n v the monopoly mark-up of all, v + … : ln v + n v = d − 1;  of a deviation: ln y + y = d − 1 − ln(1 + (n−1) v). Differences of logarithms,
//   (ln y + y) − (ln v + v) = (n−1) v − ln(1 + (n−1) v)
//   (ln y + y) − (ln u + u) = ln(1 + (n−1) e^z) − ln(1 + (n−1) v) = ln(1 + (n−1) v (e^(nv−u) − 1)/(1 + (n−1) v)),
// give both differences of profits their digits where hardly anybody buys and all three are nearly equal.
/** What repeated play compares: profits in competition, in collusion, and of who breaks it. */
export function collusion(market: LogitOligopoly): Collusion {
  const { firms: n, differentiation: μ } = market;
  const k = surplus(market) - 1;
  const w = lambertWOfExp(log(n) + k);
  const v = w / n;
  const { z, u } = nashMarkup(market);
  const s = (n - 1) * v;
  const y = lambertWOfExp(k - log1p(s));
  const profits = { nashProfit: μ * u, monopolyProfit: μ * v, deviationProfit: μ * y };
  // At the limit the numerator is s²/2 and the denominator s².
  if (s < 1e-9) return { ...profits, criticalDiscountFactor: 0.5 };
  const aboveMonopoly = s < 1e-3 ? s * s * (1 / 2 - s * (1 / 3 - s * (1 / 4 - s / 5))) : s - log1p(s);
  const apart = w - u;
  const aboveNash = apart < 1 ? log1p((s * expm1(apart)) / (1 + s)) : logSum(1, log(n - 1) + z) - log1p(s);
  const criticalDiscountFactor = (v * relativeRise(v, aboveMonopoly)) / (u * relativeRise(u, aboveNash));
  return { ...profits, criticalDiscountFactor };
}

/** ε with ln(1 + ε) + x ε = g ≥ 0: how much larger y is than x where ln y + y exceeds ln x + x by g. */
function relativeRise(x: number, g: number): number {
  if (g > 1) return lambertWOfExp(log(x) + x + g) / x - 1;
  let ε = g / (1 + x);
  // Newton's method on a concave function from the left of its root.
  for (let round = 0; round < 60; round++) {
    const step = (g - log1p(ε) - x * ε) / (1 / (1 + ε) + x);
    ε += step;
    if (!(Math.abs(step) > 1e-16 * ε)) break;
  }
  requireConverged("relativeRise", Math.abs(log1p(ε) + x * ε - g), 1e-14 * g, `Report it with x = ${x}, g = ${g}.`);
  return ε;
}

/** d, what buyers gain at cost price, in units of μ. */
const surplus = ({ quality, outsideQuality, cost, differentiation }: LogitOligopoly): number =>
  (quality - outsideQuality - cost) / differentiation;

/** ln(x + e^y) for x ≥ 0. */
const logSum = (x: number, y: number): number => (y > 0 ? y + log(1 + x * exp(-y)) : log(x + exp(y)));
