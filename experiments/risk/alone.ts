// Banks that neither lend to each other nor move prices by selling learn how much to borrow: the best leverage is known, after calm periods and after turbulent ones.
import { defineExperiment, ppo } from "walras";
import { interbank } from "../../economies/interbank.ts";
import { level, STEPS } from "../parts/lines.ts";
import { learned, learner, training } from "./parts/banks.ts";

export default defineExperiment({
  name: "risk/alone",
  summary: "Banks that neither lend to each other nor move prices learn the leverage that theory says.",
  economy: interbank,
  params: { banks: 20, decisions: "period", interbankShare: 0, impact: 0, capitalRatio: 0 },
  algorithm: ppo,
  // Noise lowers the best middle after turbulence: less of it to begin with, and steps that reach the best all the same.
  config: { ...learner, initialLogStd: -1, learningRate: 6e-3 },
  ...training,
  seeds: [6, 7, 8, 9, 10],
  evaluation: { periods: 100, finalPeriods: 100 },
  measure: learned,
  expect: (_p, truth) => [
    {
      item: "leverage after a calm period",
      measure: "calm",
      claim: "best of one bank",
      theory: truth.calmLeverage,
      unit: "1",
      tolerance: 0.1,
      kind: "relative",
    },
    {
      item: "leverage after a turbulent period",
      measure: "turbulent",
      claim: "best of one bank",
      theory: truth.turbulentLeverage,
      unit: "1",
      tolerance: 0.1,
      kind: "relative",
    },
  ],
  figures: (_p, truth) => [
    {
      title: "Leverage while banks learn",
      xLabel: STEPS,
      yLabel: "assets over capital",
      lines: [
        { label: "ours", training: "econ/leverage" },
        level("after calm, theory", truth.calmLeverage),
        level("after turbulence, theory", truth.turbulentLeverage),
      ],
      caption: "Mean over banks and periods; one period in five is turbulent.",
    },
  ],
});
