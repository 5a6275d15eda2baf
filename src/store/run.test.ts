import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetMetadata, parquetReadObjects, parquetSchema } from "hyparquet";
import { afterAll, describe, expect, test } from "vitest";
import { fileStore } from "./files.ts";
import { hashOf } from "./json.ts";
import { memoryStore } from "./memory.ts";
import { createRun, type ManifestInput, openRun, type RunWriter, resumeRun } from "./run.ts";
import { encodeSafetensors } from "./safetensors.ts";
import type { Store } from "./store.ts";
import { recordEnds } from "./tfevents.ts";

const input: ManifestInput = {
  name: "lucas-tree",
  config: { economy: "lucas-tree", params: { discountFactor: 0.95 }, seed: 1 },
  version: "0.1.0",
  node: "24.21.0",
  machine: { platform: "linux", arch: "x64", cpu: "test", cores: 2 },
};
const utf8 = (text: string) => new TextEncoder().encode(text);
const clock = () => Date.UTC(2026, 0, 2); // the same instant for every run
const eventsOf = (store: Store) => store.list("events.")[0];

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});
const drivers: [string, () => Store][] = [
  ["memory", () => memoryStore("runs/a")],
  [
    "files",
    () => {
      directories.push(mkdtempSync(join(tmpdir(), "walras-run-")));
      return fileStore(join(directories.at(-1)!, "a"));
    },
  ],
];

/** A stand-in for training: a state that depends on all its past, a row per step, a checkpoint every third. */
function train(run: RunWriter, from: { step: number; x: number }, until: number) {
  let { x } = from;
  for (let step = from.step + 1; step <= until; step++) {
    x = (x * 1.5 + step) % 7;
    run.log({ step, "losses/td": x });
    if (step % 3 === 0) run.checkpoint(step, { x: Float64Array.of(x) }, { episodes: step });
  }
  return x;
}

describe.each(drivers)("a run in %s", (_, open) => {
  test("reads back as it was written", async () => {
    const store = open();
    const run = createRun(store, input, { clock });
    run.log({ step: 1, price: 0.5, loss: Number.NaN });
    run.log({ step: 2, price: 0.75, loss: 0.1, late: Number.POSITIVE_INFINITY });
    run.checkpoint(2, { weights: Float32Array.of(1, 2), replay: Uint8Array.of(3) }, { epsilon: 0.5 });
    run.finish({ status: "complete", seconds: 1.5, summary: { price: 0.85 }, hash: "abc" });

    const reader = openRun(store);
    expect(reader.manifest).toEqual({
      format: 2,
      ...input,
      configHash: hashOf(input.config),
      sources: null,
      earlierSources: [],
      started: "2026-01-02T00:00:00.000Z",
      finished: "2026-01-02T00:00:00.000Z",
      seconds: 1.5,
      status: "complete",
      summary: { price: 0.85 },
      claims: null,
      truth: null,
      reasons: {},
      units: {},
      hash: "abc",
      error: null,
      log: { rows: 2, bytes: 82, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(run.manifest).toEqual(reader.manifest);
    expect(reader.rows()).toEqual([
      { step: 1, price: 0.5, loss: Number.NaN },
      { step: 2, price: 0.75, loss: 0.1, late: Number.NaN },
    ]);
    expect(reader.latestCheckpoint()).toEqual({
      step: 2,
      rows: 2,
      log: reader.manifest.log,
      arrays: { weights: Float32Array.of(1, 2), replay: Uint8Array.of(3) },
      meta: { epsilon: 0.5 },
    });

    const parquet = store.get("metrics.parquet")!.buffer;
    const table = await parquetReadObjects({ file: parquet });
    expect(table).toEqual([
      { step: 1, price: 0.5, loss: null, late: null },
      { step: 2, price: 0.75, loss: 0.1, late: null },
    ]);
    const columns = parquetSchema(parquetMetadata(parquet)).children;
    expect(columns.map(({ element }) => element.type)).toEqual(["DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE"]);
  });

  test("killed after any row and resumed, it equals one never stopped, byte for byte", () => {
    const whole = open();
    train(createRun(whole, input, { clock }), { step: 0, x: 1 }, 10);
    for (let killed = 0; killed <= 10; killed++) {
      const store = open();
      train(createRun(store, input, { clock }), { step: 0, x: 1 }, killed);
      store.append("log.ndjson", utf8('{"step":99,"los')); // the kill came in the middle of a line
      store.append(eventsOf(store), Uint8Array.of(24, 0, 0));

      const { writer: run, from: last, notes } = resumeRun(store, { clock });
      expect(last?.step).toBe(killed < 3 ? undefined : 3 * Math.floor(killed / 3));
      expect(notes).toEqual([]);
      train(run, { step: last?.step ?? 0, x: (last?.arrays.x[0] as number) ?? 1 }, 10);
      expect(store.list()).toEqual(whole.list());
      for (const key of whole.list()) expect(store.get(key), key).toEqual(whole.get(key));
    }
  });

  test("only the two newest checkpoints are kept", () => {
    const store = open();
    train(createRun(store, input), { step: 0, x: 1 }, 100);
    expect(openRun(store).checkpoints()).toEqual([96, 99]); // by number: "99" < "9" would sort otherwise
    expect(store.list("checkpoints/")).toHaveLength(2);
  });

  test("resuming from the older checkpoint removes the newer one", () => {
    const store = open();
    train(createRun(store, input), { step: 0, x: 1 }, 10);
    resumeRun(store, { from: 6 });
    expect(openRun(store).rows()).toHaveLength(6);
    expect(openRun(store).checkpoints()).toEqual([6]);
  });

  test("what other code a run was continued with is kept, step by step", () => {
    const code = (name: string) => ({ walras: name, module: "m" });
    const store = open();
    train(createRun(store, { ...input, sources: code("a") }), { step: 0, x: 1 }, 10);
    const continued = (from: number, name: string) => {
      const { writer } = resumeRun(store, { from, sources: code(name) });
      if (from < 9) train(writer, { step: from, x: 1 }, 10);
      writer.finish({ status: "interrupted", seconds: 0 });
      const { sources, earlierSources } = openRun(store).manifest;
      return [sources?.walras, ...earlierSources.map(({ until, sources }) => [until, sources?.walras])];
    };
    expect(continued(9, "a")).toEqual(["a"]);
    expect(continued(6, "b")).toEqual(["b", [6, "a"]]);
    expect(continued(9, "c")).toEqual(["c", [6, "a"], [9, "b"]]);
    expect(continued(6, "c")).toEqual(["c", [6, "a"]]);
    expect(continued(0, "d")).toEqual(["d"]);
  });

  test("a place that holds a run or anything else is refused", () => {
    const store = open();
    createRun(store, input);
    expect(() => createRun(store, input)).toThrow(
      `${store.place} already holds a run, going on or killed; continue it with: walras resume ${store.place}, overwrite it with --force, or choose another --out.`,
    );
    const other = open();
    other.put("thesis.tex", utf8("x"));
    expect(() => createRun(other, input)).toThrow("is not empty (it holds thesis.tex); choose another --out.");
  });

  test("a failed run says why, keeps its rows and can be resumed", () => {
    const store = open();
    const run = createRun(store, input);
    train(run, { step: 0, x: 1 }, 4);
    run.finish({ status: "failed", seconds: 1, error: "NaN in losses/td" });
    const reader = openRun(store);
    expect(reader.manifest).toMatchObject({ status: "failed", error: "NaN in losses/td", summary: null });
    expect(reader.rows()).toHaveLength(4);
    expect(resumeRun(store).writer.manifest).toMatchObject({ status: "running", finished: null, error: null });
    expect(store.list()).not.toContain("metrics.parquet");
  });

  test("a run without rows has an empty table, not a missing one", async () => {
    const store = open();
    createRun(store, input).finish({ status: "interrupted", seconds: 0 });
    expect(await parquetReadObjects({ file: store.get("metrics.parquet")!.buffer })).toEqual([]);
    expect(openRun(store).rows()).toEqual([]);
  });
});

describe("what is wrong with a run is said in one sentence", () => {
  const begun = () => {
    const store = memoryStore("runs/a");
    const run = createRun(store, input);
    train(run, { step: 0, x: 1 }, 4);
    return { store, run };
  };
  const manifestWith = (change: object) => {
    const { store } = begun();
    store.put("run.json", utf8(JSON.stringify({ ...openRun(store).manifest, ...change })));
    return store;
  };

  test.each([
    ["no run.json", () => memoryStore("runs/a"), "runs/a holds no run: run.json is missing."],
    [
      "a later format",
      () => manifestWith({ format: 9, version: "3.0.0" }),
      "runs/a/run.json is format 9, this Walras reads format 2. Open it with the Walras that wrote it (3.0.0), or rerun.",
    ],
    ["an unknown status", () => manifestWith({ status: "paused" }), '"status" is "paused"'],
    ["a missing name", () => manifestWith({ name: 5 }), '"name" is 5, expected text'],
    ["a missing configuration", () => manifestWith({ config: undefined }), '"config" is missing'],
    [
      "a manifest of 65 MiB",
      () => {
        const { store } = begun();
        store.append("run.json", new Uint8Array(65 << 20).fill(32));
        return store;
      },
      /^runs\/a\/run\.json has 6815\d+ bytes, more than any that Walras writes \(67108864\)/,
    ],
    [
      "half a manifest",
      () => {
        const { store } = begun();
        store.put("run.json", store.get("run.json")!.slice(0, 40));
        return store;
      },
      "runs/a/run.json is not readable JSON",
    ],
  ])("%s", (_, store, message) => {
    expect(() => openRun(store())).toThrow(message);
  });

  test("a damaged line inside the log is named by number", () => {
    const { store } = begun();
    store.append("log.ndjson", utf8('{"step":\n{"price":1}\n'));
    expect(() => openRun(store).rows()).toThrow('runs/a/log.ndjson:5 is not a row of JSON: "{\\"step\\":"');
  });

  test("a checkpoint of another version", () => {
    const { store } = begun();
    store.put("checkpoints/4.safetensors", encodeSafetensors({}, { walras: '{"version":3,"step":4}' }));
    expect(() => openRun(store).latestCheckpoint()).toThrow(
      "Checkpoint is v3, expected v2: runs/a/checkpoints/4.safetensors. Resume it with the walras that wrote it (0.1.0), or rerun.",
    );
  });

  test("a truncated checkpoint", () => {
    const { store } = begun();
    store.truncate("checkpoints/3.safetensors", 100);
    expect(() => openRun(store).latestCheckpoint()).toThrow(
      /^runs\/a\/checkpoints\/3\.safetensors is truncated: header says \d+ bytes, file has 100\. Use an earlier checkpoint or rerun\.$/,
    );
  });

  test("a checkpoint of another configuration, of no run, and one that is not there", () => {
    const { store } = begun();
    const other = memoryStore("runs/b");
    train(createRun(other, { ...input, config: { seed: 2 } }), { step: 0, x: 1 }, 4);
    store.put("checkpoints/3.safetensors", other.get("checkpoints/3.safetensors")!);
    expect(() => openRun(store).checkpoint(3)).toThrow("belongs to another configuration (");
    store.put("checkpoints/4.safetensors", other.get("checkpoints/3.safetensors")!);
    expect(() => openRun(store).checkpoint(4)).toThrow("is the checkpoint of step 3 under another name.");
    store.put("checkpoints/5.safetensors", encodeSafetensors({}));
    expect(() => openRun(store).checkpoint(5)).toThrow("holds tensors but no walras counters");
    expect(() => openRun(store).checkpoint(6)).toThrow("runs/a/checkpoints/6.safetensors does not exist");
  });

  test("a log shorter than its checkpoint", () => {
    const { store } = begun();
    store.truncate("log.ndjson", 30);
    expect(() => resumeRun(store)).toThrow(
      "runs/a/log.ndjson has 30 bytes, the first 3 rows had 84 when the checkpoint at step 3 was taken. Begin it again with: walras resume runs/a --from 0",
    );
  });

  test("resuming what is complete, or what was edited", () => {
    const { store, run } = begun();
    run.finish({ status: "complete", seconds: 1 });
    expect(() => resumeRun(store)).toThrow("runs/a is complete: there is nothing to resume.");
    const edited = manifestWith({ config: { seed: 2 } });
    expect(() => resumeRun(edited)).toThrow("runs/a/run.json is not as Walras wrote it (its checksum differs).");
  });

  test("a step that goes back or is no whole number", () => {
    const { run } = begun();
    expect(() => run.log({ step: 3 })).toThrow("log: got step 3, expected a whole number from 4 on.");
    expect(() => run.log({ step: 4.5 })).toThrow("got step 4.5");
    expect(() => run.checkpoint(-1, {}, null)).toThrow("checkpoint: got step -1");
  });
});

test("TensorBoard's file follows the log, and is rebuilt when it was deleted", () => {
  const store = memoryStore();
  train(createRun(store, input, { clock }), { step: 0, x: 1 }, 4);
  const key = eventsOf(store);
  expect(key).toBe("events.out.tfevents.1767312000.walras");
  expect(recordEnds(store.get(key)!)).toHaveLength(5); // the version, then four rows
  store.delete(key);
  resumeRun(store, { clock });
  expect(recordEnds(store.get(key)!)).toHaveLength(4);
});

test("a configuration's hash does not depend on the order of its keys, and does on its values", () => {
  expect(hashOf({ a: 1, b: { c: [1, 2], d: "é" } })).toBe(hashOf({ b: { d: "é", c: [1, 2] }, a: 1 }));
  expect(hashOf({ a: 1 })).not.toBe(hashOf({ a: 2 }));
  expect(hashOf({ a: [1, 2] })).not.toBe(hashOf({ a: [2, 1] }));
  // sha256sum of {"a":1}
  expect(hashOf({ a: 1 })).toBe("015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
});
