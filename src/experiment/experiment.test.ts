import { expect, test } from "vitest";
import { lucasTree } from "../../economies/lucas-tree.ts";
import { moneyExchange } from "../../economies/money-exchange.ts";
import lucasDqn from "../../experiments/lucas-tree/dqn.ts";
import type { DrawAt } from "../algorithms/algorithm.ts";
import { configOf, configPaths } from "../algorithms/algorithm.ts";
import { dqn } from "../algorithms/dqn.ts";
import { ppo } from "../algorithms/ppo.ts";
import { box, defineEconomy, f64, grid, param, population, unknown } from "../economy/index.ts";
import { bootstrapInterval } from "../metrics/index.ts";
import { type Stream, seedStream } from "../random/index.ts";
import { claimsOf, judge } from "./claims.ts";
import type { Expectation } from "./declared.ts";
import { departures } from "./departures.ts";
import {
  bareExperiment,
  defineExperiment,
  defineSimulation,
  type Experiment,
  type Overrides,
  resolveRun,
} from "./experiment.ts";
import { asExperiment } from "./load.ts";
import { createPlayer } from "./play.ts";

test("a resolved run is plain JSON with every default filled in", () => {
  const run = resolveRun(lucasDqn, {}, 3);
  expect(JSON.parse(JSON.stringify(run))).toEqual(run);
  expect(run).toMatchObject({ experiment: lucasDqn.name, economy: "lucas-tree", algorithm: "dqn", seed: 3 });
  expect(Object.keys(run.params)).toEqual(Object.keys(lucasTree.params));
  expect(Object.keys(run.config)).toEqual(Object.keys(dqn.config));
});

test("overrides go where their path says, numbers also as text", () => {
  const set = { agents: "6", "params.horizon": 20, "config.learningRate": "1e-4", numEnvs: "2", totalSteps: 1e3 };
  const run = resolveRun(lucasDqn, set, 1);
  expect(run.params).toMatchObject({ agents: 6, horizon: 20 });
  expect(run.config).toMatchObject({ learningRate: 1e-4 });
  expect(run).toMatchObject({ numEnvs: 2, totalSteps: 1000 });
});

test("resolving a resolved run changes nothing", () => {
  const run = resolveRun(lucasDqn, { agents: 6, dividendProcess: "iid" }, 1);
  const config = Object.fromEntries(Object.entries(run.config).map(([name, value]) => [`config.${name}`, value]));
  const { numEnvs, totalSteps } = run;
  expect(resolveRun(lucasDqn, { ...run.params, ...config, numEnvs, totalSteps }, 1)).toEqual(run);
});

test("an economy on its own runs one episode per world unless told otherwise", () => {
  const bare = bareExperiment(moneyExchange);
  expect(resolveRun(bare, { horizon: 70 }, 1)).toMatchObject({
    totalSteps: 70,
    numEnvs: 1,
    algorithm: null,
    config: {},
  });
  expect(resolveRun(bare, { horizon: 70, numEnvs: 3 }, 1)).toMatchObject({ totalSteps: 210 });
  expect(resolveRun(bare, { totalSteps: 5 }, 1)).toMatchObject({ totalSteps: 5 });
});

const mixed = () =>
  defineExperiment({
    name: "two-sided",
    summary: "",
    economy: stall,
    algorithm: ppo,
    config: { learningRate: 1e-3, populations: { buyers: { learningRate: 1e-4, independent: true } } },
    numEnvs: 1,
    totalSteps: 10,
  });

test("a setting may differ for one population, in the experiment and on the command line; the run stays plain JSON", () => {
  const run = resolveRun(mixed(), {}, 1);
  expect(run.config["populations"]).toEqual({ buyers: { learningRate: 1e-4, independent: true } });
  expect(JSON.parse(JSON.stringify(run))).toEqual(run);
  const set = { "config.buyers.learningRate": "2e-4", "config.sellers.gamma": "0.5", "config.gamma": "0.8" };
  const { config } = resolveRun(mixed(), set, 1);
  expect(configOf(config, "buyers")).toMatchObject({ learningRate: 2e-4, independent: true, gamma: 0.8 });
  expect(configOf(config, "sellers")).toMatchObject({ learningRate: 1e-3, independent: false, gamma: 0.5 });
  expect(configOf(config, "sellers")).not.toHaveProperty("populations");
  const again = Object.fromEntries(configPaths(config).map(([path, value]) => [`config.${path}`, value]));
  expect(resolveRun(mixed(), again, 1).config).toEqual(config);
  expect(resolveRun({ ...mixed(), config: {} }, {}, 1).config).not.toHaveProperty("populations");
});

test("a policy is given its own population's settings", () => {
  const given: Record<string, unknown> = {};
  const asked = {
    ...fixed,
    policy: (population: string, _spec: unknown, config: unknown) => (given[population] = config),
  };
  createPlayer(stall, asked as never, { gamma: 1, populations: { buyers: { gamma: 0 } } }, {});
  expect(given).toEqual({ sellers: { gamma: 1 }, buyers: { gamma: 0 } });
});

test("settings of one population are refused where nobody could use them", () => {
  const refusals: [unknown, string][] = [
    [
      { buyer: { gamma: 0.5 } },
      'Unknown population "buyer" in the settings of ppo. Did you mean "buyers"? Expected sellers or buyers.',
    ],
    [{ buyers: { gama: 0.5 } }, 'Unknown setting "gama" of ppo for buyers. Did you mean "gamma"?'],
    [{ buyers: { gamma: 2 } }, "ppo.buyers.gamma: got 2, expected a number from 0 to 1."],
    [{ buyers: { updates: 2 } }, "ppo: got updates for buyers alone; it belongs to the whole run."],
  ];
  for (const [populations, message] of refusals)
    expect(() => resolveRun({ ...mixed(), config: { populations } }, {}, 1)).toThrow(message);
  expect(() => resolveRun(mixed(), { "config.buyer.gamma": 1 }, 1)).toThrow('Did you mean "config.buyers.gamma"?');
  const alike = { ...mixed(), algorithm: { ...ppo, mixed: false } };
  expect(() => resolveRun(alike as never, {}, 1)).toThrow("ppo takes one configuration for all populations");
});

const refused: [Overrides, string][] = [
  [{ agnets: 6 }, 'Unknown parameter "agnets" of lucas-tree/dqn. Did you mean "agents"?'],
  [{ "params.agnets": 6 }, 'Unknown parameter "params.agnets" of lucas-tree/dqn. Did you mean "agents"?'],
  [{ "config.learningrate": 1 }, 'Did you mean "config.learningRate"?'],
  [{ learningRate: 1 }, 'Unknown parameter "learningRate"'],
  [{ numEnvs: 0 }, "numEnvs: got 0, expected an integer from 1 to 10000000."],
  [{ totalSteps: 1.5 }, "totalSteps: got 1.5"],
  [{ "config.batchSize": "many" }, 'dqn.batchSize: got "many"'],
];
test.each(refused)("%j is refused", (set, message) => {
  expect(() => resolveRun(lucasDqn, set, 1)).toThrow(message);
});

test("settings that do not exist are refused where an experiment is defined, with the nearest that does", () => {
  const experiment = (changes: object) => () => defineExperiment({ ...definition, ...changes } as never);
  const definition = {
    name: "two-sided",
    summary: "",
    economy: stall,
    algorithm: ppo,
    numEnvs: 1,
    totalSteps: 10,
  };
  expect(experiment({})).not.toThrow();
  const refusals: [object, string][] = [
    [{ totalStep: 20_000 }, 'Experiment "two-sided": there is no setting "totalStep". Did you mean "totalSteps"?'],
    [{ params: { m: 3 } }, 'Experiment "two-sided": params: there is no setting "m".'],
    [
      { config: { learningrate: 1 } },
      'config of ppo: there is no setting "learningrate". Did you mean "learningRate"?',
    ],
    [
      { config: { populations: { buyers: { gama: 1 } } } },
      'config.populations.buyers of ppo: there is no setting "gama".',
    ],
    [{ evaluation: { period: 3 } }, 'evaluation: there is no setting "period". Did you mean "periods"?'],
    [{ evaluation: { params: { m: 3 } } }, 'evaluation.params: there is no setting "m".'],
  ];
  for (const [changes, message] of refusals) expect(experiment(changes)).toThrow(message);

  const expecting = (changes: object) => () =>
    defineExperiment({ ...definition, expect: () => [{ ...expectation({}), ...changes }] } as never).expect!({}, {});
  expect(expecting({})).not.toThrow();
  expect(expecting({ tolerence: 1 })).toThrow(
    'expect "price": there is no setting "tolerence". Did you mean "tolerance"?',
  );
  expect(expecting({ kind: "atmost" })).toThrow(
    'kind is "atmost", expected relative, absolute, atMost, atLeast or below. Did you mean "atMost"?',
  );
  expect(expecting({ tolerance: undefined })).toThrow("tolerance is undefined, expected a number.");
  expect(expecting({ theory: undefined })).toThrow(
    'theory is undefined, expected a number. Without one, give unknown("reason").',
  );
  expect(expecting({ theory: unknown("folds") })).not.toThrow();

  const figure = { title: "Prices", xLabel: "", yLabel: "", caption: "", lines: [{ label: "p", training: "p" }] };
  const drawing = (changes: object) => () =>
    defineExperiment({ ...definition, figures: () => [{ ...figure, ...changes }] } as never).figures!({}, {});
  expect(drawing({})).not.toThrow();
  const kinds = [{ measured: "q" }, { points: [[0, 1]] }, { level: 1, as: "line" }];
  expect(drawing({ lines: kinds.map((kind) => ({ label: "q", ...kind })) })).not.toThrow();
  expect(drawing({ xlabel: "" })).toThrow('figure "Prices": there is no setting "xlabel". Did you mean "xLabel"?');
  expect(drawing({ lines: [{ label: "p", trained: "p" }] })).toThrow('line "p": there is no setting "trained".');
});

test("a seed is a whole number", () => {
  for (const seed of [-1, 1.5, Number.NaN]) expect(() => resolveRun(lucasDqn, {}, seed)).toThrow("seed: got");
});

test("a module's default export is an experiment or an economy", () => {
  expect(asExperiment(lucasDqn, "here")).toBe(lucasDqn);
  expect(asExperiment(moneyExchange, "here")).toMatchObject({ economy: moneyExchange, algorithm: null });
  for (const [value, what] of [
    [undefined, "missing"],
    [null, "null"],
    [{}, "an object"],
    [3, "a number"],
  ])
    expect(() => asExperiment(value, "here.ts")).toThrow(`here.ts: the default export is ${what}, expected`);
});

const expectation = (changes: Partial<Expectation>): Expectation => ({
  item: "price",
  measure: "price",
  claim: "2",
  theory: 2,
  unit: "1",
  tolerance: 0.1,
  kind: "relative",
  ...changes,
});
const seeds = (...values: number[]) => values.map((price) => ({ price }));

test("a claim passes when enough seeds are within its tolerance", () => {
  expect(judge(expectation({}), seeds(1.875, 2, 2.125))).toMatchObject({
    verdict: "pass",
    reason: null,
    ours: 2,
    note: "3 of 3 seeds within 10 % of theory",
  });
  expect(judge(expectation({}), seeds(1.75, 2, 2.125))).toMatchObject({
    verdict: "fail",
    note: "2 of 3 seeds within 10 % of theory",
  });
  expect(judge(expectation({ share: 0.6 }), seeds(1.75, 2, 2.125)).verdict).toBe("pass");
  expect(judge(expectation({ kind: "absolute" }), seeds(1.9375, 2.0625)).verdict).toBe("pass");
  expect(judge(expectation({ kind: "absolute" }), seeds(1.85)).verdict).toBe("fail");
  expect(judge(expectation({ kind: "atMost", theory: 0 }), seeds(-5, 0.1)).verdict).toBe("pass");
  expect(judge(expectation({ kind: "atMost", theory: 0 }), seeds(0.11)).verdict).toBe("fail");
  expect(judge(expectation({ kind: "atLeast", theory: 0 }), seeds(0.1, 5))).toMatchObject({
    verdict: "pass",
    note: "2 of 2 seeds at least 0.1",
  });
  expect(judge(expectation({ kind: "atLeast", theory: 0 }), seeds(0.09)).verdict).toBe("fail");
  expect(judge(expectation({ theory: -2 }), seeds(-2.1)).verdict).toBe("pass");
});

test("without theory a claim is shown and not judged", () => {
  const theory = unknown("nobody sells at a cost of 12");
  for (const kind of ["relative", "absolute", "atMost", "atLeast", "below"] as const)
    expect(judge(expectation({ theory, kind, note: "by hand" }), seeds(1, 3))).toMatchObject({
      theory: null,
      ours: 2,
      verdict: "not judged",
      reason: "no theory here: nobody sells at a cost of 12",
      note: "by hand",
    });
  expect(judge(expectation({ theory }), seeds(1))).toMatchObject({ low: null, high: null });
});

test("a fall is judged over all seeds together, by Wilcoxon's test where there are enough of them", () => {
  const fall = { kind: "below", theory: -1, tolerance: 0.05 } as const;
  expect(judge(expectation(fall), seeds(-1, -2, -3, -4, -5, -6))).toMatchObject({
    verdict: "pass",
    ours: -3.5,
    note: "6 of 6 seeds below 0: sign test p = 0.031, Wilcoxon p = 0.031; at most 0.05",
  });
  expect(judge(expectation(fall), seeds(-1, -2, -3, -4, -5, 6)).verdict).toBe("fail"); // p = 0.22
});

test("a fall over fewer seeds than its test needs is not judged, whatever its sign", () => {
  const fall = { kind: "below", theory: -1, tolerance: 0.05 } as const;
  for (const values of [[-1, -2], [1], [-1, -2, -3, -4, -5]])
    expect(judge(expectation(fall), seeds(...values))).toMatchObject({
      verdict: "not judged",
      reason: `a test at 0.05 needs 6 seeds, got ${values.length}`,
      note: expect.not.stringContaining("p ="),
    });
  // 2^(1−7) = 0.0156 and 2^(1−8) = 0.0078
  expect(judge(expectation({ ...fall, tolerance: 0.01 }), seeds(-1, -2, -3, -4, -5, -6, -7)).verdict).toBe(
    "not judged",
  );
  expect(judge(expectation({ ...fall, tolerance: 0.01 }), seeds(-1, -2, -3, -4, -5, -6, -7, -8)).verdict).toBe("pass");
});

test("a fall may have to be as large as theory says, or no larger", () => {
  const judged = (...ofTheory: [number, number]) =>
    judge(expectation({ kind: "below", theory: -4, tolerance: 0.05, ofTheory }), seeds(-1, -2, -3, -4, -5, -6)); // 87.5 %
  expect(judged(0.8, 1.2).verdict).toBe("pass");
  expect(judged(0.9, 1.2).verdict).toBe("fail");
  expect(judged(0.5, 0.8)).toMatchObject({
    verdict: "fail",
    note: expect.stringContaining("mean 87.5 % of theory, 50 % to 80 % wanted"),
  });
  expect(judged(0.8, Number.POSITIVE_INFINITY).verdict).toBe("pass");
});

test("what could not be measured does not pass", () => {
  for (const kind of ["relative", "absolute", "atMost", "atLeast", "below"] as const)
    expect(judge(expectation({ kind }), seeds(Number.NaN)).verdict).toBe("fail");
  expect(() => judge(expectation({ measure: "prise" }), seeds(1))).toThrow(
    'Expectation "price" needs the measure "prise", which the run does not have.',
  );
});

const expecting: Experiment = {
  ...lucasDqn,
  expect: () => [
    expectation({ measure: "bondPrice" }),
    expectation({ item: "other", measure: "bondPrice", theory: 9 }),
  ],
};

test("claims are judged at the experiment's own settings, and elsewhere shown with the settings that differ", () => {
  const verdicts = (set: Overrides, seed = 1) =>
    claimsOf(expecting, resolveRun(expecting, set, seed), [{ bondPrice: 2 }]).map(({ verdict, reason }) => [
      verdict,
      reason,
    ]);
  expect(verdicts({})).toEqual([
    ["pass", null],
    ["fail", null],
  ]);
  expect(verdicts({ agents: lucasDqn.params["agents"] ?? 1200 }, 7)).toEqual(verdicts({}));
  const reason = "agents is 60, the claim is for 1200";
  expect(verdicts({ agents: 60 })).toEqual([
    ["not judged", reason],
    ["not judged", reason],
  ]);
  const many = { agents: 60, "config.gamma": 0.5, numEnvs: 1, totalSteps: 10 };
  expect(verdicts(many)[0]![1]).toMatch(
    /^agents is 60, the claim is for 1200; config\.gamma is 0\.5, .*; one more setting differs$/,
  );
  expect(claimsOf(expecting, resolveRun(expecting, {}, 1), [{}])).toEqual([]);
});

test("a parameter that follows from another is no departure of its own, and one that is set is", () => {
  const bare = bareExperiment(lucasTree);
  const departed = (set: Overrides) => departures(bare, resolveRun(bare, set, 1));
  expect(departed({})).toEqual({});
  const { bondTradeSize } = resolveRun(bare, {}, 1).params;
  expect(resolveRun(bare, { dividendScale: 0.02 }, 1).params["bondTradeSize"]).not.toBe(bondTradeSize);
  expect(departed({ dividendScale: 0.02 })).toEqual({ dividendScale: 0.02 });
  expect(departed({ dividendScale: 0.02, bondTradeSize: 3 })).toEqual({ dividendScale: 0.02, bondTradeSize: 3 });
});

test("one seed has no interval; several have Student's", () => {
  expect(judge(expectation({ note: "so far" }), seeds(2))).toMatchObject({
    low: null,
    high: null,
    note: "within 10 % of theory; so far",
  });
  const { low, high } = judge(expectation({}), seeds(1.9, 2, 2.1));
  // t(0.975, 2) = 4.30265, s = 0.1
  expect(low).toBeCloseTo(2 - (4.30265273 * 0.1) / Math.sqrt(3), 8);
  expect(high).toBeCloseTo(2 + (4.30265273 * 0.1) / Math.sqrt(3), 8);
});

test("an interval by bootstrap resamples seeds, and follows a skewed sample", () => {
  const values = [1.9, 1.95, 2, 2, 2.05, 3];
  const judged = judge(expectation({ interval: "bootstrap" }), seeds(...values));
  const expected = bootstrapInterval(values, { stream: seedStream(1).fork("claims") });
  expect(judged).toMatchObject({ ours: expected.mean, low: expected.low, high: expected.high });
  const student = judge(expectation({}), seeds(...values));
  expect(judged.ours).toBeCloseTo(student.ours, 12);
  expect(judged.high! - judged.ours).toBeGreaterThan(2 * (judged.ours - judged.low!));
  expect(judge(expectation({ interval: "bootstrap" }), seeds(2)).low).toBeNull();
  const asked = (interval: string) =>
    defineSimulation({
      name: "exchange",
      summary: "",
      economy: moneyExchange,
      expect: () => [expectation({ interval } as never)],
    }).expect!({}, {});
  expect(asked("student")).toHaveLength(1);
  expect(() => asked("bootstap")).toThrow('interval is "bootstap", expected "student" or "bootstrap".');
});

// Five agents who post what the policy says: choice 3 of a grid, or reals far outside the box.
const doc = "";
const stall = defineEconomy({
  name: "stall",
  source: "none",
  summary: "",
  params: { n: param(5, { integer: true }) },
  horizon: 4,
  world: { age: f64() },
  populations: {
    sellers: population({ size: "n", state: { stock: f64({ initial: 2 }) }, actions: { price: grid(0, 1, 5) } }),
    buyers: population({ size: 2, state: { purse: f64() }, actions: { bid: box(0, 1) } }),
  },
  phases: ({ decide, world }) => ({
    post: decide("sellers", { doc }),
    bid: decide("buyers", { doc }),
    age: world({ doc }, (w) => {
      w.age += 1;
    }),
  }),
  observe: { sellers: { stock: { column: "stock", doc } }, buyers: { purse: { column: "purse", doc } } },
  metrics: {
    age: { unit: "1", doc, of: (w) => w.age },
    price: { unit: "1", doc, of: ({ sellers }) => sellers.price[0] },
  },
});
const fixed = {
  ...dqn,
  policy: (population: string) => ({
    load: () => {},
    act: (actions: Int32Array | Float32Array, obs: Float32Array, rows: number) => {
      for (let i = 0; i < rows; i++)
        actions[i] = population === "buyers" ? 7 * (i === 0 ? 1 : -1) : Math.min(4, obs[i]);
    },
  }),
};

test("playing averages the economy's metrics over whole periods, episode after episode", () => {
  const player = createPlayer(stall, fixed as never, {}, {});
  const periods: number[] = [];
  const metrics = player.play({ seed: 1, periods: 6, visit: (_w, period) => periods.push(period) });
  expect(periods).toEqual([0, 1, 2, 3, 4, 5]);
  expect(metrics.age).toBe((1 + 2 + 3 + 4 + 1 + 2) / 6);
  expect(metrics.price).toBe(0.5); // stock 2 → choice 2 of 0, ¼, ½, ¾, 1
  expect(player.play({ seed: 1, periods: 6 })).toEqual(metrics);
});

test("actions are drawn where the evaluation says so and a policy can draw, the same for the same seed", () => {
  const asked: number[][] = [];
  const chance = {
    ...fixed,
    policy: (population: string) => ({
      ...fixed.policy(population),
      sample(actions: Int32Array | Float32Array, _obs: Float32Array, rows: number, stream: Stream, at: DrawAt) {
        for (let i = 0; i < rows; i++) actions[i] = stream.integerAt(at.lane, at.period, i, 2);
        if (population === "sellers") asked.push([...actions.subarray(0, rows)]);
      },
    }),
  };
  const play = (seed: number, sampled?: boolean) => {
    asked.length = 0;
    createPlayer(stall, chance as never, {}, {}, { sampled: true }).play({
      seed,
      periods: 6,
      ...(sampled === undefined ? {} : { sampled }),
    });
    return asked.join(" ");
  };
  expect(play(1)).toBe(play(1));
  expect(play(1)).not.toBe(play(2));
  expect(play(1, false)).toBe("");
});

test("asking a policy what it would do decodes its answer as the environment would", () => {
  const player = createPlayer(stall, fixed as never, {}, {});
  const answer = player.respond("sellers", (w) => {
    (w.sellers as unknown as { stock: Float64Array }).stock.set([0, 1, 2, 3, 4]);
  });
  expect([...(answer.price as Float64Array)]).toEqual([0, 0.25, 0.5, 0.75, 1]);
});

test("an experiment defaults to ten seeds and evaluates after every update", () => {
  const experiment = defineExperiment({
    name: "x",
    summary: "",
    economy: lucasTree,
    algorithm: dqn,
    numEnvs: 1,
    totalSteps: 10,
  });
  expect(experiment.seeds).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(experiment.evaluation).toEqual({ sampled: false, periods: 10, finalPeriods: 50, every: 1, params: {} });
  expect([experiment.measure, experiment.expect]).toEqual([null, null]);
});

test("a simulation has an economy's settings, no learner's, and refuses what it does not know", () => {
  const definition = { name: "exchange", summary: "", economy: moneyExchange, params: { horizon: 30 }, seeds: [4] };
  const simulation = defineSimulation({ ...definition, numEnvs: 2 });
  expect(resolveRun(simulation, {}, 4)).toMatchObject({ algorithm: null, config: {}, numEnvs: 2, totalSteps: 60 });
  expect(asExperiment(simulation, "")).toBe(simulation);
  for (const key of ["algorithm", "config", "evaluation", "tabels"])
    expect(() => defineSimulation({ ...definition, [key]: ppo } as never)).toThrow(
      `Experiment "exchange": there is no setting "${key}".`,
    );
  expect(() => defineSimulation({ ...definition, params: { horizn: 3 } } as never)).toThrow("horizn");
});

test("a table's rows have as many cases and cells as it has columns", () => {
  const row = { of: ["linear"], cells: ["a", 1] };
  const table = {
    title: "Curves",
    cases: ["curve"],
    columns: [
      { name: "x", unit: "1" },
      { name: "y", unit: "1" },
    ],
    note: "",
  };
  const tables = (rows: readonly object[], more = {}) =>
    defineSimulation({
      name: "t",
      summary: "",
      economy: moneyExchange,
      tables: () => [{ ...table, rows, ...more } as never],
    }).tables!({}, {});
  expect(tables([row])).toEqual([{ ...table, rows: [row] }]);
  expect(() => tables([row, { ...row, cells: ["a"] }])).toThrow(
    'Experiment "t": table "Curves": row 1 has 1 cases and 1 cells, expected 1 and 2.',
  );
  expect(() => tables([{ ...row, of: [] }])).toThrow("row 0 has 0 cases and 2 cells, expected 1 and 2.");
  expect(() => tables([{ ...row, cels: [] }])).toThrow("cels");
  expect(() => tables([], { colums: [] })).toThrow("colums");
});
