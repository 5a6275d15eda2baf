import { defineExperiment, leaders } from "walras";
import { duopoly } from "../../economies/duopoly.ts";
import { figures, follower, followerConfig, measure, ownProfit, quantities, scale } from "./parts/duopolists.ts";

export default defineExperiment({
  name: "adage/duopoly-unobserved",
  summary: "A leader whose follower cannot see what it does has nothing to lead: Cournot.",
  economy: duopoly,
  params: { observed: false },
  algorithm: leaders.totalGradient({ task: ownProfit, followers: follower }),
  config: { ...followerConfig, exploration: 0, spread: 0.02 },
  ...scale,
  measure,
  figures,
  expect: (_p, truth) => quantities(truth, true),
});
