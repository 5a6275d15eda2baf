// What all learners promise, held against each of them: the same suite for every algorithm, on economies small enough to know the answer.
import { describe, expect, test } from "vitest";
import { lqr } from "../../experiments/control/parts/lqr.ts";
import { callers } from "../../test/callers.ts";
import { guests } from "../../test/guests.ts";
import { haggle } from "../../test/haggle.ts";
import { recording } from "../../test/recording.ts";
import { shifts } from "../../test/shifts.ts";
import { runOnThreads } from "../../test/threads.ts";
import { contexts, distance, type Training, trainOn } from "../../test/tiny-economies.ts";
import { village } from "../../test/village.ts";
import { box, defineEconomy, type Economy, f64, grid, population } from "../economy/index.ts";
import { makeVectorEnv } from "../env/vector-env.ts";
import { actorCritic } from "./actor-critic.ts";
import { type Algorithm, resolveConfig } from "./algorithm.ts";
import { dqn } from "./dqn.ts";
import { impala } from "./impala.ts";
import { algorithms } from "./index.ts";
import { logitResponse } from "./logit-response.ts";
import { mappo } from "./mappo.ts";
import { ppo } from "./ppo.ts";
import { qLearning } from "./q-learning.ts";
import { qmix } from "./qmix.ts";
import { sac } from "./sac.ts";

/** A test of those learners that it is about. */
const testWhere = (applies: boolean): ((name: string, run: () => void) => void) => (applies ? test : () => {});

interface Subject {
  readonly name: string;
  readonly algorithm: Algorithm;
  readonly config: object;
  readonly boxes: boolean;
  /** Settings under which nothing is learned and a share ε of actions is drawn uniformly; null: there are none. */
  readonly uniform: { readonly ε: number; readonly config: object } | null;
  /** Reads masks, or refuses to train where there are some. */
  readonly masks: boolean;
  /** Why it wants all agents together; null: it takes them apart. */
  readonly together: string | null;
  /** Settings with which it learns a choice in a single state, and world-periods that it takes. */
  readonly learns: readonly [config: object, totalSteps: number];
}

const network = { hiddenLayers: 1, hiddenWidth: 8 };
const replayed = { ...network, batchSize: 8, bufferSize: 60 };
const proximal = { ...network, numSteps: 4, numMinibatches: 2, updateEpochs: 2 };
const often = { ε: 0.5, config: { epsilonStart: 0.5, epsilonEnd: 0.5, gradientSteps: 0 } };
const tables = { bins: 3, low: -1, high: 1 };
const of = (algorithm: unknown, config: object, more: Pick<Subject, "learns"> & Partial<Subject>): Subject => ({
  name: (algorithm as Algorithm).name + (more.boxes ? " over boxes" : ""),
  algorithm: algorithm as Algorithm,
  config,
  boxes: false,
  uniform: null,
  masks: false,
  together: null,
  ...more,
});
const policyGradient = { entCoef: 0.001, learningRate: 1e-2, numSteps: 16 };
const subjects: readonly Subject[] = [
  of(actorCritic, { ...network, numSteps: 4 }, { masks: true, learns: [{ ...policyGradient, hiddenWidth: 16 }, 6000] }),
  of(dqn, replayed, {
    uniform: often,
    masks: true,
    learns: [
      {
        tau: 0.05,
        finalTau: 0.05,
        batchSize: 32,
        bufferSize: 4000,
        learningRate: 3e-3,
        finalLearningRate: 1e-4,
        epsilonEnd: 0.3,
      },
      3000,
    ],
  }),
  of(impala, { ...network, numSteps: 4 }, { masks: true, learns: [{ ...policyGradient, hiddenWidth: 16 }, 6000] }),
  of(logitResponse, tables, {
    together: "it learns from outcomes",
    learns: [{ rationality: 5, bins: 1, stepMin: 0.1 }, 3000],
  }),
  of(mappo, proximal, { together: "its critic sees all agents at once", masks: true, learns: [policyGradient, 4000] }),
  of(ppo, proximal, { masks: true, learns: [policyGradient, 4000] }),
  of(ppo, proximal, { boxes: true, learns: [policyGradient, 8000] }),
  of(qLearning, tables, {
    masks: true,
    uniform: { ε: 0.5, config: { epsilon: 0.5, learningRate: 0 } },
    learns: [{ bins: 1, learningRate: 0.2, epsilon: 0.5 }, 3000],
  }),
  of(qmix, replayed, {
    together: "a team's value is that of the choices all its agents make at once",
    masks: true,
    uniform: often,
    learns: [
      { tau: 0.05, batchSize: 32, bufferSize: 4000, learningRate: 3e-3, finalLearningRate: 1e-4, epsilonEnd: 0.3 },
      3000,
    ],
  }),
  of(
    sac,
    { ...replayed, learningStarts: 20 },
    {
      masks: true,
      uniform: { ε: 1, config: { learningStarts: 1e6 } },
      learns: [
        {
          tau: 0.05,
          batchSize: 32,
          bufferSize: 4000,
          learningStarts: 100,
          learningRate: 3e-3,
          criticLearningRate: 3e-3,
          autotune: false,
          alpha: 0.02,
        },
        2000,
      ],
    },
  ),
  of(
    sac,
    { ...replayed, learningStarts: 20 },
    {
      boxes: true,
      uniform: { ε: 1, config: { learningStarts: 1e6 } },
      learns: [
        {
          tau: 0.05,
          batchSize: 32,
          bufferSize: 4000,
          learningStarts: 300,
          learningRate: 3e-3,
          criticLearningRate: 3e-3,
          autotune: false,
          alpha: 0.05,
        },
        3000,
      ],
    },
  ),
];
/** Learners that take a population of a special kind, with suites of their own. */
const ELSEWHERE = ["mean-field-q", "naf", "repeated-q"];

test("every learner is held to the contract, or has a suite of its own", () => {
  const held = new Set([...subjects.map(({ algorithm }) => algorithm.name), ...ELSEWHERE]);
  expect(algorithms.map(({ name }) => name).filter((name) => !held.has(name))).toEqual([]);
});

/** Efforts of a quarter and three quarters are all there are; the others would pay best. */
const ruled = defineEconomy({
  name: "ruled",
  source: "test",
  summary: "Five efforts, of which two are allowed.",
  params: {},
  horizon: 7,
  populations: { workers: population({ size: 2, state: { pay: f64() }, actions: { effort: grid(0, 1, 5) } }) },
  phases: ({ decide, world }) => ({
    work: decide("workers", { doc: "an effort" }),
    pay: world({ doc: "1 for what is not allowed" }, (w) => {
      for (let i = 0; i < 2; i++)
        w.workers.pay[i] = w.workers.effort[i] === 0.25 || w.workers.effort[i] === 0.75 ? 0 : 1;
    }),
  }),
  mask: {
    workers: { effort: { doc: "a quarter or three", allows: (_k, _i, effort) => effort === 0.25 || effort === 0.75 } },
  },
  observe: { workers: { pay: { column: "pay", doc: "" } } },
  reward: { workers: { column: "pay", doc: "" } },
}) as Economy;

/** Once: the first choice pays 1 and ends the world, the last pays .6 and the world goes on, though we stop watching. With γ = .9 going on is worth 6. */
const crossroads = (boxes: boolean) =>
  defineEconomy({
    name: "crossroads",
    source: "test",
    summary: "An end that pays, or a small wage for ever.",
    params: {},
    horizon: 1,
    world: { over: f64() },
    populations: {
      walkers: population({
        size: 1,
        state: { pay: f64(), one: f64({ initial: 1 }) },
        actions: { way: boxes ? box(0, 1) : grid(0, 1, 2) },
      }),
    },
    phases: ({ decide, world }) => ({
      turn: decide("walkers", { doc: "the end, or on" }),
      pay: world({ doc: "1 and the end, or .6" }, (w) => {
        w.over = w.walkers.way[0] < 0.5 ? 1 : 0;
        w.walkers.pay[0] = w.over === 1 ? 1 : 0.6;
      }),
    }),
    observe: { walkers: { one: { column: "one", doc: "1" } } },
    reward: { walkers: { column: "pay", doc: "" } },
    end: (w) => w.over === 1,
  }) as Economy;

/** Both decide every third period. Patience pays 1 in the third period, haste .5 at once; then there is nothing. */
const seasons = (boxes: boolean) =>
  defineEconomy({
    name: "seasons",
    source: "test",
    summary: "What is sown is paid for in the third period.",
    params: {},
    horizon: 30,
    world: { month: f64() },
    populations: {
      farmers: population({
        size: 1,
        state: { crop: f64(), one: f64({ initial: 1 }) },
        actions: { sow: boxes ? box(0, 1) : grid(0, 1, 2) },
      }),
      idlers: population({
        size: 1,
        state: { crop: f64(), one: f64({ initial: 1 }) },
        actions: { sow: boxes ? box(0, 1) : grid(0, 1, 2) },
      }),
    },
    phases: ({ decide, world }) => ({
      sow: decide("farmers", { doc: "patience or haste", every: 3 }),
      wait: decide("idlers", { doc: "paid the other way round" }),
      reap: world({ doc: "haste pays at once, patience in the third month" }, (w) => {
        const patient = w.farmers.sow[0];
        w.farmers.crop[0] = w.month === 0 ? 0.5 * (1 - patient) : w.month === 2 ? patient : 0;
        w.idlers.crop[0] = 1 - w.idlers.sow[0];
        w.month = (w.month + 1) % 3;
      }),
    }),
    observe: { farmers: { one: { column: "one", doc: "1" } }, idlers: { one: { column: "one", doc: "1" } } },
    reward: { farmers: { column: "crop", doc: "" }, idlers: { column: "crop", doc: "" } },
  }) as Economy;

describe.each(subjects)("$name", ({ algorithm, config, boxes, uniform, masks, together, learns }) => {
  const train = (economy: Economy, { config: more = {}, ...training }: Training<Readonly<Record<string, unknown>>>) =>
    trainOn(algorithm, economy, { ...training, config: { ...config, ...more } } as never);

  test("continued from any update, it ends where it would have, with clocks of its own for every population", () => {
    const training = { numEnvs: 2, totalSteps: 2 * 48, config: { updates: 16 } };
    const whole = train(village(boxes), training);
    for (const k of [0, 1, 5, 9]) {
      const { updates } = train(village(boxes), { ...training, from: whole.updates[k] as never });
      expect(updates).toEqual(whole.updates.slice(k + 1));
    }
  });

  /** What was learned of a decision, by name. */
  const learned = ({ last }: ReturnType<typeof train>, key: string) =>
    Object.entries(last.arrays).filter(
      ([name]) => name.startsWith(`${key}/`) && !/\/(rollout|replay|kept)\//.test(name),
    );

  describe("agents act apart", () => {
    const training = { numEnvs: 3, totalSteps: 3 * 40, config: { updates: 10 } };
    testWhere(together !== null)("is refused, with the reason", () => {
      for (const [economy, key, flag] of [
        [shifts(boxes), "nurses", "by on"],
        [guests(boxes), "guests", "by alive"],
        [callers(boxes), "call", "at the event call"],
      ] as const)
        expect(() => train(economy, training)).toThrow(
          algorithm.outcomes
            ? "outcomes are kept where a population takes one decision together"
            : `${algorithm.name}: agents of ${key} decide apart (${flag}), and ${algorithm.name} wants all of them together: ${together}`,
        );
    });
    testWhere(together === null)("continued from any update, it ends where it would have", () => {
      for (const economy of [shifts(boxes), guests(boxes), callers(boxes)]) {
        const whole = train(economy, training);
        for (const k of [0, 3, 7])
          expect(train(economy, { ...training, from: whole.updates[k] as never }).updates).toEqual(
            whole.updates.slice(k + 1),
          );
      }
    });
    testWhere(together === null)(
      "one at a time at events, threads change nothing: 1, 2 and 3 give the same bytes",
      async () => {
        const { hashes } = await runOnThreads(
          (from) => `
        import { defineExperiment } from ${from("src/experiment/experiment.ts")};
        import * as page from ${from(`src/algorithms/${algorithm.name}.ts`)};
        import { callers } from ${from("test/callers.ts")};
        export default defineExperiment({ name: "callers/contract", summary: "", economy: callers(${boxes}), params: { noise: 0.5, horizon: 5 },
          algorithm: Object.values(page).find(({ name }) => name === "${algorithm.name}"),
          config: ${JSON.stringify({ ...config, updates: 3 })}, numEnvs: 5, totalSteps: 5 * 20 });`,
          [2, 3],
        );
        expect(new Set(hashes).size).toBe(1);
      },
    );
    testWhere(together === null)("what those who do not decide would see, or the dead, is never learned from", () => {
      for (const [economy, key, params] of [
        [shifts(boxes), "nurses", { idle: 1e6 }],
        [guests(boxes), "guests", { ghost: 1e6, rooms: 9 }],
      ] as const) {
        const calm = { ...params, idle: 0, ghost: 0 } as Record<string, number>;
        const known = Object.fromEntries(Object.entries(calm).filter(([name]) => name in economy.params));
        const more = { normalizeObs: true, scaleRewards: true, independent: false };
        const config = {
          ...training.config,
          ...Object.fromEntries(Object.entries(more).filter(([name]) => name in algorithm.config)),
        };
        const [a, b] = [known, params].map((params) => learned(train(economy, { ...training, config, params }), key));
        expect(a.length).toBeGreaterThan(0);
        expect(a).toEqual(b);
      }
    });
    testWhere(together === null)(
      "an agent with networks or a table of its own learns where it decides, and stays as it began where it never does",
      () => {
        if (!("independent" in algorithm.config)) return;
        const thetas = (totalSteps: number): number[][] => {
          const arrays = learned(
            train(shifts(boxes), { numEnvs: 3, totalSteps, config: { updates: 1, independent: true } }),
            "nurses",
          );
          const networks = arrays.filter(([name]) => /^nurses\/theta\/\d$/.test(name)).map(([, theta]) => theta);
          const table = arrays.find(([name]) => name === "nurses/q")?.[1] as Float64Array | undefined;
          const G = 4;
          return table
            ? Array.from({ length: G }, (_, g) => [
                ...table.subarray((g * table.length) / G, ((g + 1) * table.length) / G),
              ])
            : networks.map((theta) => [...(theta as Float32Array)]);
        };
        const [early, late] = [thetas(3), thetas(3 * 60)];
        expect(early.map((theta, i) => JSON.stringify(theta) !== JSON.stringify(late[i]))).toEqual([
          true,
          true,
          true,
          false,
        ]);
      },
    );
  });

  testWhere(algorithm.outcomes === true)(
    "two decisions of one population are refused where outcomes are learned from",
    () => {
      expect(() => train(haggle(boxes), { totalSteps: 8 })).toThrow(
        'haggle: outcomes are kept where a population takes one decision together, and phase "bidding" is taken besides others.',
      );
    },
  );
  testWhere(!algorithm.outcomes)(
    "two decisions of one population are two policies, each with its own information",
    () => {
      const training = { numEnvs: 2, totalSteps: 2 * 48, config: { updates: 8 } };
      const whole = train(haggle(boxes), training);
      expect(Object.keys(whole.env.spec)).toEqual(["bidding", "ordering"]);
      for (const key of ["bidding", "ordering"]) expect(learned(whole, key).length).toBeGreaterThan(0);
      expect(Object.keys(whole.last.metrics).some((name) => name.startsWith("ordering/"))).toBe(true);
      for (const k of [0, 4])
        expect(train(haggle(boxes), { ...training, from: whole.updates[k] as never }).updates).toEqual(
          whole.updates.slice(k + 1),
        );
      const own = train(haggle(boxes), {
        ...training,
        config: { ...training.config, populations: { ordering: { gamma: 0.1 } } },
      });
      expect(learned(own, "bidding").length).toBe(learned(whole, "bidding").length);
      expect(learned(own, "ordering")).not.toEqual(learned(whole, "ordering"));
    },
  );

  test("there are as many reports as were asked for, evenly spaced, and no more than steps", () => {
    const steps = (updates: number, periods: number) =>
      train(village(boxes), { numEnvs: 2, totalSteps: 2 * periods, config: { updates } }).updates.map(
        ({ step }) => step / 2,
      );
    expect(steps(4, 10)).toEqual([2, 5, 7, 10]);
    expect(steps(7, 13)).toEqual([1, 3, 5, 7, 9, 11, 13]);
    expect(steps(50, 6)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("a population learns the same whatever another one's settings are", () => {
    const learned = (gamma: number) => {
      const populations = { guild: { gamma } };
      const { last } = train(village(boxes), { numEnvs: 2, totalSteps: 2 * 60, config: { populations, updates: 3 } });
      return (name: string) => Object.entries(last.arrays).filter(([key]) => key.startsWith(`${name}/`));
    };
    const [a, b] = [learned(0.9), learned(0.1)];
    expect(a("workers").length).toBeGreaterThan(0);
    expect(a("workers")).toEqual(b("workers"));
    expect(a("guild")).not.toEqual(b("guild"));
  });

  test("worlds, agents, decisions and seeds have draws of their own", () => {
    const params = { calm: 1, every: 1 };
    const numEnvs = 4;
    const actions = (seed: number) =>
      train(village(boxes), { numEnvs, totalSteps: numEnvs * 40, params, seed, config: { updates: 40 } }).played.map(
        ({ workers }) => workers,
      );
    const rows = actions(5);
    const cellOf = (e: number, i: number) => rows.map((row) => row[e * 2 + i]);
    const cells = [0, 1, 2, 3].flatMap((e) => [0, 1].map((i) => JSON.stringify(cellOf(e, i))));
    expect(new Set(cells).size).toBe(cells.length);
    for (const cell of cells) expect(new Set(JSON.parse(cell)).size).toBeGreaterThan(1);
    expect(actions(6)).not.toEqual(rows);
    expect(actions(5)).toEqual(rows);
  });

  testWhere(uniform !== null)("a share ε of actions is uniform, for every agent, and the others are greedy", () => {
    const { ε, config } = uniform!;
    const periods = 2000;
    const { played } = train(village(boxes), {
      numEnvs: 1,
      totalSteps: periods,
      params: { every: 1, calm: 1, horizon: 1e6 },
      config: { ...config, updates: periods },
    });
    for (const name of ["workers", "guild"])
      for (const agent of [0, 1]) {
        const counts = new Float64Array(5);
        for (const row of played.slice(1))
          counts[boxes ? Math.min(4, Math.floor(5 * row[name]![agent]!)) : row[name]![agent]!]! += 1;
        const greedy = counts.indexOf(Math.max(...counts));
        for (const [choice, count] of counts.entries()) {
          const share = ε / 5 + (choice === greedy ? 1 - ε : 0);
          // Four and a half standard deviations
          expect(Math.abs(count / periods - share)).toBeLessThan(4.5 * Math.sqrt((share * (1 - share)) / periods));
        }
      }
  });

  testWhere("batchSize" in config)(
    "every minibatch is drawn anew from what is kept, and each of its parts by itself",
    () => {
      const { backend, runs } = recording();
      const periods = 60;
      const { updates } = train(village(boxes), {
        numEnvs: 2,
        totalSteps: 2 * periods,
        params: { every: 1 },
        config: { bufferSize: 40, learningStarts: 0, updates: periods },
        backend,
      });
      // The weather tells when something was seen, but for the first of an episode.
      const times = new Map<number, number>();
      for (const [t, { arrays }] of updates.entries())
        for (const row of [0, 4]) times.set((arrays["env/batch/workers/obs"] as Float32Array)[row]!, t + 1);
      const parts = runs.filter(({ inputs }) => {
        const rows = (inputs["reward"] ?? inputs["target"])?.length;
        return rows !== undefined && inputs["obs"]!.length === 2 * rows; // workers see two things
      });
      const batches = Array.from({ length: parts.length / 4 }, (_, b) => parts.slice(4 * b, 4 * (b + 1)));
      const ages = batches.map((batch, b) =>
        batch.map(({ inputs }) =>
          inputs["obs"]!.filter((_, k) => k % 2 === 0)
            .map((weather) => (weather === 0 ? "first" : b - times.get(weather)!))
            .join(),
        ),
      );
      expect(batches.length).toBeGreaterThan(periods - 10);
      const late = ages.slice(20).map((batch) => batch.join(" "));
      expect(new Set(late).size).toBe(late.length);
      expect(ages.filter((batch) => new Set(batch).size === 1).length).toBeLessThan(3);
      // Everything that is kept is drawn now and then, and nothing else
      const drawn = new Set(ages.slice(20).flatMap((batch) => batch.flatMap((part) => part.split(","))));
      drawn.delete("first");
      const all = [...drawn].map(Number).sort((x, y) => x - y);
      expect(all.length).toBe(all.at(-1)! - all[0]! + 1);
      // Slots of two worlds with two agents each, or with a team; one awaits its successor and one is written next
      expect(all.length).toBe(40 / (algorithm === (qmix as unknown) ? 2 : 4) - 2);
    },
  );

  testWhere("batchSize" in config)(
    "minibatches begin when enough is kept; their number, exploration and step sizes follow their settings",
    () => {
      const periods = 40;
      const declared = Object.keys(algorithm.config);
      const wanted = {
        ...{ gradientSteps: 0.75, learningStarts: 16, learningRate: 1e-3, finalLearningRate: 1e-5, finalRate: 0.01 },
        ...{ epsilonStart: 0.9, epsilonEnd: 0.1, explorationFraction: 0.5 },
      };
      const { updates } = train(village(boxes), {
        numEnvs: 2,
        totalSteps: 2 * periods,
        params: { every: 1 },
        config: {
          ...Object.fromEntries(Object.entries(wanted).filter(([name]) => declared.includes(name))),
          updates: periods,
        },
      });
      const perStep = algorithm === (qmix as unknown) ? 2 : 4; // transitions of two worlds, of a team or of two agents each
      const fall = (ratio: number, share: number) => ratio ** Math.min(1, Math.max(0, share));
      let learning = 0;
      for (const [k, { arrays, meta, metrics }] of updates.entries()) {
        if ((k + 1) * perStep >= 16) learning++;
        expect(meta["workers/batches"]).toBe(Math.floor(0.75 * learning));
        const epsilon = metrics["workers/charts/epsilon"];
        if (epsilon !== undefined) expect(epsilon).toBeCloseTo(0.9 - 0.8 * Math.min(1, k / periods / 0.5), 12);
        if (learning === 0) continue;
        const share = declared.includes("finalRate") ? (2 * k) / periods - 1 : (k / periods - 0.2) / 0.8;
        const rate = 1e-3 * fall(0.01, share);
        expect(metrics["workers/charts/learningRate"]! / rate).toBeCloseTo(1, 12);
        // Adam's step at this rate; of SAC, that of the policy, which lies behind the temperature
        const before = updates[k - 1]!;
        const steps = meta["workers/batches"]!;
        if (before.meta["workers/batches"] !== steps - 1) continue;
        const part = declared.includes("temperatureLearningRate") ? "adam/policy" : "adam";
        const [m, v] = ["m", "v"].map((name) => arrays[`workers/${part}/${name}`] as Float32Array);
        const from = part === "adam" ? 0 : 1;
        const [was, is] = [before.arrays, arrays].map((all) => (all["workers/theta"] as Float32Array).subarray(from));
        const expected = Array.from(m!, (mean, p) => {
          const deviation = Math.sqrt(v![p]! / (1 - 0.999 ** steps)) + 1e-8;
          return was![p]! - (rate * mean) / (1 - 0.9 ** steps) / deviation;
        });
        expect(distance(is!, expected)).toBeLessThan(1e-6);
      }
      expect(learning).toBe(periods + 1 - 16 / perStep);
    },
  );

  test("an observation or a reward that is not finite is refused by name, agent, world and update", () => {
    const poisoned = (poison: number) => () =>
      train(village(boxes), { numEnvs: 2, totalSteps: 2 * 40, params: { poison }, config: { updates: 10 } });
    expect(poisoned(1)).toThrow(
      /^village: observation "wealth" of workers\[1\] is -Infinity in world 0 \(update 1, step \d+\)\. .*observe\.workers/,
    );
    expect(poisoned(2)).toThrow(
      /^village: the reward of workers\[1\] is Infinity in world 0 \(update 1, step \d+\)\. .*reward\.workers/,
    );
  });

  testWhere("learningRate" in algorithm.config && algorithm !== (qLearning as unknown))(
    "learning that diverges is refused by parameter and update",
    () => {
      const rates = { learningRate: 1e38, ...("finalLearningRate" in algorithm.config && { finalLearningRate: 1e38 }) };
      expect(() =>
        train(village(boxes), { numEnvs: 2, totalSteps: 2 * 60, config: { ...rates, updates: 10 } }),
      ).toThrow(
        /^village: ((workers|guild)\/\S+ is (NaN|-?Infinity) \(update \d+, step \d+\): learning diverges|action (workers|guild)\.\w+\[\d\] of world \d is NaN)/,
      );
    },
  );

  test("what the economy rules out is never chosen, or the learner refuses to be taught there", () => {
    const run = () => train(ruled, { numEnvs: 2, totalSteps: 2 * 200, config: { ...uniform?.config, updates: 200 } });
    if (boxes) return;
    if (!masks)
      return expect(run).toThrow(`${algorithm.name}: workers.effort is masked, and this learner does not read masks.`);
    const { played, player } = run();
    const choices = played.slice(0, -1).flatMap(({ workers }) => workers!);
    expect(new Set(choices)).toEqual(new Set([1, 3]));
    const { effort } = player.respond("workers", () => {}) as unknown as { readonly effort: Float64Array };
    for (const choice of effort) expect([0.25, 0.75]).toContain(choice);
  });

  test("a truncated world bootstraps and a terminated one does not", () => {
    const [more, totalSteps] = learns;
    const { player } = train(crossroads(boxes), {
      numEnvs: 1,
      totalSteps,
      config: { ...more, gamma: 0.9, updates: 2 },
    });
    const { way } = player.respond("walkers", () => {}) as unknown as { readonly way: Float64Array };
    expect(way[0]).toBeGreaterThan(0.5);
  });

  test("a decision is credited with all that comes until the population's next one", () => {
    const [more, totalSteps] = learns;
    const { player } = train(seasons(boxes), {
      numEnvs: 1,
      totalSteps: 2 * totalSteps,
      config: { ...more, gamma: 0, updates: 2 },
    });
    for (const [name, sign] of [
      ["farmers", 1],
      ["idlers", -1],
    ] as const) {
      const { sow } = player.respond(name, () => {}) as unknown as { readonly sow: Float64Array };
      expect(sign * (sow[0]! - 0.5)).toBeGreaterThan(0);
    }
  });

  test("a policy takes no more rows than its population has", () => {
    const spec = makeVectorEnv(village(boxes), { numEnvs: 1 }).spec["workers"]!;
    const policy = algorithm.policy("workers", spec, resolveConfig(algorithm, config as never));
    const act = (rows: number) => () => policy.act(new Float32Array(rows), new Float32Array(2 * rows), rows);
    expect(act(3)).toThrow("got 3 rows, expected at most 2.");
  });

  testWhere(["dqn", "qmix", "q-learning", "logit-response"].includes(algorithm.name))(
    "boxes are refused with what to do",
    () => {
      expect(() => train(village(true), { numEnvs: 1, totalSteps: 1 })).toThrow(
        `${algorithm.name}: workers has continuous actions; declare grids, or `,
      );
    },
  );

  test("threads change nothing: 1, 2, 3 and 7 give the same bytes", async () => {
    const { hashes } = await runOnThreads(
      (from) => `
      import { defineExperiment } from ${from("src/experiment/experiment.ts")};
      import * as page from ${from(`src/algorithms/${algorithm.name}.ts`)};
      import { village } from ${from("test/village.ts")};
      export default defineExperiment({ name: "village/contract", summary: "", economy: village(${boxes}),
        algorithm: Object.values(page).find(({ name }) => name === "${algorithm.name}"),
        config: ${JSON.stringify({ ...config, updates: 3 })}, numEnvs: 5, totalSteps: 5 * 40 });`,
      [2, 3, 7],
    );
    expect(new Set(hashes).size).toBe(1);
  });
});

describe.each([actorCritic, impala, ppo, mappo] as unknown as readonly Algorithm[])(
  "rollouts of $name",
  (algorithm) => {
    const lossesOf = (economy: Economy, numEnvs: number, settings: object, rollouts: number) => {
      const { backend, runs } = recording();
      const numSteps = 9;
      const once = {
        numSteps,
        numMinibatches: 1,
        updateEpochs: 1,
        lag: 0,
        updates: 1,
        hiddenLayers: 1,
        hiddenWidth: 4,
        ...settings,
      };
      const config = Object.fromEntries(Object.entries(once).filter(([name]) => name in algorithm.config));
      trainOn(algorithm, economy, { config, numEnvs, totalSteps: numEnvs * numSteps * rollouts, backend } as never);
      return runs.map(({ inputs }) => inputs);
    };

    test("every decision weighs the same, and rows that only fill up shards weigh nothing", () => {
      const rollouts = 3;
      const runs = lossesOf(contexts, 11, {}, rollouts);
      const shards = runs.length / rollouts;
      const decisions = 6 * 11 * 9;
      expect(shards).toBeGreaterThan(1);
      for (let k = 0; k < rollouts; k++) {
        const weights = runs.slice(k * shards, (k + 1) * shards).flatMap(({ weight }) => weight!);
        expect(weights.length).toBeGreaterThanOrEqual(decisions);
        expect(weights.filter((w) => w > 0).length).toBe(decisions);
        expect(new Set(weights.filter((w) => w > 0)).size).toBe(1);
        expect(weights.reduce((a, b) => a + b) / weights.length).toBeCloseTo(1, 5);
      }
    });

    test("every rollout takes one step of Adam, which counts its steps", () => {
      const settings = {
        numSteps: 9,
        numMinibatches: 1,
        updateEpochs: 1,
        lag: 0,
        annealLr: false,
        learningRate: 0.01,
        updates: 6,
      };
      const config = Object.fromEntries(Object.entries(settings).filter(([name]) => name in algorithm.config));
      const { updates } = trainOn(algorithm, contexts, { config, totalSteps: 6 * 9 } as never);
      for (let k = 1; k < 6; k++) {
        const array = (update: number, name: string) =>
          updates[update]!.arrays[`guessers/theta${name}`] as Float32Array;
        const [m, v] = [array(k, "/adam/m"), array(k, "/adam/v")];
        const expected = [...array(k - 1, "")].map((x, p) => {
          const mean = m[p]! / (1 - 0.9 ** (k + 1));
          return x - (0.01 * mean) / (Math.sqrt(v[p]! / (1 - 0.999 ** (k + 1))) + 1e-5);
        });
        expect(distance(array(k, ""), expected)).toBeLessThan(1e-5);
        expect(distance(array(k, ""), [...array(k - 1, "")])).toBeGreaterThan(1e-3);
      }
    });

    test("the entropy of squashed boxes is measured by draws of its own for every shard and rollout", () => {
      const runs = lossesOf(lqr, 8, { squash: true }, 3);
      expect(runs.length).toBeGreaterThan(3);
      expect(new Set(runs.map(({ noise }) => noise!.join())).size).toBe(runs.length);
    });
  },
);
