import { defineExperiment, leaders } from "walras";
import { duopoly } from "../../economies/duopoly.ts";
import { figures, follower, followerConfig, measure, ownProfit, quantities, scale } from "./parts/duopolists.ts";

export default defineExperiment({
  name: "adage/duopoly-total",
  summary: "A leader that climbs the gradient through its follower's response ends at von Stackelberg's quantity.",
  economy: duopoly,
  algorithm: leaders.totalGradient({ task: ownProfit, followers: follower }),
  config: { ...followerConfig, perturbation: 0.3, exploration: 0.5, spread: 0.6, warmup: 0.5 },
  ...scale,
  measure,
  figures,
  expect: (_p, truth) => quantities(truth),
});
