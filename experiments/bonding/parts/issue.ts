// A token's issuer commits to a fee, and traders arbitrage its curve against another market: the smallest market in which a fee has a best value. Cournot among traders, von Stackelberg above them.
//
//   A = Σ aᵢ,   trader i earns aᵢ [P′ − m′A/2 − (1 + φ)(P + mA/2)],   the issuer φ (P A + m A²/2)
//   traders' equilibrium: A* = N/(N + 1) · 2 (P′ − (1 + φ) P)/(m′ + (1 + φ) m), nothing where that is below 0
//
// A linear curve with integral pricing, orders in one batch, as in the token market; a period is an issue of its own.
import { box, defineEconomy, f64, math, mechanisms, param, population } from "walras";

export interface Issue {
  readonly traders: number;
  readonly price: number;
  readonly slope: number;
  readonly otherPrice: number;
  readonly otherSlope: number;
  readonly feeMax: number;
}

/** A*, what traders order together. */
export const equilibriumOrder = (p: Issue, fee: number): number =>
  Math.max(
    0,
    ((p.traders / (p.traders + 1)) * 2 * (p.otherPrice - (1 + fee) * p.price)) / (p.otherSlope + (1 + fee) * p.slope),
  );

/** What the issuer earns there. */
export function revenueAt(p: Issue, fee: number): number {
  const A = equilibriumOrder(p, fee);
  return fee * A * (p.price + (p.slope * A) / 2);
}

/** The fee that earns most: d/dφ φ (P A + m A²/2) = 0, with dA/dφ = −2N/(N + 1) (P (m + m′) + m (P′ − P))/(m′ + (1 + φ) m)². */
export function bestFee(p: Issue): number {
  const { traders: N, price: P, slope: m, otherPrice, otherSlope } = p;
  const worthless = otherPrice / P - 1; // A = 0 from here on
  if (worthless <= 0) return 0;
  const marginal = (fee: number): number => {
    const A = equilibriumOrder(p, fee);
    const spread = otherSlope + (1 + fee) * m;
    const falls = ((2 * N) / (N + 1)) * ((P * (m + otherSlope) + m * (otherPrice - P)) / (spread * spread));
    return P * A + (m * A * A) / 2 - fee * (P + m * A) * falls;
  };
  return Math.min(p.feeMax, math.findRoot(marginal, 0, worthless));
}

export const tokenIssue = defineEconomy({
  name: "token-issue",
  source: "Cournot (1838) and von Stackelberg (1934) on a linear bonding curve",
  summary: "An issuer commits to a fee, and traders mint its tokens to sell them at another market.",
  params: {
    traders: param(4, { symbol: "N", unit: "traders", min: 1, max: 1000, integer: true }),
    price: param(2, { symbol: "P", unit: "money/token", min: 0.01, max: 1e3, doc: "of the first token" }),
    slope: param(0.01, { symbol: "m", unit: "money/token²", min: 0, max: 1e3 }),
    otherPrice: param(2.6, { symbol: "P′", unit: "money/token", min: 0.01, max: 1e3, doc: "at another market" }),
    otherSlope: param(0.02, {
      symbol: "m′",
      unit: "money/token²",
      min: 1e-6,
      max: 1e3,
      doc: "by which it falls there",
    }),
    orderMax: param(12, { unit: "tokens", min: 1e-6, max: 1e6, doc: "most that a trader can order" }),
    feeMax: param(0.3, { min: 0.01, max: 1, doc: "most that the issuer can ask" }),
    horizon: param(1, { symbol: "T", unit: "periods", min: 1, max: 1e6, integer: true }),
  },
  horizon: "horizon",
  world: { fee: f64({ doc: "φ, as announced" }), issued: f64({ unit: "tokens", doc: "A" }) },
  populations: {
    issuer: population({
      size: 1,
      state: { revenue: f64({ unit: "money", doc: "fees" }) },
      actions: { fee: box(0, "feeMax", { doc: "φ" }) },
    }),
    traders: population({
      size: "traders",
      state: { profit: f64({ unit: "money", doc: "from selling what was minted" }) },
      actions: { order: box(0, "orderMax", { unit: "tokens", doc: "minted and sold" }) },
    }),
  },
  phases: ({ decide, world }) => ({
    commit: decide("issuer", { doc: "φ, for the whole episode", every: "episode" }),
    announce: world({ doc: "everybody knows φ" }, (w) => {
      w.fee = w.issuer.fee[0];
    }),
    mint: decide("traders", { doc: "aᵢ" }),
    settle: world({ doc: "one price for all at both markets, and the fee" }, (w, p) => {
      const { order, profit } = w.traders;
      const A = order.reduce((sum, a) => sum + a, 0);
      const paid = A > 0 ? mechanisms.linearCurve({ slope: p.slope, intercept: p.price }).mintCost(0, A) / A : p.price;
      const sold = p.otherPrice - (p.otherSlope * A) / 2;
      for (let i = 0; i < profit.length; i++) profit[i] = order[i] * (sold - (1 + w.fee) * paid);
      w.issued = A;
      w.issuer.revenue[0] = w.fee * paid * A;
    }),
  }),
  observe: {
    issuer: { fee: { world: "fee", scale: (p) => p.feeMax, doc: "announced last" } },
    traders: {
      fee: {
        world: "fee",
        center: (p) => p.feeMax / 2,
        scale: (p) => p.feeMax / 2,
        doc: "φ from −1 to 1 over its range",
      },
    },
  },
  reward: {
    issuer: { column: "revenue", doc: "fees" },
    traders: { column: "profit", doc: "from selling what was minted" },
  },
  metrics: {
    fee: { unit: "1", doc: "φ", of: ({ fee }) => fee },
    issued: { unit: "tokens", doc: "A", of: ({ issued }) => issued },
    revenue: { unit: "money", doc: "of the issuer", of: ({ issuer }) => issuer.revenue[0] },
  },
  truth(p) {
    const fee = bestFee(p);
    return { fee, issued: equilibriumOrder(p, fee), revenue: revenueAt(p, fee) };
  },
  truthDocs: {
    fee: "the issuer's best fee, traders in equilibrium",
    issued: "A* at it",
    revenue: "φ (P A + m A²/2) there",
  },
});
