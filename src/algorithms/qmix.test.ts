import { expect, test } from "vitest";
import { runOnThreads } from "../../test/threads.ts";
import {
  bandit,
  contexts,
  coordination,
  distance,
  oneStep,
  type Recorded,
  regulator,
  type Training,
  tastes,
  trainOn,
  turns,
  twoStep,
} from "../../test/tiny-economies.ts";
import type { Economy } from "../economy/index.ts";
import { makeVectorEnv } from "../env/vector-env.ts";
import { createArena } from "../kernels/index.ts";
import { compile, gradient, initialise, layoutOf, matrix, type ParamLayout, sum, trace } from "../nn/index.ts";
import { evaluate } from "../nn/reference.ts";
import { seedStream } from "../random/index.ts";
import { resolveConfig } from "./algorithm.ts";
import { mix, type QmixConfig, qmix, qmixLoss } from "./qmix.ts";

const SMALL: Partial<QmixConfig> = {
  mixerWidth: 8,
  hiddenLayers: 1,
  hiddenWidth: 16,
  learningRate: 5e-3,
  finalLearningRate: 1e-4,
  bufferSize: 4000,
  updates: 2,
};
const MIXERS = ["vdn", "qmix"] as const;

const train = (economy: Economy, { config, ...training }: Training<QmixConfig>) =>
  trainOn(qmix, economy, { ...training, config: { ...SMALL, ...config } });

const specOf = (economy: Economy, population: string, params = {}) =>
  makeVectorEnv(economy, { numEnvs: 1, params }).spec[population];

const valuesOf = (layout: ParamLayout, theta: ArrayLike<number>): Record<string, number[]> =>
  Object.fromEntries(layout.slices.map(({ name, from, to }) => [name, Array.from(theta).slice(from, to)]));

/** Q_tot(s, a) in f64, from saved parameters. */
function teamValues(economy: Economy, population: string, { config, last }: { config: QmixConfig; last: Recorded }) {
  const graph = qmixLoss(specOf(economy, population), config, 1);
  const values = valuesOf(layoutOf(graph), last.arrays[`${population}/theta`] as Float32Array);
  return (obs: readonly number[], actions: readonly number[]): number =>
    evaluate([graph.outputs.total], { ...values, obs, actions })[0][0];
}

/** Irregular numbers in (−1, 1). */
const irregular = (n: number, start: number): number[] =>
  Array.from({ length: n }, (_, i) => (((start + i) * 0.7548776662466927 + 0.1234) % 1) * 2 - 1);

/** All ways to choose, one number below each of `counts`. */
const jointActions = (counts: readonly number[]): number[][] =>
  counts.reduce<number[][]>(
    (some, count) => some.flatMap((actions) => Array.from({ length: count }, (_, a) => [...actions, a])),
    [[]],
  );
const PAIRS = jointActions([2, 2]);

test("QMIX solves the two-step game of its paper (8) where VDN gets 7", () => {
  // Exploration is uniform throughout, as in the paper. A sum fitted to ((0, 1), (1, 8)) is ((−1.5, 2.5), (2.5, 6.5)): 6.5 looks worse than 7.
  const γ = 0.99;
  const theory = {
    vdn: { best: 7, opening: [7, 7, 6.5, 6.5].map((v) => γ * v), risky: [-1.5, 2.5, 2.5, 6.5], within: 0.25 },
    qmix: { best: 8, opening: [7, 7, 8, 8].map((v) => γ * v), risky: [0, 1, 1, 8], within: 0.05 },
  };
  for (const mixer of MIXERS)
    for (const seed of [1, 2, 3, 4, 5]) {
      const trained = train(twoStep, {
        config: { mixer, gamma: γ, epsilonEnd: 1 },
        numEnvs: 4,
        totalSteps: 8000,
        seed,
      });
      let paid = 0;
      trained.player.play({
        seed: 1,
        periods: 2,
        visit: (w) => {
          const { payoff } = w.players as unknown as { payoff: Float64Array };
          paid += payoff[0] + payoff[1];
        },
      });
      const { best, opening, risky, within } = theory[mixer];
      expect(paid).toBe(best);
      const value = teamValues(twoStep, "players", trained);
      const table = (state: number[]) => PAIRS.map((pair) => value([...state, ...state], pair));
      expect(distance(table([1, 0, 0]), opening)).toBeLessThan(within);
      expect(distance(table([0, 1, 0]), [7, 7, 7, 7])).toBeLessThan(within);
      expect(distance(table([0, 0, 1]), risky)).toBeLessThan(within);
    }
});

test("by priority QMIX's values are the same: with β = 1 the bias is corrected", () => {
  for (const seed of [1, 2, 3]) {
    const config = { gamma: 0.99, epsilonEnd: 1, prioritized: true, importanceStart: 1 };
    const trained = train(twoStep, { config, numEnvs: 4, totalSteps: 8000, seed });
    const value = teamValues(twoStep, "players", trained);
    const table = (state: number[]) => PAIRS.map((pair) => value([...state, ...state], pair));
    expect(distance(table([0, 1, 0]), [7, 7, 7, 7])).toBeLessThan(0.25);
    expect(distance(table([0, 0, 1]), [0, 1, 1, 8])).toBeLessThan(0.25);
  }
});

test("a team that shares its reward finds the better of two equilibria", () => {
  for (const mixer of MIXERS)
    for (const seed of [1, 2, 3]) {
      const config = { mixer, gamma: 0, epsilonEnd: 1 };
      const trained = train(coordination, { config, numEnvs: 4, totalSteps: 4000, seed });
      expect([...(trained.player.respond("players", () => {}).move as Float64Array)]).toEqual([0, 0]);
      const value = teamValues(coordination, "players", trained);
      // A move that is better with one answer and worse with another is beyond a monotonic mixer, and a sum; the best pair is not.
      expect(value([1, 1], [0, 0])).toBeGreaterThan(Math.max(...PAIRS.slice(1).map((pair) => value([1, 1], pair))));
    }
});

test("agents who look alike take up their own tastes, in both dimensions, by their index or by networks of their own", () => {
  const orders = (config: Partial<QmixConfig>) => {
    const { player } = train(tastes, { config: { gamma: 0, ...config }, totalSteps: 3000 });
    return player.respond("eaters", () => {}) as unknown as Record<string, Float64Array>;
  };
  for (const config of [{ mixer: "vdn" }, { mixer: "qmix" }, { independent: true }] as const) {
    const { dish, drink } = orders(config);
    expect([...dish]).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect([...drink]).toEqual(new Array(8).fill(1));
  }
  expect(new Set(orders({ agentIndex: false }).dish).size).toBe(1);
});

test("in play everybody goes by what it sees itself, and the team's reward is the sum of its agents'", () => {
  const config = { gamma: 0, epsilonEnd: 0.2 };
  const trained = train(contexts, { config, numEnvs: 2, totalSteps: 5000 });
  const guesses = (sight: readonly number[]) => {
    const { guess } = trained.player.respond("guessers", ({ guessers }) => {
      (guessers as unknown as { seen: Float64Array }).seen.set(sight);
    });
    return [...(guess as Float64Array)];
  };
  const sights = [
    [-1, 0, 1, 1, 0, -1],
    [1, 1, 1, 1, 1, -1],
    [0, -1, 0, 1, -1, -1],
  ];
  const value = teamValues(contexts, "guessers", trained);
  for (const sight of sights) {
    const right = sight.map((seen) => seen + 1);
    expect(guesses(sight)).toEqual(right);
    expect(Math.abs(value(sight, right) - 6)).toBeLessThan(0.5);
  }
  const policy = qmix.policy("guessers", trained.env.spec.guessers, trained.config);
  policy.load(trained.last.arrays);
  const actions = new Int32Array(6).fill(9);
  policy.act(actions, Float32Array.of(1, 0, -1), 3);
  expect([...actions]).toEqual([2, 1, 0, 9, 9, 9]);
  expect(() => policy.act(actions, new Float32Array(7), 7)).toThrow("qmix policy: got 7 rows, expected at most 6.");
});

test.each([
  ["VDN", { mixer: "vdn" }],
  ["QMIX", {}],
  ["QMIX without double Q or index", { doubleQ: false, agentIndex: false }],
  ["QMIX with networks of their own", { independent: true }],
] as const)("for %s the loss has the gradient of finite differences, in f64 and by the kernels", (_, settings) => {
  const spec = specOf(tastes, "eaters", { agents: 3 });
  const config = resolveConfig(qmix, {
    hiddenLayers: 2,
    hiddenWidth: 4,
    mixerWidth: 3,
    activation: "tanh",
    ...settings,
  });
  const rows = 2;
  const graph = qmixLoss(spec, config, rows);
  const layout = layoutOf(graph);
  const arena = createArena({ bytes: 16 << 20 });
  const params = arena.f32(layout.size);
  const grads = arena.f32(layout.size);
  initialise(params, layout, seedStream(8));
  const values: Record<string, ArrayLike<number>> = valuesOf(layout, params);
  const executable = compile(graph, { arena, params, grads, layout });
  for (const [k, [name, { shape, dtype }]] of Object.entries(graph.inputs).entries()) {
    const drawn = irregular(shape[0] * shape[1], 40 * (k + 1));
    values[name] = dtype === "i32" ? drawn.map((x) => (x < 0 ? 0 : 2)) : drawn.map(Math.fround);
    executable.inputs[name as "obs"].set(values[name]);
  }
  executable.run();
  executable.backward();
  const lossAt = (changed: Record<string, ArrayLike<number>>) =>
    evaluate([graph.loss!], { ...values, ...changed })[0][0];
  expect(Math.abs(executable.loss[0] - lossAt({}))).toBeLessThan(1e-5);
  const trained = [...graph.trained];
  expect(trained.every(([name]) => name.startsWith("online/"))).toBe(true);
  expect(2 * trained.length).toBe(layout.slices.length); // the other half is the target's
  const symbolic = gradient(
    graph.loss!,
    trained.map(([, tensor]) => tensor),
  );
  trained.forEach(([name], k) => {
    const [exact] = evaluate([symbolic[k]!], values);
    const { from } = layout.slices.find((slice) => slice.name === name)!;
    exact.forEach((g, i) => {
      const nudged = (h: number) => lossAt({ [name]: Array.from(values[name], (v, j) => (j === i ? v + h : v)) });
      expect(Math.abs((nudged(1e-5) - nudged(-1e-5)) / 2e-5 - g)).toBeLessThan(1e-8);
      expect(Math.abs(grads[from + i] - g)).toBeLessThan(1e-5);
    });
  });
});

test("the team's value never falls when an agent's rises: the mixer's slopes are not negative, and VDN's are one", () => {
  const [rows, N, S] = [4, 3, 5];
  for (const mixer of MIXERS) {
    const config = resolveConfig(qmix, { mixer, mixerWidth: 6 });
    const graph = trace({ q: matrix(rows, N), state: matrix(rows, S) }, ({ q, state }, par) => {
      const total = mix(par, "online", q, state, config);
      return { outputs: { total }, loss: sum(total) };
    });
    const layout = layoutOf(graph);
    const [slopes] = gradient(graph.loss!, [graph.inputs.q]);
    const seen: number[] = [];
    for (let draw = 0; draw < 20; draw++) {
      // Parameters of either sign, much larger than they begin
      const values = valuesOf(layout, irregular(layout.size, 1000 * draw));
      const q = irregular(rows * N, 7 + draw).map((x) => 4 * x);
      const state = irregular(rows * S, 90 + draw).map((x) => 3 * x);
      seen.push(...evaluate([slopes!], { ...values, q, state })[0]);
    }
    expect(seen).toHaveLength(20 * rows * N);
    if (mixer === "vdn") expect(new Set(seen)).toEqual(new Set([1]));
    else {
      expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...seen)).toBeGreaterThan(1);
    }
  }
});

test("everybody's own best is the team's: the target is the maximum over joint actions, or with double Q the target's value of the online maximum", () => {
  const γ = 0.9;
  const spec = specOf(tastes, "eaters", { agents: 2 });
  const joint = jointActions([4, 3, 4, 3]);
  for (const mixer of MIXERS)
    for (const doubleQ of [false, true]) {
      const config = resolveConfig(qmix, { mixer, doubleQ, hiddenLayers: 1, hiddenWidth: 5, mixerWidth: 3 });
      const graph = qmixLoss(spec, config, 1);
      const layout = layoutOf(graph);
      const theta = new Float32Array(layout.size);
      let differ = 0;
      for (let seed = 1; seed <= 8; seed++) {
        initialise(theta, layout, seedStream(seed));
        const online = valuesOf(layout, theta);
        // The target's parameters in the place of the online ones
        const target = Object.fromEntries(Object.keys(online).map((k) => [k, online[k.replace("online/", "target/")]]));
        const [obs, nextObs] = [irregular(2, seed), irregular(2, seed + 50)];
        const total = (params: typeof online, s: number[], actions: number[]) =>
          evaluate([graph.outputs.total], { ...params, obs: s, actions })[0][0];
        const argmax = (params: typeof online) => {
          const values = joint.map((actions) => total(params, nextObs, actions));
          return joint[values.indexOf(Math.max(...values))];
        };
        if (String(argmax(online)) !== String(argmax(target))) differ++;
        const y = 0.3 + 0.5 + γ * total(target, nextObs, argmax(doubleQ ? online : target));
        const actions = [3, 1, 0, 2];
        const error = total(online, obs, actions) - y;
        const inputs = { obs, actions, reward: [0.3, 0.5], discount: [γ, γ], nextObs };
        const [[loss]] = evaluate([graph.loss!], { ...online, ...inputs });
        expect(Math.abs(loss - 0.5 * error * error)).toBeLessThan(1e-12);
      }
      expect(differ).toBeGreaterThan(3);
    }
});

test("the target begins as the online networks and moves by τ towards them at its interval", () => {
  const { updates } = train(contexts, { config: { tau: 0.2, targetInterval: 3, updates: 20 }, totalSteps: 20 });
  const halves = updates.map(({ arrays, meta }) => {
    const theta = arrays["guessers/theta"] as Float32Array;
    const P = theta.length / 2;
    return { online: theta.subarray(0, P), target: [...theta.subarray(P)], batches: meta["guessers/batches"] };
  });
  expect(halves[0].batches).toBe(0);
  expect(halves[0].target).toEqual([...halves[0].online]);
  for (let k = 1; k < halves.length; k++) {
    const { online, target, batches } = halves[k];
    const before = halves[k - 1].target;
    expect(batches).toBe(k);
    if (k % 3 !== 0) expect(target).toEqual(before);
    else
      expect(
        distance(
          target,
          before.map((x, i) => 0.8 * x + 0.2 * online[i]),
        ),
      ).toBeLessThan(1e-6);
  }
  expect(distance(halves[19].target, halves[0].target)).toBeGreaterThan(1e-3);
});

test("a truncated world bootstraps from its own final observation; a terminated one has no future", () => {
  // r + γ r + γ² r + … = ±2 if it goes on as it was; ±1 if it does not, or if the next world's draw is mistaken for the future.
  for (const [ends, worth] of [
    [0, 2],
    [1, 1],
  ]) {
    const trained = train(oneStep, {
      config: { gamma: 0.5, tau: 0.05 },
      numEnvs: 2,
      totalSteps: 4000,
      params: { ends },
    });
    const value = teamValues(oneStep, "worker", trained);
    for (const sign of [-1, 1]) expect(Math.abs(value([sign], [0]) - sign * worth)).toBeLessThan(0.02);
  }
});

test("populations that decide in turn each learn from what followed their own decision", () => {
  const trained = train(turns, { config: { gamma: 0 }, totalSteps: 3000, numEnvs: 2 });
  const first = teamValues(turns, "first", trained);
  const second = teamValues(turns, "second", trained);
  for (const seen of [0, 1])
    for (const move of [0, 1]) {
      expect(Math.abs(first([seen], [move]) - move)).toBeLessThan(0.1);
      expect(Math.abs(second([seen], [move]) - (move === seen ? 1 : 0))).toBeLessThan(0.1);
    }
});

test.each([
  ["QMIX", contexts, {}],
  ["VDN", tastes, { mixer: "vdn", doubleQ: false, targetInterval: 3 }],
  ["QMIX with networks of their own", twoStep, { independent: true }],
  ["two populations in turn", turns, {}],
] as const)("a resumed training of %s equals one that was never stopped, bit for bit", (_, economy, settings) => {
  const training = {
    config: { gradientSteps: 0.7, bufferSize: 60, learningStarts: 20, ...settings, updates: 6 },
    totalSteps: 240,
    numEnvs: 2,
  };
  const whole = train(economy as Economy, training);
  for (const k of [0, 2]) {
    const resumed = train(economy as Economy, { ...training, from: whole.updates[k] });
    expect(resumed.updates).toEqual(whole.updates.slice(k + 1));
  }
});

test.each(MIXERS)("with %s two threads and three give the bytes of one", async (mixer) => {
  const { hashes } = await runOnThreads(
    (from) => `
    import { defineEconomy, discrete, f64, grid, population } from ${from("src/economy/index.ts")};
    import { defineExperiment } from ${from("src/experiment/experiment.ts")};
    import { qmix } from ${from("src/algorithms/qmix.ts")};
    const economy = defineEconomy({
      name: "crew", source: "test", summary: "Rowers.", params: {}, horizon: 9, world: {},
      populations: { rowers: population({ size: 3, state: { seen: f64(), wealth: f64() }, actions: { side: discrete(2), pull: grid(0, 1, 5) } }) },
      phases: ({ decide, each }) => ({
        row: decide("rowers", { doc: "a side and how hard" }),
        drift: each("rowers", { doc: "a noisy sign" }, (k, from, to, w, p, draw) => {
          const u = draw.uniform("sign");
          for (let i = from; i < to; i++) { k.wealth[i] = k.pull[i] * (k.side[i] - k.seen[i]) + u[i]; k.seen[i] = u[i]; }
        }),
      }),
      observe: { rowers: { seen: { column: "seen", doc: "the sign" }, wealth: { column: "wealth", doc: "the last reward" } } },
      reward: { rowers: { column: "wealth", doc: "what is left" } },
    });
    export default defineExperiment({ name: "crew/qmix", summary: "", economy, algorithm: qmix,
      config: { mixer: "${mixer}", hiddenWidth: 8, mixerWidth: 4, batchSize: 16, bufferSize: 100, updates: 3 },
      numEnvs: 5, totalSteps: 200 });`,
  );
  expect(new Set(hashes).size).toBe(1);
});

test("boxes, uneven batches and teams too large for the mixer are refused; VDN takes the large team", () => {
  const refused = (economy: Economy, config: Partial<QmixConfig>, params = {}) =>
    expect(() => train(economy, { config, params, totalSteps: 1 }));
  refused(regulator, {}).toThrow("qmix: stewards has continuous actions");
  refused(bandit, { batchSize: 30 }).toThrow("qmix: batchSize is 30, expected a multiple of 4.");
  refused(tastes, { mixerWidth: 64 }, { agents: 300 }).toThrow(
    "qmix: 300 agents with 1 features make a mixer of 5760000 weights (N F × N M), expected at most 4000000.",
  );
  refused(tastes, { mixer: "vdn" }, { agents: 300 }).not.toThrow();
});
