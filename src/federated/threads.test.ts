// Participants on threads against the same in this one.
import { expect, test } from "vitest";
import arms from "../../test/fixtures/arms.ts";
import { seedStream } from "../random/index.ts";
import { createLearner, federate } from "./index.ts";
import { federateOnThreads, type ThreadedOptions } from "./threads.ts";

const module = new URL("../../test/fixtures/arms.ts", import.meta.url).href;
const learners = [{ seed: 1 }, { seed: 2, weight: 2 }, { seed: 3, updates: 2 }];
/** A part of the participants is asked in each round, some of them none of a thread's. */
const options = () => ({ sampling: 0.5, clip: 0.05, stream: seedStream(1).fork("federation") });

async function weightsOf(rounds: number, more: Partial<ThreadedOptions>): Promise<Float32Array[]> {
  const all: Float32Array[] = [];
  for await (const { weights } of federateOnThreads({ module, learners, ...options(), ...more })) {
    all.push(weights.slice());
    if (all.length === rounds) return all;
  }
  return all;
}

test("participants on two threads have the weights of those in one, in every round, to the bit", async () => {
  const participants = learners.map((settings) => createLearner(arms, settings));
  const here: Float32Array[] = [];
  for (const { weights } of federate({ participants, initial: participants[0].weights(), ...options() })) {
    here.push(weights.slice());
    if (here.length === 4) break;
  }
  expect(new Set(here.map(String)).size).toBeGreaterThan(2);
  expect(await weightsOf(4, { threads: 2 })).toEqual(here);
});

test("a participant that fails is named, and threads that cannot be are refused", async () => {
  const failing = weightsOf(2, { threads: 1, sampling: 1, learners: [{ seed: 1 }, { seed: 2, updates: 11 }] });
  await expect(failing).rejects.toThrow("participant 1: federated: arms has no update left after 320 steps");
  await expect(weightsOf(1, { threads: 0 })).rejects.toThrow("got 0 threads");
});
