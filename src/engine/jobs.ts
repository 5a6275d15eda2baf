// Many small runs side by side: each in a worker thread of its own, recorded in memory, results in the order of the jobs.
import { Worker } from "node:worker_threads";
import { createRunningCell } from "../economy/running.ts";
import type { ResolvedRun } from "../experiment/experiment.ts";

export interface Job {
  /** URL of the module whose default export is the experiment. */
  readonly module: string;
  readonly run: ResolvedRun;
}
/** As a worker gets it. */
export interface JobTask extends Job {
  /** Where the thread says which phase it runs. */
  readonly running: Int32Array;
}
export interface JobResult {
  readonly summary: Readonly<Record<string, number>>;
  /** Metrics while training. */
  readonly rows: readonly Readonly<Record<string, number>>[];
  readonly hash: string;
  /** On the clock. */
  readonly seconds: number;
  /** Of processor time on the job's thread: what it would take on a core of its own. */
  readonly processorSeconds: number;
}

/** Runs at most `threads` at a time. The first failure stops the rest and is thrown, naming the run. `watch` is given each worker's cell, for `readRunning`. */
export async function runJobs(
  jobs: readonly Job[],
  threads: number,
  onDone: (done: number) => void = () => {},
  watch: (running: Int32Array) => void = () => {},
): Promise<JobResult[]> {
  const results: JobResult[] = new Array(jobs.length);
  const active = new Set<Worker>();
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (next < jobs.length) {
      const index = next++;
      results[index] = await runInWorker(jobs[index]!, active, watch);
      onDone(++done);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, lane));
  } finally {
    await Promise.all([...active].map((worker) => worker.terminate()));
  }
  return results;
}

function runInWorker(job: Job, active: Set<Worker>, watch: (running: Int32Array) => void): Promise<JobResult> {
  const entry = new URL(import.meta.url.endsWith(".ts") ? "./job-worker.ts" : "./job-worker.js", import.meta.url);
  return new Promise((resolve, reject) => {
    const running = createRunningCell();
    watch(running);
    const worker = new Worker(entry, { workerData: { ...job, running } satisfies JobTask });
    active.add(worker);
    worker.once("message", resolve);
    worker.once("error", (error) =>
      reject(new Error(`${job.run.experiment}, seed ${job.run.seed}: ${(error as Error).message}`)),
    );
    worker.once("exit", (code) => {
      active.delete(worker);
      reject(
        new Error(`${job.run.experiment}, seed ${job.run.seed}: its thread ended with code ${code} and no result.`),
      );
    });
  });
}
