// What every on-policy learner has from its frame: its own clock, reports, and a memory that a snapshot holds completely.
import { expect, test } from "vitest";
import { field } from "../../../test/field.ts";
import { recording } from "../../../test/recording.ts";
import { distance, realm, trainOn } from "../../../test/tiny-economies.ts";
import type { PopulationSpec } from "../../env/vector-env.ts";
import { createArena } from "../../kernels/index.ts";
import type { Graph } from "../../nn/graph.ts";
import { compile, layoutOf } from "../../nn/index.ts";
import { actorCritic, objective as actorCriticObjective } from "../actor-critic.ts";
import { type Algorithm, resolveConfig } from "../algorithm.ts";
import { impala, objective as impalaObjective } from "../impala.ts";
import { mappo } from "../mappo.ts";
import { ppo, objective as ppoObjective } from "../ppo.ts";
import { othersObserved } from "./critic-context.ts";

const LEARNERS = { ppo, mappo, impala, "actor-critic": actorCritic } as unknown as Record<string, Algorithm>;
/** Losses of so many rows. */
const OBJECTIVES: Record<string, (spec: PopulationSpec, c: never, rows: number) => Graph> = {
  ppo: ppoObjective,
  mappo: (spec, c, rows) => ppoObjective(spec, c, rows, othersObserved(spec, "each")),
  impala: impalaObjective,
  "actor-critic": actorCriticObjective,
};
const each = test.each(Object.entries(LEARNERS));
const small = { hiddenLayers: 1, hiddenWidth: 5, memoryWidth: 3, learningRate: 0.01, gamma: 0.9 };
const proximal = (name: string) => (name.endsWith("ppo") ? { numMinibatches: 2, updateEpochs: 2, klCoef: 0.1 } : {});

each("%s: a training continued in the middle of a rollout ends as one that was never stopped", (name, algorithm) => {
  for (const economy of [field("boxes"), realm]) {
    const own = { ...proximal(name), ...(name.endsWith("ppo") && { sequenceLength: 2 }) };
    const config = { ...small, ...own, numSteps: 4, recurrent: true, normalizeObs: true, scaleRewards: true };
    const training = { config: { ...config, averageFrom: 0.1, updates: 7 } as never, totalSteps: 70, numEnvs: 2 }; // reports every fifth period
    const whole = trainOn(algorithm, economy, training);
    for (const k of [0, 2]) {
      const resumed = trainOn(algorithm, economy, { ...training, from: whole.updates[k] });
      expect(resumed.updates).toEqual(whole.updates.slice(k + 1));
    }
  }
});

each(
  "%s: rollouts that begin late in training add to a mean of parameters; policies play it, and learning does not see it",
  (name, algorithm) => {
    const independent = name !== "mappo";
    const thetas = independent ? [0, 1, 2].map((g) => `players/theta/${g}`) : ["players/theta"];
    const own = { ...small, ...proximal(name), ...(independent && { independent }), numSteps: 4, updates: 40 };
    const training = (averageFrom: number) =>
      trainOn(algorithm, field("boxes"), { config: { ...own, averageFrom } as never, totalSteps: 80, numEnvs: 2 });
    // Ten rollouts; the last four begin after 0.6, 0.7, 0.8 and 0.9 of training.
    const [{ updates, last, player }, plain] = [training(0.6), training(1)];
    const [array, x] = [
      (update: number, place: string) => updates[update].arrays[place] as Float32Array,
      Float32Array.of(0.3, -1, 0.5, 2, -0.7, 0.1),
    ];
    for (const theta of thetas) {
      expect(plain.last.arrays[`${theta}/average`]).toBeUndefined();
      expect(array(39, theta)).toEqual(plain.last.arrays[theta]);
      for (const update of [0, 23]) expect(array(update, `${theta}/average`)).toEqual(array(update, theta));
      for (const [n, update] of [27, 31, 35, 39].entries()) {
        const sum = Array.from(array(update, theta), (_, i) =>
          [27, 31, 35, 39].slice(0, n + 1).reduce((total, k) => total + array(k, theta)[i], 0),
        );
        expect(
          distance(
            array(update, `${theta}/average`),
            sum.map((y) => y / (n + 1)),
          ),
        ).toBeLessThan(1e-6);
      }
      expect(distance(array(39, theta), [...array(39, `${theta}/average`)])).toBeGreaterThan(1e-3);
    }
    const played = (from: typeof player) => {
      const actions = new Float32Array(6);
      from.policies.players.act(actions, x, 3);
      return actions;
    };
    const averaged = Object.fromEntries(thetas.map((theta) => [theta, last.arrays[`${theta}/average`]]));
    plain.player.load({ ...plain.last.arrays, ...averaged });
    expect(played(player)).toEqual(played(plain.player));
  },
);

each(
  "%s: populations report and save under their names, and learn when T turns of their own are complete",
  (name, algorithm) => {
    const periods = 36;
    const config = {
      ...small,
      ...proximal(name),
      numSteps: 4,
      updates: periods,
    };
    const { updates, last, env } = trainOn(algorithm, realm, {
      config: { ...config, ...(name === "impala" && { lag: 0 }) } as never,
      params: { mortality: 0 },
      totalSteps: 2 * periods,
      numEnvs: 2,
    });
    const alone = trainOn(algorithm, field("choices"), { config: { ...small, updates: 2 } as never, totalSteps: 8 });
    const names = Object.keys(alone.last.metrics);
    expect(Object.keys(last.metrics).sort()).toEqual(
      Object.keys(env.spec)
        .flatMap((population) => names.map((metric) => `${population}/${metric}`))
        .sort(),
    );
    for (const population of Object.keys(env.spec)) expect(last.arrays[`${population}/theta`]).toBeDefined();
    // The leader decides in every third of nine periods. What its fourth decision led to is known when it is its turn again, and followers wait for theirs until the leader has decided.
    const { meta } = last;
    expect([meta["leader/turns"], meta["leader/inRollout"]]).toEqual([12, 0]);
    expect([meta["followers/turns"], meta["followers/inRollout"]]).toEqual([periods, 4]);
    // Learning rates fall from rollout to rollout, by the share of training that was done when it began.
    for (const [t, { metrics }] of updates.entries()) {
      const known = (t + 1) % 3 === 0 ? t : t + 1; // decisions of followers
      const began = 4 * Math.max(0, Math.floor(known / 4) - 1);
      expect(metrics["followers/charts/learningRate"]).toBeCloseTo(0.01 * (1 - began / periods), 9);
    }
  },
);

each(
  "%s: observations and rewards are scaled from the first rollout on, by moments that begin as if almost nothing had been seen",
  (name, algorithm) => {
    const trained = (normalizeObs: boolean) => {
      const { backend, runs } = recording();
      const own = { ...small, ...proximal(name), numSteps: 4, normalizeObs, scaleRewards: true, updates: 12 };
      const config = { ...own, ...(name === "impala" && { lag: 0 }) } as never;
      return { ...trainOn(algorithm, field("choices"), { config, totalSteps: 24, numEnvs: 2, backend }), runs };
    };
    const [{ runs, last }, plain] = [trained(true), trained(false)];
    // Before anything was counted: mean 0, variance 1.
    const [seen, shown] = [runs[0].inputs.obs, plain.runs[0].inputs.obs];
    for (const [k, x] of seen.entries()) expect(x).toBeCloseTo(shown[k], 6);
    const later = [runs, plain.runs].map((of) => of.at(-1)!.inputs.obs);
    expect(later[0].some((x, k) => Math.abs(x - later[1][k]) > 0.01)).toBe(true);
    for (const what of ["seen", "earned"])
      expect((last.arrays[`players/rollout/${what}`] as Float64Array)[0]).toBeCloseTo(1e-4 + 12 * 6, 9);
  },
);

each("%s: the first step of Adam goes along the gradient of the loss, the mean over shards", (name, algorithm) => {
  const { backend, runs } = recording();
  const once = name.endsWith("ppo") ? { numMinibatches: 1, updateEpochs: 1 } : {};
  const own = {
    ...small,
    ...once,
    ...(name === "impala" && { lag: 0 }),
    ...(name === "actor-critic" && { noise: "none" }),
  };
  const config = { ...own, numSteps: 44, maxGradNorm: 1e9, annealLr: false, updates: 44 } as never;
  const { updates, env } = trainOn(algorithm, field("boxes"), { config, totalSteps: 88, numEnvs: 2, backend });
  expect(runs.length).toBeGreaterThan(1);
  const [before, after] = [42, 43].map((k) => updates[k].arrays["players/theta"] as Float32Array);
  const gradient = new Float64Array(before.length);
  for (const { inputs } of runs) {
    const graph = OBJECTIVES[name](env.spec.players, resolveConfig(algorithm, config) as never, inputs.weight.length);
    const layout = layoutOf(graph);
    const arena = createArena({ bytes: 4 << 20 });
    const [params, grads] = [arena.f32(layout.size), arena.f32(layout.size)];
    params.set(before);
    const compiled = compile(graph, { arena, params, grads, layout });
    for (const [input, x] of Object.entries(inputs)) compiled.inputs[input].set(x);
    compiled.run();
    compiled.backward();
    for (let k = 0; k < gradient.length; k++) gradient[k] += grads[k] / runs.length;
  }
  // m̂ = g and v̂ = g² after one step
  const wrong = [...gradient.keys()].filter((k) => {
    const g = gradient[k];
    return Math.abs(after[k] - before[k] + (0.01 * g) / (Math.abs(g) + 1e-5)) > 2e-4;
  });
  expect(wrong).toEqual([]);
  expect(gradient.filter((g) => Math.abs(g) > 1e-3).length).toBeGreaterThan(20);
});

each("%s: who sees nothing is refused by name", (name, algorithm) => {
  const blind = { ...field("boxes"), observe: {} };
  expect(() => trainOn(algorithm, blind as never, { config: {} as never, totalSteps: 4 })).toThrow(
    `${name}: players observes nothing; declare observe.players.`,
  );
});
