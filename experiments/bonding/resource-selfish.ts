import { defineExperiment, ppo } from "walras";
import { resourceNetwork } from "../../economies/resource-network.ts";
import { exactly, figures, learner, measure, near, scale } from "./parts/resource.ts";

export default defineExperiment({
  name: "bonding/resource-selfish",
  summary: "A hundred users who want their own gain fill the network as far as the fixed point of its price.",
  economy: resourceNetwork,
  algorithm: ppo,
  config: learner,
  ...scale,
  measure,
  figures,
  expect: (_p, truth) => [near("utilisation", "fixed point", truth.fixedPoint), ...exactly(truth)],
});
