import { expect, test } from "vitest";
import { resolveRun } from "../experiment/experiment.ts";
import { loadModule } from "../experiment/load.ts";
import { createRun, hashOf, type Json, memoryStore, resumeRun, type Store } from "../store/index.ts";
import { execute } from "./run.ts";
import { verifyRun } from "./verify.ts";

const module = new URL("../../economies/money-exchange.ts", import.meta.url).href;

async function simulated(until?: number): Promise<{ store: Store; hash: string }> {
  const experiment = await loadModule(module);
  const run = resolveRun(experiment, { agents: 50, money: 2, horizon: 10, totalSteps: 30 }, 1);
  const store = memoryStore("runs/a");
  const machine = { platform: "", arch: "", cpu: "", cores: 1 };
  const manifest = { name: "a", config: run as unknown as Json, version: "", node: "", machine };
  const writer = createRun(store, manifest);
  const { hash } = await execute({ experiment, run, writer, ...(until !== undefined && { until }) });
  return { store, hash };
}

/** With a checksum that fits. */
function forge(store: Store, change: object): void {
  const { checksum: _, ...said } = { ...JSON.parse(new TextDecoder().decode(store.get("run.json"))), ...change };
  store.put("run.json", new TextEncoder().encode(JSON.stringify({ ...said, checksum: hashOf(said) })));
}

test("a run that ended, or was interrupted, gives its hash again", async () => {
  for (const until of [undefined, 12]) {
    const { store, hash } = await simulated(until);
    const { pass, hash: again, checks } = verifyRun(store);
    expect([pass, again]).toEqual([true, hash]);
    expect(checks.map(({ name }) => name)).toEqual([
      "run.json",
      "log.ndjson",
      ...store.list("checkpoints/"),
      "metrics.parquet",
      store.list("events.")[0],
      "hash of the result",
    ]);
  }
});

test("a hash that the state does not give is found, whatever run.json says of itself", async () => {
  const { store, hash } = await simulated();
  forge(store, { hash: hash.replace(/^./, (c) => (c === "0" ? "1" : "0")) });
  const { pass, checks } = verifyRun(store);
  expect(pass).toBe(false);
  expect(checks.filter((check) => !check.pass)).toEqual([
    { name: "hash of the result", pass: false, detail: expect.stringContaining(`is ${hash}, run.json says `) },
  ]);
});

test("without its last checkpoint a result is not known", async () => {
  const { store } = await simulated();
  for (const key of store.list("checkpoints/")) store.delete(key);
  expect(verifyRun(store)).toMatchObject({ pass: false, hash: null });
});

test("a run that goes on has no result yet, and is checked as far as it is sealed", async () => {
  const { store } = await simulated(12);
  const { writer } = resumeRun(store);
  writer.log({ step: 13, gini: 0.5 });
  expect(verifyRun(store)).toMatchObject({ pass: true, hash: null });
});
