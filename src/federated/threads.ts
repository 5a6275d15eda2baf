// Participants on worker threads: each thread keeps the economies and trainings of its own, and only messages pass between it and the server.
import { Worker } from "node:worker_threads";
import { moduleBeside } from "../engine/pool.ts";
import { atPlaces, type PlacedOptions } from "./places.ts";
import { federateOver, type RemoteRound } from "./remote.ts";
import type { Wire } from "./transport.ts";

export interface ThreadedOptions extends PlacedOptions {
  /** Default 2. */
  readonly threads?: number;
}

/**
 * Rounds of learners on worker threads: the weights of `federate`, bit for bit, for any number of threads. Leave the loop with `break` or `return` to end the threads. Rejects where a
 * participant fails, and names it.
 */
export async function* federateOnThreads({
  threads = 2,
  ...options
}: ThreadedOptions): AsyncGenerator<RemoteRound, never, void> {
  if (!(Number.isInteger(threads) && threads >= 1))
    throw new Error(`federateOnThreads: got ${threads} threads, expected an integer from 1 on.`);
  return yield* federateOver(atPlaces(options, threads, threadWire));
}

function threadWire(): Wire {
  const worker = new Worker(moduleBeside(import.meta.url, "participants-worker"));
  return {
    post: (message) => worker.postMessage(message),
    listen(heard, ended) {
      worker.on("message", heard);
      worker.on("error", (error) => ended(`its thread failed: ${(error as Error).message}`));
      worker.on("exit", (code) => ended(`its thread ended with code ${code}.`));
    },
    async close() {
      await worker.terminate();
    },
  };
}
