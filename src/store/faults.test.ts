// Damage and interruption at every place of a run directory: continuing it gives the bytes of an undisturbed run, or a sentence; never another result.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import { fileStore } from "./files.ts";
import { memoryStore } from "./memory.ts";
import { checkFiles, createRun, type ManifestInput, openRun, type RunWriter, resumeRun } from "./run.ts";
import type { Store } from "./store.ts";

const input: ManifestInput = {
  name: "walk",
  config: { seed: 1 },
  version: "0.1.0",
  node: "24.21.0",
  machine: { platform: "linux", arch: "x64", cpu: "test", cores: 2 },
};
const clock = () => Date.UTC(2026, 0, 2);
const LAST = 12;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1"); // a character for each byte
const utf8 = (words: string) => new TextEncoder().encode(words);

/** A state that depends on all its past, two metrics, and a checkpoint every third step. */
function walk(run: RunWriter, { step, x }: { step: number; x: number }, until: number): void {
  for (step++; step <= until; step++) {
    x = (x * 1.5 + step) % 7;
    run.log({ step, "losses/td": x, price: x * x });
    if (step % 3 === 0) run.checkpoint(step, { x: Float64Array.of(x), seen: Int32Array.of(step, 2 * step) }, { step });
  }
  if (until === LAST) run.finish({ status: "complete", seconds: 1, summary: { x }, hash: `of ${x}` });
}

function killedAt(until: number, store: Store = memoryStore("runs/a")): Store {
  walk(createRun(store, input, { clock }), { step: 0, x: 1 }, until);
  return store;
}

function continued(store: Store, from?: number): readonly string[] {
  const { writer, from: point, notes } = resumeRun(store, { clock, from });
  const counters = point?.meta as { step: number } | undefined;
  walk(writer, { step: counters?.step ?? 0, x: (point?.arrays["x"]?.[0] as number) ?? 1 }, LAST);
  return notes;
}

/** Files by name; of the manifest what it says, not in which order. */
const contents = (store: Store) =>
  Object.fromEntries(
    store.list().map((key) => {
      const words = text(store.get(key)!);
      return [key, key === "run.json" ? JSON.parse(words) : words];
    }),
  );
const whole = contents(killedAt(LAST));

function copyOf(store: Store): Store {
  const copy = memoryStore(store.place);
  for (const key of store.list()) copy.put(key, store.get(key)!);
  return copy;
}

/** Ways to damage bytes, each with a number that says where. */
const damages: Record<string, (bytes: Uint8Array, at: number) => Uint8Array> = {
  "a digit changed": (bytes, at) => {
    const digits = [...bytes.keys()].filter((i) => bytes[i]! >= 48 && bytes[i]! <= 57);
    const out = bytes.slice();
    const i = digits[at % digits.length] ?? at % out.length;
    out[i] = 48 + ((out[i]! - 48 + 1 + (at % 9)) % 10);
    return out;
  },
  "a bit flipped": (bytes, at) => bytes.map((byte, i) => (i === at % bytes.length ? byte ^ (1 << (at % 8)) : byte)),
  "the end cut off": (bytes, at) => bytes.slice(0, at % bytes.length),
  "bytes added at the end": (bytes, at) => Uint8Array.from([...bytes, ...bytes.slice(0, 1 + (at % 40))]),
  "a byte lost": (bytes, at) => bytes.filter((_, i) => i !== at % bytes.length),
  "a line twice": (bytes, at) => lines(bytes, (all) => all.toSpliced(at % all.length, 0, all[at % all.length]!)),
  "two lines swapped": (bytes, at) =>
    lines(bytes, (all) => {
      const [i, j] = [at % all.length, (at + 1) % all.length];
      return all.with(i, all[j]!).with(j, all[i]!);
    }),
  "a line lost": (bytes, at) => lines(bytes, (all) => all.toSpliced(at % all.length, 1)),
  zeros: (bytes, at) => bytes.map((byte, i) => (i >= at % bytes.length && i < (at % bytes.length) + 16 ? 0 : byte)),
};

const places = new Uint32Array(40);
seedStream(8).fork("damage").bits(places, { lane: 0, period: 0, from: 0 });

function lines(bytes: Uint8Array, change: (all: string[]) => string[]): Uint8Array {
  const latin = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return Uint8Array.from(change(latin.split(/(?<=\n)/)).join(""), (c) => c.charCodeAt(0));
}

test("a run continued after any damage to any of its files ends with the bytes of an undisturbed one, or with a sentence", () => {
  const outcomes = { same: 0, refused: 0 };
  const noted = new Set<string>();
  for (const killed of [5, 8, 11]) {
    const before = killedAt(killed);
    for (const key of before.list())
      for (const [name, damage] of Object.entries(damages))
        for (const at of places.subarray(0, key === "log.ndjson" ? 40 : 12)) {
          const store = copyOf(before);
          store.put(key, damage(store.get(key)!, at));
          const what = `${key}, ${name} at ${at}, killed at ${killed}`;
          let notes: readonly string[];
          try {
            notes = continued(store);
          } catch (error) {
            expect((error as Error).message, what).toMatch(/^(runs\/a|Checkpoint is v).+(\.|--from \d+)$/s);
            outcomes.refused++;
            continue;
          }
          for (const note of notes) noted.add(note.replace(/\d+/g, "n"));
          const after = contents(store);
          for (const [file, bytes] of Object.entries(whole)) expect(after[file], `${file}: ${what}`).toEqual(bytes);
          outcomes.same++;
        }
  }
  expect(outcomes.same + outcomes.refused).toBeGreaterThan(1500);
  expect(outcomes.same).toBeGreaterThan(700);
  expect(outcomes.refused).toBeGreaterThan(300);
  expect(noted.size).toBeGreaterThan(3);
});

test("any damage to any file of a run that has ended is found", () => {
  const complete = killedAt(LAST);
  expect(checkFiles(complete).checks.filter(({ pass }) => !pass)).toEqual([]);
  expect(checkFiles(complete).end?.step).toBe(LAST);
  let found = 0;
  const before = contents(complete);
  for (const key of complete.list())
    for (const [name, damage] of Object.entries(damages))
      for (const at of places.subarray(0, 15)) {
        const store = copyOf(complete);
        store.put(key, damage(store.get(key)!, at));
        const { checks } = checkFiles(store);
        let same = false;
        try {
          same = isDeepStrictEqual(contents(store), before); // spaces, or fields in another order
        } catch {
          // no JSON any more
        }
        expect(
          checks.every(({ pass }) => pass),
          `${key}, ${name} at ${at}`,
        ).toBe(same);
        for (const { detail } of checks) expect(detail).not.toMatch(/^(TypeError|RangeError|Cannot read|undefined)/);
        found++;
      }
  expect(found).toBeGreaterThan(600);
});

test("the newest checkpoint whose rows are still in the log is taken, and it is said what is made again", () => {
  const store = killedAt(8); // checkpoints at 3 and 6
  const log = text(store.get("log.ndjson")!).split("\n");
  store.put("log.ndjson", utf8(log.with(4, log[4]!.replace('"step":5', '"step":4')).join("\n")));
  expect(continued(store)).toEqual([
    "runs/a/log.ndjson no longer begins with the 6 rows that it had when the checkpoint at step 6 was taken.",
    "Continuing from the checkpoint at step 3, after 3 rows.",
  ]);
  expect(contents(store)).toEqual(whole);
});

test("where no checkpoint fits, the way out is named, and it works", () => {
  const store = killedAt(8);
  const log = text(store.get("log.ndjson")!).split("\n");
  store.put("log.ndjson", utf8([log[1], log[0], ...log.slice(2)].join("\n")));
  expect(() => continued(store)).toThrow(/Begin it again with: walras resume runs\/a --from 0$/);
  expect(continued(store, 0)).toEqual([]);
  expect(contents(store)).toEqual(whole);
});

/** A store that stops working after some operations, as if its process were killed. */
function dying(store: Store, operations: number): Store {
  const changing = ["put", "append", "delete", "truncate"] as const;
  const killed = () => {
    if (operations-- <= 0) throw new Error("killed");
  };
  const wrapped = changing.map((name) => [
    name,
    (...args: never[]) => {
      killed();
      return (store[name] as (...given: never[]) => void)(...args);
    },
  ]);
  return { ...store, ...Object.fromEntries(wrapped) };
}

test.each([undefined, 3, 0])("killed at any operation of resume --from %s, it can be resumed as it is", (from) => {
  let deaths = 0;
  for (let operations = 0; ; operations++) {
    const store = killedAt(8);
    let died = false;
    try {
      continued(dying(store, operations), from);
    } catch (error) {
      expect((error as Error).message).toBe("killed");
      died = true;
    }
    if (!died) break;
    deaths++;
    if (openRun(store).manifest.status !== "complete") continued(store);
    expect(contents(store)).toEqual(whole);
  }
  expect(deaths).toBeGreaterThan(15);
});

describe("a directory has one writer", () => {
  let place: string;
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), "walras-faults-"));
  });
  afterAll(() => rmSync(place, { recursive: true }));

  test("another store of it is refused with the holder's name, until the run has ended", () => {
    const directory = join(place, "one");
    const run = createRun(fileStore(directory), input);
    const other = fileStore(directory);
    const refusal =
      /one is being written by this process since \d{4}-\d\d-\d\dT[\d:.]+Z: .+\. Wait for it, or end it first\.$/;
    expect(() => resumeRun(other)).toThrow(refusal);
    expect(() => other.lock()).toThrow(refusal);
    expect(openRun(other).manifest.status).toBe("running"); // reading needs no lock
    run.finish({ status: "interrupted", seconds: 1 });
    const { writer } = resumeRun(other);
    expect(() => fileStore(directory).lock()).toThrow(refusal);
    writer.finish({ status: "complete", seconds: 1 });
    fileStore(directory).lock()();
  });

  test("locks of one store nest", () => {
    const store = fileStore(join(place, "nested"));
    const [outer, inner] = [store.lock(), store.lock()];
    inner();
    inner();
    expect(() => fileStore(store.place).lock()).toThrow("is being written by this process");
    outer();
    fileStore(store.place).lock()();
  });

  test("a process that is killed leaves no lock", async () => {
    const directory = join(place, "killed");
    const script = `
      const { fileStore } = await import(${JSON.stringify(new URL("./files.ts", import.meta.url).href)});
      fileStore(${JSON.stringify(directory)}).lock();
      console.log("locked");
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    expect(() => fileStore(directory).lock()).toThrow(`is being written by process ${child.pid} on `);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    fileStore(directory).lock()();
  });

  test("the lock is no part of the run, and nothing opens it", () => {
    const directory = join(place, "parts");
    const store = fileStore(directory);
    createRun(store, input).finish({ status: "complete", seconds: 1 });
    expect(readdirSync(directory)).toContain(".writer.lock");
    expect(readFileSync(join(directory, ".writer.lock"))).toHaveLength(0);
    expect(store.list().filter((key) => key.startsWith("."))).toEqual([]);
    expect(() => store.get(".writer.lock")).toThrow("belongs to the lock");
  });

  test("a lock that is a link, or that is not empty, is refused and left alone", () => {
    const mine = join(place, "mine");
    writeFileSync(mine, "thesis");
    for (const prepare of [
      (path: string) => symlinkSync(mine, path),
      (path: string) => writeFileSync(path, "thesis"),
    ]) {
      const directory = mkdtempSync(join(place, "odd-"));
      prepare(join(directory, ".writer.lock"));
      expect(() => fileStore(directory).lock()).toThrow("is not a lock of Walras, which is an empty file.");
      expect(readFileSync(join(directory, ".writer.lock"), "utf8")).toBe("thesis");
    }
  });

  test("a holder's name that somebody has forged reaches the terminal as plain text", () => {
    const directory = join(place, "forged");
    mkdirSync(directory);
    const unlock = fileStore(directory).lock();
    writeFileSync(
      join(directory, ".writer.json"),
      JSON.stringify({ pid: 1, host: "\u001b[2Jhost", since: 5, command: "a\nb" }),
    );
    expect(() => fileStore(directory).lock()).toThrow("by process 1 on ?[2Jhost since 5: a?b.");
    unlock();
  });
});
