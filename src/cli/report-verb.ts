import { Command } from "commander";
import { fileStore } from "../store/files.ts";
import { openRun } from "../store/index.ts";
import { type CommonOptions, print, printJson } from "./common.ts";
import { writeReport } from "./report.ts";
import { commandOfRun, targetOf } from "./resume.ts";

export const reportVerb = (): Command =>
  new Command("report")
    .description("write a run's report.html anew from its log")
    .argument("<directory>", "a run directory")
    .option("--json", "print one JSON document")
    .action(async (directory: string, { json }: CommonOptions) => {
      const store = fileStore(directory);
      openRun(store); // where there is no run, nothing is locked
      store.lock(); // until this process ends
      const reader = openRun(store);
      const { target, run, name, bare } = await targetOf(reader);
      const { manifest } = reader;
      const report = writeReport({
        experiment: target.experiment,
        run,
        directory,
        command: commandOfRun(target, run, name, bare),
        manifest,
        result: {
          status: manifest.status,
          error: manifest.error ?? undefined,
          rows: reader.rows(),
          summary: (manifest.summary ?? {}) as Record<string, number>,
          hash: manifest.hash ?? "",
          seconds: manifest.seconds ?? 0,
        },
      });
      if (json) printJson({ run: directory, report });
      else print(report);
    });
