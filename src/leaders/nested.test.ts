import { expect, test } from "vitest";
import { duopoly } from "../../economies/duopoly.ts";
import { tax } from "../../economies/tax.ts";
import { resolveConfig } from "../algorithms/algorithm.ts";
import { ppo } from "../algorithms/ppo.ts";
import { alone } from "../core/cut.ts";
import { makeVectorEnv } from "../env/vector-env.ts";
import { createArena } from "../kernels/arena.ts";
import { wasmBackend } from "../nn/index.ts";
import { defineOptimiser } from "../optimise/optimiser.ts";
import { seedStream } from "../random/index.ts";
import { nested } from "./nested.ts";
import { maximizeWelfare, ownReward } from "./scores.ts";

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

/** Searches among followers who learn nothing, by an optimiser that always asks for the same θ. */
function searchFor(θ: number, settings: { readonly paired?: boolean } = {}) {
  const arena = createArena({ bytes: 64 << 20 });
  const env = makeVectorEnv(tax, { numEnvs: 2, params: { households: 3, horizon: 5 }, memory: arena });
  const scores: number[] = [];
  const constant = defineOptimiser({
    name: "constant",
    source: "",
    summary: "",
    config: {},
    create: () => ({
      ask: () => Float64Array.of(θ),
      tell: (_θ, score) => {
        scores.push(score);
      },
      best: () => ({ theta: Float64Array.of(θ), score: 0 }),
      state: {},
    }),
  });
  const task = {
    name: "welfare",
    leader: "government",
    controls: { incomeProgressivity: 0, assetTaxRate: 0, assetProgressivity: 0 },
    score: maximizeWelfare("households.utility"),
  };
  const algorithm = nested({ task, followers: ppo, optimiser: constant });
  const config = resolveConfig(algorithm, {
    updates: 12,
    warmup: 0,
    settle: 0,
    exploration: 0,
    proposals: 1,
    evaluationWorlds: 1,
    gapGrid: 0,
    ...settings,
    "followers.numSteps": 5,
    "followers.hiddenWidth": 4,
    "followers.learningRate": 1e-30, // below a float's last bit
  });
  const context = { env, config, arena, team: alone, backend: wasmBackend, seed: 1, from: null };
  const reported: number[] = [];
  for (const { metrics } of algorithm.train({ ...context, totalSteps: 120, rng: seedStream(1) }))
    reported.push(metrics["leader/scoreBeforeResponse"]);
  return { scores, reported };
}

test("every batch of a search meets the same draws: whom nobody has taught anything new scores the same θ alike, to the bit; reports have draws of their own", () => {
  const { scores, reported } = searchFor(0.2);
  expect(scores.length).toBeGreaterThan(4);
  expect(new Set(scores).size).toBe(1);
  expect(new Set(reported.slice(-4)).size).toBe(4); // the same θ, other draws
  expect(reported).not.toContain(scores[0]);
});

test("a paired search is told what a θ scores above the middle of the range: 0 there, the difference elsewhere", () => {
  const most = 0.95; // incomeTaxRateMax
  expect(new Set(searchFor(most / 2, { paired: true }).scores)).toEqual(new Set([0]));
  const [middle, low, gained] = [searchFor(most / 2), searchFor(0.2), searchFor(0.2, { paired: true })].map(
    ({ scores: [first] }) => first,
  );
  expect(gained).not.toBe(0);
  expect(gained).toBe(low - middle);
});
