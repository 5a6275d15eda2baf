import { Command } from "commander";
import { departures, settingsOf } from "../experiment/departures.ts";
import { type ResolvedRun, resolveRun } from "../experiment/experiment.ts";
import { fileStore } from "../store/files.ts";
import { hashOf, type Json, openRun, type RunReader, resumeRun } from "../store/index.ts";
import { requireBackend } from "./backend.ts";
import { findTarget, type Target } from "./catalog.ts";
import { packageVersion, whole } from "./common.ts";
import { carryOut, commandOf, type RunOptions, withEngine } from "./run.ts";
import { say } from "./terminal.ts";

export const resumeVerb = (): Command =>
  withEngine(new Command("resume"))
    .description("continue a run that was killed, interrupted or failed, to the same result as if it had not been")
    .argument("<directory>", "a run directory")
    .option("--from <step>", "an earlier checkpoint than the latest, by its step; 0 begins again", whole(0))
    .option("--json", "print one JSON document")
    .action(async (directory: string, options: Omit<RunOptions, "seed" | "backend"> & { readonly from?: number }) => {
      const store = fileStore(directory);
      openRun(store); // where there is no run, nothing is locked
      store.lock(); // until this process ends
      const reader = openRun(store);
      const { version } = reader.manifest;
      if (version !== packageVersion())
        throw new Error(
          `${directory} was made by walras ${version}, this is ${packageVersion()}, and the rest would not be what it would have been. Resume it with that version, or rerun.`,
        );
      const { target, run, name, bare } = await targetOf(reader);
      requireBackend(directory, run.backend);
      const command = commandOfRun(target, run, name, bare);
      const { notes, ...resumed } = resumeRun(store, { from: options.from });
      for (const note of notes) say(`walras: ${note}`);
      await carryOut({ target, run, directory, options, command, ...resumed });
    });

/** The experiment behind a run directory, and the run as it was resolved then. */
export async function targetOf(
  reader: RunReader,
): Promise<{ target: Target; run: ResolvedRun; name: string; bare: boolean }> {
  const {
    target: name,
    bare,
    ...config
  } = reader.manifest.config as unknown as ResolvedRun & { target: string; bare: boolean };
  const resolved: ResolvedRun = { ...config, backend: config.backend ?? "wasm" }; // runs of earlier versions had no other
  const target = await findTarget(name, { bare }).catch((error: Error) => {
    throw new Error(`${reader.place} was made from ${name}, relative to where it was started: ${error.message}`);
  });
  const again = resolveRun(target.experiment, settingsOf(resolved), resolved.seed, resolved.backend);
  if (hashOf(again as unknown as Json) !== hashOf(resolved as unknown as Json))
    throw new Error(
      `${reader.place} was made by walras ${reader.manifest.version} with other parameters than ${name} has now; open it with that version, or rerun.`,
    );
  return { target, run: again, name, bare };
}

/** The command that makes the run again. */
export const commandOfRun = (target: Target, run: ResolvedRun, name: string, bare: boolean): string =>
  commandOf(name, { seed: run.seed, backend: run.backend, bare, set: departures(target.experiment, run) });
