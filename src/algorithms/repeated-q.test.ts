// The fast learner held against the obvious one that plays in the economy itself, against games solved in the head, and against the
// profit gain of Calvano et al.
import { expect, test } from "vitest";
import { lucasTree } from "../../economies/lucas-tree.ts";
import { moneyExchange } from "../../economies/money-exchange.ts";
import { monopoly } from "../../economies/monopoly.ts";
import { priceCollusion } from "../../economies/price-collusion.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { createSimulation, defineEconomy, discrete, f64, param, population } from "../economy/index.ts";
import { execute } from "../engine/run.ts";
import { defineExperiment, resolveRun } from "../experiment/experiment.ts";
import { seedStream } from "../random/index.ts";
import { createRun, memoryStore } from "../store/index.ts";
import { repeatedQ } from "./repeated-q.ts";
import { createStageGame, deviate, limitCycle } from "./tabular/stage-game.ts";

/** Cooperate (0) or defect (1): 3 each, 1 each, or 5 for who defects alone and 0 for the other. */
const dilemma = defineEconomy({
  name: "dilemma",
  source: "test",
  summary: "The prisoner's dilemma, again and again.",
  params: { noise: param(0), unseen: param(0) },
  horizon: 7,
  populations: {
    prisoners: population({
      size: 2,
      state: { last: f64(), payoff: f64() },
      actions: { defect: discrete(2) },
    }),
  },
  phases: ({ decide, world }) => ({
    choose: decide("prisoners", { doc: "both at once" }),
    pay: world({ doc: "3, 1, 5 or 0" }, ({ prisoners: { defect, payoff, last } }, p, draw) => {
      const noise = p.noise * draw.uniform("noise");
      for (const i of [0, 1]) {
        payoff[i] = defect[i] + 3 * (1 - defect[1 - i]) + (defect[i] && !defect[1 - i] ? 1 : 0) + noise;
        last[i] = defect[i] * (1 - p.unseen);
      }
    }),
  }),
  observe: { prisoners: { last: { column: "last", of: "everyone", doc: "what both did" } } },
  reward: { prisoners: { column: "payoff", doc: "years not spent" } },
  metrics: {
    defection: { unit: "1", doc: "share", of: ({ prisoners }) => (prisoners.defect[0] + prisoners.defect[1]) / 2 },
  },
});

const calvano = { seed: 3, numEnvs: 1, config: { epsilonDecay: 1e-4, reportPeriods: 1e9 } };

/** The rule as it is written, without anything kept: whole rows are searched, and profits come from playing the economy. */
function obviously(firms: number, seed: number, periods: number, { α = 0.15, β = 1e-4, γ = 0.95 } = {}) {
  const simulation = createSimulation(priceCollusion, { params: { firms, priceGrid: 5 } });
  simulation.reset(0);
  const world = simulation.worlds[0].firms as unknown as Record<"price" | "profit", Float64Array>;
  const { values, count: A } = simulation.spaces.firms.price;
  const S = A ** firms;
  const rng = seedStream(seed);
  const [coins, choices] = [rng.fork("coins"), rng.fork("choices")];
  let state = rng.fork("start").integerAt(0, 0, 0, S);
  const digits = (s: number) => Array.from({ length: firms }, (_, i) => Math.floor(s / A ** (firms - 1 - i)) % A);
  const play = (chosen: number[]): number[] => {
    world.price.set(chosen.map((a) => values[a]));
    simulation.runPhase(1, 0);
    return [...world.profit];
  };
  const q = Array.from({ length: firms }, (_, i) => {
    const row = Array.from({ length: A }, (_, a) => {
      const met = Array.from({ length: S }, (_, s) => digits(s)).filter((chosen) => chosen[i] === a);
      return met.reduce((sum, chosen) => sum + play(chosen)[i], 0) / met.length / (1 - γ);
    });
    return Array.from({ length: S }, () => [...row]);
  });
  const greedy = q.map((rows) => rows.map((row) => row.indexOf(Math.max(...row))));
  for (let t = 0; t < periods; t++) {
    const chosen = q.map((_, i) => {
      const [block, row] = [Math.floor(t / 1024), (t % 1024) * firms + i];
      const explores = coins.bitsAt(0, block, row) < Math.exp(-β * t) * 2 ** 32;
      return explores ? choices.integerAt(0, block, row, A) : greedy[i][state];
    });
    const profits = play(chosen);
    const next = chosen.reduce((s, a) => s * A + a, 0);
    q.forEach((rows, i) => {
      const [old, a] = [rows[state][chosen[i]], chosen[i]];
      rows[state][a] = old + α * (profits[i] + γ * Math.max(...rows[next]) - old);
    });
    q.forEach((rows, i) => {
      const most = Math.max(...rows[state]);
      if (rows[state][greedy[i][state]] < most) greedy[i][state] = rows[state].indexOf(most);
    });
    state = next;
  }
  return { q: q.flat(2), greedy: greedy.flat(), state };
}

test.each([2, 3])(
  "%d firms: tables, choices and state are to the bit those of playing the economy by the plain rule",
  (firms) => {
    const periods = 60_000;
    const { last } = trainOn(repeatedQ, priceCollusion, {
      ...calvano,
      params: { firms, priceGrid: 5 },
      totalSteps: periods,
    });
    const plain = obviously(firms, 3, periods);
    expect(last.step).toBe(periods);
    expect(last.arrays["firms/state"]).toEqual(Int32Array.of(plain.state));
    expect(last.arrays["firms/greedy"]).toEqual(Int32Array.from(plain.greedy));
    expect(last.arrays["firms/q"]).toEqual(Float64Array.from(plain.q));
  },
);

test("a session does not depend on how many others there are, nor on when it is looked at", () => {
  const alone = trainOn(repeatedQ, priceCollusion, { ...calvano, totalSteps: 30_000 }).last.arrays;
  const many = trainOn(repeatedQ, priceCollusion, {
    ...calvano,
    numEnvs: 3,
    totalSteps: 90_000,
    config: { epsilonDecay: 1e-4, reportPeriods: 777 },
  }).last.arrays;
  for (const name of ["firms/q", "firms/greedy", "firms/state"]) {
    const [one, first] = [alone[name] as Float64Array, many[name] as Float64Array];
    expect(first.slice(0, one.length)).toEqual(one);
  }
  const [a, b] = [0, 1].map((e) => (many["firms/q"] as Float64Array).slice(e * 6750, (e + 1) * 6750));
  expect(a).not.toEqual(b);
});

test("deciles over sessions come once, at the end; between two sessions they are even steps around the mean", () => {
  const { updates, last } = trainOn(repeatedQ, priceCollusion, {
    ...calvano,
    numEnvs: 2,
    totalSteps: 60_000,
    config: { epsilonDecay: 1e-4, reportPeriods: 15_000 },
  });
  expect(updates.map(({ metrics }) => "sessions/price/0" in metrics)).toEqual([false, true]);
  const at = (k: number) => last.metrics[`sessions/price/${k}`];
  expect(at(0)).toBeLessThan(at(100));
  for (const k of [0, 10, 50, 70, 100]) expect(at(k)).toBeCloseTo(at(0) + (k / 100) * (at(100) - at(0)), 12);
  expect(at(50)).toBeCloseTo(last.metrics["greedy/price"], 12);
});

test("continuing from a snapshot is the same as never having stopped", () => {
  const options = {
    ...calvano,
    numEnvs: 2,
    totalSteps: 100_000,
    config: { epsilonDecay: 1e-4, reportPeriods: 10_000 },
  };
  const { updates } = trainOn(repeatedQ, priceCollusion, options);
  const resumed = trainOn(repeatedQ, priceCollusion, { ...options, from: updates[1] }).updates;
  expect(resumed.length).toBe(updates.length - 2);
  expect(resumed.at(-1)!.arrays).toEqual(updates.at(-1)!.arrays);
  expect(resumed.at(-1)!.metrics).toEqual(updates.at(-1)!.metrics);
});

test("prisoners who do not care for the future come to defect, whatever was played", () => {
  const { last, player } = trainOn(repeatedQ, dilemma, {
    numEnvs: 4,
    totalSteps: 4e6,
    config: { gamma: 0, epsilonDecay: 1e-3, stablePeriods: 10_000 },
  });
  expect(last.metrics["charts/converged"]).toBe(1);
  expect(last.metrics["greedy/defection"]).toBe(1);
  expect(last.metrics["greedy/reward"]).toBe(1);
  expect(last.metrics["greedy/cycle"]).toBe(1);
  expect(last.step).toBeLessThan(4e6);
  expect(player.play({ seed: 1, periods: 20 }).defection).toBe(1);
});

test("a session has converged when no choice has changed for so many periods, to the period", () => {
  const { last } = trainOn(repeatedQ, dilemma, {
    totalSteps: 1e6,
    config: { stablePeriods: 5000, epsilonDecay: 1e-3 },
  });
  const [played, changed] = ["played", "changed"].map((name) => (last.arrays[`prisoners/${name}`] as Float64Array)[0]);
  expect(played - changed).toBe(5000);
});

test("profits and metrics of the stage game are those of the economy, profile by profile", () => {
  const game = createStageGame(dilemma, {});
  expect([...game.payoffs]).toEqual([3, 0, 5, 1, 3, 5, 0, 1]);
  expect([...game.metrics.defection]).toEqual([0, 0.5, 0.5, 1]);
});

// Profiles: 0 both cooperate, 1 and 2 the second or the first defects alone, 3 both defect.
const GRIM = Int32Array.of(0, 1, 1, 1, 0, 1, 1, 1);
const TIT_FOR_TAT = Int32Array.of(0, 1, 0, 1, 0, 0, 1, 1);

test("grim players cooperate until somebody defects, who gains 5 once and 1 for ever after in place of 3", () => {
  const game = createStageGame(dilemma, {});
  expect(limitCycle(game, GRIM, 0, 0)).toEqual([0]);
  expect(limitCycle(game, GRIM, 0, 2)).toEqual([3]);
  const { deviator, others, gain } = deviate(game, GRIM, { at: 0, profile: 0, player: 1, periods: 3, gamma: 0.9 });
  expect([...deviator]).toEqual([1, 1, 1, 1]);
  expect([...others]).toEqual([0, 1, 1, 1]);
  expect(gain).toBeCloseTo((5 + 0.9 / 0.1) / (3 / 0.1) - 1, 7);
});

test("after a deviation two who play tit for tat defect in turns", () => {
  const game = createStageGame(dilemma, {});
  expect(limitCycle(game, TIT_FOR_TAT, 0, 0)).toEqual([0]);
  expect(limitCycle(game, TIT_FOR_TAT, 0, 2)).toEqual([2, 1]);
  const { deviator, others } = deviate(game, TIT_FOR_TAT, { at: 0, profile: 0, player: 0, periods: 4, gamma: 0.9 });
  expect([...deviator]).toEqual([1, 0, 1, 0, 1]);
  expect([...others]).toEqual([0, 1, 0, 1, 0]);
});

test("the policy plays the first session's choices in the economy", () => {
  const { last, player } = trainOn(repeatedQ, priceCollusion, { ...calvano, numEnvs: 2, totalSteps: 2e6 });
  const game = createStageGame(priceCollusion, {});
  const greedy = last.arrays["firms/greedy"] as Int32Array;
  const prices: number[][] = [];
  player.play({
    seed: 1,
    periods: 5,
    visit: (w) => prices.push([...(w.firms as unknown as Record<string, Float64Array>).price]),
  });
  const codes = prices.map((pair) => pair.map((price) => game.values.indexOf(price)));
  for (let t = 1; t < codes.length; t++) {
    const s = codes[t - 1][0] * 15 + codes[t - 1][1];
    expect(codes[t]).toEqual([greedy[s], greedy[225 + s]]);
  }
});

test.each([
  ["rewards depend on more", dilemma, { noise: 1 }],
  ["can tell only 1 of 4 combinations of last actions apart", dilemma, { unseen: 1 }],
  ["choose price, bondPrice, expected one action", lucasTree, { agents: 2 }],
  ["rewards depend on more", monopoly, { demand: "habit" }],
  ["has no decision", moneyExchange, { agents: 2 }],
] as const)("what is not a repeated game is refused: %s", (message, economy, params) => {
  expect(() => createStageGame(economy, params)).toThrow(message);
});

test("too many firms are refused with what to do", () => {
  expect(() => createStageGame(priceCollusion, { firms: 7 })).toThrow(
    "7 firms with 15 choices each make 170859375 combinations",
  );
  expect(() => trainOn(repeatedQ, priceCollusion, { ...calvano, numEnvs: 10_000, totalSteps: 1e6 })).toThrow(
    "Lower numEnvs",
  );
});

test("a run whose sessions have converged is complete, and its last checkpoint is its last update", async () => {
  const experiment = defineExperiment({
    name: "test",
    summary: "",
    economy: dilemma,
    algorithm: repeatedQ,
    config: { gamma: 0, epsilonDecay: 1e-3, stablePeriods: 1000, reportPeriods: 5000 },
    numEnvs: 2,
    totalSteps: 1e8,
    measure: (_player, _p, training) => ({ everyone: training["greedy/defection"] }),
  });
  const run = resolveRun(experiment, {}, 1);
  const machine = { platform: "", arch: "", cpu: "", cores: 1 };
  const writer = createRun(memoryStore(), { name: "test", config: {}, version: "", node: "", machine });
  const steps: number[] = [];
  const save = writer.checkpoint;
  const spy = {
    ...writer,
    checkpoint(...args: Parameters<typeof save>) {
      steps.push(args[0]);
      save.apply(writer, args);
    },
  };
  const result = await execute({ experiment, run, writer: spy, checkpointInterval: Number.POSITIVE_INFINITY });
  expect(result.status).toBe("complete");
  expect(result.summary.everyone).toBe(1);
  expect(steps).toEqual([result.rows.at(-1)!.step]);
  expect(steps[0]).toBeLessThan(1e8);
});

// The reference: 400 sessions of an independent program in C, 0.7053 ± 0.0013; a session's standard deviation is 0.03.
test("forty duopolies that explore with β = 1e-4 end at the profit gain of Calvano et al.'s rule", () => {
  const { last } = trainOn(repeatedQ, priceCollusion, { ...calvano, seed: 1, numEnvs: 40, totalSteps: 40e6 });
  expect(last.metrics["charts/converged"]).toBe(1);
  expect(Math.abs(last.metrics["greedy/profitGain"] - 0.7053)).toBeLessThan(4 * (0.03 / Math.sqrt(40)));
  expect(Math.abs(last.metrics["charts/periods"] / 2e5 - 1)).toBeLessThan(0.05);
  // Who undercuts is punished at once: the others' price falls.
  expect(last.metrics["response/others/0"]).toBeCloseTo(last.metrics["response/before"], 10);
  expect(last.metrics["response/others/1"]).toBeLessThan(last.metrics["response/before"] - 0.05);
  expect(last.metrics["response/gain"]).toBeLessThan(0);
});
