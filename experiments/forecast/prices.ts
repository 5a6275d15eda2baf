// Forecasts of simulated prices against a random walk, where theory says how much better one can do.
//
// h periods ahead, error over a random walk's:  autoregression of order 1 √((1 + φ^h)/2);  season √(Σ σ²/s_i² / Σ (l_i² (1 − cos 2πh/T) + 2σ²)/s_i²), s_i that of changes
import { defineSimulation, type ExperimentFigure, forecast, math } from "walras";
import { forecasters, HORIZONS, LAWS, type Law, LOADS, NAMES, panelOf, prices } from "./parts/prices.ts";

const [PERIODS, FIRST] = [600, 300];

export default defineSimulation({
  name: "forecast/prices",
  summary:
    "Spectral, seasonal and autoregressive forecasts of simulated prices: better than a random walk where theory says so, and not on random walks.",
  economy: prices,
  seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  maxSeconds: 60,
  measure({ seed }) {
    const measured: Record<string, number> = {};
    for (const law of LAWS) {
      const panel = panelOf(law, seed, PERIODS);
      const { judgements } = forecast.rollingOrigin(panel, {
        forecasters: forecasters(panel, FIRST, 4),
        horizons: HORIZONS,
        first: FIRST,
        window: FIRST,
      });
      measured[`better/${law}`] = judgements.filter(({ verdict }) => verdict === "better").length;
      for (const { forecaster, horizon, ratio } of judgements) measured[`${law}, ${forecaster}/${horizon}`] = ratio;
    }
    return measured;
  },
  expect: ({ noise, persistence, season }) => [
    {
      item: "random walks: forecasts called better than a random walk",
      measure: "better/walk",
      claim: "–",
      theory: 0,
      unit: "of 15",
      tolerance: 0,
      kind: "absolute",
      note: "none in nine of ten seeds: the tests' level over all 15 is 5 %",
    },
    {
      item: "reverting prices, autoregression, 5 periods ahead: error over a random walk's",
      measure: "reverting, autoregression/5",
      claim: "–",
      theory: Math.sqrt((1 + power(persistence, 5)) / 2),
      unit: "1",
      tolerance: 0.08,
      kind: "relative",
      note: "three standard errors of some 60 independent errors of three assets",
    },
    {
      item: "season, spectral, 5 periods ahead: error over a random walk's",
      measure: "season, spectral/5",
      claim: "–",
      theory: seasonRatio(noise, season, 5),
      unit: "1",
      tolerance: 0.08,
      kind: "relative",
      note: "without what estimating 12 seasonal means costs, at most 2 %",
    },
    {
      item: "season: forecasts called better than a random walk",
      measure: "better/season",
      claim: "–",
      theory: 15,
      unit: "of 15",
      tolerance: 3,
      kind: "atLeast",
      note: "at least as many as there are spectral forecasts of levels",
    },
  ],
  figures: () => LAWS.map(figure),
});

const TITLES = { walk: "Random walks", reverting: "Prices that revert", season: "Prices with a season" } as const;

const figure = (law: Law): ExperimentFigure => ({
  title: TITLES[law],
  xLabel: "periods ahead",
  yLabel: "error over a random walk's",
  lines: [...NAMES.map((name) => ({ label: name, measured: `${law}, ${name}` })), { label: "a random walk", level: 1 }],
  caption: "Root mean square error over that of the last value, 281 origins, three assets; below 1 is better.",
});

function power(x: number, n: number): number {
  let product = 1;
  for (let k = 0; k < n; k++) product *= x;
  return product;
}

function seasonRatio(σ: number, T: number, h: number): number {
  const moved = (l: number, ahead: number) => l * l * (1 - math.cos((2 * Math.PI * ahead) / T)) + 2 * σ * σ;
  const sum = (of: (l: number) => number) => LOADS.reduce((all: number, l) => all + of(l) / moved(l, 1), 0);
  return Math.sqrt(sum(() => σ * σ) / sum((l) => moved(l, h)));
}
