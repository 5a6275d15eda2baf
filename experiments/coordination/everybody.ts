// Mean-field Q-learning where everybody meets everybody: the mean choice is the root of m = tanh((h + J m)/τ), also where the future counts.
import { defineExperiment, meanFieldQ } from "walras";
import { coordination } from "../../economies/coordination.ts";
import { level } from "../parts/lines.ts";

const TEMPERATURE = 0.8;

export default defineExperiment({
  name: "coordination/everybody",
  summary:
    "Learners who see the mean of all choices come to the equilibrium of discrete choice with social interactions.",
  economy: coordination,
  // Episodes are short, so that agreement and the way from it are met again and again.
  params: { agents: 4096, decisions: "period", field: 0.1, temperature: TEMPERATURE, horizon: 20 },
  algorithm: meanFieldQ,
  config: {
    mean: "heard",
    meanBins: 3,
    temperature: TEMPERATURE,
    gamma: 0.9,
    initialValue: 11, // above what is earned for ever: values that rise leave behind what is seldom chosen
    learningRate: 0.02,
    learners: 512,
    learnersEvery: 50,
  },
  numEnvs: 1,
  totalSteps: 600,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { sampled: true, finalPeriods: 500, periods: 50, every: 4, params: { horizon: 2000 } },
  expect: (_p, { meanChoice }) => [
    {
      item: "mean choice",
      measure: "meanChoice",
      claim: "m = tanh((h + J m)/τ)",
      theory: meanChoice,
      unit: "1",
      tolerance: 0.02,
      kind: "absolute",
    },
  ],
  figures: (_p, { meanChoice }) => [
    {
      title: "Mean choice while learning",
      xLabel: "periods of training",
      yLabel: "mean choice",
      lines: [{ label: "learners", training: "econ/meanChoice" }, level("theory", meanChoice)],
      caption: "Choices drawn from what has been learned so far, over 50 periods that begin with agreement.",
    },
  ],
});
