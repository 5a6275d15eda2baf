import { expect, test } from "vitest";
import tiny from "../../test/fixtures/tiny.ts";
import { resolveRun } from "../experiment/experiment.ts";
import { memoryStore } from "../store/index.ts";
import { keptSeeds } from "./kept-seeds.ts";

const sources = { walras: "a", module: "b" };
const run = resolveRun(tiny, {}, 1);
const result = {
  summary: { price: 0.1 + 0.2, unknown: Number.NaN, none: -0 },
  rows: [{ step: 1, loss: Infinity, least: -Infinity }, {}],
  hash: "0f",
  seconds: 1.5,
  processorSeconds: 1.25,
};

test("a seed is read back as it was kept, every number of it, and cleared with the others of its experiment", () => {
  const store = memoryStore("here");
  const kept = keptSeeds(store, "tiny", sources);
  expect(kept.get(run)).toBe(null);
  kept.put(run, result);
  expect(kept.get(run)).toStrictEqual(result);
  const other = keptSeeds(store, "tiny-two", sources);
  other.put(run, { ...result, hash: "10" });
  kept.clear();
  expect(kept.get(run)).toBe(null);
  expect(other.get(run)).toMatchObject({ hash: "10" });
});

test("a seed of other settings, of another backend or of other code is not taken up", () => {
  const store = memoryStore("here");
  const kept = keptSeeds(store, "tiny", sources);
  kept.put(run, result);
  expect(kept.get(resolveRun(tiny, { agents: 7 }, 1))).toBe("other");
  expect(kept.get(resolveRun(tiny, { "config.learningRate": 0.5 }, 1))).toBe("other");
  expect(kept.get({ ...run, backend: "onnx" })).toBe("other");
  expect(keptSeeds(store, "tiny", { ...sources, walras: "c" }).get(run)).toBe("other");
  expect(keptSeeds(store, "tiny", { ...sources, module: "c" }).get(run)).toBe("other");
  expect(kept.get(resolveRun(tiny, {}, 2))).toBe(null);
  expect(kept.get(resolveRun(tiny, {}, 1))).toStrictEqual(result);
});

test("a file that was cut off or changed is damaged, wherever", () => {
  const store = memoryStore("here");
  const kept = keptSeeds(store, "tiny", sources);
  kept.put(run, result);
  const [key] = store.list("seeds/tiny/");
  const file = store.get(key!)!;
  for (const size of [0, 10, 65, 66, file.length - 1]) {
    store.put(key!, file.subarray(0, size));
    expect([size, kept.get(run)]).toEqual([size, "damaged"]);
  }
  const changed = file.slice();
  changed[file.length - 5]! ^= 1;
  store.put(key!, changed);
  expect(kept.get(run)).toBe("damaged");
  store.put(key!, file);
  expect(kept.get(run)).toStrictEqual(result);
});
