// Runs that follow an outside series: the same bytes straight, stopped and gone on, from their own log and on threads; sources that end, stop, change and are late.
import { expect, test } from "vitest";
import { tokenEconomy } from "../../economies/token-economy.ts";
import { type Experiment, resolveRun } from "../experiment/experiment.ts";
import type { StreamSettings } from "../experiment/inputs.ts";
import { asExperiment } from "../experiment/load.ts";
import { createRun, memoryStore, openRun, resumeRun, type Store } from "../store/index.ts";
import { createFeed, type Feed, type FeedOptions, STREAM } from "./feed.ts";
import { type ExecuteOptions, execute } from "./run.ts";
import { threadGroup } from "./threads.ts";

const settings: StreamSettings = {
  source: "prices.csv",
  into: "outside",
  time: "time",
  value: "price",
  start: 0,
  step: 2,
  patience: 1,
  drift: null,
  noise: null,
};
/** Two points a period but for a gap at period 5 (times 8, 9), one out of order, one twice, one too late. */
const LINES = Array.from({ length: 24 }, (_, t) => `${t},${100 + 10 * ((t * 7) % 5)}`).filter(
  (_, t) => t !== 8 && t !== 9,
);
[LINES[5], LINES[6]] = [LINES[6], LINES[5]];
LINES.splice(4, 0, LINES[3]);
LINES.push("1,500");
const csv = (lines: readonly string[] = LINES): string => ["time,price", ...lines, ""].join("\n");

const params = { traders: 60, community: 12, degree: 3 };
const experiment: Experiment = asExperiment(tokenEconomy, "test");
const run = { ...resolveRun(experiment, { ...params, totalSteps: 20 }, 3), inputs: { stream: settings } };
const machine = { platform: "", arch: "", cpu: "", cores: 1 };
const begin = (store: Store) => createRun(store, { name: "x", config: {}, version: "", node: "", machine });
const feedOf = (store: Store, text: string, options: Partial<FeedOptions> = {}): Feed =>
  createFeed({
    settings,
    chunks: () => [text],
    kind: "points",
    store,
    from: 0,
    dropped: () => 0,
    close() {},
    ...options,
  });
const logOf = (store: Store): string => new TextDecoder().decode(store.get(STREAM));

async function straight(options: Partial<ExecuteOptions> = {}, feed: Partial<FeedOptions> = {}, text = csv()) {
  const store = memoryStore("run");
  const fed = feedOf(store, text, feed);
  return { ...(await execute({ experiment, run, writer: begin(store), feed: fed, ...options })), store, fed };
}
/** Goes on after the last checkpoint. */
async function resumed(store: Store, text: string, kind: FeedOptions["kind"] = "points") {
  const { writer, rows, from } = resumeRun(store, {});
  const played = (from?.meta as { periods: number } | undefined)?.periods ?? 0;
  return execute({ experiment, run, writer, rows, from, feed: feedOf(store, text, { kind, from: played }) });
}

test("a run follows its stream to the end, and every estimate is logged before it is played", async () => {
  const { status, rows, store, fed } = await straight();
  expect([status, rows.length]).toEqual(["complete", 12]); // of 20: the stream had no more
  expect(fed.came).toEqual({ periods: 12, gaps: 1, late: 1, duplicate: 1 });
  const log = logOf(store).trim().split("\n");
  expect(log.length).toBe(12);
  const means = log.map((line) => JSON.parse(line).mean as number);
  expect(JSON.parse(log[4]).points).toBe(0);
  expect(means[4]).toBe(means[3]); // a gap: where it was
  expect(openRun(store).latestCheckpoint()!.arrays["world.outside"]).toEqual(Float64Array.of(means[11]));
  const without = resolveRun(experiment, { ...params, totalSteps: 12 }, 3);
  const { hash } = await execute({ experiment, run: without, writer: begin(memoryStore("none")) });
  expect((await straight()).hash).not.toBe(hash);
});

test("stopped and gone on, replayed from its log, and on two threads a stream leads to the same hash", async () => {
  const { hash, store } = await straight();
  const stopped = await straight({ until: 5 });
  expect(stopped.status).toBe("interrupted");
  // Two estimates were logged that a killed process never played, the second in part.
  const whole = logOf(store).split("\n");
  stopped.store.append(STREAM, new TextEncoder().encode(`${whole[5]}\n${whole[6].slice(0, 20)}`));
  expect((await resumed(stopped.store, csv())).hash).toBe(hash);
  expect(logOf(stopped.store)).toBe(logOf(store));
  expect((await straight({}, { kind: "log" }, logOf(store))).hash).toBe(hash);
  const economy = new URL("../../economies/token-economy.ts", import.meta.url).href;
  expect((await straight({ group: threadGroup(economy, 2), pieces: 3 })).hash).toBe(hash);
});

test("a live source goes on where its run was stopped", async () => {
  const timeOf = (line: string): number => Number.parseFloat(line);
  const early = LINES.filter((line) => timeOf(line) < 14);
  const later = (from: number): string[] => LINES.filter((line) => timeOf(line) >= from);
  const { hash, store } = await straight({}, {}, csv([...early, ...later(14)]));
  const stopped = await straight({ until: 6 }, { kind: "live" }, csv(early));
  const rest = csv(later(12)); // six periods of two
  const settled = await resumed(stopped.store, rest, "live");
  expect([settled.status, settled.hash, logOf(stopped.store)]).toEqual(["complete", hash, logOf(store)]);
});

test("whoever waits for a source can be stopped, and loses nothing", async () => {
  let asked = 0;
  const silent = async function* () {
    yield csv(LINES.slice(0, 12));
    await new Promise(() => {});
  };
  const { status, rows, store } = await straight({ interrupted: () => ++asked > 12 }, { chunks: silent });
  expect([status, rows.length > 2]).toEqual(["interrupted", true]);
  expect((await resumed(store, csv())).hash).toBe((await straight()).hash);
});

test("a source that has changed, a log that was cut and a stream of nothing are errors", async () => {
  const { store } = await straight({ until: 5 });
  const changed = csv(LINES.map((line) => line.replace(/^2,.*/, "2,1000")));
  await expect(resumed(store, changed)).rejects.toThrow("prices.csv is not as it was when run began: period 5 is");
  store.truncate(STREAM, 100);
  await expect(resumed(store, csv())).rejects.toThrow("run/stream.ndjson has 0 periods, and 5 were played");
  await expect(straight({}, {}, "time,price\n")).rejects.toThrow("its stream has no point yet");
  await expect(straight({}, {}, "time,price\n0,0\n")).rejects.toThrow("Set both: --stream-set noise");
  await expect(straight({}, {}, "time,price\n0,ten\n")).rejects.toThrow('line 2 has "0" and "ten", expected a number');
});
