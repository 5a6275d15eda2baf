// Training from code into a run directory, or a store of any other kind: the same rows, checkpoints and hash as `walras run`.
import { type Experiment, type Overrides, resolveRun } from "../experiment/experiment.ts";
import { type Backend, wasmBackend } from "../nn/index.ts";
import { createRun, type Json, type Machine, memoryStore, openRun, resumeRun, type Store } from "../store/index.ts";
import { VERSION } from "../version.ts";
import { type ExecuteOptions, execute, type RunResult } from "./run.ts";
import { checkSame } from "./same-run.ts";

export interface RecordOptions
  extends Pick<ExecuteOptions, "onProgress" | "interrupted" | "until" | "checkpointInterval"> {
  /** Seed of everything random, an integer from 0 on. Default 1. */
  readonly seed?: number;
  /** Overrides as on the command line. */
  readonly set?: Overrides;
  /** What computes losses. Default: the WebAssembly kernels. */
  readonly backend?: Backend;
  /** Where the run is kept: `fileStore(directory)` of "walras/node", or memory. Default: a memory of its own. */
  readonly store?: Store;
}

/**
 * Trains or simulates an experiment on this thread and keeps rows, checkpoints and the final hash in a store. A store that holds the same run unfinished is
 * continued to the same bytes. Throws on a store that holds anything else, a complete run included.
 */
export async function record(experiment: Experiment, options: RecordOptions = {}): Promise<RunResult> {
  const { seed = 1, set = {}, backend = wasmBackend, store = memoryStore(), ...rest } = options;
  const run = resolveRun(experiment, set, seed, backend.name);
  const common = { experiment, run, backend, ...rest };
  if (!store.list().includes("run.json")) {
    const input = { name: run.experiment, config: run as unknown as Json, version: VERSION, ...here() };
    return execute({ ...common, writer: createRun(store, input) });
  }
  const reader = openRun(store);
  const kept = checkSame(experiment, reader);
  if (JSON.stringify(kept) !== JSON.stringify(run))
    throw new Error(
      `${store.place} holds a run of ${run.experiment} with another seed or other settings; choose another store.`,
    );
  const { writer, from, rows } = resumeRun(store);
  return execute({ ...common, writer, from, rows });
}

/** Node's version or the browser's name, and what this machine tells a page about itself. */
function here(): { readonly node: string; readonly machine: Machine } {
  const { process, navigator } = globalThis as {
    process?: { versions?: { node?: string }; platform?: string; arch?: string };
    navigator?: { userAgent?: string; hardwareConcurrency?: number };
  };
  return {
    node: process?.versions?.node ?? navigator?.userAgent ?? "unknown",
    machine: {
      platform: process?.platform ?? "browser",
      arch: process?.arch ?? "unknown",
      cpu: "unknown",
      cores: navigator?.hardwareConcurrency ?? 1,
    },
  };
}
