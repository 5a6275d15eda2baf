import { defineExperiment, leaders, ppo } from "walras";
import { marketMaking } from "../../economies/market-making.ts";
import { expectQuotes, indifference, measureQuotes } from "./parts/market-maker.ts";

export default defineExperiment({
  name: "adage/market-making",
  summary: "One policy of a market maker for all preferences between profit and market share.",
  economy: marketMaking,
  params: { stationaryStart: true },
  algorithm: leaders.nested({ task: indifference, followers: ppo, optimiser: leaders.gridSearch }),
  config: {
    updates: 20,
    warmup: 0.9,
    settle: 0,
    exploration: 0.25,
    evaluationWorlds: 1,
    evaluationPeriods: 1,
    gapGrid: 0,
    "optimiser.points": 2,
    "followers.gamma": 0,
    "followers.gaeLambda": 0,
    "followers.numSteps": 32,
    "followers.numMinibatches": 4,
    "followers.updateEpochs": 4,
    "followers.learningRate": 3e-3,
    "followers.entCoef": 0,
    "followers.hiddenWidth": 32,
    "followers.initialLogStd": -1.5,
    "followers.clipVloss": false,
  },
  numEnvs: 128,
  totalSteps: 128 * 32 * 100,
  evaluation: { periods: 1, finalPeriods: 1 },
  measure: (player) => measureQuotes(player),
  expect: (p) => expectQuotes(p),
});
