import { defineExperiment, leaders } from "walras";
import { duopoly } from "../../economies/duopoly.ts";
import { figures, follower, followerConfig, measure, ownProfit, quantities, scale } from "./parts/duopolists.ts";

export default defineExperiment({
  name: "adage/duopoly-partial",
  summary: "A leader that takes its follower's quantity as given while it climbs ends at Cournot's.",
  economy: duopoly,
  algorithm: leaders.totalGradient({ task: ownProfit, followers: follower }),
  config: { ...followerConfig, gradient: "partial" },
  ...scale,
  measure,
  figures,
  expect: (_p, truth) => quantities(truth, true),
});
