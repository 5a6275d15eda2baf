// Mean-field Q-learning on Ising's lattice, below the critical temperature: half of 4096 people learn for all, and are as magnetised as Onsager's solution says.
import { defineExperiment, meanFieldQ } from "walras";
import { coordination } from "../../economies/coordination.ts";
import { level } from "../parts/lines.ts";

const TEMPERATURE = 0.5;

export default defineExperiment({
  name: "coordination/mean-field-q",
  summary: "Learners who see the mean of their four neighbours' choices are as magnetised as Ising's model.",
  economy: coordination,
  params: { agents: 4096, neighbours: "lattice", decisions: "period", temperature: TEMPERATURE, horizon: 2000 },
  algorithm: meanFieldQ,
  config: {
    mean: "heard",
    meanBins: 5,
    temperature: TEMPERATURE,
    gamma: 0,
    learningRate: 0.1,
    annealLr: true,
    learners: 2048,
    learnersEvery: 50,
  },
  numEnvs: 1,
  totalSteps: 400,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { sampled: true, finalPeriods: 500, periods: 50, every: 4 },
  expect: (_p, { meanChoice }) => [
    {
      item: "mean choice",
      measure: "meanChoice",
      claim: "Onsager's magnetisation",
      theory: meanChoice,
      unit: "1",
      tolerance: 0.01,
      kind: "absolute",
    },
  ],
  figures: (_p, { meanChoice }) => [
    {
      title: "Magnetisation while learning",
      xLabel: "periods of training",
      yLabel: "mean choice",
      lines: [{ label: "learners", training: "econ/meanChoice" }, level("Onsager", meanChoice)],
      caption: "Choices drawn from what has been learned so far, over 50 periods that begin with agreement.",
    },
  ],
});
