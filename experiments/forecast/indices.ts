// Four stock indices, day by day: does any forecast here beat the last price?
import { defineSimulation, type ExperimentFigure, forecast, math } from "walras";
import { closings, INDICES } from "./parts/indices.ts";
import { forecasters, HORIZONS, NAMES, prices } from "./parts/prices.ts";

const [FIRST, WINDOW] = [930, 500];

export default defineSimulation({
  name: "forecast/indices",
  summary: "Spectral, seasonal and autoregressive forecasts of DAX, SMI, CAC and FTSE against a random walk.",
  economy: prices,
  params: { assets: INDICES.length, horizon: 1 },
  seeds: [1],
  maxSeconds: 120,
  measure() {
    const panel = forecast.panelOf(closings().map((prices) => prices.map(math.log)));
    const { judgements } = forecast.rollingOrigin(panel, {
      forecasters: forecasters(panel, FIRST, 10),
      horizons: HORIZONS,
      first: FIRST,
      window: WINDOW,
    });
    return {
      better: judgements.filter(({ verdict }) => verdict === "better").length,
      worse: judgements.filter(({ verdict }) => verdict === "worse").length,
      ...Object.fromEntries(judgements.map(({ forecaster, horizon, ratio }) => [`${forecaster}/${horizon}`, ratio])),
      ...Object.fromEntries(
        judgements.map(({ forecaster, horizon, adjusted }) => [`p ${forecaster}/${horizon}`, adjusted]),
      ),
    };
  },
  expect: () => [
    {
      item: "forecasts called better than a random walk",
      measure: "better",
      claim: "spectral analysis forecasts prices",
      theory: 0,
      unit: "of 15",
      tolerance: 0,
      kind: "absolute",
      note: "markets without memory: none; tests of Diebold and Mariano at 5 % over all 15",
    },
  ],
  figures: () => [
    figure("Forecasts of changes, and autoregressions", [NAMES[1], NAMES[3], NAMES[4]]),
    figure("Seasons of levels", [NAMES[0], NAMES[2]]),
  ],
  tables: () => [
    {
      title: "Forecasts of four indices against a random walk",
      cases: ["forecast"],
      columns: HORIZONS.flatMap((h) => [
        { name: `error, ${h} ahead`, unit: "1" },
        { name: `p, ${h} ahead`, unit: "1" },
      ]),
      rows: NAMES.map((name) => ({ of: [name], cells: HORIZONS.flatMap((h) => [`${name}/${h}`, `p ${name}/${h}`]) })),
      note: "Error over a random walk's, and Diebold and Mariano's p adjusted by Holm for all.",
    },
  ],
});

const figure = (title: string, names: readonly string[]): ExperimentFigure => ({
  title,
  xLabel: "days ahead",
  yLabel: "error over a random walk's",
  lines: [...names.map((name) => ({ label: name, measured: name })), { label: "a random walk", level: 1 }],
  caption:
    "Log prices of four indices, each in units of its daily changes; the last 911 days, each forecast from the 500 days before it; below 1 is better.",
});
