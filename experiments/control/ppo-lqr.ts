// A point mass brought to rest, against the solution of Riccati's equation.
import { defineExperiment, ppo } from "walras";
import { lqr } from "./parts/lqr.ts";
import { costRatio } from "./parts/returns.ts";
import { returns } from "./parts/tasks.ts";

export default defineExperiment({
  name: "control/ppo-lqr",
  summary: "PPO brings a point mass to rest at nearly the least cost.",
  economy: lqr,
  params: {
    agents: 64,
    persistence: 1,
    coupling: 0.5,
    damping: 0.9,
    push: 0.05,
    acceleration: 0.5,
    velocityCost: 0.1,
    velocitySpread: 1,
    horizon: 20,
  },
  algorithm: ppo,
  config: {
    numSteps: 20,
    updateEpochs: 6,
    learningRate: 1e-3,
    entCoef: 0,
    initialLogStd: -1.5,
    clipVloss: false,
    maxGradNorm: 10,
  },
  numEnvs: 2,
  totalSteps: 20_000,
  seeds: [1, 2, 3, 4, 5],
  measure(player) {
    const { positionValue, crossValue, velocityValue } = lqr.truth!(player.params);
    return { costRatio: costRatio(player, [positionValue, crossValue, velocityValue]) };
  },
  figures: () => returns(),
  expect: () => [
    {
      item: "discounted cost over the least possible",
      measure: "costRatio",
      claim: "–",
      theory: 1,
      unit: "1",
      tolerance: 0.02,
      kind: "absolute",
      note: "P by Riccati's equation",
    },
  ],
});
