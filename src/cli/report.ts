import { Command } from "commander";
import { writeReport } from "../report/write.ts";
import { fileStore } from "../store/files.ts";
import { openRun } from "../store/index.ts";
import { type CommonOptions, print, printJson } from "./common.ts";

export const reportVerb = (): Command =>
  new Command("report")
    .description("write a run's report.html anew from its log")
    .argument("<directory>", "a run directory")
    .option("--json", "print one JSON document")
    .action(async (directory: string, { json }: CommonOptions) => {
      const store = fileStore(directory);
      openRun(store); // where there is no run, nothing is locked
      const release = store.lock();
      try {
        const report = writeReport(directory);
        if (json) printJson({ run: directory, report });
        else print(report);
      } finally {
        release();
      }
    });
