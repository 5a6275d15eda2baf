import { expect, test } from "vitest";
import { gradientError, someNumbers } from "../../test/objectives.ts";
import { runOnThreads } from "../../test/threads.ts";
import { choir, coordination, delayed, type Training, trainOn, twoStep } from "../../test/tiny-economies.ts";
import { layoutOf } from "../nn/index.ts";
import { resolveConfig } from "./algorithm.ts";
import { type MappoConfig, mappo } from "./mappo.ts";
import { othersObserved } from "./on-policy/critic-context.ts";
import { objective, ppo } from "./ppo.ts";

const SMALL: Partial<MappoConfig> = { hiddenLayers: 1, hiddenWidth: 16, numSteps: 20, learningRate: 5e-3 };
const train = (economy: Parameters<typeof trainOn>[1], { config, ...training }: Training<MappoConfig>) =>
  trainOn(mappo, economy, { ...training, config: { ...SMALL, ...config } });

test("a critic that sees what the others see foresees what they make of it, and one that does not explains its own third", () => {
  const run = (others: MappoConfig["others"]) => {
    const { last, player } = train(choir, {
      config: { others, gamma: 0, clipVloss: false },
      numEnvs: 8,
      totalSteps: 8000,
    });
    return { explained: last.metrics["losses/explainedVariance"], right: player.play({ seed: 1, periods: 100 }).right };
  };
  const [each, mean, none] = (["each", "mean", "none"] as const).map(run);
  expect(each.explained).toBeGreaterThan(0.97);
  expect(mean.explained).toBeGreaterThan(0.97);
  expect(Math.abs(none.explained - 1 / 3)).toBeLessThan(0.05); // Var(Σ s) = 3, of which the own sign is 1
  for (const { right } of [each, mean, none]) expect(right).toBe(1);
});

test("a team finds what is best for all of them", () => {
  const { player } = train(coordination, { config: { gamma: 0 }, totalSteps: 1200 });
  expect([...(player.respond("players", () => {}).move as Float64Array)]).toEqual([0, 0]);
});

test("what the critic sees besides: the others in order, or their mean", () => {
  const spec = { size: 3, features: ["a", "b"] } as never;
  const obs = Float32Array.of(9, 9, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6); // two decisions of three agents
  const seen = (others: "each" | "mean", row: number) => {
    const { columns, write } = othersObserved(spec, others)!;
    const out = new Float32Array(columns + 1);
    write(out, 1, obs, row);
    return [...out.subarray(1)];
  };
  expect([3, 4, 5].map((row) => seen("each", row))).toEqual([
    [3, 4, 5, 6],
    [1, 2, 5, 6],
    [1, 2, 3, 4],
  ]);
  expect([3, 4, 5].map((row) => seen("mean", row))).toEqual([
    [4, 5],
    [3, 4],
    [2, 3],
  ]);
  expect(othersObserved({ size: 1, features: ["a"] } as never, "each")).toBe(null);
});

test("a critic that sees nothing besides is PPO's, bit for bit", () => {
  const config = { ...SMALL, numMinibatches: 2, updateEpochs: 3, annealLr: true };
  const training = { numEnvs: 2, totalSteps: 200, seed: 3 };
  const ours = train(choir, { ...training, config: { ...config, others: "none", teamReward: false } });
  expect(ours.updates).toEqual(trainOn(ppo, choir, { ...training, config }).updates);
});

test("rewards are the team's unless told otherwise", () => {
  const rewards = (teamReward: boolean) =>
    train(choir, { config: { teamReward, updates: 1, numSteps: 10 }, totalSteps: 5 }).last.arrays[
      "singers/rollout/rewards"
    ] as Float32Array;
  const [team, own] = [rewards(true), rewards(false)];
  for (let t = 0; t < 5; t++) {
    const mean = (own[3 * t] + own[3 * t + 1] + own[3 * t + 2]) / 3;
    for (let i = 0; i < 3; i++) expect(team[3 * t + i]).toBeCloseTo(mean, 6);
  }
  expect(own.subarray(0, 15).some((r, k) => Math.abs(r - team[k]) > 0.1)).toBe(true);
});

test("with a critic that sees more than actors, the gradient of the objective equals finite differences, with memory too", () => {
  const { env } = train(choir, { config: {}, totalSteps: 1 });
  const spec = env.spec.singers;
  const criticContext = othersObserved(spec, "each")!;
  for (const recurrent of [false, true]) {
    const c = {
      ...resolveConfig(mappo, {
        hiddenLayers: 1,
        hiddenWidth: 4,
        recurrent,
        memoryWidth: 3,
        sequenceLength: 2,
        clipVloss: false,
      }),
      independent: false,
      learners: 0,
      learnersEvery: 0,
    };
    const graph = objective(spec, c, 4, criticContext);
    const some = someNumbers(400);
    const inputs: Record<string, number[]> = Object.fromEntries(
      Object.entries(graph.inputs).map(([name, { shape }]) => [name, some(shape[0] * shape[1], 1)]),
    );
    Object.assign(inputs, {
      actions: [0, 1, 1, 0],
      weight: [1, 1, 1, 1],
      keep: [1, 0, 1, 1],
      logProb: [-0.7, -0.7, -0.7, -0.7],
    });
    const theta = some(layoutOf(graph).size, 1);
    expect(gradientError(graph, theta, inputs)).toBeLessThan(1);
  }
});

test("a resumed training equals one that was never stopped, bit for bit", () => {
  for (const [economy, config] of [
    [choir, { numSteps: 7, others: "mean" }],
    [delayed, { numSteps: 6, recurrent: true, sequenceLength: 3, memoryWidth: 5, normalizeObs: true }],
    [twoStep, { numSteps: 5, scaleRewards: true }],
  ] as const) {
    const training = { config: { ...config, updates: 6 }, totalSteps: 240, numEnvs: 2 };
    const whole = train(economy, training);
    expect(train(economy, { ...training, from: whole.updates[2] }).updates).toEqual(whole.updates.slice(3));
  }
});

test("the number of threads changes nothing", async () => {
  const { hashes } = await runOnThreads(
    (from) => `
      import { defineExperiment } from ${from("src/experiment/experiment.ts")};
      import { mappo } from ${from("src/algorithms/mappo.ts")};
      import { choir } from ${from("test/tiny-economies.ts")};
      const config = { numSteps: 8, numMinibatches: 2, updates: 3, recurrent: true, sequenceLength: 4, memoryWidth: 8, scaleRewards: true };
      export default defineExperiment({ name: "choir", summary: "", economy: choir, algorithm: mappo, config, numEnvs: 5, totalSteps: 160 });`,
  );
  expect(new Set(hashes).size).toBe(1);
});
