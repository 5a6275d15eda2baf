// Whether an experiment is the one that a recorded run was made from.
import { settingsOf } from "../experiment/departures.ts";
import { type Experiment, type ResolvedRun, resolveRun } from "../experiment/experiment.ts";
import { hashOf, type Json, type RunReader } from "../store/index.ts";

/** The run as it was resolved then; throws where the experiment resolves to something else now. */
export function checkSame(experiment: Experiment, { place, manifest }: RunReader): ResolvedRun {
  const { target: _target, bare: _bare, ...config } = manifest.config as unknown as RecordedRun;
  const resolved: ResolvedRun = { ...config, backend: config.backend ?? "wasm" }; // runs of earlier versions had no other
  if (resolved.experiment !== experiment.name)
    throw new Error(
      `${place} is a run of ${resolved.experiment}, but was opened with the experiment ${experiment.name}.`,
    );
  const again = resolveRun(experiment, settingsOf(resolved), resolved.seed, resolved.backend);
  if (hashOf(again as unknown as Json) !== hashOf(resolved as unknown as Json))
    throw new Error(
      `${place} was made by walras ${manifest.version} with other parameters than ${experiment.name} has now; open it with that version, or rerun.`,
    );
  return again;
}

/** What the command line records: the resolved run, where its module was, and whether nobody learned. */
export type RecordedRun = ResolvedRun & { readonly target?: string; readonly bare?: boolean };
