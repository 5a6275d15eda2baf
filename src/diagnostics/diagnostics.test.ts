import { describe, expect, test } from "vitest";
import { matrixGame, normalForm } from "../../economies/matrix-game.ts";
import { priceCollusion } from "../../economies/price-collusion.ts";
import { trainOn, turns } from "../../test/tiny-economies.ts";
import type { Policy } from "../algorithms/algorithm.ts";
import { ppo } from "../algorithms/ppo.ts";
import { qLearning } from "../algorithms/q-learning.ts";
import { defineEconomy, discrete, f64, param, population } from "../economy/index.ts";
import { makeVectorEnv } from "../env/vector-env.ts";
import { seedStream } from "../random/index.ts";
import { exploitability } from "../solvers/index.ts";
import { forcedDeviation, incumbentPolicies, soloEnv, trainedExploitability, trainedResponse } from "./index.ts";

/** Mixes by the given probabilities whatever it sees; greedily: the likeliest. */
const mixing = (probabilities: readonly number[]): Policy => ({
  load() {},
  act(actions, _obs, rows) {
    actions.fill(probabilities.indexOf(Math.max(...probabilities)), 0, rows);
  },
  sample(actions, _obs, rows, stream, { lane, period }) {
    for (let i = 0; i < rows; i++) {
      let rest = stream.uniformAt(lane, period, i);
      actions[i] = probabilities.findIndex((p) => (rest -= p) < 0);
    }
  },
});
const third = mixing([1 / 3, 1 / 3, 1 / 3]);
const tables = { gamma: 0, bins: 3, epsilon: 0.5, learningRate: 1, learningRateSchedule: "visits" as const };
const training = { economy: matrixGame, population: "players", sampled: true, algorithm: qLearning, config: tables };
const against = (policy: Policy, more: { readonly game?: string; readonly seed?: number } = {}) =>
  trainedResponse({
    ...training,
    params: { game: more.game ?? "rock-paper-scissors", horizon: 50 },
    policies: { players: policy },
    agent: 0,
    numEnvs: 4,
    totalSteps: 20_000,
    seed: more.seed ?? 1,
  });

describe("a trained best response", () => {
  test("finds what matching pennies and rock-paper-scissors can be exploited for", () => {
    // E of the best reply to (.6, .4) is .2 a period; of paper to (.6, .3, .1) it is .5, and the incumbent has 0 against itself.
    const pennies = against(mixing([0.6, 0.4]), { game: "matching-pennies" });
    expect(pennies.gain / 50).toBeCloseTo(0.2 - 0.04, 1);
    const { gain, interval, incumbentReturn } = against(mixing([0.6, 0.3, 0.1]));
    expect(Math.abs(gain / 50 - 0.5)).toBeLessThan(0.05);
    expect(interval.low).toBeLessThan(25);
    expect(interval.high).toBeGreaterThan(25);
    expect(Math.abs(incumbentReturn / 50)).toBeLessThan(0.05);
  });

  test("finds nothing against uniform play, within the noise of 64 episodes", () => {
    const { interval } = against(third);
    expect(interval.low).toBeLessThan(0);
    expect(interval.high).toBeGreaterThan(0);
  });

  test("is the same for the same seed", () => {
    expect(against(mixing([0.6, 0.3, 0.1]))).toEqual(against(mixing([0.6, 0.3, 0.1])));
  });

  test("sums to NashConv over agents", () => {
    const policies = { players: mixing([0.8, 0.1, 0.1]) };
    const params = { game: "rock-paper-scissors", horizon: 20 };
    const rest = { ...training, params, policies, numEnvs: 4, totalSteps: 10_000, seed: 3 };
    const all = trainedExploitability({ ...rest, agents: [0, 1] });
    expect(all.nashConv).toBe(all.gains[0].gain + all.gains[1].gain);
    const one = trainedExploitability({ ...rest, agents: [0] });
    expect([one.nashConv, one.exploitability]).toEqual([2 * one.gains[0].gain, one.gains[0].gain]);
    expect(Math.abs(one.exploitability / 20 - 0.7)).toBeLessThan(0.1);
  });
});

/** A coin nobody can foresee, and a tag by which a learner may recognise the world and the flip that followed. */
const coin = defineEconomy({
  name: "coin",
  source: "test",
  summary: "Guess a fair coin.",
  params: { players: param(1, { min: 1, integer: true }) },
  horizon: 1,
  world: { tag: f64() },
  populations: {
    players: population({ size: "players", state: { payoff: f64() }, actions: { guess: discrete(2) } }),
  },
  start: ({ world }) => ({
    tag: world({ doc: "u ~ U(0, 1)" }, (w, _p, draw) => {
      w.tag = draw.uniform("tag");
    }),
  }),
  phases: ({ decide, each }) => ({
    guess: decide("players", { doc: "heads or tails" }),
    flip: each("players", { doc: "+1 if right, −1 if wrong" }, (k, from, to, _w, _p, draw) => {
      const u = draw.uniform("flip");
      for (let i = from; i < to; i++) k.payoff[i] = k.guess[i] === (u[i] < 0.5 ? 0 : 1) ? 1 : -1;
    }),
  }),
  observe: { players: { tag: { world: "tag", center: 0.5, scale: 0.5, doc: "of this world" } } },
  reward: { players: { column: "payoff", doc: "±1" } },
});

test("a response that remembers every world it was trained in gains nothing at a fair coin", () => {
  const heads: Policy = { load() {}, act: (actions, _obs, rows) => void actions.fill(0, 0, rows) };
  const response = (worlds: number) =>
    trainedResponse({
      economy: coin,
      policies: { players: heads },
      population: "players",
      agent: 0,
      algorithm: qLearning,
      config: { gamma: 0, bins: 100_000, epsilon: 1, learningRate: 1, updates: 1 },
      numEnvs: 400,
      totalSteps: 400, // one period: each world is seen once, and its flip is then known
      seed: 1,
      worlds,
    });
  const { interval, incumbentReturn } = response(400);
  expect(interval.low).toBeLessThan(0);
  expect(interval.high).toBeGreaterThan(0);
  expect(Math.abs(incumbentReturn)).toBeLessThan(0.15); // 3 standard errors of 400 flips
});

describe("one agent among incumbents", () => {
  test("does what the incumbents would unless it is told otherwise, and sees and earns as its row does", () => {
    const make = () => makeVectorEnv(matrixGame, { numEnvs: 3, params: { game: "stag-hunt", horizon: 4 } });
    const incumbents = () => ({ policies: { players: mixing([0.5, 0.5]) }, rng: seedStream(2) });
    const solo = soloEnv(make(), "players", 1, incumbents());
    solo.reset(1);
    const before = [...solo.batch.players.actions];
    solo.step();
    expect(new Set(before)).toEqual(new Set([0, 1]));
    expect(solo.batch.players.obs.length).toBe(3 * 3);
    for (let e = 0; e < 3; e++) {
      const [side, own] = solo.batch.players.obs.subarray(e * 3);
      expect([side, own]).toEqual([1, before[e] - 0.5]);
    }
    solo.batch.players.actions.fill(1); // everybody's hare is worth 3
    solo.step();
    expect([...solo.batch.players.rewards]).toEqual([3, 3, 3]);
  });

  test("may have learned with settings of its own", () => {
    const { env, config, last, player } = trainOn(ppo, turns, {
      config: { hiddenWidth: 8, updates: 1, populations: { second: { hiddenWidth: 4 } } },
      totalSteps: 128,
    });
    const policies = incumbentPolicies(env, ppo as never, config, last.arrays);
    const answer = new Int32Array(1);
    policies["second"].act(answer, Float32Array.of(1), 1);
    const { answer: expected } = player.respond("second", (w) => {
      (w as { move: number }).move = 1;
    });
    expect([...answer]).toEqual([...(expected as Float64Array)]);
  });

  test("must be somebody", () => {
    const env = makeVectorEnv(matrixGame, { numEnvs: 1, params: {} });
    const incumbents = { policies: {}, rng: null };
    expect(() => soloEnv(env, "firms", 0, incumbents)).toThrow(
      '"firms" does not decide in matrix-game. Expected one of: players.',
    );
    expect(() => soloEnv(env, "players", 2, incumbents)).toThrow("agent is 2, expected an integer from 0 to 1");
    expect(() => soloEnv(env, "players", 0, incumbents).reset(1)).toThrow("there is no policy of players");
  });
});

describe("a forced deviation", () => {
  const price = (k: number) => 1.427721 + 0.0387475 * k;
  /** Posts the 12th price while everybody did, and the 2nd otherwise: grim. */
  const grim: Policy = {
    load() {},
    act(actions, obs, rows) {
      const high = -1 + (2 * 11) / 14;
      for (let i = 0; i < rows; i++)
        actions[i] = Math.abs(obs[i * 2] - high) < 1e-6 && Math.abs(obs[i * 2 + 1] - high) < 1e-6 ? 11 : 1;
    },
  };
  const ask = (policies: Record<string, Policy>, more = {}) =>
    forcedDeviation({
      economy: priceCollusion,
      policies,
      population: "firms",
      agent: 0,
      action: [4],
      column: "price",
      burnIn: 3,
      periods: 4,
      seed: 1,
      ...more,
    });
  const steady: Policy = { ...grim, act: (actions, _obs, rows) => actions.fill(11, 0, rows) as unknown as undefined };

  test("is answered as the others have learned to, beside what would have been", () => {
    const rounded = (x: Float64Array) => [...x].map((v) => v.toFixed(4));
    const ignoring = ask({ firms: steady });
    expect(rounded(ignoring.deviator)).toEqual([4, 11, 11, 11].map((k) => price(k).toFixed(4)));
    expect(rounded(ignoring.others)).toEqual([11, 11, 11, 11].map((k) => price(k).toFixed(4)));
    expect(ignoring.deviatorOtherwise).toEqual(ignoring.othersOtherwise);
    const punishing = ask({ firms: grim });
    expect(rounded(punishing.others).slice(1)).toEqual([1, 1, 1].map((k) => price(k).toFixed(4)));
  });

  test("says what is wrong with it", () => {
    expect(() => ask({ firms: steady }, { action: [] })).toThrow("action has 0 numbers, expected 1");
    expect(() => ask({ firms: steady }, { column: "prize" })).toThrow('no column "prize"');
    expect(() => ask({ firms: steady }, { burnIn: 998 })).toThrow("do not fit into an episode of 1000");
  });
});

test("self-play of PPO with an entropy bonus is hard to exploit at rock-paper-scissors, and defects in the dilemma", () => {
  const learn = (game: string, config: object, totalSteps: number) =>
    trainOn(ppo, matrixGame, {
      params: { game, horizon: 10 } as never,
      config: { gamma: 0, numSteps: 32, hiddenWidth: 16, annealLr: true, learningRate: 3e-3, ...config },
      numEnvs: 16,
      totalSteps,
    }).player;
  const shares = (game: string, config: object, totalSteps: number) => {
    const counts = [new Float64Array(3), new Float64Array(3)];
    const visit = (w: unknown) => {
      const { choice } = (w as { players: { choice: Float64Array } }).players;
      for (const i of [0, 1]) counts[i][choice[i]] += 1 / 2000;
    };
    learn(game, config, totalSteps).play({ seed: 3, periods: 2000, sampled: true, visit });
    return counts;
  };
  const [rows, columns] = shares("rock-paper-scissors", { entCoef: 0.2 }, 40_000);
  const game = normalForm({ game: "rock-paper-scissors", payoffs: [], otherPayoffs: [] });
  expect(exploitability(game, [rows, columns])).toBeLessThan(0.12);
  const [prisoner, other] = shares("prisoners-dilemma", { entCoef: 0.01 }, 20_000);
  expect(Math.max(prisoner[0], other[0])).toBeLessThan(0.05);
});
