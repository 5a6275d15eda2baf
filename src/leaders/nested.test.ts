import { expect, test } from "vitest";
import { duopoly } from "../../economies/duopoly.ts";
import { resolveConfig } from "../algorithms/algorithm.ts";
import { ppo } from "../algorithms/ppo.ts";
import { alone } from "../economy/cut.ts";
import { makeVectorEnv } from "../env/vector-env.ts";
import { createArena } from "../kernels/arena.ts";
import { wasmBackend } from "../nn/index.ts";
import { seedStream } from "../random/index.ts";
import { nested } from "./nested.ts";
import { defineOptimiser } from "./optimiser.ts";
import { ownReward } from "./scores.ts";

test("no θ is scored before followers have lived a whole episode under it, in every world that plays it, however long episodes are", () => {
  const horizon = 25;
  const numEnvs = 4;
  const arena = createArena({ bytes: 64 << 20 });
  const env = makeVectorEnv(duopoly, { numEnvs, params: { horizon }, memory: arena });
  /** What the leader played in each finished episode of each world. */
  const episodes: number[][] = Array.from({ length: numEnvs }, () => []);
  env.onPeriod = (e) => {
    const world = env.simulation.worlds[e] as unknown as { leader: { quantity: Float64Array } };
    if (env.simulation.period[e] === horizon - 1) episodes[e].push(world.leader.quantity[0]);
  };
  let asked = 0;
  let told = 0;
  const spy = defineOptimiser({
    name: "spy",
    source: "",
    summary: "",
    config: {},
    create: () => ({
      ask: () => Float64Array.of(1 + (asked++ % 60) / 10),
      tell([θ]) {
        told++;
        const lived = episodes.filter((of) => of.some((quantity) => Math.abs(quantity - θ) < 1e-6)).length;
        expect(lived, `worlds that lived under ${θ}`).toBe(numEnvs / 2);
      },
      best: () => ({ theta: Float64Array.of(3), score: 0 }),
      state: {},
    }),
  });
  const task = { name: "profit", leader: "leader", score: ownReward("leader.profit") };
  const algorithm = nested({ task, followers: ppo, optimiser: spy });
  const config = resolveConfig(algorithm, {
    updates: 60,
    warmup: 0.1,
    exploration: 0,
    proposals: 2,
    spread: 0,
    evaluationWorlds: 1,
    gapGrid: 0,
    "followers.numSteps": 10,
    "followers.hiddenWidth": 4,
  });
  const context = { env, config, arena, team: alone, backend: wasmBackend, seed: 1, from: null };
  for (const _ of algorithm.train({ ...context, totalSteps: numEnvs * 600, rng: seedStream(1) }));
  expect(told).toBeGreaterThan(4);
});
