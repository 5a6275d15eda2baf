// What learners report, from the losses that were computed and the rewards that were paid.
import { expect, test } from "vitest";
import { field } from "../../test/field.ts";
import { type LossRun, recording } from "../../test/recording.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { actorCritic } from "./actor-critic.ts";
import type { Algorithm } from "./algorithm.ts";
import { dqn } from "./dqn.ts";
import { impala } from "./impala.ts";
import { mappo } from "./mappo.ts";
import { ppo } from "./ppo.ts";
import { qmix } from "./qmix.ts";

const [E, N, T] = [2, 3, 4];
const mean = (x: readonly number[]) => x.reduce((a, b) => a + b) / x.length;
type Settings = Readonly<Record<string, unknown>>;
const trained = (algorithm: unknown, kind: "boxes" | "choices", config: Settings, steps: number) => {
  const { backend, runs } = recording();
  const training = trainOn(algorithm as Algorithm, field(kind), {
    config: { hiddenWidth: 6, hiddenLayers: 1, ...config } as never,
    numEnvs: E,
    totalSteps: E * steps,
    backend,
  });
  return { ...training, runs };
};

/** Rewards [E, N] and how worlds ended, step for step: a training that reports every step plays the same. */
function history(algorithm: unknown, kind: "boxes" | "choices", config: Settings, steps: number) {
  const { updates } = trained(algorithm, kind, { ...config, updates: steps }, steps);
  return updates.map(({ arrays }) => {
    const of = (name: string) => [...(arrays[`env/batch/players/${name}`] as Float32Array)];
    return { rewards: of("rewards"), ended: of("terminated").map((x, k) => x || of("truncated")[k]) };
  });
}

test.each([
  ["ppo", ppo, "choices", { numMinibatches: 2, updateEpochs: 2 }],
  ["ppo over boxes, each alone", ppo, "boxes", { numMinibatches: 1, updateEpochs: 3, independent: true }],
  ["mappo", mappo, "choices", { numMinibatches: 1, updateEpochs: 2, teamReward: false }],
  ["impala", impala, "choices", { lag: 0 }],
  ["impala over boxes, each alone", impala, "boxes", { lag: 0, independent: true }],
  ["actor-critic", actorCritic, "choices", {}],
  ["actor-critic over boxes, each alone", actorCritic, "boxes", { independent: true }],
] as const)(
  "%s: losses are means over what was computed since the last report, returns over episodes that ended",
  (_name, algorithm, kind, settings) => {
    const [rollouts, reports] = [12, 4];
    const steps = rollouts * T;
    const config = { numSteps: T, learningRate: 0.003, annealLr: true, ...settings };
    const { updates, runs } = trained(algorithm, kind, { ...config, updates: reports }, steps);
    const played = history(algorithm, kind, config, steps);
    expect(updates).toHaveLength(reports);
    const each = runs.length / reports;
    expect(Number.isInteger(each)).toBe(true);
    const sums = new Array<number>(E * N).fill(0);
    for (const [k, { metrics }] of updates.entries()) {
      const mine: LossRun[] = runs.slice(k * each, (k + 1) * each);
      let seen = 0;
      for (const name of ["policy", "value", "entropy", "approxKl", "clipFraction"]) {
        if (!(name in mine[0].outputs)) continue;
        seen++;
        expect([name, metrics[`losses/${name}`]]).toEqual([
          name,
          expect.closeTo(mean(mine.map(({ outputs }) => outputs[name][0])), 5),
        ]);
      }
      expect(seen).toBeGreaterThan(2);
      const returns: number[] = [];
      for (const { rewards, ended } of played.slice((k * steps) / reports, ((k + 1) * steps) / reports))
        for (let r = 0; r < E * N; r++) {
          sums[r] += rewards[r];
          if (!ended[Math.floor(r / ((E * N) / ended.length))]) continue;
          returns.push(sums[r]);
          sums[r] = 0;
        }
      expect(returns.length).toBeGreaterThan(2);
      expect(metrics["charts/episodicReturn"]).toBeCloseTo(mean(returns), 4);
      // of the last rollout, linear over training
      const last = ((k + 1) * rollouts) / reports - 1;
      expect(metrics["charts/learningRate"]).toBeCloseTo(0.003 * (1 - last / rollouts), 10);
      if (algorithm.name === "impala") expect(metrics["charts/lag"]).toBe(0);
      if (algorithm.name === "impala") expect(metrics["losses/rho"]).toBeCloseTo(1, 5); // what acted is what learns
    }
  },
);

test.each([
  ["dqn", dqn, {}],
  ["dqn, each alone", dqn, { independent: true }],
  ["qmix", qmix, {}],
  ["vdn", qmix, { mixer: "vdn" }],
] as const)(
  "%s: losses are means over minibatches, rewards over agents and decisions, since the last report",
  (_name, algorithm, settings) => {
    const [steps, reports] = [40, 8];
    const config = { batchSize: 8, bufferSize: 1000, learningStarts: 24, gamma: 0.9, gradientSteps: 1, ...settings };
    const { updates, runs } = trained(algorithm, "choices", { ...config, updates: reports }, steps);
    const played = history(algorithm, "choices", config, steps);
    let read = 0;
    let before = 0;
    for (const [k, { metrics, meta }] of updates.entries()) {
      const rewards = played
        .slice((k * steps) / reports, ((k + 1) * steps) / reports)
        .flatMap(({ rewards }) => rewards);
      expect(metrics["charts/reward"]).toBeCloseTo(mean(rewards), 5);
      const batches = (meta["batches"] ?? meta["players/batches"]) as number;
      const perBatch =
        runs.length / ((updates.at(-1)!.meta["batches"] ?? updates.at(-1)!.meta["players/batches"]) as number);
      const mine = runs.slice(read, (read += (batches - before) * perBatch));
      before = batches;
      if (mine.length === 0) expect(metrics["losses/td"]).toBeNaN();
      else expect(metrics["losses/td"]).toBeCloseTo(mean(mine.map(({ loss }) => loss)), 5);
      if (mine.length > 0 && algorithm.name === "qmix")
        expect(metrics["charts/value"]).toBeCloseTo(mean(mine.flatMap(({ outputs }) => outputs.total)), 5);
    }
    expect(read).toBe(runs.length);
    expect(updates.filter(({ metrics }) => !Number.isNaN(metrics["losses/td"])).length).toBeGreaterThan(4);
  },
);
