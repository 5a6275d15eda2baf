// A thread beside the command's own, which hears nothing while it computes: it says which phase does not end, ends the process on a signal then,
// and ends it with bin/walras.js, whose child it is, since nobody would see what it computes or how to stop it.
import { Worker } from "node:worker_threads";
import { createRunningCell, useRunningCell } from "../economy/running.ts";
import { moduleBeside } from "../engine/pool.ts";

const VARIABLE = "WALRAS_PARENT_PIPE";

export interface WatchdogTask {
  /** Where the command's own thread says which phase it runs; of other threads they come as messages. */
  readonly cell: Int32Array;
  /** A pipe whose other end bin/walras.js holds: a byte per signal, and closed when it has ended. Null: none. */
  readonly descriptor: number | null;
}

let watchdog: Worker | null = null;

export function startWatchdog(): void {
  const descriptor = Number(process.env[VARIABLE]);
  delete process.env[VARIABLE]; // it is no pipe of this process's own children
  const cell = createRunningCell();
  useRunningCell(cell);
  const piped = Number.isInteger(descriptor) && descriptor >= 3;
  const workerData: WatchdogTask = { cell, descriptor: piped ? descriptor : null };
  watchdog = new Worker(moduleBeside(import.meta.url, "watchdog-worker"), { workerData, execArgv: [] });
  watchdog.unref();
}

/** Watches the phases of another thread, too: a cell that it was given for `useRunningCell`. */
export const alsoWatch = (cell: Int32Array): void => watchdog?.postMessage(cell);
