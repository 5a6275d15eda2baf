import { defineExperiment, ppo } from "walras";
import { execution } from "../../economies/execution.ts";
import { slicesCost } from "./parts/slices.ts";

export default defineExperiment({
  name: "execution/ppo",
  summary:
    "A seller learns when to sell into an order book; the claim, a cost below that of equal slices, fails so far.",
  economy: execution,
  algorithm: ppo,
  config: { numSteps: 200, learningRate: 1e-3, gamma: 0.99, scaleRewards: true },
  numEnvs: 8,
  totalSteps: 200_000,
  seeds: [1, 2, 3, 4, 5],
  measure(player, p) {
    const periods = 20_000;
    const { shortfall } = player.play({ seed: 1, periods });
    const slices = slicesCost(p as never, { seed: 1, periods });
    return { cost: shortfall, slices, ofSlices: shortfall / slices };
  },
  expect: () => [
    {
      item: "cost over that of equal slices",
      measure: "ofSlices",
      claim: "–",
      theory: 1,
      unit: "1",
      tolerance: 0.8,
      kind: "atMost",
    },
  ],
});
