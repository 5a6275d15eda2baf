// The Lucas tree with agents who post prices.
// Lucas 1978, "Asset prices in an exchange economy"; Moraes 2023, "The Lucas Tree Model in the Age of AI", §2.3.
//
// Agents hold shares of a tree and one-period bonds. Each period the tree pays y per share, everybody posts a price for a share and a
// price for a bond, agents meet in random pairs, the higher price buys one lot from the lower one at the midpoint, and what is left is eaten.
// Where the thesis errs we follow the right reading: the higher price buys; q = β E[u′(y′)]/u′(y); resources are dividends and
// redemptions; the price is constant only if consumption is; bonds can be issued up to a credit limit, or else none ever trades.
// Left out: bargaining power, differing preferences, private information.
import {
  choice,
  defineEconomy,
  derived,
  f64,
  grid,
  i32,
  isUnknown,
  math,
  mechanisms,
  param,
  population,
  type Unknown,
  unknown,
} from "walras";
import { type LucasTree, lucasPrices, meanDividend } from "./theory/lucas-tree.ts";

const { exp, expm1, log } = math;
const { midpoint, side } = mechanisms;

/** A debtor pays at most this share of the period's dividends; the rest of the debt is forgiven. */
const LIABILITY = 0.5;

export const lucasTree = defineEconomy({
  name: "lucas-tree",
  source: "Lucas (1978); Moraes (2023), §2.3 and §3, as corrected in docs/economies/lucas-tree.md",
  summary:
    "Agents post prices for shares of a fruit tree and for bonds, meet in pairs, and consume what the tree yields.",
  params: {
    agents: param(1200, { symbol: "N", unit: "agents", min: 2, max: 1e8, integer: true }),
    horizon: param(300, {
      symbol: "T",
      unit: "periods",
      min: 1,
      max: 1e9,
      integer: true,
      doc: "the episode is then truncated, not terminated",
    }),
    discountFactor: param(0.95, { symbol: "β", unit: "per period", min: 0, max: 1, exclusive: true }),
    riskAversion: param(1, { symbol: "γ", min: 0, max: 50, doc: "relative; u = (c^(1−γ) − 1)/(1−γ), ln c at 1" }),
    dividendProcess: choice("constant-aggregate", ["constant-aggregate", "iid", "ar1"], {
      doc: "the law of the dividend: always E[Y]; lognormal and independent; or ln y′ = ρ ln y + σε",
    }),
    dividendScale: param(0.01, {
      unit: "goods/share",
      min: 0,
      exclusive: true,
      doc: "Y = scale · exp(mean + sd · Z); not used by ar1",
    }),
    dividendLogMean: param(1, { symbol: "μ", min: -50, max: 50 }),
    dividendLogSd: param(1, { symbol: "ς", min: 0, max: 5 }),
    persistence: param(0.9, { symbol: "ρ", min: -0.9999, max: 0.9999, doc: "of the log dividend under ar1" }),
    innovationSd: param(0.1, { symbol: "σ", min: 0, max: 5, doc: "of the log dividend under ar1" }),
    tradeSize: param(0.001, {
      symbol: "Δs",
      unit: "shares",
      min: 0,
      max: 0.5,
      exclusive: true,
      doc: "one lot of shares; opens a no-trade band of about p*(1 ± γΔs/(2(1−β)))",
    }),
    bondTradeSize: param(derived, {
      symbol: "Δb",
      unit: "goods",
      min: 0,
      exclusive: true,
      doc: "one lot of bonds, face value; default 0.01 of the mean dividend",
    }),
    creditLimit: param(derived, {
      symbol: "b̲",
      unit: "goods",
      min: 0,
      doc: "largest debt; below one lot (0, say) nobody can issue and no bond ever trades; default half the mean dividend",
    }),
    initialSpread: param(0, { unit: "shares", min: 0, max: 0.9, doc: "shares start uniform on 1 ± this" }),
    priceLow: param(0, { unit: "goods/share", min: 0 }),
    priceHigh: param(2, { unit: "goods/share", min: 0, exclusive: true }),
    bondPriceLow: param(0, { unit: "goods/bond", min: 0 }),
    bondPriceHigh: param(2, { unit: "goods/bond", min: 0, exclusive: true }),
    priceSpacing: choice("linear", ["linear", "log"], { doc: "equal steps or equal ratios, on either grid" }),
    prices: param(201, { min: 2, max: 1e5, integer: true, doc: "prices on either grid" }),
    dividend: param(derived, {
      symbol: "y",
      unit: "goods/share",
      min: 0,
      exclusive: true,
      doc: "where `solve` reports; default the mean dividend, 1 under ar1",
    }),
  },
  derive: {
    bondTradeSize: (p) => 0.01 * meanDividend(p),
    creditLimit: (p) => 0.5 * meanDividend(p),
    dividend: (p) => (p.dividendProcess === "ar1" ? 1 : meanDividend(p)),
  },
  horizon: "horizon",
  world: {
    dividend: f64({ unit: "goods/share", doc: "y, known before prices are posted" }),
    supply: f64({ unit: "shares", doc: "shares outstanding" }),
  },
  populations: {
    traders: population({
      size: "agents",
      state: {
        shares: f64({ unit: "shares", initial: 1 }),
        bonds: f64({ unit: "goods", doc: "due this period when prices are posted; negative: debt" }),
        lender: i32({ initial: -1, doc: "row of the other party to this agent's bonds, −1: none" }),
        harvest: f64({ unit: "goods", doc: "dividends received this period" }),
        sharesBefore: f64({ unit: "shares", initial: 1, doc: "before this period's trade" }),
        noBonds: f64({ unit: "goods", doc: "always 0" }),
        paidForShares: f64({ unit: "goods", doc: "this period; negative: received" }),
        paidForBonds: f64({ unit: "goods", doc: "this period; negative: received" }),
        cash: f64({ unit: "goods" }),
        consumption: f64({ unit: "goods" }),
        utility: f64({ unit: "utils" }),
        utilityWithoutShares: f64({ unit: "utils", doc: "u(c) had the share order come to nothing" }),
        utilityWithoutBonds: f64({ unit: "utils", doc: "u(c) had the bond order come to nothing" }),
        sharesTraded: f64({ unit: "shares", doc: "this period, bought or sold" }),
        bondsTraded: f64({ unit: "goods", doc: "this period, bought or issued" }),
        turnover: f64({ unit: "shares", doc: "bought and sold since the episode began" }),
      },
      actions: {
        price: grid("priceLow", "priceHigh", "prices", { unit: "goods/share", spacing: "priceSpacing" }),
        bondPrice: grid("bondPriceLow", "bondPriceHigh", "prices", { unit: "goods/bond", spacing: "priceSpacing" }),
      },
    }),
  },
  start: ({ each, total }) => ({
    endow: each("traders", { doc: "shares ~ U(1 − initialSpread, 1 + initialSpread)" }, (k, from, to, _w, p, draw) => {
      if (p.initialSpread === 0) return;
      const u = draw.uniform("shares");
      for (let i = from; i < to; i++) k.shares[i] = 1 + p.initialSpread * (2 * u[i] - 1);
    }),
    count: total("traders", { doc: "supply = Σ shares" }, { supply: "shares" }),
  }),
  phases: ({ decide, each, world }) => ({
    nature: world({ doc: "y is drawn; under ar1 the first one from the stationary distribution" }, (w, p, draw) => {
      if (p.dividendProcess === "constant-aggregate") w.dividend = meanDividend(p);
      else if (p.dividendProcess === "iid")
        w.dividend = p.dividendScale * exp(p.dividendLogMean + p.dividendLogSd * draw.normal("fruit"));
      else {
        const { persistence: ρ, innovationSd: σ } = p;
        const ε = draw.normal("fruit");
        w.dividend = exp(w.period === 0 ? (σ / Math.sqrt(1 - ρ * ρ)) * ε : ρ * log(w.dividend) + σ * ε);
      }
    }),

    post: decide("traders", { doc: "each posts a price for a share and a price for a bond" }),

    // A debtor whose dividends do not cover the debt pays LIABILITY of them; both parties compute the payment from the debtor's shares.
    harvest: each(
      "traders",
      {
        doc: "cash = s y + bonds redeemed; a debtor pays at most half the dividends",
        partner: "lender",
        reads: ["shares"],
      },
      (k, from, to, w, _p, _draw, other) => {
        const { shares, bonds, lender, harvest, cash, consumption, sharesTraded, bondsTraded } = k;
        const { sharesBefore, paidForShares, paidForBonds } = k;
        const y = w.dividend;
        for (let i = from; i < to; i++) {
          const face = bonds[i];
          const debtorShares = face > 0 ? other.shares[other.row[i]] : shares[i];
          const paid = Math.min(Math.abs(face), LIABILITY * debtorShares * y);
          harvest[i] = shares[i] * y;
          cash[i] = harvest[i] + (face > 0 ? paid : face < 0 ? -paid : 0);
          bonds[i] = 0;
          lender[i] = -1;
          consumption[i] = sharesTraded[i] = bondsTraded[i] = paidForShares[i] = paidForBonds[i] = 0;
          sharesBefore[i] = shares[i];
        }
      },
    ),

    // The last lot is not for sale, so that everybody eats something.
    tradeShares: each(
      "traders",
      {
        doc: "random pairs; the higher price buys Δs at the midpoint if the seller holds 2Δs and the buyer's cash exceeds the cost",
        partner: "random",
        reads: ["price", "shares", "cash"],
      },
      (k, from, to, _w, p, _draw, other) => {
        const { price, shares, cash, paidForShares, sharesTraded, turnover } = k;
        const Δs = p.tradeSize;
        for (let i = from; i < to; i++) {
          const j = other.row[i];
          if (j < 0) continue;
          const buys = side(price[i], other.price[j]);
          if (buys === 0) continue;
          const cost = Δs * midpoint(price[i], other.price[j]);
          const [buyerCash, sellerShares] = buys > 0 ? [cash[i], other.shares[j]] : [other.cash[j], shares[i]];
          if (sellerShares < 2 * Δs || buyerCash <= cost) continue;
          shares[i] += buys * Δs;
          cash[i] -= buys * cost;
          paidForShares[i] = buys * cost;
          sharesTraded[i] = Δs;
          turnover[i] += Δs;
        }
      },
    ),

    tradeBonds: each(
      "traders",
      {
        doc: "fresh random pairs; the higher price buys Δb at the midpoint if Δb is within the issuer's credit limit and a quarter of its dividends, and the buyer's cash exceeds the cost",
        partner: "random",
        reads: ["bondPrice", "cash", "harvest"],
      },
      (k, from, to, _w, p, _draw, other) => {
        const { bondPrice, bonds, lender, cash, harvest, paidForBonds, bondsTraded } = k;
        const Δb = p.bondTradeSize;
        if (Δb > p.creditLimit) return;
        for (let i = from; i < to; i++) {
          const j = other.row[i];
          if (j < 0) continue;
          const buys = side(bondPrice[i], other.bondPrice[j]);
          if (buys === 0) continue;
          const cost = Δb * midpoint(bondPrice[i], other.bondPrice[j]);
          const [buyerCash, issuerHarvest] = buys > 0 ? [cash[i], other.harvest[j]] : [other.cash[j], harvest[i]];
          if (4 * Δb > issuerHarvest || buyerCash <= cost) continue;
          bonds[i] = buys * Δb;
          lender[i] = j;
          cash[i] -= buys * cost;
          paidForBonds[i] = buys * cost;
          bondsTraded[i] = Δb;
        }
      },
    ),

    consume: each("traders", { doc: "c = cash; reward u(c)" }, (k, from, to, _w, p) => {
      const { cash, consumption, utility, utilityWithoutShares, utilityWithoutBonds, paidForShares, paidForBonds } = k;
      const γ = p.riskAversion;
      for (let i = from; i < to; i++) {
        const c = cash[i];
        const u = crra(c, γ);
        consumption[i] = c;
        cash[i] = 0;
        utility[i] = u;
        // A purchase undone leaves more to eat. A sale undone may leave nothing, and then it counts for no more than a tenth of what there is.
        utilityWithoutShares[i] = paidForShares[i] === 0 ? u : crra(Math.max(c + paidForShares[i], c / 10), γ);
        utilityWithoutBonds[i] = paidForBonds[i] === 0 ? u : crra(Math.max(c + paidForBonds[i], c / 10), γ);
      }
    }),
  }),
  observe: {
    traders: {
      shares: { column: "shares", center: 1, scale: 0.3, doc: "s" },
      bonds: { column: "bonds", scale: (p) => meanDividend(p), transient: true, doc: "b over the mean dividend" },
      dividend: {
        world: "dividend",
        transform: "log",
        center: (p) => logDividend(p).mean,
        scale: (p) => logDividend(p).sd,
        doc: "ln y, standardised by its law",
      },
    },
  },
  discountFactor: { traders: "discountFactor" },
  reward: { traders: { column: "utility", doc: "u(c)" } },
  potential: {
    traders: (k, i, w, p) =>
      crra(Math.max(k.bonds[i], -LIABILITY * k.shares[i] * w.dividend) + k.shares[i] * w.dividend, p.riskAversion),
  },
  counterfactual: {
    traders: {
      price: { reward: "utilityWithoutShares", instead: { shares: "sharesBefore" } },
      bondPrice: { reward: "utilityWithoutBonds", instead: { bonds: "noBonds" } },
    },
  },
  metrics: {
    sharePrice: { unit: "goods/share", doc: "mean posted price", of: ({ traders }) => mean(traders.price) },
    shareDispersion: {
      unit: "1",
      doc: "standard deviation of posted prices over their mean",
      of: ({ traders }) => dispersion(traders.price),
    },
    bondPrice: { unit: "goods/bond", doc: "mean posted bond price", of: ({ traders }) => mean(traders.bondPrice) },
    shareVolume: {
      unit: "1/period",
      doc: "shares changing hands over shares outstanding",
      of: ({ traders, supply }) => sum(traders.sharesTraded) / 2 / supply,
    },
    bondVolume: {
      unit: "1/period",
      doc: "face value of bonds sold over goods produced",
      of: ({ traders }) => sum(traders.bondsTraded) / 2 / sum(traders.harvest),
    },
    utility: { unit: "utils", doc: "mean u(c)", of: ({ traders }) => mean(traders.utility) },
  },
  identities: {
    shares: { doc: "Σ shares = supply", tolerance: 1e-6, of: ({ traders, supply }) => sum(traders.shares) - supply },
    bonds: { doc: "Σ bonds = 0, in lots", of: ({ traders }, p) => sum(traders.bonds) / p.bondTradeSize },
    goods: {
      doc: "Σ (cash + consumption) = Σ s y, relative to a harvest above 1: what is redeemed is paid, what is paid is received, and the harvest is eaten",
      of: ({ traders }) => {
        const harvest = sum(traders.harvest);
        return (sum(traders.cash) + sum(traders.consumption) - harvest) / Math.max(1, harvest);
      },
    },
  },
  truth(p) {
    const prices = lucasPrices(p, p.dividend);
    // Everything but the premium is positive. Beyond these bounds a moment behind it has left the range of double precision.
    const stated = (value: number): number | Unknown =>
      value > 1e-290 && value < 1e290
        ? value
        : unknown(
            `an expectation behind it is beyond the range of numbers at γ = ${p.riskAversion} and y = ${p.dividend}`,
          );
    const expectedShareReturn = stated(prices.expectedShareReturn);
    const riskFreeReturn = stated(prices.riskFreeReturn);
    return {
      sharePrice: stated(prices.sharePrice),
      bondPrice: stated(prices.bondPrice),
      expectedShareReturn,
      riskFreeReturn,
      riskPremium: isUnknown(expectedShareReturn)
        ? expectedShareReturn
        : isUnknown(riskFreeReturn)
          ? riskFreeReturn
          : prices.riskPremium,
    };
  },
  truthDocs: {
    sharePrice: "p(y) in goods per share, from u′(y)p(y) = β E[u′(y′)(p(y′) + y′)]",
    bondPrice: "q(y) = β E[u′(y′)]/u′(y), in goods per bond",
    expectedShareReturn: "E[p(y′) + y′]/p(y), gross, per period",
    riskFreeReturn: "1/q(y), gross, per period",
    riskPremium: "expectedShareReturn − riskFreeReturn",
  },
  figures: [
    {
      title: "Posted share price",
      population: "traders",
      column: "price",
      theory: "sharePrice",
      theoryLabel: "p*",
      caption: "Thesis, figure 8: prices that ten agents post for a share over training.",
    },
    {
      title: "Shares held",
      population: "traders",
      column: "shares",
      caption: "Thesis, figure 9: nobody gains by trading at equilibrium.",
    },
    {
      title: "Posted bond price",
      population: "traders",
      column: "bondPrice",
      theory: "bondPrice",
      theoryLabel: "q*",
      caption: "Thesis, figure 10, where β was inverted and no bond could trade, so that its price drifted to 0.",
    },
    {
      title: "Shares traded in one evaluation",
      population: "traders",
      column: "turnover",
      caption:
        "Thesis, figure 11: no trade at equilibrium. Prices a grid step apart still meet, one lot of Δs at a time; agents who hold the same never trade.",
    },
  ],
});

export default lucasTree;

/** Mean and standard deviation of ln y; a standard deviation of 0 is given as 1. */
function logDividend(p: LucasTree): { mean: number; sd: number } {
  if (p.dividendProcess === "constant-aggregate") return { mean: log(meanDividend(p)), sd: 1 };
  if (p.dividendProcess === "iid") return { mean: log(p.dividendScale) + p.dividendLogMean, sd: p.dividendLogSd || 1 };
  return { mean: 0, sd: p.innovationSd / Math.sqrt(1 - p.persistence * p.persistence) || 1 };
}

/** (c^(1−γ) − 1)/(1−γ), ln c at γ = 1. */
function crra(c: number, γ: number): number {
  return γ === 1 ? log(c) : γ === 0 ? c - 1 : expm1((1 - γ) * log(c)) / (1 - γ);
}

const sum = (x: Float64Array): number => math.pairwiseSum(x, 0, x.length);
const mean = (x: Float64Array): number => sum(x) / x.length;

function dispersion(x: Float64Array): number {
  const m = mean(x);
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += (x[i] - m) * (x[i] - m);
  return Math.sqrt(squares / x.length) / m;
}
