// CartPole-v1 with CleanRL's settings for DQN, except that hidden layers are 2 × 100 instead of 120 and 84, and replay is five times as long:
// with 10 000 transitions 3 of 5 last policies reach 475.
import { defineExperiment, dqn } from "walras";
import { cartpole } from "./parts/cartpole.ts";
import { balanced, balancing } from "./parts/tasks.ts";

export default defineExperiment({
  name: "control/dqn-cartpole",
  summary: "DQN balances a pole for 500 steps.",
  economy: cartpole,
  algorithm: dqn,
  config: {
    hiddenLayers: 2,
    hiddenWidth: 100,
    learningRate: 2.5e-4,
    finalLearningRate: 2.5e-4,
    batchSize: 128,
    bufferSize: 50_000,
    learningStarts: 10_000,
    gradientSteps: 0.1,
    tau: 1,
    finalTau: 1,
    targetInterval: 50,
    epsilonEnd: 0.05,
    explorationFraction: 0.5,
  },
  numEnvs: 1,
  totalSteps: 500_000,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { periods: 500 },
  measure: balancing,
  expect: (_p, truth) => [balanced(truth.longestEpisode, { share: 0.8 })],
});
