import { describe, expect, test } from "vitest";
import { guests } from "../../test/guests.ts";
import { meals } from "../../test/learned.ts";
import { transitions } from "../../test/recording.ts";
import { shifts } from "../../test/shifts.ts";
import { runOnThreads } from "../../test/threads.ts";
import {
  contexts,
  coordination,
  distance,
  larder,
  OPTIMAL,
  oneStep,
  referenceMdp,
  type Training,
  tastes,
  trainOn,
  turns,
} from "../../test/tiny-economies.ts";
import type { Economy } from "../economy/index.ts";
import { defineEconomy, discrete, f64, grid, population } from "../economy/index.ts";
import { exp, pow } from "../math/index.ts";
import { resolveConfig } from "./algorithm.ts";
import { type QLearningConfig, qLearning } from "./q-learning.ts";

const train = (economy: Economy, training: Training<QLearningConfig>) => {
  const trained = trainOn(qLearning, economy, training);
  return { ...trained, q: (name: string) => trained.last.arrays[`${name}/q`] as Float64Array };
};

test("the reference MDP: Q is within 0.05 of Q* after 200 000 steps with α = 1/n^0.7", () => {
  const { q, last } = train(referenceMdp, {
    config: {
      gamma: 0.9,
      bins: 2,
      low: 0,
      high: 1,
      learningRate: 1,
      learningRateSchedule: "visits",
      learningRatePower: 0.7,
      epsilon: 1,
    },
    totalSteps: 200_000,
  });
  expect(distance(q("planner"), OPTIMAL)).toBeLessThan(0.05);
  expect(last.metrics["charts/stable"]).toBeGreaterThan(100_000);
  expect(last.metrics["charts/visited"]).toBe(1);
});

test("a truncated world bootstraps from its own final observation; a terminated one has no future", () => {
  const config = { gamma: 0.5, bins: 2, learningRate: 0.2 };
  const truncated = train(oneStep, { config, totalSteps: 400, numEnvs: 2 });
  const terminated = train(oneStep, { config, params: { ends: 1 }, totalSteps: 400, numEnvs: 2 });
  // r + γ r + γ² r + … = ±2 if it goes on as it was; ±1 if it does not, or if the next world's draw is mistaken for the future.
  expect(distance(truncated.q("worker"), [-2, 2])).toBeLessThan(1e-6);
  expect(distance(terminated.q("worker"), [-1, 1])).toBeLessThan(1e-6);
});

describe("agents who decide apart", () => {
  // Everything is certain and every choice pays the same, so that α = 1 writes what a decision is worth: what is earned until the agent's own next one, and γ times that.
  const γ = 0.9;
  const config = { gamma: γ, epsilon: 1, learningRate: 1, low: 0, updates: 1 };

  test("each learns from its own decision to its own next one, and bootstraps where its episode is cut off", () => {
    const bins = 5; // of the period that is seen, 0 … 4, and of a quarter of it, of which only 0 and 1 occur
    const { q } = train(shifts(), { config: { ...config, bins, high: 4, independent: true }, totalSteps: 4 * 200 });
    const table = q("nurses"); // [4, 25, 3]
    const seen = (t: number) => t * bins + (t < 2 ? 0 : 1);
    const values = (i: number) =>
      [0, 1, 2, 3, 4].map((t) => [...table.subarray((i * 25 + seen(t)) * 3, (i * 25 + seen(t) + 1) * 3)]);
    const alike = (...worth: readonly number[]) => worth.map((value) => [value, value, value]);
    const [third, second, first] = [3 + γ * 4, 2 + γ * (3 + γ * 4), 1 + γ * (2 + γ * (3 + γ * 4))];
    expect(distance(values(0).flat(), alike(first, second, third, 4, 0).flat())).toBeLessThan(1e-6);
    expect(distance(values(1).flat(), alike(0, 102 + 103 + γ * 104, 0, 104, 0).flat())).toBeLessThan(1e-4);
    expect(values(2)).toEqual(alike(0, 0, 203 + 204, 0, 0));
    expect(table.subarray(3 * 25 * 3).every((x) => x === 0)).toBe(true); // never on duty
  });

  test("a life that ends has no future, and who takes the row over begins anew", () => {
    const bins = 21;
    const { q } = train(guests(), { config: { ...config, bins, high: 1 }, totalSteps: 5 * 200 });
    const table = q("guests");
    const value = (number: number, age: number) => [
      ...table.subarray(
        ((2 * number * bins + 20 * age) * bins + 0) * 3,
        ((2 * number * bins + 20 * age) * bins + 1) * 3,
      ),
    ];
    const alike = (worth: number) => [worth, worth, worth];
    for (const even of [2, 4]) expect(value(even, 0)).toEqual(alike(10 * even));
    for (const odd of [1, 3]) {
      expect(value(odd, 1)).toEqual(alike(10 * odd + 1));
      expect(distance(value(odd, 0), alike(10 * odd + γ * (10 * odd + 1)))).toBeLessThan(1e-6);
    }
    expect(value(5, 0)).toEqual(alike(50)); // cut off at the horizon, in a state that nobody has met
  });

  test("means of reports are over those who decided", () => {
    const { last } = train(shifts(), { config: { ...config, epsilon: 0.25, bins: 2, high: 4 }, totalSteps: 4 * 10 });
    // Ten episodes: of nurses 0, 1 and 2 four, two and one decisions, of which the last episode's last ones are told with its end.
    const earned = 10 * (1 + 2 + 3 + 4 + 102 + 103 + 104 + 203 + 204);
    expect(last.metrics["nurses/charts/reward"]).toBeCloseTo(earned / 70, 10);
    expect(last.metrics["nurses/charts/epsilon"]).toBeCloseTo(0.25, 12);
    expect(last.metrics["nurses/charts/learningRate"]).toBe(1);
  });
});

test("ε follows its schedule: constant, e^(−βt), 1/n^ω by visits of the state, never below its end", () => {
  const epsilons = (config: Partial<QLearningConfig>) =>
    train(tastes, { config: { bins: 1, updates: 100, ...config }, totalSteps: 100 }).updates.map(
      ({ metrics }) => metrics["charts/epsilon"],
    );
  const periods = Array.from({ length: 100 }, (_, t) => t);
  expect(
    distance(
      epsilons({ epsilon: 0.3 }),
      periods.map(() => 0.3),
    ),
  ).toBeLessThan(1e-14);
  const exponential = epsilons({ epsilon: 1, epsilonSchedule: "exponential", epsilonDecay: 0.05, epsilonEnd: 0.1 });
  expect(
    distance(
      exponential,
      periods.map((t) => Math.max(0.1, exp(-0.05 * t))),
    ),
  ).toBeLessThan(1e-14);
  // Eight agents visit the one state in every period.
  const byVisits = epsilons({ epsilon: 0.8, epsilonSchedule: "visits", epsilonPower: 0.5 });
  expect(
    distance(
      byVisits,
      periods.map((t) => 0.8 / pow(8 * t + 1, 0.5)),
    ),
  ).toBeLessThan(1e-14);
});

test("a share ε of actions is uniformly random, in every dimension", () => {
  const config = { bins: 1, epsilon: 0.4, learningRate: 0, updates: 50 };
  const { played } = train(tastes, { config, params: { agents: 2000 }, totalSteps: 50 });
  const counts = new Float64Array(12);
  for (const { eaters } of played) for (let i = 0; i < 2000; i++) counts[eaters[2 * i] * 3 + eaters[2 * i + 1]]++;
  const n = 50 * 2000;
  counts.forEach((count, a) => {
    const p = 0.4 / 12 + (a === 0 ? 0.6 : 0); // nothing is learned, and the first of equals is greedy
    expect(Math.abs(count / n - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n));
  });
});

test("with α = 1/n a cell is the mean of what it earned, whoever earned it", () => {
  const { q, last } = train(tastes, {
    config: { gamma: 0, bins: 1, epsilon: 1, learningRate: 1, learningRateSchedule: "visits", learningRatePower: 1 },
    totalSteps: 200,
  });
  const updates = last.arrays["eaters/updates"] as Float64Array;
  expect(updates.reduce((a, b) => a + b, 0)).toBe(8 * 200);
  // Two agents in eight like a dish: a quarter of 1 + drink and three quarters of drink/2.
  for (let dish = 0; dish < 4; dish++)
    for (let drink = 0; drink < 3; drink++) {
      const expected = (1 + drink / 2) / 4 + (3 * drink) / 16;
      expect(Math.abs(q("eaters")[dish * 3 + drink] - expected)).toBeLessThan((4 * 0.55) / Math.sqrt(1600 / 12));
    }
});

test.each([
  ["joint choices", tastes, "eaters", { learningRate: 0.3, initialValue: 3 }],
  ["branches", tastes, "eaters", { actions: "branches", learningRate: 0.3, initialValue: 3 }],
  ["branches and tables of their own", tastes, "eaters", { actions: "branches", independent: true }],
  [
    "states",
    contexts,
    "guessers",
    { bins: 3, epsilon: 0.7, learningRateSchedule: "exponential", learningRateDecay: 0.1 },
  ],
  [
    "step sizes by visits",
    contexts,
    "guessers",
    { bins: 3, initialValue: 1, learningRateSchedule: "visits", learningRatePower: 0.8, epsilonSchedule: "visits" },
  ],
] as const)(
  "with %s every step is Q ← Q + α/B (r + γ max Q′ − Q), by hand, and metrics are its means",
  (_, economy, name, settings) => {
    const γ = 0.5;
    const [E, steps] = [2, 60];
    const config = { bins: 1, gamma: γ, epsilon: 0.6, learningRate: 0.4, ...settings, updates: steps };
    const c = resolveConfig(qLearning, config as Partial<QLearningConfig>);
    const trained = train(economy as Economy, { config: c, numEnvs: E, totalSteps: E * steps });
    const { updates } = trained;
    const { actions } = trained.env.spec[name];
    const counts = actions.map(({ space }) => space.count);
    const choices = c.actions === "joint" ? [counts.reduce((a, b) => a * b)] : counts;
    const B = choices.length;
    const A = choices.reduce((a, b) => a + b);
    const firsts = choices.map((_, b) => choices.slice(0, b).reduce((x, y) => x + y, 0));
    const S = c.bins;
    const rowOf = ([o]: readonly number[], agent: number) =>
      (c.independent ? agent * S : 0) + (S === 1 ? 0 : Math.round(((o + 1) / 2) * (S - 1)));
    const Q = Float64Array.from(updates[0].arrays[`${name}/q`] as Float64Array);
    const updated = Float64Array.from(updates[0].arrays[`${name}/updates`] as Float64Array);
    Q.forEach((q, cell) => {
      if (updated[cell] === 0) expect(q).toBe(c.initialValue / B);
    });
    const best = (row: number) =>
      choices.reduce((sum, n, b) => sum + Math.max(...Q.subarray(row * A + firsts[b], row * A + firsts[b] + n)), 0);
    for (const [before, step] of transitions(trained, name).entries()) {
      const k = before + 1;
      const decisions = step.map(({ agent, obs, actions: own, reward, next }) => {
        const picks = c.actions === "joint" ? [own.reduce((joint, a, d) => joint * counts[d] + a, 0)] : own;
        const cells = picks.map((a, b) => rowOf(obs, agent) * A + firsts[b] + a);
        return { cells, target: reward + γ * best(rowOf(next, agent)) };
      });
      const errorOf = ({ cells, target }: (typeof decisions)[number]) =>
        target - cells.reduce((sum, c) => sum + Q[c], 0);
      const mean = (x: readonly number[]) => x.reduce((a, b) => a + b) / x.length;
      const td = mean(decisions.map((decision) => Math.abs(errorOf(decision))));
      const rates: number[] = [];
      for (const decision of decisions) {
        const error = errorOf(decision);
        for (const cell of decision.cells) {
          const n = ++updated[cell];
          const α = {
            constant: c.learningRate,
            exponential: c.learningRate * Math.exp(-c.learningRateDecay * (k + 1)),
            visits: c.learningRate / n ** c.learningRatePower,
          }[c.learningRateSchedule];
          rates.push(α);
          Q[cell] += (α / B) * error;
        }
      }
      expect(distance(updates[k].arrays[`${name}/q`] as Float64Array, [...Q])).toBeLessThan(1e-12);
      expect([...(updates[k].arrays[`${name}/updates`] as Float64Array)]).toEqual([...updated]);
      const { metrics } = updates[k];
      expect(metrics["losses/td"]).toBeCloseTo(td, 12);
      expect(metrics["charts/reward"]).toBeCloseTo(mean(step.map(({ reward }) => reward)), 12);
      expect(metrics["charts/learningRate"]).toBeCloseTo(mean(rates), 12);
    }
    expect(updates[steps - 1].metrics["charts/visited"]).toBe(1);
  },
);

test("a table begins with the initial value, which branches share", () => {
  for (const [actions, cells, initial] of [
    ["joint", 12, 3],
    ["branches", 7, 1.5],
  ] as const) {
    const config = { bins: 1, gamma: 0, actions, initialValue: 3, epsilon: 0 };
    const { q, last } = train(tastes, { config, params: { agents: 1 }, totalSteps: 1 });
    const updated = last.arrays["eaters/updates"] as Float64Array;
    const rest = q("eaters").filter((_, cell) => updated[cell] === 0);
    expect([...rest]).toEqual(Array(cells - (actions === "joint" ? 1 : 2)).fill(initial));
  }
});

test("agents who share a table do alike; independent ones learn their own tastes", () => {
  const orders = (config: Partial<QLearningConfig>) => {
    const settings = { gamma: 0, bins: 1, epsilon: 0.5, learningRate: 0.05, ...config };
    const { player } = train(tastes, { config: settings, totalSteps: 2000 });
    const rows = player.respond("eaters", () => {});
    return { dish: [...(rows.dish as Float64Array)], drink: [...(rows.drink as Float64Array)] };
  };
  for (const actions of ["joint", "branches"] as const) {
    const own = orders({ actions, independent: true });
    expect(own.dish).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect(own.drink).toEqual(Array.from({ length: 8 }, () => 1));
    const shared = orders({ actions });
    expect(new Set(shared.dish).size).toBe(1);
    expect(shared.drink).toEqual(Array.from({ length: 8 }, () => 1));
  }
});

test("branches that add up learn an additive reward", () => {
  const additive = defineEconomy({
    name: "additive",
    source: "test",
    summary: "The reward is a sum over dimensions.",
    params: {},
    horizon: 10,
    world: { same: f64() },
    populations: {
      worker: population({ size: 4, state: { wage: f64() }, actions: { hours: grid(0, 1, 5), place: discrete(3) } }),
    },
    phases: ({ decide, each }) => ({
      work: decide("worker", { doc: "hours and a place" }),
      pay: each("worker", { doc: "w = −(h − ½)² + place/10" }, (k, from, to) => {
        for (let i = from; i < to; i++) k.wage[i] = -(k.hours[i] - 0.5) * (k.hours[i] - 0.5) + k.place[i] / 10;
      }),
    }),
    observe: { worker: { same: { world: "same", doc: "0" } } },
    reward: { worker: { column: "wage", doc: "w" } },
  });
  const { q } = train(additive, {
    config: { gamma: 0, bins: 1, actions: "branches", epsilon: 1, learningRate: 0.05 },
    totalSteps: 4000,
  });
  for (let h = 0; h < 5; h++)
    for (let place = 0; place < 3; place++)
      expect(q("worker")[h] + q("worker")[5 + place]).toBeCloseTo(-((h / 4 - 0.5) * (h / 4 - 0.5)) + place / 10, 6);
});

test("in a 2×2 coordination game independent learners end in a pure equilibrium", () => {
  for (const seed of [1, 2, 3]) {
    const config: Partial<QLearningConfig> = {
      gamma: 0,
      bins: 1,
      independent: true,
      epsilonSchedule: "exponential",
      epsilonDecay: 0.005,
      epsilon: 1,
    };
    const { player } = train(coordination, { config, totalSteps: 2000, seed });
    const { move } = player.respond("players", () => {});
    expect((move as Float64Array)[0]).toBe((move as Float64Array)[1]);
  }
});

test("populations that decide in turn each learn from what followed their own decision", () => {
  const { q, last } = train(turns, {
    config: { gamma: 0, bins: 2, low: 0, high: 1, epsilon: 0.5, learningRate: 0.5 },
    totalSteps: 400,
    numEnvs: 2,
  });
  expect(distance(q("first"), [0, 1, 0, 1])).toBeLessThan(1e-6);
  expect(distance(q("second"), [1, 0, 0, 1])).toBeLessThan(1e-6);
  expect(last.metrics["second/charts/epsilon"]).toBeCloseTo(0.5, 12);
});

test("a resumed training equals one that was never stopped, bit for bit", () => {
  const config: Partial<QLearningConfig> = {
    bins: 3,
    gamma: 0.9,
    epsilonSchedule: "exponential",
    epsilonDecay: 0.01,
    learningRateSchedule: "visits",
    updates: 6,
  };
  for (const [economy, extra] of [
    [tastes, { actions: "branches", independent: true }],
    [referenceMdp, {}],
    [turns, {}],
  ] as const) {
    const training = { config: { ...config, ...extra }, totalSteps: 600, numEnvs: 2 };
    const whole = train(economy, training);
    const resumed = train(economy, { ...training, from: whole.updates[2] });
    expect(resumed.updates).toEqual(whole.updates.slice(3));
  }
});

test("the kept greedy actions are those of a full search, after every update", () => {
  const { updates } = train(tastes, {
    config: { bins: 2, actions: "branches", independent: true, epsilon: 0.3, updates: 100 },
    totalSteps: 100,
  });
  for (const { arrays } of updates) {
    const table = arrays["eaters/q"] as Float64Array; // [8 agents, 2 states, 4 dishes + 3 drinks]
    const greedy = [...(arrays["eaters/greedy"] as Int32Array)];
    const searched = greedy.map((_, branch) => {
      const from = 7 * Math.floor(branch / 2) + (branch % 2) * 4;
      const values = table.subarray(from, from + 4 - (branch % 2));
      return values.indexOf(Math.max(...values));
    });
    expect(greedy).toEqual(searched);
  }
});

test("what makes no sense is never chosen, nor counted as a possible future, in joint actions and in branches", () => {
  for (const actions of ["joint", "branches"] as const) {
    const { player } = trainOn(qLearning, larder, {
      config: { actions, bins: 4, low: 0, high: 1, gamma: 0.5, epsilon: 0.3 },
      params: { strict: 1 },
      numEnvs: 2,
      totalSteps: 4000,
    });
    expect(player.play({ seed: 1, periods: 20 }).greed).toBe(0);
    const { eaten, drink } = meals(player);
    expect(eaten).toEqual([0, 1, 2, 3]);
    expect(drink[3]).toBe(1);
  }
});

test("two threads and three give the bytes of one", async () => {
  const { hashes } = await runOnThreads(
    (from) => `
    import { defineEconomy, discrete, f64, population } from ${from("src/economy/index.ts")};
    import { defineExperiment } from ${from("src/experiment/experiment.ts")};
    import { qLearning } from ${from("src/algorithms/q-learning.ts")};
    const economy = defineEconomy({
      name: "crowd", source: "test", summary: "A crowd of guessers who share one table.", params: {}, horizon: 9, world: {},
      populations: { guessers: population({ size: 50, state: { seen: f64(), wealth: f64() }, actions: { guess: discrete(5) } }) },
      phases: ({ decide, each }) => ({
        guess: decide("guessers", { doc: "what is next" }),
        draw: each("guessers", { doc: "a noisy sign" }, (k, from, to, w, p, draw) => {
          const u = draw.uniform("sign");
          for (let i = from; i < to; i++) { k.wealth[i] = u[i] - Math.abs(k.guess[i] / 2 - 1 - k.seen[i]); k.seen[i] = 2 * u[i] - 1; }
        }),
      }),
      observe: { guessers: { seen: { column: "seen", doc: "the sign" }, wealth: { column: "wealth", doc: "the last reward" } } },
      reward: { guessers: { column: "wealth", doc: "what is left" } },
    });
    export default defineExperiment({ name: "crowd/q-learning", summary: "", economy, algorithm: qLearning,
      config: { learningRateSchedule: "visits", epsilonSchedule: "visits", updates: 5 }, numEnvs: 5, totalSteps: 500 });`,
  );
  expect(new Set(hashes).size).toBe(1);
});

test("also where agents decide apart, enter and leave", async () => {
  const { hashes } = await runOnThreads(
    (from) => `
    import { defineExperiment } from ${from("src/experiment/experiment.ts")};
    import { qLearning } from ${from("src/algorithms/q-learning.ts")};
    import { guests } from ${from("test/guests.ts")};
    export default defineExperiment({ name: "guests/q-learning", summary: "", economy: guests(), algorithm: qLearning, params: { bonus: 1 },
      config: { bins: 3, high: 3, learningRateSchedule: "visits", updates: 5 }, numEnvs: 5, totalSteps: 500 });`,
  );
  expect(new Set(hashes).size).toBe(1);
});

test("a table that does not fit says what to lower; boxes and empty ranges are refused", () => {
  expect(() => train(tastes, { config: { bins: 1_000_000 }, totalSteps: 1 })).toThrow(
    'q-learning: eaters needs 1 × 1000000 states × 12 actions, 195 MiB, and 31 are free. Lower config.bins (1000000, to the power of 1 features) or the action grids, or set config.actions to "branches".',
  );
  expect(() => train(tastes, { config: { low: 1, high: 1 }, totalSteps: 1 })).toThrow(
    "q-learning: low is 1 and high is 1, expected low < high.",
  );
});
