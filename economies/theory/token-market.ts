// A market of tokens on a bonding curve: what minting and burning cost, arbitrage against another market, and when traders who chase a fundamental price settle.
//
//   x_t = P_t − P*,  orders a_i = g (P* − P_t), f(S) = m S + b   ⇒   x_{t+1} = (1 − m N g) x_t:  it dies out if 0 < m N g < 2, alternating beyond 1
//
// With posted prices P_t + η_t, the variance of x is r² σ² / (1 − (1 − r)²), r = m N g.
// Arbitrage against a market whose price falls by m′ per token sold: a at which (1 + φ) f(S + a) = P′ − m′ a; two linear curves without fee: (P′ − P)/(m + m′).
import { mechanisms, parts, type Unknown, unknown } from "walras";
import { findRoot, log } from "walras/math";

/** Curves by name; "own" is a price that was given in code. */
export type CurveName = "linear" | "logarithmic" | "exponential" | "sigmoid" | "polynomial" | "piecewise" | "own";

export interface TokenMarket {
  readonly curve: CurveName;
  readonly slope: number;
  readonly intercept: number;
  readonly growth: number;
  readonly capacity: number;
  readonly midpoint: number;
  /** Of S⁰, S¹, … */
  readonly coefficients: readonly number[];
  /** Supply, price, supply, price, … */
  readonly points: readonly number[];
  readonly supply: number;
  readonly amount: number;
  readonly fee: number;
  readonly traders: number;
  readonly fundamentalists: number;
  readonly reaction: number;
  readonly otherPrice: number;
  readonly otherSlope: number;
}

type CurveSettings = Pick<
  TokenMarket,
  "curve" | "slope" | "intercept" | "growth" | "capacity" | "midpoint" | "coefficients" | "points"
>;

/** Built once for each set of parameters. */
export function curveOf(p: CurveSettings): mechanisms.BondingCurve {
  let curve = CURVES.get(p);
  if (!curve) {
    curve = buildCurve(p);
    CURVES.set(p, curve);
  }
  return curve;
}
const CURVES = new WeakMap<CurveSettings, mechanisms.BondingCurve>();

function buildCurve(p: CurveSettings): mechanisms.BondingCurve {
  const { curve } = p;
  if (curve === "piecewise") return mechanisms.piecewiseCurve(pairs(p.points));
  if (curve === "own")
    throw new Error("token-market: curve=own is for tokenMarketOn({ name, price, supplyMax }), a module of your own.");
  return parts.curveOf({ ...p, curve });
}

function pairs(points: readonly number[]): (readonly [number, number])[] {
  if (points.length % 2 === 1)
    throw new Error(
      `token-market: points are ${points.length} numbers, expected pairs of a supply and the price there: 0,1,100,2.`,
    );
  return Array.from({ length: points.length / 2 }, (_, k) => [points[2 * k], points[2 * k + 1]] as const);
}

/** A price of one's own up to a supply, integrated by quadrature; beyond it the price stays. */
export function ownUpTo(price: (supply: number) => number, supplyMax: number): mechanisms.BondingCurve {
  const curve = mechanisms.ownCurve(price, { supplyMax });
  const last = price(supplyMax);
  const within = (S: number) => Math.min(S, supplyMax);
  return {
    price: (S) => curve.price(within(S)),
    reserve: (S) => curve.reserve(within(S)) + last * (S - within(S)),
    mintCost(S, a) {
      const inside = within(S + a) - within(S);
      return curve.mintCost(within(S), inside) + last * (a - inside);
    },
    burnProceeds(S, a) {
      const inside = within(S) - within(S - a);
      return curve.burnProceeds(within(S), inside) + last * (a - inside);
    },
    amountFor(S, money) {
      const room = supplyMax - within(S);
      const inside = curve.mintCost(within(S), room);
      return money <= inside ? curve.amountFor(within(S), money) : room + (money - inside) / last;
    },
  };
}

/** R(S) − R(S − a), or why nobody can burn so much. */
export const burnProceeds = (p: TokenMarket, curve = curveOf(p)): number | Unknown =>
  p.amount > p.supply
    ? unknown(`${p.amount} tokens cannot be burned of a supply of ${p.supply}`)
    : curve.burnProceeds(p.supply, p.amount);

/** What minting `amount` adds to the price, as a share of it. */
export function priceImpact(p: TokenMarket, curve = curveOf(p)): number | Unknown {
  const before = curve.price(p.supply);
  if (before === 0) return unknown(`the price is 0 at a supply of ${p.supply}`);
  const impact = curve.price(p.supply + p.amount) / before - 1;
  return Number.isFinite(impact) ? impact : unknown(`the price, ${before}, is too small for a share of it`);
}

/** Tokens beyond which no arbitrage is looked for. */
export const MOST = 1e12;

/** Tokens minted here and sold at the other market, negative where they are bought there and burned here, and what that earns. */
export function arbitrage(
  p: Pick<TokenMarket, "fee" | "otherPrice" | "otherSlope"> & CurveSettings,
  S: number,
  curve = curveOf(p),
): { readonly amount: number; readonly profit: number } | Unknown {
  const { fee, otherPrice, otherSlope } = p;
  const mint = (a: number) => otherPrice - otherSlope * a - (1 + fee) * curve.price(S + a);
  const burn = (a: number) => (1 - fee) * curve.price(S - a) - otherPrice - otherSlope * a;
  if (mint(0) > 0) {
    let most = Math.min(MOST, otherSlope > 0 ? otherPrice / otherSlope : 1);
    for (; mint(most) > 0; most = Math.min(MOST, 2 * most))
      if (most === MOST)
        return unknown(`the other market's price stays above the curve's even where ${MOST} tokens are sold there`);
    const a = findRoot(mint, 0, most);
    return { amount: a, profit: a * (otherPrice - (otherSlope * a) / 2) - (1 + fee) * curve.mintCost(S, a) };
  }
  if (S > 0 && burn(0) > 0) {
    const a = burn(S) >= 0 ? S : findRoot(burn, 0, S);
    return { amount: -a, profit: (1 - fee) * curve.burnProceeds(S, a) - a * (otherPrice + (otherSlope * a) / 2) };
  }
  return { amount: 0, profit: 0 };
}

/** m N g, were all traders and fundamentalists to order g (P* − price). */
const pull = (p: TokenMarket): number => p.slope * (p.traders + p.fundamentalists) * p.reaction;

/** 1 − m N g: what is left of a deviation from the fundamental price one period later. */
export const stabilityMultiplier = (p: TokenMarket): number | Unknown =>
  p.curve === "linear"
    ? 1 - pull(p)
    : unknown(`no ${p.curve} curve has a multiplier that holds for deviations of every size`);

/** Periods until at most 5 % of a deviation is left: ⌈ln .05 / ln |1 − m N g|⌉. */
export function recoverySteps(p: TokenMarket): number | Unknown {
  const multiplier = stabilityMultiplier(p);
  if (typeof multiplier !== "number") return multiplier;
  const left = Math.abs(multiplier);
  if (left >= 1)
    return unknown(`deviations do not die out: slope × (traders + fundamentalists) × reaction is ${1 - multiplier}`);
  return left <= 0.05 ? 1 : Math.ceil(log(0.05) / log(left));
}

/** What traders need for theory's path: as many tokens, and as much money, as they trade on the way. */
export interface Endowed extends TokenMarket {
  readonly assets: number;
  readonly money: number;
  readonly fundamental: number;
}

/** The price after each of `periods` periods, of traders who chase the fundamental price and run short of nothing. */
export function pathOfPrice(p: Endowed, periods: number): readonly (readonly [number, number])[] | Unknown {
  const multiplier = stabilityMultiplier(p);
  if (typeof multiplier !== "number") return multiplier;
  if (Math.abs(multiplier) > 1 || pull(p) === 0)
    return unknown(
      `no period brings the price nearer: slope × (traders + fundamentalists) × reaction is ${1 - multiplier}`,
    );
  const start = curveOf(p).price(p.supply);
  const gap = p.fundamental - start;
  const tokens = p.reaction * Math.abs(gap) * Math.max(1, 1 / (1 - multiplier));
  const dearest = Math.max(start, p.fundamental + Math.abs(gap));
  if (
    p.assets * tokens * dearest * (1 + p.fee) > p.money ||
    (gap < 0 && tokens > p.supply / (p.traders + p.fundamentalists))
  )
    return unknown("traders run short of money or of tokens on the way");
  let deviation = -gap;
  return Array.from({ length: periods }, (_, t) => {
    deviation *= multiplier;
    return [t + 1, p.fundamental + deviation] as const;
  });
}
