import { expect, test } from "vitest";
import { alone } from "../../core/cut.ts";
import { createArena } from "../../kernels/index.ts";
import { createShards, SHARDS } from "./shards.ts";

/** Shards of each of several ranks on one thread, who share sums. */
function shared(ranks: number, groups: number) {
  const arena = createArena({ bytes: 1 << 20 });
  const sums = arena.f64(groups * SHARDS * 3);
  let barriers = 0;
  const shards = Array.from({ length: ranks }, (_, rank) =>
    createShards(
      {
        arena: { kernels: arena.kernels, f64: () => sums } as never,
        team: { ...alone, rank, size: ranks, barrier: () => void barriers++ },
      },
      32,
      groups,
      ["loss", "value"],
    ),
  );
  return { arena, shards, barriers: () => barriers };
}

test("every shard of every group that learns is computed once, whoever does it, and ranks meet", () => {
  for (const ranks of [1, 2, 3, 7]) {
    const { shards, barriers } = shared(ranks, 3);
    const done: string[] = [];
    for (const each of shards)
      each.each(
        (g) => g !== 1,
        (g, s) => {
          done.push(`${g} ${s}`);
          each.add("loss", g, s, 10 * g + s);
          each.add("value", g, s, 1);
        },
      );
    expect(done.sort()).toEqual(["0 0", "0 1", "0 2", "0 3", "2 0", "2 1", "2 2", "2 3"]);
    expect(barriers()).toBe(ranks);
    for (const each of shards) expect([each.mean("loss"), each.mean("value")]).toEqual([11.5, 1]);
    const stepped: number[] = [];
    for (const each of shards)
      each.apply(
        (g) => g !== 1,
        (g) => void stepped.push(g),
      );
    expect(stepped.sort()).toEqual([0, 2]);
    expect(barriers()).toBe(2 * ranks);
    // Another minibatch counts as much as the first; none is not a number
    for (const each of shards)
      each.each(
        (g) => g === 0,
        (g, s) => each.add("loss", g, s, 100),
      );
    expect(shards[0].mean("loss")).toBeCloseTo((8 * 11.5 + 4 * 100) / 12, 12);
    shards[0].forget();
    expect(shards[0].mean("loss")).toBeNaN();
  }
});

test("a gradient is the mean of its shards', which are a quarter of the minibatch each", () => {
  const { arena, shards } = shared(1, 1);
  const of = Array.from({ length: SHARDS }, () => ({ grads: arena.f32(5) }));
  for (const [s, { grads }] of of.entries()) grads.set([s, 1, 2 * s, -s, 9]);
  const grads = arena.f32(4);
  shards[0].average(grads, of);
  expect([...grads]).toEqual([1.5, 1, 3, -1.5]);
  expect(shards[0].rows).toBe(8);
});
