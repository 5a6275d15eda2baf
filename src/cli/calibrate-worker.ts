// One candidate at a time for calibrate.ts, on a thread of its own.
import { parentPort, workerData } from "node:worker_threads";
import { type Segments, type Simulated, simulateSeries, type Transform, transformed } from "../calibration/index.ts";
import { useRunningCell } from "../economy/running.ts";
import { loadModule } from "../experiment/load.ts";

export interface CandidateWork {
  readonly request: Simulated;
  readonly transform: Transform;
}

export interface CandidateDone {
  readonly series: readonly Segments[] | null;
  readonly error: string | null;
}

if (parentPort) {
  const port = parentPort;
  const { module, running } = workerData as { readonly module: string; readonly running: Int32Array };
  useRunningCell(running);
  const experiment = await loadModule(module);
  port.on("message", ({ request, transform }: CandidateWork) => {
    let done: CandidateDone;
    try {
      const series = simulateSeries(experiment, request).map((s) => transformed(s, transform, request.series));
      done = { series, error: null };
    } catch (error) {
      done = { series: null, error: (error as Error).message };
    }
    port.postMessage(done);
  });
}
