import { defineExperiment, leaders, ppo } from "walras";
import { hsvStatic } from "../../economies/hsv-static.ts";
import { expectTax, meanUtility, measureTax } from "./parts/static-tax.ts";

export default defineExperiment({
  name: "adage/hsv-static",
  summary: "A government finds how progressive the tax of a static economy should be, from households that learn.",
  economy: hsvStatic,
  params: { horizon: 2 },
  algorithm: leaders.nested({ task: meanUtility, followers: ppo, optimiser: leaders.bayesianOptimisation }),
  config: {
    updates: 80,
    warmup: 0.75,
    settle: 0.1,
    response: 1,
    proposals: 4,
    evaluationWorlds: 64,
    gapGrid: 0,
    "followers.gamma": 0,
    "followers.gaeLambda": 0,
    "followers.numSteps": 2,
    "followers.numMinibatches": 2,
    "followers.updateEpochs": 4,
    "followers.learningRate": 3e-3,
    "followers.entCoef": 0,
    "followers.hiddenWidth": 32,
    "followers.initialLogStd": -1.5,
    "followers.clipVloss": false,
  },
  numEnvs: 32,
  totalSteps: 32 * 2 * 240,
  evaluation: { periods: 2, finalPeriods: 2 },
  measure: (player) => measureTax(player),
  expect: (_p, truth) => expectTax(truth),
});
