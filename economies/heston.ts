// Option paths by substeps: a price with stochastic volatility, followed day by day to the maturity of a call.
// Heston 1993, Review of Financial Studies 6, 327. Variance may not be negative: full truncation, Lord, Koekkoek & van Dijk 2010, Quantitative Finance 10, 177.
//
//   ln S ← ln S + (r − ½v⁺) dt + √(v⁺ dt) z₁
//   v    ← v + κ(θ − v⁺) dt + ξ √(v⁺ dt) (ρ z₁ + √(1 − ρ²) z₂),   v⁺ = max(v, 0)
//
// One period is the life of the option; the next begins anew with other draws. Left out: dividends, early exercise, hedging.
import { defineEconomy, f64, math, param, population, solved } from "walras";
import * as theory from "./theory/heston.ts";

const { exp, log } = math;

/** [S, density of S_T at S], from four standard deviations of ln S_T below the forward price to three above it. */
function densityOfPrice(p: theory.Heston & { readonly maturity: number }): [price: number, density: number][] {
  const { price, rate, variance, meanReversion: κ, meanVariance: θ, maturity: T } = p;
  const sd = Math.sqrt(θ * T + ((variance - θ) * (1 - exp(-κ * T))) / κ); // root of E ∫ v dt
  const x = Array.from({ length: 106 }, (_, k) => (sd * (k - 60)) / 15);
  const { density } = theory.hestonDensity(p, T, x);
  return x.map((at, k) => {
    const S = price * exp(at + rate * T);
    return [S, density[k] / S];
  });
}

export const heston = defineEconomy({
  name: "heston",
  source: "Heston (1993), RFS 6, 327; Lord, Koekkoek & van Dijk (2010)",
  summary:
    "Price paths with stochastic volatility, simulated by the day, price a call as the characteristic function does.",
  params: {
    paths: param(100_000, { symbol: "N", unit: "paths", min: 1, max: 1e8, integer: true }),
    substeps: param(252, { symbol: "n", unit: "steps", min: 1, max: 1e6, integer: true, doc: "to maturity" }),
    price: param(100, { symbol: "S₀", unit: "money", min: 0, max: 1e9, exclusive: true }),
    strike: param(100, { symbol: "K", unit: "money", min: 0, max: 1e9, exclusive: true }),
    maturity: param(1, { symbol: "T", unit: "years", min: 0, max: 100, exclusive: true }),
    rate: param(0.02, { symbol: "r", unit: "1/year", min: -1, max: 1, doc: "of interest, continuous" }),
    variance: param(0.04, { symbol: "v₀", unit: "1/year", min: 0, max: 10 }),
    meanReversion: param(2, { symbol: "κ", unit: "1/year", min: 0, max: 100, exclusive: true }),
    meanVariance: param(0.04, { symbol: "θ", unit: "1/year", min: 0, max: 10, exclusive: true }),
    volatility: param(0.3, { symbol: "ξ", unit: "1/year", min: 0, max: 10, exclusive: true, doc: "of the variance" }),
    correlation: param(-0.7, { symbol: "ρ", min: -1, max: 1, doc: "of price and variance" }),
    horizon: param(1, { unit: "periods", min: 1, max: 1e9, integer: true, doc: "lives of the option" }),
  },
  horizon: "horizon",
  world: {
    payoffs: f64({ unit: "money", doc: "Σ max(S_T − K, 0)" }),
    prices: f64({ unit: "money", doc: "Σ S_T" }),
  },
  populations: {
    paths: population({
      size: "paths",
      state: {
        logPrice: f64({ doc: "ln S" }),
        variance: f64({ unit: "1/year", doc: "v, below 0 only for a step" }),
        price: f64({ unit: "money", doc: "S at maturity" }),
      },
    }),
  },
  phases: ({ each, repeat, total }) => ({
    begin: each("paths", { doc: "today's price and variance" }, ({ logPrice, variance }, from, to, _w, p) => {
      logPrice.fill(log(p.price), from, to);
      variance.fill(p.variance, from, to);
    }),
    live: repeat(
      "substeps",
      { doc: "to maturity" },
      {
        step: each("paths", { doc: "price and variance move" }, ({ logPrice, variance }, from, to, _w, p, draw) => {
          const dt = p.maturity / p.substeps;
          const [z, other] = [draw.normal("price"), draw.normal("variance")];
          const rest = Math.sqrt(1 - p.correlation * p.correlation);
          for (let i = from; i < to; i++) {
            const v = Math.max(variance[i], 0);
            const sd = Math.sqrt(v * dt);
            logPrice[i] += (p.rate - 0.5 * v) * dt + sd * z[i];
            variance[i] +=
              p.meanReversion * (p.meanVariance - v) * dt +
              p.volatility * sd * (p.correlation * z[i] + rest * other[i]);
          }
        }),
      },
    ),
    expire: each("paths", { doc: "S_T" }, ({ logPrice, price }, from, to) => {
      for (let i = from; i < to; i++) price[i] = exp(logPrice[i]);
    }),
    pay: total(
      "paths",
      { doc: "payoffs and prices" },
      { payoffs: (k, i, _w, p) => Math.max(k.price[i] - p.strike, 0), prices: "price" },
    ),
  }),
  metrics: {
    call: {
      unit: "money",
      doc: "e^(−rT) times the mean payoff of the call",
      of: ({ paths, payoffs }, p) => (exp(-p.rate * p.maturity) * payoffs) / paths.size,
    },
    forward: {
      unit: "money",
      doc: "e^(−rT) times the mean price at maturity, a martingale",
      of: ({ paths, prices }, p) => (exp(-p.rate * p.maturity) * prices) / paths.size,
    },
  },
  truth: (p) => ({ call: solved(() => theory.hestonCall(p, p.strike, p.maturity).price), forward: p.price }),
  truthDocs: { call: "by the characteristic function", forward: "today's price" },
  figures: [
    {
      title: "Prices at maturity",
      population: "paths",
      column: "price",
      theoryLabel: "by the characteristic function",
      density: (p) => solved(() => densityOfPrice(p)),
      caption:
        "Histogram of S_T over all paths, from four standard deviations of ln S_T below the forward price to three above it.",
    },
  ],
});

export default heston;
