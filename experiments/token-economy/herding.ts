// The paper's correlation in clusters, in an economy that trades: communities of twenty who follow each other alone.
import { defineSimulation } from "walras";
import { tokenEconomy } from "../../economies/token-economy.ts";
import { level } from "../parts/lines.ts";

export default defineSimulation({
  name: "token-economy/herding",
  summary:
    "Sentiment in communities of twenty that follow each other alone is as correlated as theory and a paper say.",
  economy: tokenEconomy,
  params: {
    traders: 4000,
    influence: 0.9956172178,
    strangers: 0,
    reinforcement: 0,
    decay: 0,
    warmUp: 1200, // five times the memory of sentiment, 1/(1 − φ)
    horizon: 4800,
  },
  seeds: [1, 2, 3, 4, 5],
  expect: (_p, { clusterCorrelation }) => [
    {
      item: "correlation of sentiment in a community",
      measure: "clusterCorrelation",
      claim: ".85 ± .03",
      theory: clusterCorrelation,
      unit: "1",
      tolerance: 0.03,
      kind: "absolute",
    },
  ],
  figures: (_p, { clusterCorrelation }) => [
    {
      title: "Correlation in communities",
      xLabel: "hour",
      yLabel: "correlation of sentiment",
      lines: [{ label: "ours", training: "clusterCorrelation" }, level("theory", clusterCorrelation)],
      caption: "Mean over pairs, of midnights since the first fifty days; 0 until then.",
    },
  ],
});
