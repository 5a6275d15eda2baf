import { expect, test } from "vitest";
import type { PopulationBatch, PopulationSpec } from "../../env/vector-env.ts";
import { createArena } from "../../kernels/index.ts";
import { createReplay } from "./in-step.ts";

const [E, N] = [2, 2];
const spec = { size: N, features: ["t"], actions: [{ name: "a" }] } as unknown as PopulationSpec;

/** Stores `decisions` of all worlds; agent i of world e sees 100 t + 10 e + i and does and is paid as much; world 1 ends at the given times. */
function filled(capacity: number, decisions: number, ends: Record<number, "terminated" | "truncated"> = {}) {
  const arena = createArena({ bytes: 1 << 21 });
  const replay = createReplay({ arena, spec, numEnvs: E, capacity, gamma: 0.9, rewardScale: 2 });
  const seen = (t: number, e: number) => Float32Array.from({ length: N }, (_, i) => 100 * t + 10 * e + i);
  const flags = (now: boolean) => new Uint8Array(E * N).fill(now ? 1 : 0, N);
  for (let t = 0; t < decisions; t++) {
    const rewards = Float32Array.of(...seen(t, 0), ...seen(t, 1));
    const batch = {
      rewards,
      terminated: flags(ends[t] === "terminated"),
      truncated: flags(ends[t] === "truncated"),
      finalObs: rewards.map((x) => -x),
    } as unknown as PopulationBatch;
    for (let e = 0; e < E; e++) {
      replay.decide(e, seen(t, e), seen(t, e));
      replay.follow(e, batch);
    }
    replay.stored++;
  }
  const read = (age: number, e: number, i: number) => {
    const [obs, actions, reward, discount, nextObs] = Array.from({ length: 5 }, () => new Float32Array(1));
    replay.read({ obs, actions, reward, discount, nextObs }, 0, age, e, i);
    return [obs[0], actions[0], reward[0], discount[0], nextObs[0]];
  };
  return { replay, read };
}
const γ = Math.fround(0.9);

test("a transition is what was seen, done, paid and seen next, and only those with a successor can be drawn", () => {
  const { replay, read } = filled(40, 5);
  expect(replay.usable).toBe(4);
  expect(read(0, 1, 0)).toEqual([310, 310, 620, γ, 410]);
  expect(read(3, 0, 1)).toEqual([1, 1, 2, γ, 101]);
  expect([filled(40, 0), filled(40, 1), filled(40, 2)].map(({ replay }) => replay.usable)).toEqual([0, 0, 1]);
});

test("the oldest goes first, and the slot that is written next is never drawn", () => {
  const { replay, read } = filled(16, 11); // four slots: decisions 7 to 10, of which 7 is about to go and 10 awaits its successor
  expect(replay.usable).toBe(2);
  expect([read(0, 0, 0)[0], read(1, 0, 0)[0]]).toEqual([900, 800]);
});

test("an episode that was cut short goes on from its own last observation, and one that ended is worth nothing more", () => {
  const { read } = filled(40, 5, { 1: "truncated", 2: "terminated" });
  expect(read(2, 1, 1)).toEqual([111, 111, 222, γ, -111]);
  expect(read(1, 1, 1).slice(0, 4)).toEqual([211, 211, 422, 0]);
  expect(read(1, 0, 1)).toEqual([201, 201, 402, γ, 301]);
});
