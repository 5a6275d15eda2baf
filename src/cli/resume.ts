import { Command } from "commander";
import { departures, settingsOf } from "../experiment/departures.ts";
import { type ResolvedRun, resolveRun } from "../experiment/experiment.ts";
import { loadModule } from "../experiment/load.ts";
import { fileStore } from "../store/files.ts";
import { hashOf, type Json, openRun, type RunReader, resumeRun, type Sources } from "../store/index.ts";
import { requireBackend } from "./backend.ts";
import type { Target } from "./catalog.ts";
import { whole } from "./common.ts";
import { carryOut, commandOf, type RunOptions, withEngine } from "./run.ts";
import { say } from "./terminal.ts";
import { trustModule, trustOption } from "./trust.ts";

interface ResumeOptions extends Omit<RunOptions, "seed" | "backend"> {
  readonly from?: number;
  readonly trust?: boolean;
}

export const resumeVerb = (): Command =>
  withEngine(new Command("resume"))
    .description("continue a run that was killed, interrupted or failed, to the same result as if it had not been")
    .argument("<directory>", "a run directory")
    .option("--from <step>", "an earlier checkpoint than the latest, by its step; 0 begins again", whole(0))
    .addOption(trustOption())
    .option("--json", "print one JSON document")
    .action(async (directory: string, options: ResumeOptions) => {
      const store = fileStore(directory);
      openRun(store); // where there is no run, nothing is locked
      store.lock(); // until this process ends
      const reader = openRun(store);
      const { target, run, name, bare, sources } = await targetOf(reader, options);
      requireBackend(directory, run.backend);
      const command = commandOfRun(target, run, name, bare);
      const { notes, ...resumed } = resumeRun(store, { from: options.from, sources });
      for (const note of notes) say(`walras: ${note}`);
      await carryOut({ target, run, directory, options, command, ...resumed });
    });

/** The experiment behind a run directory, if it is to be executed, and the run as it was resolved then. */
export async function targetOf(
  reader: RunReader,
  { trust = false }: { readonly trust?: boolean },
): Promise<{ target: Target; run: ResolvedRun; name: string; bare: boolean; sources: Sources }> {
  const { target: name, bare, ...resolved } = configOf(reader);
  const { located, sources, unchanged } = await trustModule(reader, { name, bare, trust });
  const target = { name, module: located.module, experiment: await loadModule(located.module) };
  const again = resolveRun(target.experiment, settingsOf(resolved), resolved.seed, resolved.backend);
  if (hashOf(again as unknown as Json) !== hashOf(resolved as unknown as Json))
    throw new Error(
      `${reader.place} was made ${unchanged ? "" : "by other code and "}with other parameters than ${name} has now. Restore the code that made it, or rerun.`,
    );
  return { target, run: again, name, bare, sources };
}

/** What `run` wrote, or anybody else. */
function configOf({ place, manifest }: RunReader): ResolvedRun & { readonly target: string; readonly bare: boolean } {
  const config = manifest.config as Partial<Record<string, unknown>>;
  const is = { target: "string", bare: "boolean", params: "object", config: "object", seed: "number" };
  for (const [field, type] of Object.entries(is))
    if (typeof config[field] !== type || config[field] === null)
      throw new Error(`${place}/run.json: config.${field} is no ${type}, so no command of Walras made this run.`);
  return { backend: "wasm", ...config } as unknown as ReturnType<typeof configOf>;
}

/** The command that makes the run again. */
export const commandOfRun = (target: Target, run: ResolvedRun, name: string, bare: boolean): string =>
  commandOf(name, { seed: run.seed, backend: run.backend, bare, set: departures(target.experiment, run) });
