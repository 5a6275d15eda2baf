// The paper gives no parameters of its sigmoid. Its 85 % are the fixed point of every midpoint U₀ = .85 + ln(.85/.15)/k; with k = 20 that is .9367.
import { defineExperiment, ppo } from "walras";
import { resourceNetwork } from "../../economies/resource-network.ts";
import { midpointFor } from "../../economies/theory/resource-network.ts";
import { exactly, figures, learner, measure, near, scale, whereItIs } from "./parts/resource.ts";

const PAPER = 0.85;

export default defineExperiment({
  name: "bonding/resource-85",
  summary: "The paper's 85 % of utilisation: selfish users under a price whose midpoint is at 94 % of the capacity.",
  economy: resourceNetwork,
  params: { midpoint: midpointFor(PAPER, 20) },
  algorithm: ppo,
  config: learner,
  ...scale,
  measure,
  figures: (p, truth) => [...figures(p, truth), whereItIs(p, PAPER)],
  expect: (_p, truth) => [near("utilisation", "85 %", truth.fixedPoint), ...exactly(truth)],
});
