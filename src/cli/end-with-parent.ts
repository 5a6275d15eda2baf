// A process that bin/walras.js started ends with it, however that one ends: nobody would see what it computes or how to stop it.
import { Worker } from "node:worker_threads";

const VARIABLE = "WALRAS_PARENT_PIPE";

/** Watches the pipe from a thread of its own, because this one does not turn to its events while it computes. */
export function endWithParent(): void {
  const descriptor = Number(process.env[VARIABLE]);
  delete process.env[VARIABLE]; // it is no pipe of this process's own children
  if (!Number.isInteger(descriptor) || descriptor < 3) return;
  new Worker(WATCH, { eval: true, workerData: descriptor, execArgv: [] }).unref();
}

const WATCH = `
  const { Socket } = require("node:net");
  const { workerData } = require("node:worker_threads");
  const end = () => process.kill(process.pid, "SIGKILL");
  new Socket({ fd: workerData }).on("close", end).on("error", end).resume();
`;
