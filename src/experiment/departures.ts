// A run's settings by path, and those in which it departs from its experiment.
import { configPaths } from "../algorithms/algorithm.ts";
import type { ParamValue } from "../economy/index.ts";
import { type Experiment, type ResolvedRun, resolveRun } from "./experiment.ts";

/** Everything that `--set` can set, under the same paths. */
export const settingsOf = (run: ResolvedRun): Record<string, ParamValue> => ({
  ...run.params,
  ...Object.fromEntries(configPaths(run.config).map(([path, value]) => [`config.${path}`, value])),
  numEnvs: run.numEnvs,
  totalSteps: run.totalSteps,
});

/**
 * The settings that make a run of its experiment, as few as will do: what follows from another, such as a derived parameter or a learner's discount, is
 * left out. Seed and backend are no departures.
 */
export function departures(experiment: Experiment, run: ResolvedRun): Record<string, ParamValue> {
  const resolved = (set: Record<string, ParamValue>) => settingsOf(resolveRun(experiment, set, run.seed, run.backend));
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const asked = settingsOf(run);
  const usual = resolved({});
  let departed = Object.fromEntries(Object.entries(asked).filter(([path, value]) => !same(value, usual[path])));
  for (const path of Object.keys(departed)) {
    const { [path]: _, ...others } = departed;
    if (same(resolved(others), asked)) departed = others;
  }
  return departed;
}
