// Noise on parameters, computed again by plain loops: how far it has moved actions, what becomes of its scale, and which parameters it moves.
import { expect, test } from "vitest";
import { field } from "../../test/field.ts";
import { named } from "../../test/objectives.ts";
import { plainMlp, plainSoftmax } from "../../test/plain.ts";
import { recording } from "../../test/recording.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { layoutOf } from "../nn/index.ts";
import { type ActorCriticConfig, actorCritic, objective } from "./actor-critic.ts";

const [E, N, F] = [2, 3, 2];
const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length;

/** Losses of so many rollouts, and what was saved after each of them. */
function trained(
  kind: "boxes" | "choices",
  config: Partial<ActorCriticConfig> & { numSteps: number },
  rollouts: number,
) {
  const { backend, runs } = recording();
  const training = trainOn(actorCritic, field(kind), {
    config: { hiddenLayers: 1, hiddenWidth: 5, gamma: 0.9, ...config, updates: rollouts },
    numEnvs: E,
    totalSteps: E * rollouts * config.numSteps,
    backend,
  });
  const layout = layoutOf(objective(training.env.spec.players, training.config, config.numSteps));
  const groups = training.config.independent ? N : 1;
  const of = (k: number, g: number, suffix: string) =>
    training.updates[k].arrays[`players/theta${groups > 1 ? `/${g}` : ""}${suffix}`] as Float32Array;
  const sigmas = (k: number) => [...(training.updates[k].arrays["players/sigmas"] as Float64Array)];
  return { ...training, runs, layout, of, sigmas, groups };
}

test.each([
  ["choices", false, 44],
  ["choices", true, 5],
  ["boxes", false, 44],
  ["boxes", true, 5],
] as const)(
  "%s, networks of their own: %s: σ follows the distance of actions with noise from those without, over all shards of a rollout",
  (kind, independent, numSteps) => {
    const [rollouts, δ, α] = [8, 0.05, 1.3];
    const settings = {
      noiseTarget: δ,
      noiseAdaptation: α,
      noiseStd: kind === "choices" ? 0.6 : 0.08,
      learningRate: 0.003,
    };
    const { updates, runs, layout, of, sigmas, groups } = trained(
      kind,
      { ...settings, independent, numSteps },
      rollouts,
    );
    const shards = runs.length / rollouts / groups;
    expect(shards).toBe(independent ? 1 : 4); // 264 rows, of which a shard has at least 64
    const target = kind === "boxes" ? δ : -Math.log(1 - δ + δ / 3) - Math.log(1 - δ + δ / 2);
    const ways = new Set<number>();
    for (let k = 1; k < rollouts; k++) {
      const distances: number[] = [];
      for (let g = 0; g < groups; g++) {
        const [plain, moved] = ["", "/acting"].map((suffix) => named(of(k - 1, g, suffix), layout));
        const apart: number[] = [];
        for (const { inputs } of runs.slice((k * groups + g) * shards, (k * groups + g + 1) * shards)) {
          for (let b = 0; b < inputs.weight.length; b++) {
            if (inputs.weight[b] === 0) continue;
            const obs = inputs.obs.slice(b * F, (b + 1) * F);
            const [before, after] = [plain, moved].map((θ) => plainMlp(θ, "actor", obs, "tanh"));
            if (kind === "boxes") apart.push(mean(before.map((x, d) => (x - after[d]) ** 2)));
            else {
              const [p, q] = [before, after].map((x) => [...plainSoftmax(x.slice(0, 3)), ...plainSoftmax(x.slice(3))]);
              apart.push(p.reduce((sum, x, c) => sum + x * Math.log(x / q[c]), 0));
            }
          }
        }
        expect(apart.length).toBe((E * N * numSteps) / groups);
        const distance = kind === "boxes" ? Math.sqrt(mean(apart)) : mean(apart);
        distances.push(distance);
        const factor = distance < target ? α : 1 / α;
        ways.add(factor);
        expect(sigmas(k)[g]).toBeCloseTo(sigmas(k - 1)[g] * factor, 9);
      }
      expect(updates[k].metrics["charts/noiseDistance"]).toBeCloseTo(mean(distances), 4);
      expect(updates[k].metrics["charts/noise"]).toBeCloseTo(mean(sigmas(k - 1)), 9);
    }
    expect(ways.size).toBe(2);
    const samples = runs.map(({ inputs }) => inputs.weight);
    expect(mean(samples.flat())).toBeCloseTo(1, 5);
  },
);

test("noise moves the weights and biases of actors, of each agent by draws of its own: of θ̃ beside θ, or of θ for good", () => {
  for (const noise of ["parameters", "updates"] as const) {
    const config = {
      noise,
      noiseStd: 0.1,
      learningRate: 1e-12,
      independent: true,
      numSteps: 4,
      noiseAdaptation: 1.0001,
    };
    const { layout, of, sigmas } = trained("boxes", { ...config, recurrent: true, memoryWidth: 3 }, 6);
    const draws = new Set<number>();
    const all: number[] = [];
    for (let k = 1; k < 6; k++)
      for (let g = 0; g < N; g++) {
        const [from, to] =
          noise === "parameters" ? [of(k, g, ""), of(k, g, "/acting")] : [of(k - 1, g, ""), of(k, g, "")];
        if (noise === "updates") expect(of(k, g, "/acting")).toEqual(to);
        for (const { name, from: first, to: last } of layout.slices)
          for (let p = first; p < last; p++) {
            const z = (to[p] - from[p]) / sigmas(k)[g];
            if (!name.startsWith("actor/") || name === "actor/logStd") expect(Math.abs(z)).toBeLessThan(1e-4);
            else {
              draws.add(Math.round(z * 1e4));
              all.push(z);
            }
          }
      }
    expect(draws.size).toBeGreaterThan(0.95 * all.length);
    expect(Math.abs(mean(all))).toBeLessThan(0.15);
    expect(Math.abs(mean(all.map((z) => z * z)) - 1)).toBeLessThan(0.25);
  }
});

test("without noise θ acts, and σ is 0; the first noise is of its declared size", () => {
  const none = trained("choices", { noise: "none", numSteps: 4 }, 3);
  for (const k of [0, 1, 2]) expect([none.of(k, 0, "/acting"), none.sigmas(k)]).toEqual([none.of(k, 0, ""), [0]]);
  expect(none.last.metrics["charts/noise"]).toBe(0);
  expect(none.last.metrics["charts/noiseDistance"]).toBe(0);
  const { updates } = trained("choices", { noiseStd: 0.07, numSteps: 4 }, 1);
  expect(updates[0].metrics["charts/noise"]).toBeCloseTo(0.07, 12);
  expect(updates[0].metrics["charts/noiseDistance"]).toBeGreaterThan(0);
});

test("squashed normals estimate their entropy by samples that are never drawn twice", () => {
  const { runs } = trained("boxes", { squash: true, numSteps: 44 }, 2);
  const z = runs.flatMap(({ inputs }) => inputs.noise);
  expect(runs).toHaveLength(8);
  expect(new Set(z).size).toBeGreaterThan(0.999 * z.length);
  expect(Math.abs(mean(z.map((x) => x * x)) - 1)).toBeLessThan(0.2);
  const alone = trained("boxes", { squash: true, numSteps: 4, independent: true }, 3);
  expect(new Set(alone.runs.map(({ inputs }) => inputs.noise.join())).size).toBe(9);
});
