import { defineExperiment, leaders, ppo } from "walras";
import { duopoly } from "../../economies/duopoly.ts";
import { ownProfit } from "./parts/duopolists.ts";

export default defineExperiment({
  name: "adage/duopoly",
  summary: "A leader that is scored after its follower's response finds von Stackelberg's quantity.",
  economy: duopoly,
  algorithm: leaders.nested({ task: ownProfit, followers: ppo, optimiser: leaders.gridSearch }),
  config: {
    updates: 40,
    "followers.gamma": 0,
    "followers.numSteps": 16,
    "followers.learningRate": 3e-3,
    "followers.entCoef": 0,
    "followers.hiddenWidth": 32,
    "followers.initialLogStd": -1,
    "optimiser.points": 19,
  },
  numEnvs: 64,
  totalSteps: 64 * 16 * 100,
  evaluation: { periods: 1, finalPeriods: 1 },
});
