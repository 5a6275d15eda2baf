// The thread's end of pool.ts: answers one task after another.
import { parentPort, workerData } from "node:worker_threads";
import { useRunningCell } from "../economy/running.ts";
import type { Answer } from "./pool.ts";

/** `make` is given what the pool told every thread, and returns what answers a task. */
export async function serve<Data, Task, Result>(
  make: (data: Data) => Promise<(task: Task) => Result | Promise<Result>>,
): Promise<void> {
  useRunningCell((workerData as { readonly running: Int32Array }).running);
  const answer = await make(workerData as Data);
  parentPort!.on("message", async (task: Task) => {
    let message: Answer<Result>;
    try {
      message = { result: await answer(task) };
    } catch (error) {
      message = { error: (error as Error).message };
    }
    parentPort!.postMessage(message);
  });
}
