import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { memoryStore } from "../store/index.ts";
import type { CandidateWork } from "./calibrate-worker.ts";
import { keptCandidates } from "./kept-candidates.ts";

const work = { transform: "none" } as unknown as CandidateWork;
const worlds = [[Float64Array.of(1.5, -2), Float64Array.of()], [Float64Array.of(3)]];

test("a candidate is read back as it was kept, and no other one is", () => {
  const store = memoryStore("here");
  const kept = keptCandidates<CandidateWork>(store);
  expect(kept.get(work)).toBe(null);
  kept.put(work, worlds);
  expect(kept.get(work)).toEqual(worlds);
  expect(kept.get({ ...work, transform: "changes" })).toBe(null);
  kept.clear();
  expect(kept.get(work)).toBe(null);
});

test("a file with a checksum of its own whose counts are not those of its values is simulated again", () => {
  const store = memoryStore("here");
  const kept = keptCandidates<CandidateWork>(store);
  kept.put(work, worlds);
  const [key] = store.list("candidates/");
  const forge = (bytes: Uint8Array) => store.put(key!, [createHash("sha256").update(bytes).digest(), bytes]);
  const numbers = (...values: number[]) => new Uint8Array(Float64Array.from(values).buffer);
  forge(numbers(1, 1, 2, 7, 8));
  expect(kept.get(work)).toEqual([[Float64Array.of(7, 8)]]);
  for (const forged of [
    numbers(),
    numbers(1, 1, 2, 7),
    numbers(1, 1, 2, 7, 8, 9),
    numbers(1e9),
    numbers(-1, 1, 2),
    numbers(Number.NaN),
    numbers(1, 0.5, 7),
    numbers(1, 1, -2, 7),
    numbers(1, 2, 3, -1, 7, 8),
    new Uint8Array(13),
  ]) {
    forge(forged);
    expect(kept.get(work)).toBe(null);
  }
});
