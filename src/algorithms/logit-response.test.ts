import { expect, test } from "vitest";
import { cobweb } from "../../economies/cobweb.ts";
import { marketEntry } from "../../economies/market-entry.ts";
import { transitions } from "../../test/recording.ts";
import { runOnThreads } from "../../test/threads.ts";
import {
  contexts,
  distance,
  oneStep,
  referenceMdp,
  type Training,
  tastes,
  trainOn,
  turns,
} from "../../test/tiny-economies.ts";
import type { Economy } from "../economy/index.ts";
import { checkEconomy, defineEconomy, discrete, f64, param, population } from "../economy/index.ts";
import { exp, findRoot, sigmoid, variance } from "../math/index.ts";
import { resolveConfig } from "./algorithm.ts";
import { type LogitResponseConfig, logit, logitResponse } from "./logit-response.ts";

const train = (economy: Economy, training: Training<LogitResponseConfig>) => {
  const trained = trainOn(logitResponse, economy, training);
  return { ...trained, payoffs: (name: string) => trained.last.arrays[`${name}/payoffs`] as Float64Array };
};

/** Player 0 wants to match and gains `stake` on two heads; player 1 wants not to match. */
const pennies = defineEconomy({
  name: "pennies",
  source: "test",
  summary: "Matching pennies, as Goeree & Holt 2001 make it asymmetric.",
  params: { stake: param(1) },
  horizon: 1000,
  populations: {
    players: population({ size: 2, state: { won: f64() }, actions: { side: discrete(2) } }),
  },
  phases: ({ decide, each }) => ({
    show: decide("players", { doc: "heads 0 or tails 1" }),
    win: each("players", { doc: "the pennies" }, (k, from, to, _w, p) => {
      for (let i = from; i < to; i++) k.won[i] = worth(i, k.side[i], k.side[1 - i], p.stake);
    }),
  }),
  reward: { players: { column: "won", doc: "won" } },
  payoffs: {
    players(out, k, i, _w, p) {
      for (let a = 0; a < 2; a++) out[a] = worth(i, a, k.side[1 - i], p.stake);
    },
  },
});
function worth(i: number, own: number, other: number, stake: number): number {
  if (i === 1) return own === other ? 0 : 1;
  return own !== other ? 0 : own === 0 ? stake : 1;
}

/** Probabilities of heads: p = σ(κ(s q − (1 − q))), q = σ(κ(1 − 2p)). */
function equilibrium(κ: number, stake: number): [number, number] {
  const q = (p: number) => sigmoid(κ * (1 - 2 * p));
  const p = findRoot((p) => sigmoid(κ * (stake * q(p) - (1 - q(p)))) - p, 0, 1);
  return [p, q(p)];
}

test.each([
  [1, 1, true],
  [2, 4, true],
  [2, 4, false],
  [5, 9, true],
])(
  "matching pennies, κ %d, stake %d, all payoffs known %o: play is the logit equilibrium",
  (rationality, stake, counterfactual) => {
    const config = { rationality, counterfactual, independent: true, stepPower: counterfactual ? 1 : 0.7 };
    const { payoffs } = train(pennies, { config, params: { stake }, numEnvs: 2, totalSteps: 60_000 });
    const u = payoffs("players");
    const heads = [0, 1].map((i) => sigmoid(rationality * (u[2 * i] - u[2 * i + 1])));
    expect(distance(heads, equilibrium(rationality, stake))).toBeLessThan(0.02);
  },
);

test.each([
  ["joint choices", tastes, "eaters", { gamma: 0.5 }],
  ["tables of their own", tastes, "eaters", { gamma: 0.5, independent: true, stepPower: 0.6 }],
  ["states and a least step", contexts, "guessers", { gamma: 0.8, bins: 3, stepMin: 0.1 }],
  ["no future", contexts, "guessers", { gamma: 0, bins: 3, stepPower: 0.7 }],
] as const)(
  "with %s every step is u ← u + n^−ω (r + γ Σ π u′ − u), by hand, and metrics are its means",
  (_, economy, name, settings) => {
    const κ = 2;
    const [E, steps] = [2, 60];
    const config = { bins: 1, rationality: κ, ...settings, updates: steps };
    const c = resolveConfig(logitResponse, config as Partial<LogitResponseConfig>);
    const trained = train(economy as Economy, { config: c, numEnvs: E, totalSteps: E * steps });
    const { updates } = trained;
    const counts = trained.env.spec[name].actions.map(({ space }) => space.count);
    const A = counts.reduce((a, b) => a * b);
    const S = c.bins;
    const rowOf = ([o]: readonly number[], agent: number) =>
      (c.independent ? agent * S : 0) + (S === 1 ? 0 : Math.round(((o + 1) / 2) * (S - 1)));
    const array = (k: number, part: string) => updates[k].arrays[`${name}/${part}`] as Float64Array;
    const u = Float64Array.from(array(0, "payoffs"));
    const met = Float64Array.from(array(0, "met"));
    const shares = (row: number) => {
      const weights = Array.from(u.subarray(row * A, (row + 1) * A), (x) => Math.exp(κ * x));
      const total = weights.reduce((a, b) => a + b);
      return weights.map((w) => w / total);
    };
    const mean = (x: readonly number[]) => x.reduce((a, b) => a + b) / x.length;
    for (const [before, step] of transitions(trained, name).entries()) {
      const k = before + 1;
      const entropies = step.map(
        ({ obs, agent }) => -shares(rowOf(obs, agent)).reduce((h, p) => h + p * Math.log(p), 0),
      );
      const decisions = step.map(({ agent, obs, actions, reward, next }) => {
        const row = rowOf(next, agent);
        const future = shares(row).reduce((sum, p, a) => sum + p * u[row * A + a], 0);
        const choice = actions.reduce((joint, a, d) => joint * counts[d] + a, 0);
        return { cell: rowOf(obs, agent) * A + choice, target: reward + c.gamma * future };
      });
      const errors = decisions.map(({ cell, target }) => Math.abs(target - u[cell]));
      const rates = decisions.map(({ cell, target }) => {
        const α = Math.max(c.stepMin, 1 / (++met[cell]) ** c.stepPower);
        u[cell] += α * (target - u[cell]);
        return α;
      });
      expect(distance(array(k, "payoffs"), [...u])).toBeLessThan(1e-12);
      expect([...array(k, "met")]).toEqual([...met]);
      const { metrics } = updates[k];
      expect(metrics["losses/payoff"]).toBeCloseTo(mean(errors), 12);
      expect(metrics["charts/reward"]).toBeCloseTo(mean(step.map(({ reward }) => reward)), 12);
      expect(metrics["charts/entropy"]).toBeCloseTo(mean(entropies), 12);
      expect(metrics["charts/step"]).toBeCloseTo(mean(rates), 12);
    }
    expect(updates[steps - 1].metrics["charts/visited"]).toBe(1);
  },
);

test("a policy draws as often as the logit of its payoffs says, and plays the best when it does not draw", () => {
  const { player, payoffs } = train(pennies, {
    config: { rationality: 1, independent: true },
    params: { stake: 4 },
    totalSteps: 2000,
  });
  const u = payoffs("players");
  const share = sigmoid(u[0] - u[1]);
  let heads = 0;
  player.play({
    seed: 3,
    periods: 20_000,
    sampled: true,
    visit: (w) => void (heads += (w.players as never as { side: Int32Array }).side[0] === 0 ? 1 : 0),
  });
  expect(Math.abs(heads / 20_000 - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 20_000));
  const { side } = player.respond("players", () => {});
  expect((side as Int32Array)[0]).toBe(u[0] >= u[1] ? 0 : 1);
});

test("logit: shares, no cost, no rationality, and the soft value λ ln mean e^(u/λ)", () => {
  const p = new Float64Array(3);
  const u = Float64Array.of(9, 1, 3, 2); // one of another row first
  const value = logit(p, u, 1, 2);
  const weights = [exp(0.5), exp(1.5), exp(1)];
  const total = weights[0] + weights[1] + weights[2];
  expect(
    distance(
      p,
      weights.map((w) => w / total),
    ),
  ).toBeLessThan(1e-15);
  expect(exp(value / 2)).toBeCloseTo(total / 3, 12);
  expect(logit(p, u, 1, 0)).toBe(3);
  expect([...p]).toEqual([0, 1, 0]);
  logit(p, u, 1, Number.POSITIVE_INFINITY);
  expect(distance(p, [1 / 3, 1 / 3, 1 / 3])).toBeLessThan(1e-15);
  logit(p, Float64Array.of(5, 5, 4), 0, 0);
  expect([...p]).toEqual([0.5, 0.5, 0]);
});

test("with a future: the values of a logit player in the reference MDP", () => {
  const κ = 0.5;
  const { payoffs } = train(referenceMdp, {
    config: { rationality: κ, gamma: 0.9, bins: 2, low: 0, high: 1, stepPower: 0.7 },
    totalSteps: 400_000,
  });
  // Q = R + γ P V, V(s) = Σ π(a|s) Q(s, a), π ∝ e^(κQ), by iteration
  let Q = [0, 0, 0, 0];
  const [P, R] = [
    [0.1, 0.8, 0.5, 1],
    [1, 0, 0, 2],
  ];
  for (let k = 0; k < 2000; k++) {
    const V = [0, 1].map((s) => {
      const first = sigmoid(κ * (Q[2 * s] - Q[2 * s + 1]));
      return first * Q[2 * s] + (1 - first) * Q[2 * s + 1];
    });
    Q = Q.map((_, c) => R[c] + 0.9 * ((1 - P[c]) * V[0] + P[c] * V[1]));
  }
  expect(distance(payoffs("planner"), Q)).toBeLessThan(0.15);
});

test("a truncated world bootstraps from its own final observation; a terminated one has no future", () => {
  const config = { gamma: 0.5, bins: 2, stepPower: 0.5 };
  const truncated = train(oneStep, { config, totalSteps: 4000, numEnvs: 2 });
  const terminated = train(oneStep, { config, params: { ends: 1 }, totalSteps: 4000, numEnvs: 2 });
  expect(distance(truncated.payoffs("worker"), [-2, 2])).toBeLessThan(1e-6);
  expect(distance(terminated.payoffs("worker"), [-1, 1])).toBeLessThan(1e-6);
});

test.each([
  [0.22, 50, 5.573386, 0.259273],
  [0.5, 200, 5.72971, 0.424893],
  [2, 50, 5.918346, 0.437816],
  [2, 200, 5.895145, 1.284977],
  [2, 1000, 5.897773, 2.414368],
])(
  "cobweb, ψ %d, λ %d: prices have the regularised mean and variance",
  (supplySlope, informationCost, mean, spread) => {
    const { player } = train(cobweb, { params: { supplySlope, informationCost }, numEnvs: 4, totalSteps: 6000 });
    const prices: number[] = [];
    player.play({ seed: 2, periods: 6000, sampled: true, visit: (w) => void prices.push(w.price as number) });
    const average = prices.reduce((a, b) => a + b) / prices.length;
    expect(Math.abs(average - mean)).toBeLessThan(0.02 + 4 * Math.sqrt(spread / prices.length));
    expect(Math.abs(variance(prices) / spread - 1)).toBeLessThan(0.1);
  },
);

test.each([
  [0, 2.210788],
  [0.1, 1.637077],
])("market entry, κ 2, τ %d: attendance deviates as the logit chain does", (taxRate, sd) => {
  const { player } = train(marketEntry, {
    config: { rationality: 2, bins: 21 },
    params: { taxRate, observeMean: false, horizon: 1000 },
    numEnvs: 4,
    totalSteps: 20_000,
  });
  const attendance: number[] = [];
  player.play({ seed: 1, periods: 6000, sampled: true, visit: (w) => void attendance.push(w.attendance as number) });
  expect(Math.abs(Math.sqrt(variance(attendance)) - sd)).toBeLessThan(0.15);
});

test("agents with an information cost share what they learn and differ in how they use it", () => {
  const { player } = train(cobweb, {
    params: { informationCost: 200, informationCostSd: 150 },
    numEnvs: 4,
    totalSteps: 6000,
  });
  const errors = { low: [] as number[], high: [] as number[] };
  player.play({
    seed: 4,
    periods: 2000,
    sampled: true,
    visit: (w) => {
      const k = w.producers as unknown as { informationCost: Float64Array; forecast: Float64Array; size: number };
      for (let i = 0; i < k.size; i++)
        errors[k.informationCost[i] < 200 ? "low" : "high"].push(Math.abs(k.forecast[i] - 5.9));
    },
  });
  const mean = (x: number[]) => x.reduce((a, b) => a + b) / x.length;
  expect(mean(errors.high)).toBeGreaterThan(1.5 * mean(errors.low));
});

test("a resumed training equals one that was never stopped, bit for bit", () => {
  const config: Partial<LogitResponseConfig> = { bins: 3, updates: 6 };
  for (const [economy, extra, params] of [
    [tastes, { gamma: 0.5, independent: true }, {}],
    [turns, {}, {}],
    [cobweb, { bins: 1 }, { informationCostSd: 50 }],
    [marketEntry, { bins: 5 }, { taxRate: 0.1 }],
  ] as const) {
    const training = { config: { ...config, ...extra }, params, totalSteps: 360, numEnvs: 2 };
    const whole = train(economy as Economy, training);
    const resumed = train(economy as Economy, { ...training, from: whole.updates[2] });
    expect(resumed.updates).toEqual(whole.updates.slice(3));
  }
});

test("two threads and three give the bytes of one", async () => {
  const { hashes, experiment } = await runOnThreads(
    (from) => `
    import { defineEconomy, discrete, f64, population } from ${from("src/economy/index.ts")};
    import { defineExperiment } from ${from("src/experiment/experiment.ts")};
    import { logitResponse } from ${from("src/algorithms/logit-response.ts")};
    const worth = (k, i, a) => k.noise[i] - Math.abs(a / 2 - 1 - k.seen[i]);
    const economy = defineEconomy({
      name: "crowd", source: "test", summary: "A crowd of guessers who share one table.", params: {}, horizon: 9, world: {},
      populations: { guessers: population({ size: 50, state: { seen: f64(), noise: f64(), wealth: f64(), cost: f64({ initial: 0.5 }) }, actions: { guess: discrete(5) } }) },
      phases: ({ decide, each }) => ({
        look: each("guessers", { doc: "the last noise" }, (k, from, to) => { for (let i = from; i < to; i++) k.seen[i] = 2 * k.noise[i] - 1; }),
        guess: decide("guessers", { doc: "what is next" }),
        draw: each("guessers", { doc: "a noisy sign" }, (k, from, to, w, p, draw) => {
          const u = draw.uniform("sign");
          for (let i = from; i < to; i++) { k.noise[i] = u[i]; k.wealth[i] = worth(k, i, k.guess[i]); }
        }),
      }),
      observe: { guessers: { seen: { column: "seen", doc: "the sign" }, cost: { column: "cost", doc: "λ" } } },
      reward: { guessers: { column: "wealth", doc: "what is left" } },
      payoffs: { guessers(out, k, i) { for (let a = 0; a < 5; a++) out[a] = worth(k, i, a); } },
      informationCost: { guessers: "cost" },
    });
    export default defineExperiment({ name: "crowd/logit", summary: "", economy, algorithm: logitResponse,
      config: { bins: 4, updates: 5 }, numEnvs: 5, totalSteps: 500 });`,
  );
  expect(brokenPromises(experiment.economy)).toEqual([]);
  expect(new Set(hashes).size).toBe(1);
});

const brokenPromises = (economy: Economy): string[] =>
  checkEconomy(economy, { periods: 10 })
    .filter(({ name, pass }) => name.startsWith("the payoffs declared") && !pass)
    .map(({ detail }) => detail);

test("payoffs that are not what is earned are found out", () => {
  const { players } = pennies.payoffs;
  const wrong = {
    ...pennies,
    payoffs: {
      players: ((out, k, i, w, p) => {
        players(out, k, i, w, p);
        out[1] += 0.5;
      }) as typeof players,
    },
  };
  expect(brokenPromises(pennies)).toEqual([]);
  expect(brokenPromises(wrong)[0]).toMatch(
    /^Period 0: players\[0\] would earn .* by its choice 1 according to payoffs\.players, and earns/,
  );
});

test("boxes and empty ranges are refused", () => {
  expect(() => train(cobweb, { params: { calibration: "episode" }, totalSteps: 10 })).toThrow(
    "logit-response: calibrator has continuous actions; declare grids, or let a leader or another algorithm decide them.",
  );
  expect(() => train(tastes, { config: { low: 1, high: 1 }, totalSteps: 1 })).toThrow(
    "logit-response: low is 1 and high is 1, expected low < high.",
  );
});
