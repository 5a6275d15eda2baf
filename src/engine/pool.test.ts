// Threads that take tasks: how many at once, which of them stay, and what is heard of one that fails.
import { expect, test } from "vitest";
import { createPool, type PoolOptions, TaskFailed } from "./pool.ts";

const entry = new URL("../../test/fixtures/pool-worker.ts", import.meta.url);
const pool = (options: Partial<PoolOptions> = {}) =>
  createPool<string, string>({ entry, threads: 1, data: { greeting: "hello" }, ...options });

test("one thread answers all tasks in their order, and a new one for each where threads are fresh", async () => {
  const answers = async (options: Partial<PoolOptions>) => {
    const one = pool(options);
    try {
      return await Promise.all(["a", "b", "c"].map((task) => one.run(task)));
    } finally {
      await one.close();
    }
  };
  expect(await answers({})).toEqual(["hello a, 1", "hello b, 2", "hello c, 3"]);
  expect(await answers({ fresh: true })).toEqual(["hello a, 1", "hello b, 1", "hello c, 1"]);
});

test("no more threads are started than are asked for, and each is watched", async () => {
  for (const [threads, tasks, started] of [
    [2, 5, 2],
    [3, 2, 2],
  ] as const) {
    const cells: Int32Array[] = [];
    const one = pool({ threads, watch: (cell) => cells.push(cell) });
    await Promise.all(Array.from({ length: tasks }, (_, k) => one.run(String(k))));
    expect(cells.length).toBe(started);
    await one.close();
  }
});

test("a task that throws is told from a thread that ends, and others go on", async () => {
  const one = pool();
  const failed = await one.run("throw").catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(TaskFailed);
  expect((failed as Error).message).toBe("no such thing");
  expect(await one.run("a")).toBe("hello a, 1");
  const ended = await one.run("end").catch((error: unknown) => error);
  expect(ended).not.toBeInstanceOf(TaskFailed);
  expect((ended as Error).message).toBe("its thread ended with code 3 and no result.");
  expect(await one.run("b")).toBe("hello b, 1"); // on another thread
  await one.close();
});

test("a pool that is closed answers nobody who still waits", async () => {
  const one = pool();
  const all = Promise.allSettled(["a", "b", "c"].map((task) => one.run(task)));
  await one.close();
  expect((await all).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  await expect(one.run("d")).rejects.toThrow("its threads have been stopped.");
});
