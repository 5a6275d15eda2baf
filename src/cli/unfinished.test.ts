// Signals are heard from the moment a document says that work goes on, and no longer than it is held.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Interrupted, takeUp } from "./unfinished.ts";

const place = mkdtempSync(join(tmpdir(), "walras-unfinished-"));
afterAll(() => rmSync(place, { recursive: true }));

const unfinished = { kind: "calibration", economy: "monopoly", request: "one" };
const heard = () => process.listenerCount("SIGTERM");

test("a signal interrupts work that was taken up, and nobody hears it where a directory is refused or given back", async () => {
  const before = heard();
  const { signals, release } = takeUp(join(place, "work"), unfinished);
  expect(heard()).toBe(before + 1);
  process.emit("SIGTERM", "SIGTERM");
  await expect(signals.interrupted).rejects.toThrow(new Interrupted("SIGTERM"));
  signals.close();
  release();
  expect(heard()).toBe(before);
  expect(() => takeUp(join(place, "work"), { ...unfinished, request: "another" })).toThrow(
    "holds an unfinished calibration with other settings",
  );
  expect(heard()).toBe(before);
  const again = takeUp(join(place, "work"), unfinished);
  expect(heard()).toBe(before + 1);
  again.signals.close();
  again.release();
});
