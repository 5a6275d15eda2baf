import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bandit, twoStep } from "../../test/tiny-economies.ts";
import { ppo } from "../algorithms/ppo.ts";
import { sac } from "../algorithms/sac.ts";
import { bareExperiment, defineExperiment } from "../experiment/experiment.ts";
import { play } from "../experiment/play.ts";
import { memoryStore } from "../store/index.ts";
import { VERSION } from "../version.ts";
import { record } from "./record.ts";
import { loadRun, train } from "./session.ts";

const arms = defineExperiment({
  name: "arms",
  summary: "Which arm pays",
  economy: bandit,
  algorithm: ppo,
  config: { updates: 8, hiddenWidth: 8, gamma: 0 },
  numEnvs: 4,
  totalSteps: 800,
  evaluation: { sampled: true },
});

/** The same by the engine, recorded in memory. */
async function recorded(set = {}, seed = 3) {
  const store = memoryStore();
  return { store, result: await record(arms, { store, set, seed }) };
}

const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength).slice();

test("training from code is the run of the command line, update by update", async () => {
  const { store, result } = await recorded();
  const training = train(arms, { seed: 3 });
  const steps = [...training].map(({ step }) => step);
  expect(steps).toEqual(result.rows.map(({ step }) => step));
  const { arrays } = loadRun(store).latestCheckpoint()!;
  const { arrays: learned } = training.last!.snapshot();
  expect(Object.keys(learned).sort()).toEqual(Object.keys(arrays).sort());
  for (const name of Object.keys(arrays)) expect(bytes(learned[name]!)).toEqual(bytes(arrays[name]!));
});

test("a loop that is left can be taken up again, and settings are those of --set", () => {
  const whole = train(arms, { set: { "config.updates": 4, totalSteps: 400 } }).finish();
  const training = train(arms, { set: { "config.updates": 4, totalSteps: 400 } });
  for (const { step } of training) if (step >= 100) break;
  expect(training.last!.step).toBe(100);
  const rest = [...training].map(({ step }) => step);
  expect(rest).toEqual([200, 300, 400]);
  expect(training.last!.metrics).toEqual(whole.metrics);
  expect([...training]).toEqual([]);
});

test("arrays put in place are what the next update begins with, and no others are touched", () => {
  const [one, other] = [train(arms, { seed: 3 }), train(arms, { seed: 3 })];
  for (const training of [one, other]) for (const _ of training) break;
  const { arrays } = one.snapshot();
  const theta = arrays["gamblers/theta"] as Float32Array;
  one.replace({ "gamblers/theta": theta.map((w) => 2 * w) });
  expect(one.snapshot().arrays["gamblers/theta"]).toEqual(theta.map((w) => 2 * w));
  expect(one.snapshot().arrays["gamblers/theta/adam/m"]).toEqual(arrays["gamblers/theta/adam/m"]);
  one.replace({ "gamblers/theta": theta });
  expect(one.finish().metrics).toEqual(other.finish().metrics);
  expect(() => one.replace({ "gamblers/thetas": theta })).toThrow('has no array "gamblers/thetas". Did you mean');
  expect(() => one.replace({ "gamblers/theta": theta.subarray(1) })).toThrow("bytes");
  expect(() => train(arms).replace({})).toThrow("has learned nothing yet");
});

test("a snapshot continues in another training", () => {
  const first = train(arms);
  for (const { step } of first) if (step >= 400) break;
  const from = first.snapshot();
  expect(train(arms, { from }).finish().metrics).toEqual(first.finish().metrics);
});

test("policies are those of the newest update, and stay so while learning goes on", () => {
  const training = train(arms);
  expect(() => training.learned()).toThrow("arms has learned nothing yet");
  for (const { step } of training) if (step >= 100) break;
  const ask = { ...training.learned(), seed: 1, periods: 50, worlds: 4 };
  expect(ask.sampled).toBe(true);
  const actions: number[] = [];
  const visit = (w: unknown) => void actions.push(...(w as { gamblers: { arm: Int32Array } }).gamblers.arm);
  play({ ...ask, visit });
  const early = actions.splice(0);
  training.finish();
  play({ ...ask, visit });
  expect(actions.splice(0)).toEqual(early);
  play({ ...training.learned(), seed: 1, periods: 50, worlds: 4, visit });
  expect(actions).not.toEqual(early);
});

test("a run that was kept is opened with its experiment, and with no other", async () => {
  const { store } = await recorded({ "config.updates": 2, totalSteps: 200 });
  const loaded = loadRun(store);
  expect(loaded.manifest.status).toBe("complete");
  expect(loaded.rows()).toHaveLength(2);
  const training = train(arms, { seed: 3, set: { "config.updates": 2, totalSteps: 200 } });
  training.finish();
  const obs = Float32Array.from([1, 1, 1, 1]);
  const choose = (policies: ReturnType<typeof training.learned>["policies"]) => {
    const actions = new Int32Array(4);
    policies["gamblers"]!.act(actions, obs, 4);
    return [...actions];
  };
  expect(choose(loaded.learned(arms).policies)).toEqual(choose(training.learned().policies));
  const other = defineExperiment({ ...arms, economy: twoStep, algorithm: sac, config: {}, name: "other" } as never);
  expect(() => loaded.learned(other)).toThrow("is a run of arms, but was opened with the experiment other");
});

test("what cannot be trained is refused", () => {
  expect(() => train(bareExperiment(bandit))).toThrow("bandit has no algorithm");
  expect(() => train(arms, { set: { "config.learningrate": 1 } })).toThrow('Did you mean "config.learningRate"?');
  expect(() => train(arms, { seed: -1 })).toThrow("seed: got -1");
});

test("a recorded run that was stopped is continued to the same hash, and a store that holds another is refused", async () => {
  const { result } = await recorded();
  const store = memoryStore();
  let asked = 0;
  const stopped = await record(arms, { store, seed: 3, interrupted: () => ++asked === 3 });
  expect([stopped.status, stopped.rows.length]).toEqual(["interrupted", 3]);
  await expect(record(arms, { store, seed: 4 })).rejects.toThrow("with another seed or other settings");
  const continued = await record(arms, { store, seed: 3 });
  expect([continued.status, continued.hash]).toEqual(["complete", result.hash]);
  await expect(record(arms, { store, seed: 3 })).rejects.toThrow("is complete");
});

test("the version is that of package.json", () => {
  const path = new URL("../../package.json", import.meta.url);
  expect(VERSION).toBe(JSON.parse(readFileSync(path, "utf8")).version);
});
