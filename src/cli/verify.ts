import { Command } from "commander";
import { verifyRun } from "../engine/verify.ts";
import { fileStore } from "../store/files.ts";
import { openRun } from "../store/index.ts";
import { type CommonOptions, print, printJson, table } from "./common.ts";

export const verifyVerb = (): Command =>
  new Command("verify")
    .description("compute a run's hash and checksums again: log, checkpoints, table, result")
    .argument("<directory>", "a run directory")
    .option("--json", "print one JSON document")
    .action((directory: string, { json }: CommonOptions) => {
      const store = fileStore(directory);
      if (!store.list().includes("run.json")) openRun(store); // says that there is no run
      const { checks, pass, hash } = verifyRun(store);
      if (json) printJson({ run: directory, pass, hash, checks });
      else
        print(
          table(
            ["", "file", "found"],
            checks.map(({ name, pass, detail }) => [pass ? "pass" : "FAIL", name, detail]),
          ),
        );
      if (!pass) process.exitCode = 1;
    });
