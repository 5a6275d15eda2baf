// What a live run says of its speed: without what comes once at its beginning, and not 0 where it is slow.
import { expect, test } from "vitest";
import { tokenEconomy } from "../../economies/token-economy.ts";
import { callingThread, execute, type Progress } from "../engine/run.ts";
import { resolveRun } from "../experiment/experiment.ts";
import { asExperiment } from "../experiment/load.ts";
import { createRun, memoryStore } from "../store/index.ts";
import { rate } from "./progress.ts";

test("speed is counted from the first report on, so that a minute of wiring does not make the rest look long", async () => {
  const experiment = asExperiment(tokenEconomy, "test");
  const run = resolveRun(experiment, { traders: 60, community: 12, degree: 3, totalSteps: 4 }, 1);
  const machine = { platform: "", arch: "", cpu: "", cores: 1 };
  const said: Progress[] = [];
  let now = 0;
  await execute({
    experiment,
    run,
    writer: createRun(memoryStore(), { name: "x", config: {}, version: "", node: "", machine }),
    clock: () => now,
    group(request) {
      now = 60_000;
      return callingThread(request);
    },
    onProgress: (progress) => said.push(progress),
    interrupted() {
      now += 2000; // each period
      return false;
    },
  });
  expect(said.map(({ seconds }) => seconds)).toEqual([60, 62, 64, 66]);
  expect(said.map(({ stepsPerSecond }) => stepsPerSecond)).toEqual([1 / 60, 0.5, 0.5, 0.5]);
});

test("speeds below ten have two digits", () => {
  expect([0.3456, 9.87, 12.3, 45_678].map(rate)).toEqual(["0.35", "9.9", "12", "45678"]);
});
