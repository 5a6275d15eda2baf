// One job of jobs.ts: a whole run on this thread, recorded in memory.
import { loadModule } from "../experiment/load.ts";
import { backendNamed } from "../nn/backends/onnx.ts";
import { createRun, type Json, memoryStore } from "../store/index.ts";
import type { Job, JobResult } from "./jobs.ts";
import { serve } from "./pool-worker.ts";
import { execute } from "./run.ts";

await serve(async () => async ({ module, run }: Job): Promise<JobResult> => {
  const experiment = { ...(await loadModule(module)), expect: null }; // its seeds are judged together
  const machine = { platform: "", arch: "", cpu: "", cores: 1 };
  const writer = createRun(memoryStore(), {
    name: run.experiment,
    config: run as unknown as Json,
    version: "",
    node: "",
    machine,
  });
  const { summary, rows, hash, seconds } = await execute({
    experiment,
    run,
    writer,
    backend: backendNamed(run.backend),
    checkpointInterval: Number.POSITIVE_INFINITY,
  });
  const { user, system } = process.threadCpuUsage();
  return { summary, rows, hash, seconds, processorSeconds: (user + system) / 1e6 };
});
