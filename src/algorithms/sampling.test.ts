// A sample that learns for a crowd: who is in it, what they are told, and what the others do.
import { expect, test } from "vitest";
import { crowd } from "../../test/crowd.ts";
import { shifts } from "../../test/shifts.ts";
import { runOnThreads } from "../../test/threads.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { alone } from "../core/cut.ts";
import type { Economy } from "../economy/index.ts";
import { hashRun } from "../engine/run.ts";
import { makeVectorEnv } from "../env/vector-env.ts";
import { createArena } from "../kernels/index.ts";
import { wasmBackend } from "../nn/index.ts";
import { seedStream } from "../random/index.ts";
import { resolveConfig } from "./algorithm.ts";
import { dqn } from "./dqn.ts";
import { mappo } from "./mappo.ts";
import { ppo } from "./ppo.ts";
import { withSamples } from "./sampling.ts";

/** An environment of which `learners` see a part; the others do `choice`, whatever has been learned. */
function sampled(
  economy: Economy,
  { learners = 4, learnersEvery = 0, numEnvs = 2, seed = 1, params = {}, choice = 1 },
) {
  const arena = createArena({ bytes: 8 << 20 });
  const below = makeVectorEnv(economy, { numEnvs, params, memory: arena });
  const context = {
    env: below,
    config: null,
    totalSteps: 100,
    rng: seedStream(seed),
    seed,
    arena,
    team: alone,
    backend: wasmBackend,
    from: null,
  };
  const { env } = withSamples(context, "test", (key) => ({
    config: key === "clerk" ? { learners: 0, learnersEvery: 0 } : { learners, learnersEvery },
    policy: () => ({ load() {}, act: (actions) => void actions.fill(choice) }),
  }));
  env.reset(1);
  return { env, below };
}

test("a sample has so many agents, each once, other ones in other worlds and by other seeds", () => {
  const rowsOf = (seed: number) => [...sampled(crowd(), { seed }).env.spec["people"]!.rows!];
  const rows = rowsOf(1);
  expect(new Set(rows.slice(0, 4)).size).toBe(4);
  expect(rows.slice(0, 4)).toEqual(rows.slice(0, 4).sort((a, b) => a - b));
  expect(rows.every((row) => row >= 0 && row < 12)).toBe(true);
  expect(rows.slice(0, 4)).not.toEqual(rows.slice(4));
  expect(rowsOf(1)).toEqual(rows);
  expect(rowsOf(2)).not.toEqual(rows);
});

test("all agents are equally likely to learn", () => {
  const counts = new Array<number>(12).fill(0);
  const { env } = sampled(crowd(), { numEnvs: 3000 });
  for (const row of env.spec["people"]!.rows!) counts[row]!++;
  // 3000 samples of 4 in 12: a third each, with a standard error of .0086
  for (const count of counts) expect(Math.abs(count / 3000 - 1 / 3)).toBeLessThan(0.035);
});

test("learners see, do and earn what is theirs, and the others do what the policy says", () => {
  const { env, below } = sampled(crowd(), {});
  const { spec, batch } = env;
  const { obs, acting, actions, rewards } = batch["people"]!;
  const rows = spec["people"]!.rows!;
  for (let t = 0; t < 5; t++) {
    expect([...acting]).toEqual(new Array(8).fill(1));
    rows.forEach((row, j) => {
      expect([obs[2 * j], obs[2 * j + 1]]).toEqual([Math.fround(row / 12), t]);
      expect(rewards[j]).toBe(t === 0 ? 0 : 100 * row + t);
      actions[j] = j % 3;
    });
    env.step();
    for (const [e, world] of below.simulation.worlds.entries()) {
      const { choice } = world["people"] as unknown as { choice: Int32Array };
      for (let i = 0; i < 12; i++) {
        const j = rows.subarray(4 * e, 4 * e + 4).indexOf(i);
        expect(choice[i]).toBe(j < 0 ? 1 : (4 * e + j) % 3);
      }
    }
  }
});

test("when another sample is due, who leaves it is cut off with what it earned and what it saw last, and others go on from there", () => {
  const { env } = sampled(crowd(), { numEnvs: 1, learnersEvery: 3 });
  const { spec, batch } = env;
  const { obs, finalObs, rewards, truncated, acting } = batch["people"]!;
  let before = [...spec["people"]!.rows!];
  const seen: number[][] = [];
  for (let t = 1; t <= 5; t++) {
    env.step();
    const rows = [...spec["people"]!.rows!];
    expect([...acting]).toEqual([1, 1, 1, 1]);
    expect([...rewards]).toEqual(before.map((row) => 100 * row + t));
    expect([...truncated]).toEqual(new Array(4).fill(t === 3 ? 1 : 0));
    if (t === 3) {
      expect(rows).not.toEqual(before);
      expect([...finalObs]).toEqual(before.flatMap((row) => [Math.fround(row / 12), 3]));
    } else expect(rows).toEqual(before);
    expect([...obs]).toEqual(rows.flatMap((row) => [Math.fround(row / 12), t]));
    before = rows;
    seen.push(rows);
  }
  // At the end of the episode, the sixth period, another sample is due as well: the episode's end is what is told.
  env.step();
  expect([...truncated]).toEqual([1, 1, 1, 1]);
  expect([...finalObs]).toEqual(before.flatMap((row) => [Math.fround(row / 12), 6]));
  expect([...obs]).toEqual([...spec["people"]!.rows!].flatMap((row) => [Math.fround(row / 12), 0]));
});

test("where agents decide apart, the sample is of those who decide, and others wait until nobody's decision is pending", () => {
  const { env } = sampled(crowd({ apart: true }), { numEnvs: 1, learners: 3, learnersEvery: 2, params: { gap: 3 } });
  for (let t = 0; t < 8; t++) {
    for (const row of env.spec["people"]!.rows!) expect(row % 3).toBe(0);
    env.step();
  }
  // A nurse is on duty in some periods alone; whoever is in the sample when another one is due stays until what it decided has its consequences.
  const nurses = sampled(shifts(), { numEnvs: 1, learners: 1, learnersEvery: 1 });
  const { acting, truncated, rewards } = nurses.env.batch["nurses"]!;
  const rows = nurses.env.spec["nurses"]!.rows!;
  const who = new Set<number>();
  let decided: { readonly row: number; readonly period: number } | null = null;
  for (let t = 0; t < 24; t++) {
    if (decided && acting[0]! + truncated[0]! > 0) {
      let earned = 0;
      for (let k = decided.period; k < t; k++) earned += 100 * decided.row + (k % 4) + 1;
      expect(rewards[0]).toBe(earned);
      decided = null;
    }
    if (acting[0]) decided = { row: rows[0]!, period: t };
    who.add(rows[0]!);
    const { tick } = nurses.env.position;
    while (nurses.env.position.tick === tick) nurses.env.step();
  }
  expect([...who].sort()).toEqual([0, 1, 2]);
  expect(() => sampled(crowd({ apart: true }), { learners: 5, params: { gap: 3 } })).toThrow(
    "crowd: learners is 5, but 4 of 12 people decide in world 0. Lower it, or let more decide.",
  );
});

const small = { hiddenLayers: 1, hiddenWidth: 8, learners: 3, learnersEvery: 7 };

test("the others act by what has been learned so far: a crowd of which a quarter learns comes to choose what pays", () => {
  const settings = { ...small, numSteps: 16, numMinibatches: 2, learningRate: 0.02, entCoef: 0 };
  const { player, env } = trainOn(ppo, crowd(), {
    config: settings,
    params: { pay: 0, bonus: 1 },
    numEnvs: 2,
    totalSteps: 1600,
  });
  const { choice } = env.simulation.worlds[0]!["people"] as unknown as { choice: Int32Array };
  expect([...choice].filter((one) => one === 2).length).toBeGreaterThanOrEqual(11); // drawn, at the end of training
  player.play({
    seed: 1,
    periods: 1,
    visit: (w) => expect([...(w["people"] as unknown as { choice: Int32Array }).choice]).toEqual(new Array(12).fill(2)),
  });
});

test("a training on samples gives the same on one thread and on three, and when it is continued", async () => {
  const { hashes } = await runOnThreads(
    (from) => `
import { crowd } from ${from("test/crowd.ts")};
import { defineExperiment, ppo } from ${from("src/index.ts")};
export default defineExperiment({
  name: "crowd", summary: "crowd", economy: crowd(), algorithm: ppo, seeds: [3], numEnvs: 3, totalSteps: 180,
  config: ${JSON.stringify({ ...small, numSteps: 8, numMinibatches: 2 })}, params: { pay: 0.001, bonus: 1 },
});`,
    [3],
  );
  expect(new Set(hashes).size).toBe(1);
  for (const [algorithm, config] of [
    [ppo, { ...small, numSteps: 8, numMinibatches: 2, updates: 9 }],
    [dqn, { ...small, batchSize: 8, bufferSize: 60, updates: 9 }],
  ] as const) {
    const training = { config: config as object, params: { pay: 0.001, bonus: 1 }, numEnvs: 2, totalSteps: 90 };
    const whole = trainOn(algorithm as typeof ppo, crowd(), training);
    const half = whole.updates[4]!;
    const continued = trainOn(algorithm as typeof ppo, crowd(), { ...training, from: half });
    expect(continued.last.step).toBe(whole.last.step);
    expect(hashRun([], continued.last.arrays)).toBe(hashRun([], whole.last.arrays));
  }
});

test("a policy does the same for those who decide, whether or not it is asked for the others", () => {
  const { env, last } = trainOn(ppo, crowd(), {
    config: { ...small, numSteps: 8, numMinibatches: 2, normalizeObs: true, learningRate: 0.1 },
    params: { pay: 0.01 },
    totalSteps: 60,
  });
  const spec = { ...env.spec["people"]!, size: 1500 };
  const config = resolveConfig(ppo, { ...small, normalizeObs: true });
  const obs = Float32Array.from({ length: 3000 }, (_, k) => ((k * 37) % 101) / 50 - 1);
  const who = Uint8Array.from({ length: 1500 }, (_, i) => (i % 5 === 3 || i > 1100 ? 1 : 0));
  const stream = seedStream(4);
  const played = [null, who].map((some) => {
    const policy = ppo.policy("people", spec, config);
    policy.load(last.arrays);
    const [greedy, drawn] = [new Int32Array(1500).fill(9), new Int32Array(1500).fill(9)];
    policy.act(greedy, obs, 1500, null, 0, some);
    policy.sample!(drawn, obs, 1500, stream, { lane: 0, period: 0 }, null, some);
    return [greedy, drawn];
  });
  for (const which of [0, 1])
    for (let i = 0; i < 1500; i++) expect(played[1]![which]![i]).toBe(who[i] ? played[0]![which]![i] : 9);
  expect(new Set(played[0]![0]).size).toBeGreaterThan(1);
});

test("as many learners as there are agents, or none, is everybody; who cannot learn from samples says so", () => {
  const settings = { ...small, numSteps: 8, numMinibatches: 2 };
  const training = { numEnvs: 1, totalSteps: 30 };
  const all = [0, 12, 99].map((learners) => {
    const { last } = trainOn(ppo, crowd(), { config: { ...settings, learners }, ...training });
    return hashRun([], last.arrays);
  });
  expect(new Set(all).size).toBe(1);
  expect(() => trainOn(ppo, crowd(), { config: { ...settings, independent: true }, ...training })).toThrow(
    "ppo: learners is 3, but independent gives each of 12 people a policy of its own",
  );
  expect(() => trainOn(ppo, crowd(), { config: { ...settings, recurrent: true }, ...training })).toThrow(
    "ppo: learners is 3, but a policy with a memory is learned by all 12 people",
  );
  expect(mappo.config).not.toHaveProperty("learners");
});
