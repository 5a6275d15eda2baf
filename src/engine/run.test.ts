// One run, however it is carried out: the hash does not depend on threads, pieces or interruptions.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { moneyExchange } from "../../economies/money-exchange.ts";
import lucasDqn from "../../experiments/lucas-tree/dqn.ts";
import {
  bareExperiment,
  defineSimulation,
  type Experiment,
  type Overrides,
  resolveRun,
} from "../experiment/experiment.ts";
import { loadModule } from "../experiment/load.ts";
import { createRun, type Json, memoryStore, openRun, resumeRun, type Store } from "../store/index.ts";
import { runJobs } from "./jobs.ts";
import {
  type ExecuteOptions,
  execute,
  hashRun,
  type RunResult,
  type ThreadGroup,
  type ThreadGroupRequest,
} from "./run.ts";
import { threadGroup } from "./threads.ts";

const at = (path: string): string => new URL(`../../${path}`, import.meta.url).href;
const machine = { platform: "", arch: "", cpu: "", cores: 1 };

interface Subject {
  readonly name: string;
  readonly module: string;
  readonly set: Overrides;
}

const subjects: Subject[] = [
  {
    name: "deep Q-learning",
    module: at("experiments/lucas-tree/dqn.ts"),
    set: {
      agents: 30,
      horizon: 20,
      prices: 21,
      numEnvs: 8,
      totalSteps: 160,
      "config.updates": 4,
      "config.batchSize": 32,
    },
  },
  {
    name: "rows of one large world",
    module: at("economies/money-exchange.ts"),
    set: { agents: 20_000, money: 2, horizon: 15, totalSteps: 40 },
  },
  {
    name: "several worlds without decisions",
    module: at("economies/money-exchange.ts"),
    set: { agents: 500, money: 2, horizon: 15, numEnvs: 5, totalSteps: 200 },
  },
  {
    name: "rows of one world that ends for good",
    module: at("test/fixtures/lottery.ts"),
    set: { totalSteps: 60 },
  },
  {
    name: "rows with inner axes, in groups, with links that are rewired and substeps",
    module: at("test/fixtures/market-town.ts"),
    set: { totalSteps: 16 }, // episodes end after 7 and 14
  },
  {
    name: "rows of one world of parts",
    module: at("economies/aiyagari.ts"),
    set: { households: 9000, wealthPoints: 30, productivities: 3, horizon: 15, totalSteps: 40 },
  },
  {
    name: "random decisions",
    module: at("economies/lucas-tree.ts"),
    set: { agents: 31, horizon: 9, dividendProcess: "ar1", initialSpread: 0.4, numEnvs: 3, totalSteps: 60 },
  },
  {
    name: "worlds that end apart under a slow leader",
    module: at("test/fixtures/dynasty.ts"),
    set: { numEnvs: 3, totalSteps: 120, mortality: 0.4 },
  },
];

interface Carrying extends Partial<ExecuteOptions> {
  readonly threads?: number;
  readonly seed?: number;
}

async function prepared({ module, set }: Pick<Subject, "module" | "set">, seed = 1) {
  const experiment = await loadModule(module);
  const run = resolveRun(experiment, set, seed);
  const group = (threads: number) => (threads > 1 ? { group: threadGroup(module, threads), pieces: threads } : {});
  return { experiment, run, group };
}

async function carry(subject: Pick<Subject, "module" | "set">, { threads = 1, seed = 1, ...options }: Carrying = {}) {
  const { experiment, run, group } = await prepared(subject, seed);
  const store = memoryStore();
  const writer = createRun(store, {
    name: run.experiment,
    config: run as unknown as Json,
    version: "",
    node: "",
    machine,
  });
  const outcome = execute({ experiment, run, writer, checkpointInterval: Infinity, ...group(threads), ...options });
  return { outcome, store };
}

const hashOf = async (subject: Subject, carrying?: Carrying): Promise<string> =>
  (await (await carry(subject, carrying)).outcome).hash;

interface Whole extends RunResult {
  readonly store: Store;
}
const wholes = new Map<Subject, Promise<Whole>>();
/** The subject's run with seed 1 on one thread, uninterrupted, which several tests compare with. */
function whole(subject: Subject): Promise<Whole> {
  const known =
    wholes.get(subject) ?? carry(subject).then(async ({ outcome, store }) => ({ ...(await outcome), store }));
  wholes.set(subject, known);
  return known;
}

async function resumed(subject: Subject, store: Store, threads = 1): Promise<RunResult> {
  const { experiment, run, group } = await prepared(subject);
  return execute({ experiment, run, ...resumeRun(store), checkpointInterval: Infinity, ...group(threads) });
}

test.each(subjects)(
  "$name: cut into 1, 2 and 7 pieces, by 1, 2 and 4 threads, gives one hash, and another seed another",
  async (subject) => {
    const { hash } = await whole(subject);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    for (const pieces of [2, 7]) expect(await hashOf(subject, { pieces })).toBe(hash);
    expect(await hashOf(subject, { threads: 2 })).toBe(hash);
    expect(await hashOf(subject, { threads: 4 })).toBe(hash); // more than some have worlds
    expect(await hashOf(subject, { seed: 2 })).not.toBe(hash);
  },
);

test.each(subjects)(
  "$name: continued from any update, on either number of threads, ends at the hash of an uninterrupted run",
  async (subject) => {
    const straight = await whole(subject);
    const steps = straight.rows.slice(0, -1).map(({ step }) => step);
    const some = steps.filter((_, k) => k % Math.ceil(steps.length / 5) === 0);
    expect(some.length).toBeGreaterThanOrEqual(3);
    for (const [k, until] of some.entries()) {
      const { outcome, store } = await carry(subject, { until, threads: 1 + (k % 2) });
      expect((await outcome).status).toBe("interrupted");
      expect(openRun(store).manifest.status).toBe("interrupted");
      const result = await resumed(subject, store, k === 2 ? 2 : 1);
      expect([result.status, result.hash]).toEqual(["complete", straight.hash]);
      expect(result.summary).toEqual(straight.summary);
      expect(openRun(store).rows()).toEqual(straight.rows);
      expect(openRun(store).manifest).toMatchObject({ status: "complete", hash: straight.hash, error: null });
    }
  },
);

test("a run stopped twice, and one that was killed after its last checkpoint, end at the same hash too", async () => {
  const [subject] = subjects;
  const straight = await whole(subject);
  const { outcome, store } = await carry(subject, { until: 40 });
  await outcome;
  const { experiment, run } = await prepared(subject);
  const second = resumeRun(store);
  const running = store.get("run.json")!;
  await execute({ experiment, run, ...second, until: 120 });
  expect((await resumed(subject, store)).hash).toBe(straight.hash);

  // Killed between the last checkpoint and the end: the manifest still says "running".
  store.put("run.json", running);
  const again = await resumed(subject, store);
  expect([again.status, again.hash, again.summary]).toEqual(["complete", straight.hash, straight.summary]);
});

test("a run killed before its first checkpoint begins again", async () => {
  for (const subject of subjects.slice(0, 2)) {
    const { hash, rows } = await whole(subject);
    const { outcome, store } = await carry(subject, { until: rows[1].step });
    await outcome;
    for (const key of store.list("checkpoints/")) store.delete(key);
    expect((await resumed(subject, store)).hash).toBe(hash);
    expect(openRun(store).rows()).toEqual(rows);
  }
});

test("a complete run can be played: its last checkpoint is its end", async () => {
  for (const subject of subjects) {
    const { rows, hash, store } = await whole(subject);
    const reader = openRun(store);
    expect(reader.latestCheckpoint()!.step).toBe(rows.at(-1)!.step);
    expect(hashRun(rows, reader.latestCheckpoint()!.arrays)).toBe(hash);
  }
});

test("experiments beside another are run with its seed, and it measures what they ended with", async () => {
  const small = {
    ...lucasDqn,
    expect: () => [],
    totalSteps: 160,
    numEnvs: 4,
    params: { agents: 30, horizon: 20, prices: 21 },
    config: { ...lucasDqn.config, updates: 4, batchSize: 32 },
  };
  const measure: Experiment["measure"] = (_player, _p, _training, { other }, seed) => ({
    other: other!["sharePrice"]!,
    seed,
  });
  const experiment: Experiment = {
    ...small,
    params: { ...small.params, agents: 20 },
    beside: { other: small },
    measure,
    expect: null,
  };
  const ended = async (one: Experiment, seed: number, set: Overrides = {}) => {
    const run = resolveRun(one, set, seed);
    const config = run as unknown as Json;
    const writer = createRun(memoryStore(), { name: run.experiment, config, version: "", node: "", machine });
    return (await execute({ experiment: one, run, writer, checkpointInterval: Infinity })).summary;
  };
  expect(await ended(experiment, 2)).toMatchObject({ other: (await ended(small, 2))["sharePrice"], seed: 2 });
  // A function makes one of what this one found.
  let found = 0;
  const given: Experiment = {
    ...experiment,
    beside: {
      other: (training) => {
        found = training["step"]!;
        return { ...small, params: { ...small.params, agents: 10 } };
      },
    },
  };
  const fewer = { ...small, params: { ...small.params, agents: 10 } };
  const { sharePrice } = await ended(fewer, 2);
  expect(sharePrice).toBeGreaterThan(0);
  expect((await ended(given, 2))["other"]).toBe(sharePrice);
  expect(found).toBe(160);
  // What is set on the command line holds for those beside it, too.
  const set = { numEnvs: 2, totalSteps: 80, horizon: 10 };
  expect((await ended(experiment, 2, set))["other"]).toBe((await ended(small, 2, set))["sharePrice"]);
});

test("a simulation measures by its own seed and settings, beside the economy's metrics and other experiments", async () => {
  const other = { ...bareExperiment(moneyExchange), params: { horizon: 5 } };
  const simulation = defineSimulation({
    name: "exchange",
    summary: "",
    economy: moneyExchange,
    params: { horizon: 20 },
    beside: { other },
    measure: ({ params, seed, metrics, beside }) => ({
      seed,
      horizon: params.horizon,
      twice: 2 * metrics["gini"]!,
      other: beside["other"]!["gini"]!,
    }),
  });
  const summary = async (one: Experiment, seed: number) => {
    const run = resolveRun(one, {}, seed);
    const config = run as unknown as Json;
    const writer = createRun(memoryStore(), { name: run.experiment, config, version: "", node: "", machine });
    return (await execute({ experiment: one, run, writer, checkpointInterval: Infinity })).summary;
  };
  const [ours, beside] = [await summary(simulation, 7), await summary(other, 7)];
  expect(ours).toMatchObject({ seed: 7, horizon: 20, twice: 2 * ours["gini"], other: beside["gini"] });
  expect(ours["other"]).not.toBe(ours["gini"]);
});

test("the hash of large arrays in shared memory is SHA-256 of the rows, then of names and bytes", () => {
  const large = new Float64Array(new SharedArrayBuffer(40 << 20));
  for (let i = 0; i < large.length; i++) large[i] = i;
  const hash = createHash("sha256").update('[["price",0.5],["step",1]]\na\n').update(Uint8Array.of(7)).update("b\n");
  hash.update(Uint8Array.from(new Uint8Array(large.buffer)));
  expect(hashRun([{ step: 1, price: 0.5 }], { b: large, a: Uint8Array.of(7) })).toBe(hash.digest("hex"));
});

test("neither the clock nor checkpoints change a result", async () => {
  const [subject] = subjects;
  let now = 0;
  const hurried = await hashOf(subject, { checkpointInterval: 0, clock: () => (now += 12_345) });
  expect(hurried).toBe((await whole(subject)).hash);
});

test("every row is measured within its episode, also the last of one", async () => {
  const set = { agents: 400, money: 3, horizon: 10, totalSteps: 50 };
  const { rows } = await (await carry({ module: at("economies/money-exchange.ts"), set })).outcome;
  expect(rows.map(({ step }) => step)).toEqual(Array.from({ length: 50 }, (_, k) => k + 1));
  for (const { gini, payers } of rows) expect([gini > 0.1, payers > 0.5]).toEqual([true, true]);
  // Episodes resemble each other: inequality falls back at the beginning of each.
  for (const first of [10, 20, 30, 40]) expect(rows[first].gini).toBeLessThan(rows[first - 1].gini);
});

test("a world without decisions begins again when it has ended", async () => {
  const { rows } = await (await carry({ module: at("test/fixtures/lottery.ts"), set: { totalSteps: 60 } })).outcome;
  for (let k = 1; k < rows.length; k++) {
    const over = rows[k - 1].ticket < 0.3 || rows[k - 1].age === 8;
    expect(rows[k].age).toBe(over ? 1 : rows[k - 1].age + 1);
  }
});

test("identities are checked on several threads without ranks disturbing each other", async () => {
  for (const subject of [subjects[1], subjects[4]]) {
    const set = subject === subjects[1] ? { ...subject.set, agents: 60_000 } : subject.set;
    const { outcome } = await carry({ ...subject, set }, { threads: 2, checkIdentities: true });
    expect((await outcome).status).toBe("complete");
  }
});

const poisoned: Subject = {
  name: "poisoned",
  module: at("test/fixtures/dynasty.ts"),
  set: { numEnvs: 4, totalSteps: 400, poison: 3 },
};

test("a phase that makes NaN ends the run on any number of threads, with its own message, and marks it failed", async () => {
  const seen = new Set<string>();
  for (const threads of [1, 2, 3]) {
    const { outcome, store } = await carry(poisoned, { threads });
    const error: Error = await outcome.then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect(error.message).toMatch(
      /^Phase "pay" produced NaN in followers.pay\[2\] \(economy dynasty, world \d, period 3\)\.$/,
    );
    expect(error).toHaveProperty("world");
    expect(openRun(store).manifest).toMatchObject({ status: "failed", error: error.message, hash: null });
    seen.add(error.message);
  }
  expect(seen.size).toBeLessThanOrEqual(3);
});

test("a run whose threads cannot be had is marked failed", async () => {
  const group = (_: ThreadGroupRequest): ThreadGroup => {
    throw new Error("out of memory");
  };
  const { outcome, store } = await carry(subjects[1], { group });
  await expect(outcome).rejects.toThrow("out of memory");
  expect(openRun(store).manifest).toMatchObject({ status: "failed", error: "out of memory" });
});

test("a world too large for memory is an error that says how large", async () => {
  const { outcome, store } = await carry({ module: at("economies/money-exchange.ts"), set: { agents: 1e9 } });
  await expect(outcome).rejects.toThrow(/1 world of 1000000000 .*GiB/);
  expect(openRun(store).manifest.status).toBe("failed");
});

test("jobs side by side give results in the order asked for, and the hashes of runs on their own", async () => {
  const [subject] = subjects;
  const { experiment } = await prepared(subject);
  const jobs = [3, 1, 2].map((seed) => ({ module: subject.module, run: resolveRun(experiment, subject.set, seed) }));
  const done: number[] = [];
  const results = await runJobs(jobs, 2, (n) => done.push(n));
  expect(done).toEqual([1, 2, 3]);
  expect(results[1].hash).toBe((await whole(subject)).hash);
  expect(new Set(results.map(({ hash }) => hash)).size).toBe(3);
});

test("a job that fails names its run and stops the others", async () => {
  const { experiment } = await prepared(poisoned);
  const job = (seed: number) => ({ module: poisoned.module, run: resolveRun(experiment, poisoned.set, seed) });
  await expect(runJobs([job(1), job(2), job(3)], 2)).rejects.toThrow(/^dynasty, seed \d: Phase "pay" produced NaN/);
});

test("the hash sees every metric and every bit of the state, in no particular order", () => {
  const rows = [{ step: 1, a: 2, b: Number.NaN }];
  const arrays = { x: new Float64Array([1, 2]), y: new Int32Array([3]) };
  const hash = hashRun(rows, arrays);
  expect(hashRun([{ b: Number.NaN, a: 2, step: 1 }], { y: arrays.y, x: arrays.x })).toBe(hash);
  expect(hashRun([{ step: 1, a: 2.0000000000000004, b: Number.NaN }], arrays)).not.toBe(hash);
  expect(hashRun(rows, { ...arrays, x: new Float64Array([1, -2]) })).not.toBe(hash);
  expect(hashRun(rows, { ...arrays, x: new Float64Array([1, 2, 0]) })).not.toBe(hash);
});
