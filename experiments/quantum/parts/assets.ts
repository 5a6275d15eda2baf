// Monthly returns of n assets: a premium, a loading on the market's return, and noise of its own. Sharpe 1963, "A simplified model for portfolio analysis".
//
//   r_i = μ_i + b_i m + e_i       m ~ N(0, s²), e_i ~ N(0, s_i²)
import { createSimulation, defineEconomy, f64, type ParamsOf, param, population } from "walras";
import type { Selection } from "walras/quantum";

export const assets = defineEconomy({
  name: "assets",
  source: "Sharpe (1963), Management Science 9, 277",
  summary: "Monthly returns of assets with one common factor.",
  params: {
    assets: param(12, { symbol: "n", unit: "assets", min: 2, max: 20, integer: true }),
    chosen: param(4, { symbol: "k", unit: "assets", min: 1, max: 20, integer: true, doc: "held, at equal weights" }),
    riskAversion: param(0.5, { symbol: "λ", min: 0, max: 100, doc: "of the portfolio's standard deviation" }),
    marketSd: param(0.04, { symbol: "s", unit: "1/month", min: 0, max: 1, doc: "of the market's return" }),
    months: param(120, { unit: "months", min: 12, max: 1e5, integer: true, doc: "from which means are estimated" }),
  },
  horizon: "months",
  world: { market: f64({ unit: "1/month", doc: "the market's return less its mean" }) },
  populations: {
    assets: population({
      size: "assets",
      state: {
        premium: f64({ unit: "1/month", doc: "μ_i" }),
        loading: f64({ doc: "b_i" }),
        ownSd: f64({ unit: "1/month", doc: "s_i" }),
        earned: f64({ unit: "1/month", doc: "r_i" }),
      },
    }),
  },
  start: ({ each }) => ({
    list: each("assets", { doc: "premium, loading and noise of each" }, (k, from, to, _w, _p, draw) => {
      const [a, b, c] = [draw.uniform("premium"), draw.uniform("loading"), draw.uniform("noise")];
      for (let i = from; i < to; i++) {
        k.premium[i] = 0.002 + 0.012 * a[i]!;
        k.loading[i] = 0.5 + b[i]!;
        k.ownSd[i] = 0.03 + 0.06 * c[i]!;
      }
    }),
  }),
  phases: ({ each, world }) => ({
    move: world({ doc: "the market's return", writes: "scalars" }, (w, p, draw) => {
      w.market = p.marketSd * draw.normal("market");
    }),
    earn: each("assets", { doc: "r_i = μ_i + b_i m + e_i" }, (k, from, to, w, _p, draw) => {
      const z = draw.normal("own");
      for (let i = from; i < to; i++) k.earned[i] = k.premium[i]! + k.loading[i]! * w.market + k.ownSd[i]! * z[i]!;
    }),
  }),
  metrics: { market: { unit: "1/month", doc: "the market's return less its mean", of: (w) => w.market } },
});

export type AssetParams = ParamsOf<typeof assets>;

/** Which assets to hold, by means and covariances of the months that were seen. */
export function selectionOf(params: AssetParams, seed: number): Selection {
  const simulation = createSimulation(assets, { params, seed });
  simulation.reset(0);
  const earned = simulation.columns["assets.earned"]!;
  const n = params.assets;
  const sums = new Float64Array(n);
  const products = new Float64Array(n * n);
  for (let month = 0; month < params.months; month++) {
    for (let phase = 0; phase < simulation.phases.length; phase++) simulation.runPhase(phase, 0);
    simulation.endPeriod(0);
    for (let i = 0; i < n; i++) {
      sums[i]! += earned[i]!;
      for (let j = 0; j <= i; j++) products[i * n + j]! += earned[i]! * earned[j]!;
    }
  }
  const T = params.months;
  const covariance = (i: number, j: number): number =>
    (products[Math.max(i, j) * n + Math.min(i, j)]! - (sums[i]! * sums[j]!) / T) / (T - 1);
  const all = Array.from({ length: n }, (_, i) => i);
  return {
    means: all.map((i) => sums[i]! / T),
    covariance: all.map((i) => all.map((j) => covariance(i, j))),
    riskAversion: params.riskAversion,
    chosen: params.chosen,
  };
}
