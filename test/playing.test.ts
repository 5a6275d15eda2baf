// Wherever policies are played, they remember every world's episode for itself and choose what the economy allows.
import { describe, expect, test } from "vitest";
import { type Policy, resolveConfig } from "../src/algorithms/algorithm.ts";
import { ppo } from "../src/algorithms/ppo.ts";
import { qLearning } from "../src/algorithms/q-learning.ts";
import { forcedDeviation, soloEnv, trainedResponse } from "../src/diagnostics/index.ts";
import type { Economy } from "../src/economy/index.ts";
import { makeVectorEnv } from "../src/env/vector-env.ts";
import { createPlayer } from "../src/experiment/play.ts";
import { bestResponseGap } from "../src/leaders/index.ts";
import { type ActionLog, createStage } from "../src/leaders/parts/stage.ts";
import { seedStream } from "../src/random/index.ts";
import { delayed, larder, trainOn } from "./tiny-economies.ts";

/** Names the sign that it saw first; whoever does not say when an episode begins, or in which world, is told the wrong one. */
function witness(): Policy {
  const first = new Map<number, Float32Array>();
  return {
    load() {},
    reset(world) {
      if (world === undefined) first.clear();
      else first.delete(world);
    },
    act(actions, obs, rows, _mask, world = 0) {
      if (!first.has(world)) first.set(world, obs.slice());
      for (let i = 0; i < rows; i++) actions[i] = first.get(world)![2 * i] > 0 ? 1 : 0;
    },
  };
}
const stageOf = (
  policies: Readonly<Record<string, Policy>>,
  numWorlds: number,
  economy: Economy = delayed,
  params = {},
) => createStage({ economy, params, policies, numWorlds, periods: 0, sampled: false, gamma: 1, score: null });

describe("an episode is remembered in its own world, and no longer", () => {
  test("by a recurrent actor: what it does in a world does not depend on the others", () => {
    const { spec } = makeVectorEnv(delayed, { numEnvs: 1 });
    const config = resolveConfig(ppo, { recurrent: true, hiddenWidth: 8, memoryWidth: 4 });
    const { last } = trainOn(ppo, delayed, { config, totalSteps: 128 });
    const make = () => {
      const policy = ppo.policy("witnesses", spec.witnesses, config);
      policy.load({ ...last.arrays, "witnesses/theta": weights });
      return policy;
    };
    const rng = seedStream(1);
    // large weights, so that what is remembered shows in what is done
    const { length } = last.arrays["witnesses/theta"] as Float32Array;
    const drawn = rng.fork("weights");
    const weights = Float32Array.from({ length }, (_, k) => 4 * drawn.uniformAt(0, 0, k) - 2);
    const seen = (world: number, t: number) =>
      Float32Array.from({ length: 6 }, (_, k) => 4 * rng.uniformAt(world, t, k) - 2);
    const answers = (policy: Policy, worlds: readonly number[]) => {
      const given: Record<number, number[]> = {};
      for (let t = 0; t < 60; t++)
        for (const world of worlds) {
          const actions = new Int32Array(3);
          policy.sample!(actions, seen(world, t), 3, rng, { lane: world, period: t });
          (given[world] ??= []).push(...actions);
          if (world === 1 && t === 20) policy.reset!(1);
        }
      return given;
    };
    const policy = make();
    const together = answers(policy, [0, 1, 2]);
    for (const world of [0, 1, 2]) expect(answers(make(), [world])[world]).toEqual(together[world]);
    policy.reset!();
    expect(answers(policy, [2, 0, 1])).toEqual(together);
  });

  test("by a player, episode after episode", () => {
    const algorithm = { ...ppo, policy: witness };
    const player = createPlayer(delayed, algorithm as never, {}, {});
    expect(player.play({ seed: 1, periods: 50 }).paid).toBe(1 / 5);
    expect(player.play({ seed: 2, periods: 50 }).paid).toBe(1 / 5);
  });

  test("on a stage, in one world and in eight, play after play, also from a log", () => {
    for (const M of [1, 8]) {
      const stage = stageOf({ witnesses: witness() }, M);
      const record: ActionLog = {};
      for (const seed of [1, 2, 3]) {
        stage.play({ seed, ...(seed === 3 && { record }) });
        expect([...stage.returns.witnesses]).toEqual(Array(3 * M).fill(1 / 5));
      }
      const half = { witnesses: record.witnesses.map((decisions) => decisions.slice(0, 2)) };
      stage.play({ seed: 3, replay: half });
      expect([...stage.returns.witnesses]).toEqual(Array(3 * M).fill(1 / 5));
    }
  });

  test("among incumbents, whose worlds begin anew", () => {
    const env = makeVectorEnv(delayed, { numEnvs: 4 });
    const solo = soloEnv(env, "witnesses", 1, { policies: { witnesses: witness() }, rng: null });
    for (const seed of [1, 2]) {
      solo.reset(seed);
      for (let t = 1; t <= 20; t++) {
        solo.step();
        expect([...solo.batch.witnesses.rewards]).toEqual(Array(4).fill(t % 5 === 0 ? 1 : 0));
      }
    }
  });

  test("by a best response, which earns all there is, and by the incumbent", () => {
    const response = (incumbent: Policy, totalSteps: number) =>
      trainedResponse({
        economy: delayed,
        policies: { witnesses: incumbent },
        population: "witnesses",
        agent: 2,
        algorithm: ppo,
        config: {
          recurrent: true,
          gamma: 1,
          numSteps: 20,
          hiddenLayers: 1,
          hiddenWidth: 16,
          learningRate: 1e-2,
          memoryWidth: 8,
          sequenceLength: 5,
          numMinibatches: 2,
        },
        numEnvs: 16,
        totalSteps,
        seed: 1,
        worlds: 32,
      });
    const { incumbentReturn, responseReturn } = response(witness(), 16_000);
    expect([incumbentReturn, responseReturn]).toEqual([1, 1]);
  });

  test("after a forced deviation and without it", () => {
    const ask = (seed: number) =>
      forcedDeviation({
        economy: delayed,
        policies: { witnesses: steady },
        population: "witnesses",
        agent: 0,
        action: [1],
        column: "paid",
        burnIn: 3,
        periods: 2,
        seed,
      });
    const steady = witness();
    for (const seed of [1, 2, 3]) {
      const { others, othersOtherwise, deviatorOtherwise } = ask(seed);
      for (const paid of [others, othersOtherwise, deviatorOtherwise]) expect([...paid]).toEqual([0, 1]);
    }
  });
});

describe("what is masked is not chosen", () => {
  /** Wants three pieces and no drink, and takes what it may. */
  const greedy: Policy = {
    load() {},
    act(actions, _obs, rows, mask) {
      for (let i = 0; i < rows; i++) {
        let eaten = 3;
        while (mask?.[6 * i + eaten] === 0) eaten--;
        actions.set([eaten, 0], 2 * i);
      }
    },
    sample(actions, obs, rows, _stream, _at, mask) {
      greedy.act(actions, obs, rows, mask);
    },
  };
  const policies = { eaters: greedy };
  const params = { strict: 1 }; // asking for what is not there is an error

  test("on a stage, nor tried in search of a deviation that gains", () => {
    stageOf(policies, 3, larder, params).play({ seed: 1 });
    const { deviation, absolute } = bestResponseGap({ economy: larder, params: params as never, policies }).eaters;
    expect(deviation).toBe("drink = 1"); // 1 in a full house: in the first of 6 periods, and in a quarter of the others
    expect(absolute).toBeGreaterThan(1 / 6);
    expect(absolute).toBeLessThan(0.6);
  });

  test("by incumbents, greedy or drawn, nor by a best response to them", () => {
    for (const sampled of [false, true]) {
      const { gain } = trainedResponse({
        economy: larder,
        params,
        policies,
        sampled,
        population: "eaters",
        agent: 1,
        algorithm: qLearning,
        config: { gamma: 0, bins: 4, low: 0, high: 1, epsilon: 0.5 },
        numEnvs: 2,
        totalSteps: 4000,
        seed: 1,
        worlds: 16,
      });
      expect(gain).toBeGreaterThan(1);
    }
  });

  test("by who is forced to, and to force it is an error", () => {
    const ask = (action: readonly number[]) =>
      forcedDeviation({
        economy: larder,
        params,
        policies,
        population: "eaters",
        agent: 2,
        action,
        column: "joy",
        burnIn: 1,
        periods: 5,
        seed: 1,
      });
    const { deviator, deviatorOtherwise } = ask([0, 1]);
    expect(deviator.length).toBe(5);
    expect([...deviator].slice(1)).toEqual([...deviatorOtherwise].slice(1));
    expect(() => ask([3, 0])).toThrow(
      "forcedDeviation: eaten is choice 3 of eaters[2], which its mask rules out in period 1. Expected a choice that it allows.",
    );
  });
});
