// A thousand households of one economy, who see their cash, their productivity and the prices.
import { defineExperiment, ppo } from "walras";
import { againstEquilibrium } from "./parts/households.ts";

export default defineExperiment({
  ...againstEquilibrium,
  name: "aiyagari/ppo",
  summary: "Households learn to insure themselves by saving; their wealth sets the interest rate.",
  params: { decisions: "period", rewards: "prospects", households: 1000 },
  algorithm: ppo,
  config: {
    hiddenWidth: 32,
    numSteps: 100,
    numMinibatches: 20,
    updateEpochs: 2,
    learningRate: 2e-3,
    gaeLambda: 0.98,
    entCoef: 0,
    initialLogStd: -1.4,
    clipVloss: false,
    maxGradNorm: 10,
    vfCoef: 2,
  },
  numEnvs: 1,
  totalSteps: 24_000,
});
