// Worker threads that take tasks, at most so many at a time; each says which phase it runs where a watchdog can read it.
import { Worker } from "node:worker_threads";
import { createRunningCell } from "../economy/running.ts";

export interface PoolOptions {
  /** The module that each thread runs, which calls `serve` of pool-worker.ts. */
  readonly entry: URL;
  readonly threads: number;
  /** What every thread is told when it begins. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** A thread ends with its task and the next task gets a new one, so that none finds what another left. Default: threads stay. */
  readonly fresh?: boolean;
  /** Is given each thread's cell, for `readRunning`. */
  readonly watch?: (running: Int32Array) => void;
}

export interface Pool<Task, Result> {
  /** Waits for a free thread. Rejects with `TaskFailed` where the task threw, with another error where its thread ended without an answer. */
  run(task: Task): Promise<Result>;
  /** Stops all threads in the middle of what they do. */
  close(): Promise<void>;
}

/** A task threw; its thread can take another. */
export class TaskFailed extends Error {}

/** What pool-worker.ts answers. */
export type Answer<Result> = { readonly result: Result } | { readonly error: string };

/** The module beside this one, as it is there: a source, or compiled. */
export const moduleBeside = (url: string, name: string): URL =>
  new URL(`./${name}${url.endsWith(".ts") ? ".ts" : ".js"}`, url);

export function createPool<Task, Result>(options: PoolOptions): Pool<Task, Result> {
  const { entry, threads, data = {}, fresh = false, watch = () => {} } = options;
  const idle: Worker[] = [];
  const active = new Set<Worker>();
  const waiting: (() => void)[] = [];
  let busy = 0;
  let closed = false;

  function start(): Worker {
    const running = createRunningCell();
    watch(running);
    const worker = new Worker(entry, { workerData: { ...data, running } });
    active.add(worker);
    worker.once("exit", () => active.delete(worker));
    return worker;
  }
  const ask = (worker: Worker, task: Task): Promise<Result> =>
    new Promise((resolve, reject) => {
      const ended = (code: number): void => reject(new Error(`its thread ended with code ${code} and no result.`));
      worker.once("error", reject).once("exit", ended);
      worker.once("message", (answer: Answer<Result>) => {
        worker.off("error", reject).off("exit", ended);
        if ("error" in answer) reject(new TaskFailed(answer.error));
        else resolve(answer.result);
      });
      worker.postMessage(task);
    });

  return {
    async run(task) {
      if (busy === threads) await new Promise<void>((free) => waiting.push(free));
      else busy++;
      if (closed) throw new Error("its threads have been stopped.");
      const worker = idle.pop() ?? start();
      try {
        return await ask(worker, task);
      } finally {
        if (fresh) await worker.terminate();
        else if (active.has(worker)) idle.push(worker);
        const next = waiting.shift();
        if (next) next();
        else busy--;
      }
    },
    async close() {
      closed = true;
      for (const free of waiting.splice(0)) free();
      await Promise.all([...active].map((worker) => worker.terminate()));
    },
  };
}
