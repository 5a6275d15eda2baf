// Whether an experiment is the one that a recorded run was made from.
import { settingsOf } from "../experiment/departures.ts";
import { type Experiment, type ResolvedRun, resolveRun } from "../experiment/experiment.ts";
import { hashOf, type Json, type RunReader } from "../store/index.ts";

/** What a run was resolved to; the command line adds where its module was, and whether nobody learned. */
export type RecordedRun = ResolvedRun & { readonly target?: string; readonly bare?: boolean };

/** The configuration that Walras, or anybody else, wrote into run.json; throws where it is none. */
export function recordedRun({ place, manifest }: RunReader): RecordedRun {
  const config = manifest.config as Partial<Record<string, unknown>>;
  const is = { experiment: "string", params: "object", config: "object", seed: "number" };
  for (const [field, type] of Object.entries(is))
    if (typeof config[field] !== type || config[field] === null)
      throw new Error(`${place}/run.json: config.${field} is no ${type}, so Walras did not make this run.`);
  return { backend: "wasm", ...config } as unknown as RecordedRun; // runs of earlier versions had no other backend
}

/** The run as it was resolved then; throws where the experiment is another, or resolves to something else now. */
export function checkSame(experiment: Experiment, reader: RunReader): ResolvedRun {
  const { target: _target, bare: _bare, inputs, ...resolved } = recordedRun(reader);
  if (resolved.experiment !== experiment.name)
    throw new Error(
      `${reader.place} is a run of ${resolved.experiment}, but was opened with the experiment ${experiment.name}.`,
    );
  const again = resolveRun(experiment, settingsOf(resolved), resolved.seed, resolved.backend);
  if (hashOf(again as unknown as Json) !== hashOf(resolved as unknown as Json))
    throw new Error(
      `${reader.place} was made with other parameters than ${experiment.name} has now. Restore the code that made it, or rerun.`,
    );
  return inputs ? { ...again, inputs } : again;
}
