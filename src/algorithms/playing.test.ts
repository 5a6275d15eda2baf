// Which policy is asked for what, in two worlds of two agents whose signals the test writes by hand.
import { expect, test } from "vitest";
import type { VectorEnv } from "../env/vector-env.ts";
import type { Stream } from "../random/index.ts";
import type { Policy } from "./algorithm.ts";
import { createPlaying, worldOf } from "./playing.ts";

const [E, N, F, K] = [2, 2, 3, 4];
const stream = { name: "draws" } as unknown as Stream;

/** An environment of one decision, and a policy that notes what it is asked for. */
function stage({ apart = false, masked = false, remembers = true, draws = true } = {}) {
  const signals = ["acting", "terminated", "truncated"].map((name) => [name, new Uint8Array(E * N)]);
  const batch = {
    ...(Object.fromEntries(signals) as Record<"acting" | "terminated" | "truncated", Uint8Array>),
    obs: Float32Array.from({ length: E * N * F }, (_, k) => k),
    actions: new Int32Array(E * N),
    actionMask: masked ? Uint8Array.from({ length: E * N * K }, (_, k) => k) : null,
  };
  const env = { numEnvs: E, batch: { crew: batch }, spec: { crew: { size: N, ...(apart && { apart }) } } };
  const asked: unknown[] = [];
  const policy: Policy = {
    load() {},
    ...(remembers && { reset: (world?: number, row?: number) => asked.push(["reset", world, row]) }),
    act(actions, obs, rows, mask, world, who) {
      asked.push(["act", [...obs], rows, mask && [...mask], world, who && [...who]]);
      actions[1] = 7;
    },
    ...(draws && {
      sample: (_actions, obs, rows, stream, at, mask, who) =>
        void asked.push(["sample", [...obs], rows, stream, at, mask && [...mask], who && [...who]]),
    }),
  };
  const playing = createPlaying(env as unknown as VectorEnv, { crew: policy });
  const act = (e: number, from: Stream | null = null) => {
    asked.length = 0;
    playing.act("crew", e, from, 5);
    return [...asked];
  };
  return { batch, act, playing, asked };
}

test("a world's agents are asked when they decide, with what that world shows, and their actions are written there", () => {
  const { batch, act } = stage();
  expect(act(1)).toEqual([]); // nobody decides
  batch.acting.fill(1, 2, 4);
  expect(act(0)).toEqual([]);
  expect(act(1)).toEqual([["act", [6, 7, 8, 9, 10, 11], 2, null, 1, null]]);
  expect([...batch.actions]).toEqual([0, 0, 0, 7]);
  expect(act(1, stream)).toEqual([["sample", [6, 7, 8, 9, 10, 11], 2, stream, { lane: 1, period: 5 }, null, null]]);
});

test("masks go along, of that world; who cannot draw does what is likeliest", () => {
  const { batch, act } = stage({ masked: true, draws: false });
  batch.acting.fill(1);
  for (const from of [null, stream])
    expect(act(0, from)).toEqual([["act", [0, 1, 2, 3, 4, 5], 2, [0, 1, 2, 3, 4, 5, 6, 7], 0, null]]);
});

test("memories of a world are forgotten when its episode has ended, before anybody is asked again", () => {
  const { batch, act, playing, asked } = stage();
  batch.acting.fill(1);
  for (const signal of ["terminated", "truncated"] as const) {
    batch[signal].fill(1, 2, 4);
    expect(act(1)[0]).toEqual(["reset", 1, undefined]);
    expect(act(1)).toHaveLength(2);
    expect(act(0)).toHaveLength(1);
    batch[signal].fill(0);
  }
  batch.terminated.fill(1, 2, 4);
  batch.acting.fill(0);
  expect(act(1)).toEqual([]); // nobody is asked, so nothing is forgotten yet
  playing.reset();
  expect(asked).toEqual([["reset", undefined, undefined]]);
});

test("agents who decide apart are asked alone, and what each has seen is forgotten with its own life, also while others decide", () => {
  const { batch, act } = stage({ apart: true });
  batch.acting.set([0, 0, 0, 1]);
  expect(act(0)).toEqual([]);
  expect(act(1)).toEqual([["act", [6, 7, 8, 9, 10, 11], 2, null, 1, [0, 1]]]);
  expect(act(1, stream)[0]).toEqual(["sample", [6, 7, 8, 9, 10, 11], 2, stream, { lane: 1, period: 5 }, null, [0, 1]]);
  batch.terminated.set([1, 0, 1, 0]);
  batch.truncated.set([0, 1, 0, 0]);
  expect(act(0)).toEqual([
    ["reset", 0, 0],
    ["reset", 0, 1],
  ]);
  expect(act(1)[0]).toEqual(["reset", 1, 0]);
  expect(act(1)).toHaveLength(2);
  const forgetful = stage({ apart: true, remembers: false });
  forgetful.batch.terminated.fill(1);
  forgetful.batch.acting.fill(1);
  expect(forgetful.act(0)).toHaveLength(1);
  forgetful.playing.reset();
});

test("a world's part of an array begins where the others' end", () => {
  expect([...worldOf(Float32Array.of(1, 2, 3, 4, 5, 6), 1, 3)]).toEqual([3, 4]);
});
