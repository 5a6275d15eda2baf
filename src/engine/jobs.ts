// Many small runs side by side: each in a worker thread of its own, recorded in memory, results in the order of the jobs.
import type { ResolvedRun } from "../experiment/experiment.ts";
import { createPool, moduleBeside } from "./pool.ts";

export interface Job {
  /** URL of the module whose default export is the experiment. */
  readonly module: string;
  readonly run: ResolvedRun;
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

/** Runs at most `threads` at a time. The first failure stops the rest and is thrown, naming the run. `onDone` is told how many are done, and the newest; `watch` is given each worker's cell, for `readRunning`. */
export async function runJobs(
  jobs: readonly Job[],
  threads: number,
  onDone: (done: number, job: Job, result: JobResult) => void = () => {},
  watch?: (running: Int32Array) => void,
): Promise<JobResult[]> {
  const entry = moduleBeside(import.meta.url, "job-worker");
  const pool = createPool<Job, JobResult>({ entry, threads, fresh: true, ...(watch && { watch }) });
  let done = 0;
  try {
    return await Promise.all(
      jobs.map(async (job) => {
        try {
          const result = await pool.run(job);
          onDone(++done, job, result);
          return result;
        } catch (error) {
          throw new Error(`${job.run.experiment}, seed ${job.run.seed}: ${(error as Error).message}`);
        }
      }),
    );
  } finally {
    await pool.close();
  }
}
