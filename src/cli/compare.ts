import { Command } from "commander";
import { fileStore } from "../store/files.ts";
import { openRun } from "../store/index.ts";
import { type CommonOptions, print, printJson, shown, table } from "./common.ts";

/** Nested plain JSON as path → value. */
function flatten(value: unknown, path = ""): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return { [path]: value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flatten(inner, path === "" ? key : `${path}.${key}`)),
  );
}

export const compareVerb = (): Command =>
  new Command("compare")
    .description("two or more runs: what was asked differently, and what came out")
    .argument("<directories...>", "run directories")
    .option("--json", "print one JSON document")
    .action((directories: string[], { json }: CommonOptions) => {
      if (directories.length < 2) throw new Error(`compare: got ${directories.length} run, expected at least two.`);
      const runs = directories.map((directory) => openRun(fileStore(directory)).manifest);
      const configs = runs.map(({ config }) => flatten(config));
      const summaries = runs.map(({ summary }) => flatten(summary ?? {}));
      const paths = [...new Set(configs.flatMap((config) => Object.keys(config)))];
      const config = paths
        .filter((path) => configs.some((c) => c[path] !== configs[0]![path]))
        .map((path) => ({ path, values: configs.map((c) => c[path] ?? null) }));
      const measures = [...new Set(summaries.flatMap((summary) => Object.keys(summary)))].filter((name) => name !== "");
      const summary = measures.map((measure) => ({ measure, values: summaries.map((s) => s[measure] ?? null) }));
      const same = runs.every(({ hash }) => hash !== null && hash === runs[0]!.hash);
      if (json)
        return printJson({
          runs: directories,
          status: runs.map(({ status }) => status),
          hashes: runs.map(({ hash }) => hash),
          same,
          config,
          summary,
        });
      const cell = (value: unknown): string =>
        typeof value === "number" ? shown(value) : value === null ? "–" : String(value);
      const rows = [
        ["status", ...runs.map(({ status }) => status)],
        ["hash", ...runs.map(({ hash }) => hash?.slice(0, 12) ?? "–")],
        ...config.map(({ path, values }) => [path, ...values.map(cell)]),
        ...summary.map(({ measure, values }) => [measure, ...values.map(cell)]),
      ];
      print(table(["", ...directories], rows));
      print(same ? "\nSame results, bit for bit." : "\nResults differ.");
    });
