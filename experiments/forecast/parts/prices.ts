// Three assets' log prices, made by one of three laws whose best forecasts are known: random walks, prices that revert to a value, and prices with a common season.
import { choice, createSimulation, defineEconomy, f64, forecast, math, param, population } from "walras";

const { cos } = math;

export const prices = defineEconomy({
  name: "prices",
  source: "random walk, autoregression of order 1, season with noise",
  summary: "Log prices of three assets: random walks, reverting to a value, or with a common season.",
  params: {
    law: choice("walk", ["walk", "reverting", "season"]),
    assets: param(3, { min: 1, max: 100, integer: true }),
    noise: param(0.3, { symbol: "σ", min: 1e-6, max: 10, doc: "standard deviation of shocks" }),
    persistence: param(0.9, { symbol: "φ", min: 0, max: 0.999, doc: "of what reverts" }),
    season: param(12, { symbol: "T", unit: "periods", min: 2, max: 1000, integer: true }),
    horizon: param(600, { unit: "periods", min: 1, max: 1e6, integer: true }),
  },
  horizon: "horizon",
  world: { mean: f64({ doc: "mean log price" }), sum: f64() },
  populations: {
    assets: population({
      size: "assets",
      state: { price: f64({ doc: "log price" }), load: f64({ doc: "of the season" }) },
    }),
  },
  start: ({ each }) => ({
    load: each("assets", { doc: "1, −.5, .8, 1, …" }, (k, from, to) => {
      for (let i = from; i < to; i++) k.load[i] = LOADS[i % 3]!;
    }),
  }),
  phases: ({ each, total, world }) => ({
    move: each("assets", { doc: "by the law" }, (k, from, to, w, p, draw) => {
      const z = draw.normal("shock");
      const wave = cos((2 * Math.PI * (w.period % p.season)) / p.season);
      for (let i = from; i < to; i++) {
        const kept =
          p.law === "walk" ? k.price[i]! : p.law === "reverting" ? p.persistence * k.price[i]! : k.load[i]! * wave;
        k.price[i] = kept + p.noise * z[i]!;
      }
    }),
    add: total("assets", { doc: "log prices" }, { sum: "price" }),
    average: world({ doc: "of all", writes: "scalars" }, (w) => {
      w.mean = w.sum / w.assets.size;
    }),
  }),
  metrics: { mean: { unit: "1", doc: "mean log price", of: (w) => w.mean } },
});

export const LOADS = [1, -0.5, 0.8] as const;
export const LAWS = ["walk", "reverting", "season"] as const;
export type Law = (typeof LAWS)[number];
export const HORIZONS = [1, 5, 20] as const;

export function panelOf(law: Law, seed: number, periods: number): forecast.Panel {
  const simulation = createSimulation(prices, { params: { law }, seed });
  simulation.reset(0);
  const paths: number[][] = LOADS.map(() => []);
  for (let t = 0; t < periods; t++) {
    for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
    for (const [i, path] of paths.entries()) path.push(simulation.columns["assets.price"]![i]!);
  }
  return forecast.panelOf(paths);
}

/** Forecasts of levels and of changes, whose period is the strongest of what is known at first. */
export function forecasters(panel: forecast.Panel, first: number, maxOrder: number): forecast.Forecaster[] {
  const known = { ...panel, values: panel.values.subarray(0, first * panel.dimensions) };
  const most = Math.floor(first / 6);
  const period = forecast.strongestPeriod(known, { most });
  const ofChanges = forecast.strongestPeriod(forecast.differenced(known), { most });
  return [
    forecast.spectral({ period }),
    forecast.spectral({ period: ofChanges, of: "changes" }),
    forecast.seasonalNaive({ period }),
    forecast.autoregression({ maxOrder }),
    forecast.autoregression({ maxOrder, of: "changes" }),
  ];
}

export const NAMES = [
  "spectral",
  "spectral of changes",
  "seasonal naive",
  "autoregression",
  "autoregression of changes",
] as const;
