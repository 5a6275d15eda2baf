import { defineExperiment, leaders } from "walras";
import { duopoly } from "../../economies/duopoly.ts";
import { follower, followerConfig, measure, ownProfit, quantities, scale } from "./parts/duopolists.ts";

export default defineExperiment({
  name: "adage/duopoly-two-timescale",
  summary: "A leader by CMA-ES and a faster follower, learning at once, end at von Stackelberg's quantity.",
  economy: duopoly,
  algorithm: leaders.twoTimescale({ task: ownProfit, followers: follower, leader: leaders.cmaEs }),
  config: { ...followerConfig },
  ...scale,
  measure,
  expect: (_p, truth) => quantities(truth),
});
