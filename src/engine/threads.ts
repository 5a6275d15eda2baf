// Worker threads for Node: rank 0 stays on the calling thread, every other rank runs the same program in a worker.
// Functions do not cross threads, so an experiment is named by module and export, and each worker imports it.
import { Worker } from "node:worker_threads";
import { createRunningCell } from "../economy/running.ts";
import { moduleBeside } from "./pool.ts";
import { roomyArena } from "./program.ts";
import type { ThreadGroup, ThreadGroupRequest } from "./run.ts";
import { createTeam, TEAM_WORDS } from "./team.ts";

const PATIENCE = 2000; // ms

export interface WorkerTask {
  readonly module: string;
  readonly run: ThreadGroupRequest["run"];
  readonly pieces: number;
  readonly from: ThreadGroupRequest["from"];
  readonly checkIdentities: boolean;
  readonly migrate: boolean;
  readonly memory: WebAssembly.Memory;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly rank: number;
  readonly size: number;
  /** Where the thread says which phase it runs. */
  readonly running: Int32Array;
}

/** `module`: URL of the module whose default export is the experiment or economy. `watch` is given the cell of each worker, for `readRunning`. */
export const threadGroup =
  (module: string, threads: number, watch: (running: Int32Array) => void = () => {}) =>
  (request: ThreadGroupRequest): ThreadGroup => {
    const { run, from, checkIdentities, migrate = true } = request;
    const pieces = Math.max(request.pieces, threads);
    const arena = roomyArena({ shared: true, threads, rank: 0 });
    const words = new Int32Array(new SharedArrayBuffer(4 * TEAM_WORDS));
    const team = createTeam(words, 0, threads);
    const entry = moduleBeside(import.meta.url, "worker");
    let fail: (error: Error) => void = () => {};
    const failure = new Promise<never>((_, reject) => {
      fail = reject;
    });
    failure.catch(() => {}); // whoever waits for it sees it; nobody else needs to
    const workers = Array.from({ length: threads - 1 }, (_, i) => {
      const running = createRunningCell();
      watch(running);
      const task: WorkerTask = {
        module,
        run,
        pieces,
        from,
        checkIdentities,
        migrate,
        memory: arena.memory,
        words,
        rank: i + 1,
        size: threads,
        running,
      };
      const worker = new Worker(entry, { workerData: task });
      worker.on("error", (error) => {
        fail(error as Error);
        team.abandon();
      });
      worker.on("exit", (code) => {
        if (code !== 0) fail(new Error(`Thread ${i + 1} ended with code ${code}.`));
      });
      return worker;
    });
    // Rank 0 blocks in barriers, where it hears nothing: it goes there only once every worker has loaded what it needs.
    const loaded = Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))));
    const ended = Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("exit", resolve))));
    let started = false;
    loaded.then(() => {
      started = true;
    });
    return {
      arena,
      team,
      ready: Promise.race([loaded, failure]),
      failure,
      async close() {
        // Workers that were let go end by themselves; one that does not is stopped in the middle of what it does.
        let timer: NodeJS.Timeout | undefined;
        const patience = new Promise((resolve) => {
          timer = setTimeout(resolve, started ? PATIENCE : 0);
        });
        await Promise.race([ended, patience]);
        clearTimeout(timer);
        await Promise.all(workers.map((worker) => worker.terminate()));
      },
    };
  };
