// The paper's cooperative reward at its end, ρ = 1: each wants what all gain.
import { defineExperiment, isUnknown, mappo, unknown } from "walras";
import { resourceNetwork } from "../../economies/resource-network.ts";
import * as theory from "../../economies/theory/resource-network.ts";
import { exactly, figures, learner, measure, near, scale } from "./parts/resource.ts";
import selfish from "./resource-selfish.ts";

export default defineExperiment({
  name: "bonding/resource-cooperative",
  summary: "A hundred users who want what all gain leave as much of the network free as a planner would.",
  economy: resourceNetwork,
  params: { cooperation: 1 },
  algorithm: mappo,
  config: { ...learner, others: "mean" },
  ...scale,
  beside: { selfish },
  measure(player, p, _training, { selfish }) {
    const own = measure(player, p);
    return { ...own, "selfish/welfare": selfish!["welfare"]!, forgone: selfish!["welfare"]! - own.welfare };
  },
  figures,
  expect(p, truth) {
    const nash = theory.equilibrium({ ...p, cooperation: 0 });
    return [
      near("utilisation", "planner's optimum", truth.plannersUtilisation),
      ...exactly(truth),
      {
        item: "welfare of selfish users, less that of cooperative ones",
        measure: "forgone",
        claim: "cooperative ≥ selfish",
        theory: isUnknown(nash) ? unknown(nash.unknown) : nash.welfare - truth.plannersWelfare,
        unit: "money",
        tolerance: 0.05,
        kind: "below",
        ofTheory: [0.9, 1.1],
      },
    ];
  },
});
