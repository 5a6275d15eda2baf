// Learners whose gradients go back through whole rollouts: who remembers names the sign that was shown four decisions ago, who does not guesses.
import { expect, test } from "vitest";
import { delayed, trainOn } from "../../test/tiny-economies.ts";
import { actorCritic } from "./actor-critic.ts";
import type { Algorithm } from "./algorithm.ts";
import { impala } from "./impala.ts";

test.each([
  ["impala", impala, { lag: 1 }],
  ["actor-critic", actorCritic, { noise: "none" }],
  ["actor-critic with noise", actorCritic, { noiseTarget: 0.05 }],
] as const)("%s: returns of 1 with memory, and of ½ without", (_name, algorithm, own) => {
  const trained = (recurrent: boolean) => {
    const network = { hiddenLayers: 1, hiddenWidth: 32, memoryWidth: 32, recurrent };
    const config = { ...network, numSteps: 10, learningRate: 1e-2, gamma: 0.9, updates: 4, ...own };
    return trainOn(algorithm as unknown as Algorithm, delayed, {
      config: config as never,
      numEnvs: 4,
      totalSteps: 8000,
    });
  };
  const { player, last } = trained(true);
  expect(last.metrics["charts/episodicReturn"]).toBeGreaterThan(0.97);
  expect(5 * player.play({ seed: 1, periods: 400 }).paid).toBe(1);
  expect(Math.abs(trained(false).last.metrics["charts/episodicReturn"] - 0.5)).toBeLessThan(0.1);
});

test.each([
  ["impala", impala],
  ["actor-critic", actorCritic],
])("%s: gradients go back through at most 1024 decisions", (_name, algorithm) => {
  const train = (recurrent: boolean) => () =>
    trainOn(algorithm as unknown as Algorithm, delayed, {
      config: { hiddenWidth: 2, recurrent, numSteps: 1025 } as never,
      totalSteps: 1,
    });
  expect(train(true)).toThrow(
    "recurrent: gradients go back through a whole rollout, and numSteps is 1025, expected at most 1024. Lower numSteps.",
  );
  expect(train(false)).not.toThrow();
});
