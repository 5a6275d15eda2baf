// One candidate at a time for calibrate.ts, on a thread of its own.
import { type Segments, type Simulated, simulateSeries, type Transform, transformed } from "../calibration/index.ts";
import { serve } from "../engine/pool-worker.ts";
import { loadModule } from "../experiment/load.ts";

export interface CandidateWork {
  readonly request: Simulated;
  readonly transform: Transform;
}

await serve(async ({ module }: { readonly module: string }) => {
  const experiment = await loadModule(module);
  return ({ request, transform }: CandidateWork): readonly Segments[] =>
    simulateSeries(experiment, request).map((series) => transformed(series, transform, request.series));
});
