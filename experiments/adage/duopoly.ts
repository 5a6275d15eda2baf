import { defineExperiment, leaders, optimise } from "walras";
import { duopoly } from "../../economies/duopoly.ts";
import { figures, follower, followerConfig, measure, ownProfit, quantities, scale } from "./parts/duopolists.ts";

export default defineExperiment({
  name: "adage/duopoly",
  summary: "A leader that is scored after its follower has responded finds von Stackelberg's quantity.",
  economy: duopoly,
  algorithm: leaders.nested({ task: ownProfit, followers: follower, optimiser: optimise.cmaEs }),
  config: { ...followerConfig, warmup: 0.7, proposals: 8, "optimiser.populationSize": 8 },
  ...scale,
  measure,
  figures,
  expect: (_p, truth) => quantities(truth),
});
