// A dealer who quotes p ± h around a price that she does not set, to customers who value the good around p₀, and who likes profit and market share.
// ADAGE §4.4, eqs. 15-20: reward ω PnL/n + (1−ω) m/n per customer. The pieces are those of Glosten & Milgrom's (1985) market with uninformed customers.
//
// A customer buys with probability ½ if v > p + h and sells with probability ½ if v < p − h, v ~ N(p₀, ζ²). With x = p − p₀, and Δ the price's last
// change as far as p tells, by which the mark lags behind (0 if marked to p itself):
//   R(h|x) = ½ Φ((x−h)/ζ) [ω(h − Δ) + 1−ω] + ½ Φ((−x−h)/ζ) [ω(h + Δ) + 1−ω]
import { findRoot, normalCdf, normalDensity, requireConverged } from "walras/math";

export interface MarketMaking {
  readonly preference: number; // ω: 0 likes market share only, 1 profit only
  readonly valuationSd: number; // ζ
  readonly reversion: number; // κ
  readonly markTo: "prev" | "current";
}

export interface Quotes {
  readonly halfSpread: number;
  readonly fillShare: number;
  readonly pnl: number;
  readonly reward: number;
}

// E[p_t − p_{t−1} | p_t] = κ (p_t − p₀) where the price has been moving for long, time-reversed AR(1)
/** Δ at displacement x. */
const lag = (x: number, { reversion, markTo }: MarketMaking): number => (markTo === "prev" ? reversion * x : 0);

/** Expected share of customers served, profit and reward per customer, of half-spread h at x = p − p₀. */
export function quoting(h: number, x: number, market: MarketMaking): Quotes {
  const { preference: ω, valuationSd: ζ } = market;
  const Δ = lag(x, market);
  const bought = normalCdf((x - h) / ζ) / 2;
  const sold = normalCdf((-x - h) / ζ) / 2;
  const fillShare = bought + sold;
  const pnl = bought * (h - Δ) + sold * (h + Δ);
  return { halfSpread: h, fillShare, pnl, reward: ω * pnl + (1 - ω) * fillShare };
}

/** ∂R/∂h */
function slope(h: number, x: number, market: MarketMaking): number {
  const { preference: ω, valuationSd: ζ } = market;
  const Δ = lag(x, market);
  const [bid, ask] = [(x - h) / ζ, (-x - h) / ζ];
  return (
    (ω * (normalCdf(bid) + normalCdf(ask))) / 2 -
    (normalDensity(bid) * (ω * (h - Δ) + 1 - ω) + normalDensity(ask) * (ω * (h + Δ) + 1 - ω)) / (2 * ζ)
  );
}

/** The best half-spread from 0 to `widest`, and what is expected of it. */
export function bestQuotes(x: number, market: MarketMaking, widest = Infinity): Quotes {
  // Far from p₀ there may be two peaks, one for either side of the market: look everywhere, then climb the highest.
  // A peak is as wide as valuations scatter, and within 10 of their deviations of 0 or of |x|.
  const { valuationSd: ζ } = market;
  const far = Math.min(widest, Math.abs(x) + 10 * ζ);
  let at = Array.from({ length: 81 }, (_, k) => (k / 80) * far);
  if (far > 20 * ζ) {
    for (let k = 0; k <= 80; k++) at.push((k / 8) * ζ, Math.abs(x) + (k / 8 - 10) * ζ, Math.abs(x) + (k / 8) * ζ);
    const sorted = at.filter((h) => h >= 0 && h <= far).sort((a, b) => a - b);
    at = sorted.filter((h, k) => k === 0 || h - sorted[k - 1] > 1e-3 * ζ || h === far);
  }
  let best = 0;
  let most = -Infinity;
  for (const [k, h] of at.entries()) {
    const { reward } = quoting(h, x, market);
    if (reward > most) [best, most] = [k, reward];
  }
  const [low, high] = [at[Math.max(0, best - 1)], at[Math.min(at.length - 1, best + 1)]];
  const [rising, falling] = [slope(low, x, market) > 0, slope(high, x, market) < 0];
  if (!rising && best === 0) return quoting(0, x, market); // where a spread below would be better still
  if (!falling && best === at.length - 1) return quoting(far, x, market);
  // Where neither side slopes towards the best of the points, it is as flat there as numbers can tell.
  const h = rising && falling ? findRoot((y) => slope(y, x, market), low, high) : at[best];
  const quotes = quoting(h, x, market);
  requireConverged("bestQuotes", most - quotes.reward, 1e-12 * Math.abs(most), `Report it with x = ${x}.`);
  return quotes;
}

// h* = 0 iff ∂R/∂h ≤ 0 at h = 0, x = 0:  ω/2 ≤ (1−ω) φ(0)/ζ
/** ω up to which it is best to quote no spread at all when p = p₀. */
export function spreadThreshold(valuationSd: number): number {
  const odds = (2 * normalDensity(0)) / valuationSd;
  return odds / (1 + odds);
}

/** Standard deviation of the price long after it started, σ/√(1 − (1−κ)²). */
export const stationaryPriceSd = (priceSd: number, reversion: number): number =>
  priceSd / Math.sqrt(reversion * (2 - reversion));

// ∫ Q(h(x)|x) φ(x/sd)/sd dx over ±8 deviations by the midpoint rule: h*(x) has a kink where it leaves 0, which defeats higher rules
/** Averages over the stationary law of the price, of a rule for h, by default the best one. */
export function stationaryQuotes(
  market: MarketMaking,
  priceSd: number,
  rule: (x: number) => number = (x) => bestQuotes(x, market).halfSpread,
): Quotes {
  const sd = stationaryPriceSd(priceSd, market.reversion);
  const POINTS = 3000;
  const means = { halfSpread: 0, fillShare: 0, pnl: 0, reward: 0 };
  for (let k = 0; k < POINTS; k++) {
    const z = ((k + 0.5) * 16) / POINTS - 8;
    const weight = (normalDensity(z) * 16) / POINTS;
    const quotes = quoting(rule(z * sd), z * sd, market);
    for (const name of ["halfSpread", "fillShare", "pnl", "reward"] as const) means[name] += weight * quotes[name];
  }
  return means;
}
