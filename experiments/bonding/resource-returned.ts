// What is paid comes back but for 7.5 %: (1 − r)(1 + k U²) = 1 with U at the fixed point, so that of many users the planner wants what the selfish do.
import { defineExperiment, mappo } from "walras";
import { resourceNetwork } from "../../economies/resource-network.ts";
import { exactly, figures, learner, measure, near, scale } from "./parts/resource.ts";

export default defineExperiment({
  name: "bonding/resource-returned",
  summary: "Where most payments come back to all users, cooperative ones use the network as much as selfish ones.",
  economy: resourceNetwork,
  params: { cooperation: 1, returned: 0.925 },
  algorithm: mappo,
  config: { ...learner, others: "mean" },
  ...scale,
  measure,
  figures,
  expect: (_p, truth) => [
    near("utilisation", "fixed point", truth.fixedPoint),
    near("utilisation", "planner's optimum", truth.plannersUtilisation),
    ...exactly(truth),
  ],
});
