// Participants in processes of their own: one that ends takes no other with it.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { moduleBeside } from "../engine/pool.ts";
import { atPlaces, type PlacedOptions } from "./places.ts";
import { federateOver, type RemoteRound } from "./remote.ts";
import type { Wire } from "./transport.ts";

export interface ProcessOptions extends PlacedOptions {
  /** Default: one for each participant. */
  readonly processes?: number;
}

/**
 * Rounds of learners in child processes: the weights of `federate`, bit for bit, for any number of processes. Leave the loop with `break` or `return` to end them; after the
 * end of this process they end with the update that they are in. Rejects where a participant fails or its process ends, and names it with its exit code; with `onFailure: "dropOut"` the others go on. What processes print is printed.
 */
export async function* federateOnProcesses({
  processes,
  ...options
}: ProcessOptions): AsyncGenerator<RemoteRound, never, void> {
  const count = processes ?? options.learners.length;
  if (!(Number.isInteger(count) && count >= 1))
    throw new Error(`federateOnProcesses: got ${count} processes, expected an integer from 1 on.`);
  return yield* federateOver(atPlaces(options, count, processWire));
}

function processWire(): Wire {
  const child = fork(fileURLToPath(moduleBeside(import.meta.url, "participants-worker")), [], {
    serialization: "advanced",
  });
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    post(message) {
      if (child.connected) child.send(message as object, () => {}); // of one that has ended, `listen` says so
    },
    listen(heard, end) {
      child.on("message", heard);
      child.on("error", (error) => end(`its process ${child.pid ?? ""} failed: ${error.message}.`));
      child.on("exit", (code, signal) =>
        end(
          `its process ${child.pid} ended with ${signal ? `signal ${signal}` : `code ${code}`}. Look at what it printed.`,
        ),
      );
    },
    async close() {
      if (child.pid === undefined || ended()) return;
      const exit = once(child, "exit");
      child.kill("SIGKILL");
      await exit;
    },
  };
}
