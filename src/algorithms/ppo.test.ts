import { expect, test } from "vitest";
import { lqr } from "../../experiments/control/parts/lqr.ts";
import { guesses, meals, shortfalls } from "../../test/learned.ts";
import { boxesSpec, choicesSpec, gradientError, named, someNumbers } from "../../test/objectives.ts";
import { type LossRun, recording } from "../../test/recording.ts";
import { runOnThreads } from "../../test/threads.ts";
import {
  bandit,
  blind,
  contexts,
  coordination,
  credit,
  delayed,
  distance,
  larder,
  oneStep,
  type Recorded,
  realm,
  type Training,
  tastes,
  trainOn,
  turns,
} from "../../test/tiny-economies.ts";
import { box, defineEconomy, discrete, type Economy, f64, population, resolveParams } from "../economy/index.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import { createStage } from "../leaders/parts/stage.ts";
import { layoutOf, trace } from "../nn/index.ts";
import { evaluate } from "../nn/reference.ts";
import { resolveConfig } from "./algorithm.ts";
import { actionsInput, actor } from "./on-policy/actor.ts";
import { critic, valueGraph } from "./on-policy/critic.ts";
import { recall } from "./on-policy/recurrence.ts";
import { adageTable3, objective, type PpoConfig, ppo } from "./ppo.ts";

const SMALL: Partial<PpoConfig> = { hiddenLayers: 1, hiddenWidth: 16, numSteps: 16, learningRate: 5e-3, gamma: 0.9 };
const train = (economy: Economy, { config, ...training }: Training<PpoConfig>) =>
  trainOn(ppo, economy, { ...training, config: { ...SMALL, ...config } });

/** V(o), by the plainest loops on the saved parameters. */
function valueAt(
  last: Recorded,
  spec: PopulationSpec,
  name: string,
  obs: readonly number[],
  config: Partial<PpoConfig> = {},
) {
  const c = resolveConfig(ppo, { ...SMALL, ...config });
  const params = named(last.arrays[`${name}/theta`] as Float32Array, layoutOf(objective(spec, c, 1)));
  return evaluate([valueGraph(spec, c, 1).outputs.value], { ...params, obs })[0][0];
}

/** A small network and a minibatch of four rows at which no clip is at its kink: ratios inside and outside 1 ± ε, values near and far. */
function example(spec: PopulationSpec, config: Partial<PpoConfig>) {
  const rows = 4;
  const c = resolveConfig(ppo, { hiddenLayers: 1, hiddenWidth: 5, entCoef: 0.3, ...config });
  const graph = objective(spec, c, rows);
  const layout = layoutOf(graph);
  const some = someNumbers(200 + layout.size);
  const theta = some(layout.size, 0.7);
  const inputs = {
    obs: some(rows * 3, 1),
    actions: spec.continuous ? some(rows * 2, 1) : [0, 1, 2, 0, 1, 0, 2, 1],
    advantage: [1.5, -0.8, 0.6, -1.2],
    target: some(rows, 1),
    weight: [4 / 3, 4 / 3, 0, 4 / 3],
    noise: some(rows * 2, 1),
    klCoef: [0.7],
    price: [0.5, 0.2, 1, 0.3],
    memory: some(c.recurrent ? (rows / c.sequenceLength) * c.memoryWidth : rows, 1),
    keep: [1, 1, 0, 1],
    mask: spec.masked ? [1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1] : [0, 0, 0, 0],
  };
  const { memory, keep, mask } = graph.inputs;
  const now = trace(
    { obs: graph.inputs.obs, memory, keep, mask, actions: actionsInput(spec, rows) } as never,
    (x: never, par) => {
      const { obs, memory, keep, mask, actions } = x as Record<string, never>;
      const seen = recall(par, obs, memory, keep, c);
      return { outputs: { logProb: actor(par, seen, spec, c, mask).logProb(actions), value: critic(par, seen, c) } };
    },
  ).outputs;
  const [logProb, value] = evaluate([now.logProb, now.value], { ...inputs, ...named(theta, layout) }).map((x) => [
    ...x,
  ]);
  const old = {
    logProb: logProb.map((x, k) => Math.fround(x - [0.1, 0.4, 0.3, -0.5][k])),
    value: value.map((x, k) => Math.fround(x - [0.1, 0.5, -0.4, -0.3][k])),
  };
  return { c, graph, layout, theta, rows, inputs: { ...inputs, ...old }, logProb, value };
}

test("the objective is the paper's: −min(r A, clip(r) A), ½ clipped squared error, entropy and KL with their coefficients", () => {
  const { c, graph, layout, theta, inputs, logProb, value } = example(choicesSpec, { klCoef: 1, vfCoef: 0.4 });
  const names = ["policy", "value", "entropy", "approxKl", "clipFraction"] as const;
  const [loss, ...outputs] = evaluate([graph.loss!, ...names.map((name) => graph.outputs[name])], {
    ...inputs,
    ...named(theta, layout),
  }).map((x) => x[0]);
  const ε = c.clipCoef;
  const rows = [0, 1, 3]; // row 2 has no weight
  const average = (of: (k: number) => number) => rows.reduce((sum, k) => sum + of(k), 0) / 3;
  const r = (k: number) => Math.exp(logProb[k] - inputs.logProb[k]);
  const within = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);
  const expected = {
    policy: average((k) => -Math.min(r(k) * inputs.advantage[k], within(r(k), 1 - ε, 1 + ε) * inputs.advantage[k])),
    value: average((k) => {
      const near = inputs.value[k] + within(value[k] - inputs.value[k], -ε, ε);
      return Math.max((value[k] - inputs.target[k]) ** 2, (near - inputs.target[k]) ** 2) / 2;
    }),
    approxKl: average((k) => r(k) - 1 - Math.log(r(k))),
    clipFraction: 2 / 3,
  };
  const [policy, squares, entropy, approxKl, clipFraction] = outputs;
  expect(distance([policy, squares, approxKl, clipFraction], Object.values(expected))).toBeLessThan(1e-9);
  expect(entropy).toBeGreaterThan(0);
  expect(entropy).toBeLessThan(Math.log(3) + Math.log(2));
  expect(loss).toBeCloseTo(policy - c.entCoef * entropy + 0.4 * squares + 0.7 * approxKl, 9);
});

test("the gradient of the objective equals finite differences, for choices, normals and squashed normals, with and without clipped values, KL and a price of information", () => {
  for (const [spec, config] of [
    [choicesSpec, {}],
    [choicesSpec, { klCoef: 1, clipVloss: false, activation: "relu" }],
    [boxesSpec, { klCoef: 1 }],
    [boxesSpec, { squash: true, hiddenLayers: 2 }],
    [choicesSpec, { informationCost: 1 }],
    [{ ...choicesSpec, masked: true }, { informationCost: 1 }],
    [boxesSpec, { squash: true, informationCost: 1 }],
    [choicesSpec, { recurrent: true, sequenceLength: 2, memoryWidth: 3 }],
    [boxesSpec, { recurrent: true, sequenceLength: 4, memoryWidth: 3, klCoef: 1 }],
  ] as const) {
    const { graph, theta, inputs } = example(spec, config);
    expect(gradientError(graph, theta, inputs)).toBeLessThan(1);
  }
});

test("at the first step the ratio is 1: what was remembered of an action is what the objective makes of it", () => {
  for (const [economy, config, params] of [
    [tastes, {}, {}],
    [lqr, {}, { agents: 9 }],
    [lqr, { squash: true, normalizeObs: true }, { agents: 9 }],
    [delayed, { recurrent: true, sequenceLength: 8 }, {}], // episodes of five begin within sequences
    [delayed, { recurrent: true, sequenceLength: 4, normalizeObs: true }, { ends: 0 }],
  ] as const) {
    const { backend, runs } = recording();
    const once = { ...config, updateEpochs: 1, numMinibatches: 1, updates: 1, learningRate: 1e-12 };
    const { updates, env } = train(economy as Economy, { config: once, params, totalSteps: 16, backend });
    // In double precision, since r − 1 cancels: what is remembered is rounded by 10⁻⁷, half of whose square is left.
    const [[name, spec]] = Object.entries(env.spec);
    for (const { inputs } of runs) {
      const graph = objective(spec, resolveConfig(ppo, { ...SMALL, ...once }), inputs.weight.length);
      const params = named(updates[0].arrays[`${name}/theta`] as Float32Array, layoutOf(graph));
      const [kl] = evaluate([graph.outputs.approxKl], { ...inputs, ...params })[0];
      expect(Math.abs(kl)).toBeLessThan(1e-12);
    }
    expect(updates[0].metrics["losses/clipFraction"]).toBe(0);
    expect(Math.abs(updates[0].metrics["losses/policy"])).toBeLessThan(1e-4); // mean of normalised advantages
  }
});

test("every pass deals every decision to one minibatch, in an order of its own, with weights of 1 on average and advantages of mean 0 and deviation 1", () => {
  const [epochs, M, N, T, E] = [3, 5, 9, 16, 2]; // 57 or 58 rows of a minibatch, 58 places
  const { backend, runs } = recording();
  const config = { updateEpochs: epochs, numMinibatches: M, updates: 1, learningRate: 1e-12 };
  train(lqr, { config, params: { agents: N }, numEnvs: E, totalSteps: 2 * T * E, backend });
  const rowsOf = ({ inputs: { obs, weight } }: LossRun) =>
    weight.flatMap((w, b) =>
      w > 0 ? [obs.slice((b * obs.length) / weight.length, ((b + 1) * obs.length) / weight.length).join()] : [],
    );
  expect(runs.length).toBe(2 * epochs * M); // two rollouts; shards have 128 rows, so each minibatch is one
  const passes = Array.from({ length: 2 * epochs }, (_, k) => runs.slice(k * M, (k + 1) * M).map(rowsOf));
  for (const [k, minibatches] of passes.entries()) {
    expect(minibatches.map((rows) => rows.length)).toEqual([57, 58, 57, 58, 58]);
    const rollout = Math.floor(k / epochs);
    expect(minibatches.flat().sort()).toEqual(passes[rollout * epochs].flat().sort());
  }
  expect(new Set(passes.flat(2)).size).toBe(2 * N * T * E);
  expect(new Set(passes.map((minibatches) => minibatches.flat().join(" "))).size).toBe(2 * epochs);
  const orders = passes.map((minibatches, k) => {
    const first = passes[k < epochs ? 0 : epochs].flat();
    return minibatches
      .flat()
      .map((row) => first.indexOf(row))
      .join();
  });
  expect(new Set(orders.slice(1, epochs)).size).toBe(epochs - 1);
  for (const { inputs } of runs) {
    const { weight } = inputs;
    const advantage = inputs.advantage.filter((_, b) => weight[b] > 0);
    const n = advantage.length;
    expect(weight.length).toBe(58);
    expect(weight.reduce((a, b) => a + b) / weight.length).toBeCloseTo(1, 6);
    expect(Math.max(...weight)).toBeCloseTo(58 / n, 6);
    expect(Math.abs(advantage.reduce((a, b) => a + b) / n)).toBeLessThan(1e-5);
    expect(Math.abs(advantage.reduce((sum, a) => sum + a * a, 0) / (n - 1) - 1)).toBeLessThan(1e-5);
  }
});

test("a bandit is learned: everybody pulls the best arm, and the critic knows what it pays", () => {
  const { player, last, env } = train(bandit, { config: { gamma: 0, normAdv: true }, totalSteps: 1600 });
  expect([...(player.respond("gamblers", () => {}).arm as Float64Array)]).toEqual([2, 2, 2, 2]);
  expect(Math.abs(valueAt(last, env.spec.gamblers, "gamblers", [1]) - 0.8)).toBeLessThan(0.1);
  expect(last.metrics["charts/episodicReturn"]).toBeGreaterThan(35); // of 50 periods at 0.8
});

test("credit goes back to the choice that earned it: 1 later beats ½ now", () => {
  for (const gaeLambda of [0, 0.95, 1]) {
    const { player, last, env } = train(credit, { config: { gaeLambda }, totalSteps: 2000 });
    expect((player.respond("saver", () => {}).choice as Float64Array)[0]).toBe(1);
    expect(Math.abs(valueAt(last, env.spec.saver, "saver", [1, 1]) - 1)).toBeLessThan(0.1);
    expect(Math.abs(valueAt(last, env.spec.saver, "saver", [0, 0]) - 0.9)).toBeLessThan(0.1);
  }
});

test("a choice depends on what is seen, in whatever units it is seen, once observations and rewards are brought to scale", () => {
  const far = defineEconomy({
    name: "far",
    source: "test",
    summary: "Contexts around a million, paid in thousandths.",
    params: {},
    horizon: 20,
    populations: {
      guessers: population({ size: 6, state: { seen: f64(), reward: f64() }, actions: { guess: discrete(3) } }),
    },
    phases: ({ decide, each }) => ({
      show: each("guessers", { doc: "10⁶ + (−500, 0 or 500)" }, (k, from, to, _w, _p, draw) => {
        const sign = draw.integers("sign", 3);
        for (let i = from; i < to; i++) k.seen[i] = 1e6 + 500 * (sign[i] - 1);
      }),
      guess: decide("guessers", { doc: "0, 1 or 2" }),
      pay: each("guessers", { doc: "10⁻³ for the right one" }, (k, from, to) => {
        for (let i = from; i < to; i++) k.reward[i] = k.guess[i] === (k.seen[i] - 1e6) / 500 + 1 ? 1e-3 : 0;
      }),
    }),
    observe: { guessers: { seen: { column: "seen", doc: "far from 0" } } },
    reward: { guessers: { column: "reward", doc: "small" } },
  });
  for (const [economy, config, scale, center] of [
    [contexts, {}, 1, 0],
    [far, { normalizeObs: true, scaleRewards: true }, 500, 1e6],
  ] as const) {
    const { player } = train(economy, { config: { ...config, gamma: 0 }, totalSteps: 1200 });
    const seen = [-1, 0, 1, 1, 0, -1].map((x) => center + scale * x);
    expect(guesses(player, seen)).toEqual([0, 1, 2, 2, 1, 0]);
  }
});

test("in a 2×2 coordination game independent learners end in a pure equilibrium", () => {
  for (const seed of [1, 2, 3]) {
    const { player } = train(coordination, { config: { gamma: 0, independent: true }, totalSteps: 800, seed });
    const move = player.respond("players", () => {}).move as Float64Array;
    expect(move[0]).toBe(move[1]);
  }
});

test("a truncated world bootstraps from its own final observation; a terminated one has no future", () => {
  const config = { gamma: 0.5, clipVloss: false, maxGradNorm: 100 };
  const truncated = train(oneStep, { config, numEnvs: 4, totalSteps: 12_000 });
  const terminated = train(oneStep, { config, numEnvs: 4, totalSteps: 12_000, params: { ends: 1 } });
  // r + γ r + γ² r + … = ±2 if it goes on as it was; ±1 if it does not, or if the next world's draw is mistaken for the future.
  for (const sign of [-1, 1]) {
    const spec = truncated.env.spec.worker;
    expect(Math.abs(valueAt(truncated.last, spec, "worker", [sign], config) - 2 * sign)).toBeLessThan(0.03);
    expect(Math.abs(valueAt(terminated.last, spec, "worker", [sign], config) - sign)).toBeLessThan(0.03);
  }
});

test("a regulator is learned to within 1 % of the least cost, which Riccati's equation gives, squashed or not", () => {
  const a = 0.9;
  const [b, q, r, β] = [0.5, 1, 0.2, 0.95];
  const { positionValue, positionGain } = lqr.truth!(resolveParams(lqr));
  expect(positionValue).toBeCloseTo(1.4051807968, 9);
  expect(positionGain).toBeCloseTo(1.1255022132, 9);
  for (const squash of [false, true]) {
    const { player } = train(lqr, {
      config: {
        gamma: β,
        numSteps: 10,
        updateEpochs: 6,
        hiddenLayers: 2,
        hiddenWidth: 32,
        entCoef: 0,
        initialLogStd: -1.5,
        learningRate: 3e-3,
        clipVloss: false,
        maxGradNorm: 10,
        squash,
      },
      totalSteps: 4000,
    });
    let x = Float64Array.from({ length: 32 }, (_, i) => -1 + (2 * (i + 0.5)) / 32);
    let cost = 0;
    const least = x.reduce((sum, x0) => sum + positionValue * x0 * x0, 0);
    for (let t = 0, discount = 1; t < 40; t++, discount *= β) {
      const { force } = player.respond("regulators", (w) => {
        (w.regulators as unknown as { position: Float64Array }).position.set(x);
      }) as unknown as { force: Float64Array };
      x = x.map((xi, i) => {
        cost += discount * (q * xi * xi + r * force[i] * force[i]);
        return a * xi + b * force[i];
      });
    }
    expect(cost / least).toBeGreaterThan(1 - 1e-6);
    expect(cost / least).toBeLessThan(1.01);
  }
});

test("independent agents have networks of their own and learn their own tastes, in every dimension; sharing ones do alike", () => {
  const orders = (independent: boolean) => {
    const { player, last } = train(tastes, { config: { gamma: 0, independent }, totalSteps: 1200 });
    const { dish, drink } = player.respond("eaters", () => {}) as unknown as Record<string, Float64Array>;
    return {
      networks: Object.keys(last.arrays).filter((name) => /theta(\/\d+)?$/.test(name)),
      dish: [...dish],
      drink: [...drink],
    };
  };
  const own = orders(true);
  expect(own.networks).toEqual(Array.from({ length: 8 }, (_, i) => `eaters/theta/${i}`));
  expect(own.dish).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  expect(own.drink).toEqual(Array(8).fill(1));
  const shared = orders(false);
  expect(shared.networks).toEqual(["eaters/theta"]);
  expect(new Set(shared.dish).size).toBe(1);
});

test("populations learn each on its own clock, also where worlds end apart", () => {
  const { player, last } = train(realm, { config: { gamma: 0.5 }, totalSteps: 8000, numEnvs: 4 });
  expect((player.respond("leader", () => {}).law as Float64Array)[0]).toBe(1);
  expect(shortfalls(player)).toEqual({ disobedience: 0, idleness: 0 });
  expect(last.metrics["followers/charts/episodicReturn"]).toBeGreaterThan(last.metrics["leader/charts/episodicReturn"]);
  const inTurn = train(turns, { config: { gamma: 0 }, totalSteps: 1500, numEnvs: 2 });
  expect((inTurn.player.respond("first", () => {}).move as Float64Array)[0]).toBe(1);
});

test("populations may have settings of their own: one shares a network, of another size, and the other does not", () => {
  const config = {
    gamma: 0.5,
    populations: { followers: { independent: true, hiddenWidth: 8 }, leader: { entCoef: 0 } },
  };
  const { player, last } = train(realm, { config, totalSteps: 8000, numEnvs: 4 });
  const sizes = Object.entries(last.arrays).filter(([name]) => /theta(\/\d+)?$/.test(name));
  expect(Object.fromEntries(sizes.map(([name, theta]) => [name, (theta as Float32Array).length]))).toEqual({
    "leader/theta": 2 * (16 + 16) + 17 * 2 + 17,
    ...Object.fromEntries([0, 1, 2].map((i) => [`followers/theta/${i}`, 2 * (8 + 8) + 9 * 5 + 9])),
  });
  expect((player.respond("leader", () => {}).law as Float64Array)[0]).toBe(1);
  // what is not set for one of them is what holds for both
  const both = { config: { gamma: 0.5, hiddenWidth: 8 }, totalSteps: 160, numEnvs: 2 };
  const apart = {
    ...both,
    config: { gamma: 0.5, populations: { leader: { hiddenWidth: 8 }, followers: { hiddenWidth: 8 } } },
  };
  expect(train(realm, apart).updates).toEqual(train(realm, both).updates);
});

test("a resumed training equals one that was never stopped, bit for bit", () => {
  for (const [economy, config] of [
    [contexts, { scaleRewards: true, normalizeObs: true, numSteps: 7, targetKl: 1e-3 }],
    [tastes, { independent: true, klCoef: 0.2, numSteps: 10 }],
    [lqr, { squash: true, numSteps: 9, normalizeObs: true }],
    [realm, { scaleRewards: true, numSteps: 6 }],
    [larder, { numSteps: 6 }],
    [delayed, { recurrent: true, numSteps: 6, sequenceLength: 3, memoryWidth: 5 }],
    [realm, { recurrent: true, numSteps: 6, sequenceLength: 2, independent: true, normalizeObs: true }],
    [realm, { scaleRewards: true, numSteps: 6, informationCostFrom: "law" }],
  ] as const) {
    const training = { config: { ...config, updates: 6 }, totalSteps: 240, numEnvs: 2 };
    const whole = train(economy, training);
    const resumed = train(economy, { ...training, from: whole.updates[2] });
    expect(resumed.updates).toEqual(whole.updates.slice(3));
  }
});

test("the KL penalty follows its target: halved by timid steps, raised half again by bold ones, it holds bold steps back, and it learns without the clip", () => {
  const after = (config: Partial<PpoConfig>) =>
    train(contexts, { config: { ...config, annealLr: false, updates: 1 }, totalSteps: 64 }).last;
  const timid = after({ klCoef: 0.2, learningRate: 1e-7 });
  expect((timid.arrays["guessers/kl"] as Float64Array)[0]).toBeCloseTo(0.2 / 16, 12); // four rollouts
  const bold = after({ klCoef: 0.2, klTarget: 1e-6 });
  expect((bold.arrays["guessers/kl"] as Float64Array)[0]).toBeCloseTo(0.2 * 1.5 ** 4, 12);
  const kl = (klCoef: number) => after({ klCoef, clipCoef: 1e6, updateEpochs: 20 }).metrics["losses/approxKl"];
  expect(kl(20)).toBeLessThan(kl(0) / 2);
  const { player } = train(contexts, { config: { klCoef: 0.2, clipCoef: 1e6, gamma: 0 }, totalSteps: 1200 });
  expect(guesses(player, [-1, 0, 1, 1, 0, -1])).toEqual([0, 1, 2, 2, 1, 0]);
});

test("the configuration of ADAGE's table 3 is one setting, and it learns", () => {
  const table = { learningRate: 5e-5, klCoef: 0.2, klTarget: 0.01, gamma: 0.99, gaeLambda: 1, activation: "tanh" };
  const { config, updates } = trainOn(ppo, contexts, {
    config: { ...adageTable3, gamma: 0, numSteps: 32, numMinibatches: 2, updates: 6 },
    totalSteps: 192,
  });
  expect({ ...config, gamma: 0.99 }).toMatchObject({ ...table, hiddenLayers: 2, hiddenWidth: 256 });
  const returns = updates.map(({ metrics }) => metrics["charts/episodicReturn"]);
  expect(returns.at(-1)).toBeGreaterThan(returns[0] + 1.5); // of 20; blind choice has 6.7
});

test("what makes no sense is never chosen: not in training, not greedily, not by draws; and the rest is learned", () => {
  for (const config of [{}, { independent: true, informationCost: 0.01 }]) {
    const { player, last } = train(larder, {
      config: { ...config, gamma: 0 },
      params: { strict: 1 },
      numEnvs: 2,
      totalSteps: 1200,
    });
    expect(player.play({ seed: 1, periods: 20 }).greed).toBe(0);
    expect(player.play({ seed: 1, periods: 20, sampled: true }).greed).toBe(0);
    const { eaten, drink } = meals(player);
    expect(eaten).toEqual([0, 1, 2, 3]);
    expect(drink[3]).toBe(1);
    // ln (s + 1) for what can be eaten, mean over s, and ln 2 for the drink: no policy has more entropy
    expect(last.metrics["losses/entropy"]).toBeLessThan((Math.log(2) + Math.log(3) + Math.log(4)) / 3 + Math.log(2));
  }
});

test("who remembers names the sign that was shown at first, who does not guesses: returns of 1 and ½", () => {
  const returns = (config: Partial<PpoConfig>, params = {}) => {
    const { player, last } = train(delayed, {
      config: {
        gamma: 1,
        numSteps: 20,
        hiddenWidth: 16,
        learningRate: 1e-2,
        memoryWidth: 8,
        sequenceLength: 5,
        ...config,
      },
      params,
      numEnvs: 8,
      totalSteps: 12_000,
    });
    const staged = (numWorlds: number) => {
      const { policies } = player;
      const episode = { periods: 0, sampled: false, gamma: 1, score: null };
      const stage = createStage({ economy: delayed, params, policies, numWorlds, ...episode });
      stage.play({ seed: 1 });
      return (5 * stage.returns.witnesses.reduce((a, b) => a + b)) / (3 * numWorlds);
    };
    return {
      trained: last.metrics["charts/episodicReturn"],
      greedy: 5 * player.play({ seed: 1, periods: 400 }).paid,
      staged: [1, 8].map(staged), // in other worlds, each with a past of its own
    };
  };
  const all = expect.closeTo(1, 9);
  expect(returns({ recurrent: true })).toMatchObject({
    trained: expect.closeTo(1, 1),
    greedy: 1,
    staged: [all, all],
  });
  // cut off instead of ended; sequences that begin in the middle of episodes, and episodes in the middle of sequences
  expect(returns({ recurrent: true, numSteps: 32, sequenceLength: 16, gamma: 0.9 }, { ends: 0 }).greedy).toBe(1);
  expect(Math.abs(returns({}).greedy - 0.5)).toBeLessThan(0.1);
});

test("passes over a rollout stop when KL exceeds targetKl", () => {
  const minibatches = (targetKl: number) =>
    (
      train(contexts, { config: { targetKl, updates: 1 }, totalSteps: 32 }).last.arrays[
        "guessers/counts"
      ] as Float64Array
    )[0];
  expect(minibatches(0)).toBe(2 * 4 * 4); // two rollouts, four passes, four minibatches
  expect(minibatches(1e-12)).toBe(2 * 1 * 4);
  expect(minibatches(10)).toBe(2 * 4 * 4);
});

test("every rollout counts once, the last one too, and the learning rate falls from rollout to rollout", () => {
  const { updates } = train(contexts, { config: { updates: 4 }, totalSteps: 64 });
  expect(updates.map(({ arrays }) => (arrays["guessers/counts"] as Float64Array)[0])).toEqual([16, 32, 48, 64]);
  const rates = updates.map(({ metrics }) => metrics["charts/learningRate"]);
  expect(distance(rates, [5e-3, 3.75e-3, 2.5e-3, 1.25e-3])).toBeLessThan(1e-12);
});

test("boxes are played within their bounds: cut off, or squashed", () => {
  const wide = defineEconomy({
    name: "wide",
    source: "test",
    summary: "A number between 2 and 10, and one between −1 and 0.",
    params: {},
    horizon: 5,
    world: { same: f64({ initial: 1 }) },
    populations: {
      makers: population({ size: 4, state: { reward: f64() }, actions: { x: box(2, 10), y: box(-1, 0) } }),
    },
    phases: ({ decide, each }) => ({
      make: decide("makers", { doc: "two numbers" }),
      pay: each("makers", { doc: "best at 8 and −¾" }, (k, from, to) => {
        for (let i = from; i < to; i++) k.reward[i] = -((k.x[i] - 8) ** 2) / 16 - 4 * (k.y[i] + 0.75) ** 2;
      }),
    }),
    observe: { makers: { same: { world: "same", doc: "1" } } },
    reward: { makers: { column: "reward", doc: "distance" } },
  });
  for (const squash of [false, true]) {
    const { player, played } = train(wide, {
      config: { gamma: 0, entCoef: 0, initialLogStd: -0.7, squash, updates: 400 },
      totalSteps: 1600,
    });
    if (squash)
      for (const { makers } of played)
        for (const [a, value] of makers.entries()) {
          expect(value).toBeGreaterThanOrEqual(a % 2 === 0 ? 2 : -1);
          expect(value).toBeLessThanOrEqual(a % 2 === 0 ? 10 : 0);
        }
    const { x, y } = player.respond("makers", () => {}) as unknown as Record<string, Float64Array>;
    expect(Math.abs(x[0] - 8)).toBeLessThan(0.3);
    expect(Math.abs(y[0] + 0.75)).toBeLessThan(0.05);
  }
});

test("the number of threads changes nothing", async () => {
  for (const [agents, settings] of [
    [30, "{ normalizeObs: true, scaleRewards: true, squash: true, numSteps: 8, updates: 3 }"],
    [7, "{ recurrent: true, sequenceLength: 4, memoryWidth: 8, numSteps: 8, updates: 3 }"],
    [7, "{ independent: true, klCoef: 0.2, targetKl: 0.02, numSteps: 8, updates: 3, hiddenWidth: 16 }"],
  ]) {
    const { hashes } = await runOnThreads(
      (from) => `
        import { defineExperiment } from ${from("src/experiment/experiment.ts")};
        import { ppo } from ${from("src/algorithms/ppo.ts")};
        import { lqr } from ${from("experiments/control/parts/lqr.ts")};
        export default defineExperiment({ name: "lqr/ppo", summary: "", economy: lqr, algorithm: ppo,
          params: { agents: ${agents} }, config: ${settings}, numEnvs: 5, totalSteps: 240 });`,
    );
    expect(new Set(hashes).size).toBe(1);
  }
});

test("what cannot be learned says why", () => {
  expect(() => train(blind, { totalSteps: 4 })).toThrow("ppo: people observes nothing; declare observe.people.");
  expect(() => train(credit, { config: { numSteps: 2 }, totalSteps: 4 })).toThrow(
    "ppo: numMinibatches is 4, but a rollout of saver has 2 rows. Raise numSteps.",
  );
});
