// PPO's order of events, computed again from every loss of a training: epochs, minibatches, shards, the KL stop and the penalty's coefficient.
import { expect, test } from "vitest";
import { field } from "../../test/field.ts";
import { type LossRun, recording } from "../../test/recording.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import type { Economy } from "../economy/index.ts";
import { type PpoConfig, ppo } from "./ppo.ts";

const [E, N] = [2, 3];
const small = { hiddenLayers: 1, hiddenWidth: 5, gamma: 0.9 };
const sum = (x: readonly number[]) => x.reduce((a, b) => a + b, 0);
const mean = (x: readonly number[]) => sum(x) / x.length;

/** Losses of so many rollouts, reported after every period. */
function trained(economy: Economy, config: Partial<PpoConfig> & { numSteps: number }, rollouts: number) {
  const { backend, runs } = recording();
  const periods = rollouts * config.numSteps;
  const training = trainOn(ppo, economy, {
    config: { ...small, ...config, updates: periods },
    numEnvs: E,
    totalSteps: E * periods,
    backend,
  });
  const ends = Array.from({ length: rollouts }, (_, k) => training.updates[(k + 1) * config.numSteps - 1]);
  return { ...training, runs, ends };
}
/** Of the rows of a minibatch that hold a decision. */
const held = (shards: readonly LossRun[], name: string) =>
  shards.flatMap(({ inputs }) => inputs[name].filter((_, b) => inputs.weight[b] > 0));

test("groups learn in epochs of minibatches until their KL exceeds targetKl; β follows the KL of the last epoch; losses are means over what was computed", () => {
  const [T, M, epochs, rollouts] = [8, 2, 4, 12];
  const settings = { klCoef: 0.3, klTarget: 0.004, targetKl: 0.012, learningRate: 0.02, independent: true };
  const config = { ...settings, numSteps: T, numMinibatches: M, updateEpochs: epochs };
  const { runs, ends } = trained(field("choices"), config, rollouts);
  const β = [0.3, 0.3, 0.3];
  const steps = [0, 0, 0];
  const [stopped, factors] = [new Set<number>(), new Set<number>()];
  let at = 0;
  for (const { arrays, metrics } of ends) {
    const [kl, mine] = [[0, 0, 0], [] as LossRun[]];
    const learning = new Set([0, 1, 2]);
    let epoch = 0;
    for (; epoch < epochs && learning.size > 0; epoch++) {
      for (const g of learning) kl[g] = 0;
      for (let m = 0; m < M; m++)
        for (const g of learning) {
          const run = runs[at++];
          expect(run.inputs.klCoef[0]).toBeCloseTo(β[g], 6);
          kl[g] += run.outputs.approxKl[0] / M;
          steps[g]++;
          mine.push(run);
        }
      for (const g of learning)
        if (kl[g] > settings.targetKl) {
          learning.delete(g);
          stopped.add(epoch);
        }
    }
    for (const [g, x] of kl.entries()) {
      const factor = x > 2 * settings.klTarget ? 1.5 : x < settings.klTarget / 2 ? 0.5 : 1;
      factors.add(factor);
      β[g] *= factor;
    }
    expect([...(arrays["players/kl"] as Float64Array)]).toEqual(β.map((b) => expect.closeTo(b, 9)));
    expect([...(arrays["players/counts"] as Float64Array)]).toEqual(steps);
    for (const name of ["policy", "value", "entropy", "approxKl", "clipFraction"])
      expect(metrics[`losses/${name}`]).toBeCloseTo(mean(mine.map(({ outputs }) => outputs[name][0])), 6);
    const [targets, values] = ["target", "value"].map((name) => held(mine.slice(0, 3 * M), name));
    const variance = (x: readonly number[]) => mean(x.map((y) => y * y)) - mean(x) ** 2;
    const explained = 1 - variance(targets.map((target, k) => target - values[k])) / variance(targets);
    expect(metrics["losses/explainedVariance"]).toBeCloseTo(explained, 4);
  }
  expect(at).toBe(runs.length);
  // All of it has happened: stops at different epochs and none at all, β raised, halved and left.
  expect(stopped.size).toBeGreaterThan(1);
  expect(factors.size).toBe(3);
});

test("where agents decide apart, minibatches share what decisions there are; one without takes no step and counts nowhere", () => {
  const [T, M] = [2, 8];
  const settings = { klCoef: 0.3, klTarget: 0.001, learningRate: 0.01, clipVloss: false };
  const config = { ...settings, numSteps: T, numMinibatches: M, updateEpochs: 1 };
  const economy = field("choices", { apart: true });
  const { runs, ends } = trained(economy, config, 12);
  let [at, β] = [0, 0.3];
  const sizes = new Set<number>();
  for (const { arrays, metrics } of ends) {
    const steps = (arrays["players/counts"] as Float64Array)[0];
    const mine = runs.slice(at, steps);
    at = steps;
    sizes.add(mine.length);
    const decisions = mine.map((run) => held([run], "weight").length);
    expect(Math.min(...decisions)).toBeGreaterThan(0);
    expect(Math.max(...decisions) - (mine.length < M ? 1 : Math.min(...decisions))).toBeLessThan(2);
    if (sum(decisions) < M) expect(mine.length).toBe(sum(decisions));
    for (const { inputs } of mine) expect(inputs.klCoef[0]).toBeCloseTo(β, 6);
    const kl = mine.map(({ outputs }) => outputs.approxKl[0]);
    expect(metrics["losses/approxKl"]).toBeCloseTo(mean(kl), 7);
    β *= sum(kl) / M > 0.002 ? 1.5 : sum(kl) / M < 0.0005 ? 0.5 : 1;
    expect((arrays["players/kl"] as Float64Array)[0]).toBeCloseTo(β, 9);
  }
  expect(at).toBe(runs.length);
  expect(Math.min(...sizes)).toBeLessThan(M);
  expect(sizes.size).toBeGreaterThan(2);

  const alone = trained(economy, { ...config, independent: true, numMinibatches: 4 }, 12);
  let before = 0;
  for (const { arrays, metrics } of alone.ends) {
    const steps = sum([...(arrays["players/counts"] as Float64Array)]);
    const mine = alone.runs.slice(before, steps);
    before = steps;
    for (const run of mine) expect(held([run], "weight")).toHaveLength(1);
    expect(metrics["losses/value"]).toBeCloseTo(mean(mine.map(({ outputs }) => outputs.value[0])), 6);
  }
  expect(before).toBe(alone.runs.length);
});

test("a minibatch is shared out to shards, whose weights are 1 on average; advantages are brought to mean 0 and deviation 1 over all of it; noise is never drawn twice", () => {
  const [T, epochs] = [44, 2];
  const config = {
    numSteps: T,
    numMinibatches: 1,
    updateEpochs: epochs,
    squash: true,
    informationCost: 0.2,
    entCoef: 0.03,
    vfCoef: 0.4,
  };
  for (const normAdv of [true, false]) {
    const { runs, ends } = trained(field("boxes"), { ...config, normAdv, scaleRewards: true, learningRate: 1e-12 }, 2);
    expect(runs).toHaveLength(2 * epochs * 2); // 264 rows: two shards of 132
    const noises = new Set<number>();
    for (let k = 0; k < runs.length; k += 2) {
      const shards = runs.slice(k, k + 2);
      const weights = shards.flatMap(({ inputs }) => inputs.weight);
      expect(weights).toHaveLength(E * N * T);
      expect(new Set(weights).size).toBe(1);
      expect(mean(weights)).toBeCloseTo(1, 6);
      const values = held(shards, "value");
      const raw = held(shards, "target").map((target, b) => target - values[b]);
      const center = mean(raw);
      const deviation = Math.sqrt(sum(raw.map((a) => (a - center) ** 2)) / (raw.length - 1));
      const expected = raw.map((a) => (normAdv ? (a - center) / deviation : a));
      const apart = held(shards, "advantage").map((a, b) => Math.abs(a - expected[b]));
      expect(Math.max(...apart)).toBeLessThan(1e-4);
      // λ in units of the advantage: scaled as rewards were, then as advantages were
      const running = ends[k < runs.length / 2 ? 0 : 1].arrays["players/rollout/earned"] as Float64Array;
      const price = 0.2 / Math.sqrt(running[2]) / (normAdv ? deviation : 1);
      for (const paid of held(shards, "price")) expect(paid).toBeCloseTo(price, 5);
      // −min(r A, …) − c_e H + c_v ½ (V − R)² + λ KL(π, uniform), whose ln |A| is that of boxes of width 2
      for (const { loss, outputs } of shards) {
        const [policy, value, H] = ["policy", "value", "entropy"].map((name) => outputs[name][0]);
        expect(loss).toBeCloseTo(policy - 0.03 * H + 0.4 * value + price * (2 * Math.LN2 - H), 4);
      }
      for (const { inputs } of shards) for (const z of inputs.noise) noises.add(z);
    }
    expect(noises.size).toBeGreaterThan(0.999 * runs.length * 132 * 2); // of 32 bits, a few may coincide
    const z = [...noises];
    expect(Math.abs(mean(z))).toBeLessThan(0.05);
    expect(Math.abs(mean(z.map((x) => x * x)) - 1)).toBeLessThan(0.1);
  }
});

test("every agent alone draws noise of its own", () => {
  const config = { numSteps: 4, numMinibatches: 1, updateEpochs: 2, squash: true, independent: true };
  const { runs } = trained(field("boxes"), config, 3);
  expect(runs).toHaveLength(3 * 2 * N);
  expect(new Set(runs.map(({ inputs }) => inputs.noise.join())).size).toBe(runs.length);
});

test("what a minibatch cannot be made of is refused", () => {
  const refusal = (config: Partial<PpoConfig>) => () => trained(field("choices"), { numSteps: 4, ...config }, 1);
  expect(refusal({ numMinibatches: 25 })).toThrow(
    "ppo: numMinibatches is 25, but a rollout of players has 24 rows. Raise numSteps.",
  );
  expect(refusal({ numMinibatches: 24 })).not.toThrow();
  expect(refusal({ independent: true, numMinibatches: 9 })).toThrow("has 8 rows");
  expect(refusal({ recurrent: true, sequenceLength: 2, numMinibatches: 13 })).toThrow("has 12 sequences");
  expect(refusal({ recurrent: true, sequenceLength: 3 })).toThrow(
    "ppo: sequenceLength is 3, but numSteps 4 is not a multiple of it.",
  );
});
