// A rank other than 0: imports the experiment, runs the program to its end, and records nothing.
import { parentPort, workerData } from "node:worker_threads";
import { useRunningCell } from "../economy/running.ts";
import { loadModule } from "../experiment/load.ts";
import { createArena } from "../kernels/arena.ts";
import { backendNamed } from "../nn/backends/onnx.ts";
import { program } from "./program.ts";
import { Abandoned, createTeam } from "./team.ts";
import type { WorkerTask } from "./threads.ts";

const { module, run, pieces, from, checkIdentities, migrate, memory, words, rank, size, running } =
  workerData as WorkerTask;
useRunningCell(running);
const team = createTeam(words, rank, size);
try {
  const experiment = await loadModule(module);
  const backend = backendNamed(run.backend);
  const arena = createArena({ memory, threads: size, rank });
  parentPort?.postMessage("loaded");
  for (const _ of program(experiment, run, { arena, team, pieces, from, checkIdentities, migrate, backend })) {
    // rank 0 records
  }
} catch (error) {
  if (!(error instanceof Abandoned)) {
    team.abandon();
    throw error;
  }
}
parentPort?.close();
