import { Command } from "commander";
import { checkSame, recordedRun } from "../engine/same-run.ts";
import { departures } from "../experiment/departures.ts";
import type { ResolvedRun } from "../experiment/experiment.ts";
import { loadModule } from "../experiment/load.ts";
import { fileStore } from "../store/files.ts";
import { openRun, type RunReader, resumeRun, type Sources } from "../store/index.ts";
import { requireBackend } from "./backend.ts";
import type { Target } from "./catalog.ts";
import { whole } from "./common.ts";
import { withNetworks } from "./inputs.ts";
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
      const release = store.lock(); // the report is written after the run's own lock has ended
      try {
        const reader = openRun(store);
        const { target, run, name, bare, sources } = await targetOf(reader, options);
        requireBackend(directory, run.backend);
        const command = commandOfRun(target, run, name, bare);
        const { notes, ...resumed } = resumeRun(store, { from: options.from, sources });
        for (const note of notes) say(`walras: ${note}`);
        await carryOut({ target, run, directory, options, command, ...resumed });
      } finally {
        release();
      }
    });

/** The experiment behind a run directory, if it is to be executed, and the run as it was resolved then. */
export async function targetOf(
  reader: RunReader,
  { trust = false }: { readonly trust?: boolean },
): Promise<{ target: Target; run: ResolvedRun; name: string; bare: boolean; sources: Sources }> {
  const { target: name, bare } = recordedRun(reader);
  if (typeof name !== "string" || typeof bare !== "boolean")
    throw new Error(
      `${reader.place} names no module, so a program recorded it: go on there, with \`record\` or \`loadRun\`.`,
    );
  const { located, sources } = await trustModule(reader, { name, bare, trust });
  const experiment = await loadModule(located.module);
  const run = checkSame(experiment, reader);
  const target = { name, module: located.module, experiment: await withNetworks(experiment, run) };
  return { target, run, name, bare, sources };
}

/** The command that makes the run again. */
export const commandOfRun = (target: Target, run: ResolvedRun, name: string, bare: boolean): string =>
  commandOf(name, {
    seed: run.seed,
    backend: run.backend,
    bare,
    set: departures(target.experiment, run),
    inputs: run.inputs,
  });
