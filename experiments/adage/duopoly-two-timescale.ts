import { defineExperiment, leaders } from "walras";
import { duopoly } from "../../economies/duopoly.ts";
import { figures, follower, followerConfig, measure, ownProfit, quantities, scale } from "./parts/duopolists.ts";

export default defineExperiment({
  name: "adage/duopoly-two-timescale",
  summary: "A leader that learns by PPO, more slowly than its follower, ends at von Stackelberg's quantity.",
  economy: duopoly,
  algorithm: leaders.twoTimescale({ task: ownProfit, followers: follower, leader: "learner" }),
  config: {
    ...followerConfig,
    "leader.gamma": 0,
    "leader.numSteps": 16,
    "leader.learningRate": 3e-4,
    "leader.entCoef": 0,
    "leader.hiddenWidth": 16,
    "leader.initialLogStd": -1,
  },
  ...scale,
  measure,
  figures,
  expect: (_p, truth) => quantities(truth),
});
