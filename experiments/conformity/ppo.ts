import { defineExperiment, ppo } from "walras";
import { conformity } from "../../economies/conformity.ts";

export default defineExperiment({
  name: "conformity/ppo",
  summary: "People on a ring learn how much to listen, and disagree as much as theory says.",
  economy: conformity,
  params: { network: "ring", agents: 400 },
  algorithm: ppo,
  config: { numSteps: 20, learningRate: 1e-3, entCoef: 0, initialLogStd: -1.5 },
  numEnvs: 2,
  totalSteps: 2400,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { finalPeriods: 2000 },
  expect: (_p, truth) => [
    {
      item: "listening",
      measure: "listening",
      claim: "c",
      theory: truth.listening,
      unit: "1",
      tolerance: 0.02,
      kind: "absolute",
    },
    {
      item: "disagreement",
      measure: "disagreement",
      claim: "Friedkin & Johnsen's",
      theory: truth.disagreement,
      unit: "1",
      tolerance: 0.05,
      kind: "relative",
    },
  ],
});
