// Price competition that is repeated for ever, between firms that learn.
// Calvano, Calzolari, Denicolò & Pastorello 2020, "Artificial Intelligence, Algorithmic Pricing, and Collusion", AER 110, 3267.
//
// Each period all firms post a price at once, buyers choose by logit demand, and everybody sees all prices: memory of one period.
// Prices lie on a grid around the static Nash and the joint monopoly price, so that a firm can undercut the one and overshoot the other.
// The grid's own stage game has equilibria of its own: with the defaults, both firms at 1.466 and both at 1.505.
// Left out: firms that differ in quality or cost, longer memory, random demand, entry.
import { defineEconomy, derived, f64, grid, math, param, population } from "walras";
import * as theory from "./theory/logit-oligopoly.ts";

export const priceCollusion = defineEconomy({
  name: "price-collusion",
  source: "Calvano, Calzolari, Denicolò & Pastorello (2020), American Economic Review 110, 3267",
  summary:
    "Firms that sell similar goods post prices again and again, seeing the last ones; will they learn to collude?",
  params: {
    firms: param(2, { symbol: "n", unit: "firms", min: 2, max: 1000, integer: true }),
    quality: param(2, { symbol: "a", unit: "money", min: -1e6, max: 1e6, doc: "of every firm's good, to a buyer" }),
    outsideQuality: param(0, { symbol: "a₀", unit: "money", min: -1e6, max: 1e6, doc: "of buying nothing" }),
    cost: param(1, { symbol: "c", unit: "money/good", min: 0, max: 1e6 }),
    differentiation: param(0.25, {
      symbol: "μ",
      unit: "money",
      min: 1e-6,
      max: 1e6,
      doc: "how much tastes differ; towards 0 the cheapest firm sells to everybody",
    }),
    discountFactor: param(0.95, {
      symbol: "δ",
      unit: "per period",
      min: 0,
      max: 0.999999,
      doc: "what a firm's next profit is worth to it",
    }),
    priceGrid: param(15, { symbol: "m", unit: "prices", min: 2, max: 1e5, integer: true, doc: "equal steps" }),
    priceSlack: param(0.1, {
      symbol: "ξ",
      min: 0,
      max: 100,
      doc: "how far the grid reaches beyond the Nash and the monopoly price, in units of their distance",
    }),
    priceLow: param(derived, { unit: "money/good", doc: "default p^N − ξ(p^M − p^N)" }),
    priceHigh: param(derived, { unit: "money/good", doc: "default p^M + ξ(p^M − p^N)" }),
    horizon: param(1000, {
      symbol: "T",
      unit: "periods",
      min: 1,
      max: 1e9,
      integer: true,
      doc: "the episode is then truncated, not terminated: the game has no last period",
    }),
  },
  derive: {
    priceLow: (p) => theory.nashPrice(p) - p.priceSlack * (theory.monopolyPrice(p) - theory.nashPrice(p)),
    priceHigh: (p) => theory.monopolyPrice(p) + p.priceSlack * (theory.monopolyPrice(p) - theory.nashPrice(p)),
  },
  horizon: "horizon",
  world: {
    outside: f64({ unit: "buyers", initial: 1, doc: "share of buyers who buy nothing" }),
    spent: f64({ unit: "money", doc: "what buyers pay this period" }),
    nashProfit: f64({ unit: "money/firm", doc: "π^N, for metrics" }),
    monopolyProfit: f64({ unit: "money/firm", doc: "π^M, for metrics" }),
  },
  populations: {
    firms: population({
      size: "firms",
      state: {
        lastPrice: f64({ unit: "money/good", doc: "posted in the period before" }),
        quantity: f64({ unit: "buyers", doc: "q_i, the share of buyers who bought from this firm" }),
        profit: f64({ unit: "money", doc: "π_i" }),
      },
      actions: {
        price: grid("priceLow", "priceHigh", "priceGrid", { unit: "money/good" }),
      },
    }),
  },
  start: ({ each, world }) => ({
    remember: each("firms", { doc: "last prices are drawn uniformly from the grid" }, (k, from, to, _w, p, draw) => {
      const step = draw.integers("price", p.priceGrid);
      const { priceLow: low, priceHigh: high, priceGrid: m } = p;
      for (let i = from; i < to; i++)
        k.lastPrice[i] = step[i] === m - 1 ? high : low + (step[i] / (m - 1)) * (high - low);
    }),
    benchmark: world({ doc: "π^N and π^M of the game played once" }, (w, p) => {
      w.nashProfit = theory.symmetricProfit(p, theory.nashPrice(p));
      w.monopolyProfit = theory.symmetricProfit(p, theory.monopolyPrice(p));
    }),
  }),
  phases: ({ decide, each, world }) => ({
    post: decide("firms", { doc: "all post a price at once" }),
    sell: world(
      { doc: "q_i = e^((a − p_i)/μ) / (Σ_j e^((a − p_j)/μ) + e^(a₀/μ)) of one unit of buyers; π_i = (p_i − c) q_i" },
      (w, p) => {
        const { price, quantity, profit, size } = w.firms;
        w.outside = theory.logitShares(p, price, quantity);
        w.spent = 0;
        for (let i = 0; i < size; i++) {
          profit[i] = (price[i] - p.cost) * quantity[i];
          w.spent += price[i] * quantity[i];
        }
      },
    ),
    remember: each("firms", { doc: "everybody has seen all prices" }, ({ lastPrice, price }, from, to) => {
      for (let i = from; i < to; i++) lastPrice[i] = price[i];
    }),
  }),
  observe: {
    firms: {
      lastPrice: {
        column: "lastPrice",
        of: "everyone",
        center: (p) => (p.priceLow + p.priceHigh) / 2,
        scale: (p) => (p.priceHigh - p.priceLow) / 2,
        doc: "last prices, −1 at the lowest of the grid and 1 at the highest",
      },
    },
  },
  discountFactor: { firms: "discountFactor" },
  reward: { firms: { column: "profit", doc: "π_i" } },
  metrics: {
    price: { unit: "money/good", doc: "mean posted price", of: ({ firms }) => mean(firms.price) },
    profit: { unit: "money/firm", doc: "mean profit", of: ({ firms }) => mean(firms.profit) },
    profitGain: {
      unit: "1",
      doc: "Δ = (π̄ − π^N)/(π^M − π^N): 0 under competition, 1 under perfect collusion",
      of: ({ firms, nashProfit, monopolyProfit }) => (mean(firms.profit) - nashProfit) / (monopolyProfit - nashProfit),
    },
    consumerSurplus: {
      unit: "money/buyer",
      doc: "μ ln(Σ_j e^((a − p_j)/μ) + e^(a₀/μ)) − a₀, what buyers gain by the market being there",
      of: ({ outside }, p) => -p.differentiation * math.log(Math.max(outside, Number.MIN_VALUE)),
    },
  },
  identities: {
    buyers: {
      doc: "Σ q_i + those who buy nothing = 1, once there was a period",
      of: ({ firms, outside }) => sum(firms.quantity) + outside - 1,
    },
    money: {
      doc: "what buyers pay is what firms spend on goods and what they earn, relative to an amount above 1",
      of: ({ firms, spent }, p) =>
        (spent - p.cost * sum(firms.quantity) - sum(firms.profit)) / Math.max(1, Math.abs(spent)),
    },
  },
  truth(p) {
    const [nashPrice, monopolyPrice] = [theory.nashPrice(p), theory.monopolyPrice(p)];
    return { nashPrice, monopolyPrice, ...theory.collusion(p) };
  },
  truthDocs: {
    nashPrice: "p^N = c + μ/(1 − q), where nobody gains by another price",
    monopolyPrice: "p^M = c + μ/(1 − nq), where all together earn most",
    nashProfit: "π^N of each firm, per period",
    monopolyProfit: "π^M of each firm, per period",
    deviationProfit: "π^D, the most a firm can earn once while the others keep to p^M",
    criticalDiscountFactor: "(π^D − π^M)/(π^D − π^N): from here on the threat of p^N for ever sustains p^M",
  },
  figures: [
    {
      title: "Posted price",
      population: "firms",
      column: "price",
      theory: "nashPrice",
      theoryLabel: "p^N",
      caption: "Between the Nash price and the joint monopoly price; the grid reaches a little beyond both.",
    },
  ],
});

export default priceCollusion;

const sum = (x: Float64Array): number => math.pairwiseSum(x, 0, x.length);
const mean = (x: Float64Array): number => sum(x) / x.length;
