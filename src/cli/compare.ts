import { Command } from "commander";
import { verifyRun } from "../engine/verify.ts";
import { isDistribution } from "../experiment/watching.ts";
import { fileStore } from "../store/files.ts";
import { openRun } from "../store/index.ts";
import { type CommonOptions, print, printJson, shown, table } from "./common.ts";

/** Nested plain JSON as path → value; names may be anything, so no object holds them. */
function flatten(value: unknown, path = "", into = new Map<string, unknown>()): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null) return into.set(path, value);
  for (const [key, inner] of Object.entries(value)) flatten(inner, path === "" ? key : `${path}.${key}`, into);
  return into;
}

export const compareVerb = (): Command =>
  new Command("compare")
    .description("two or more runs: what was asked differently, and what came out")
    .argument("<directories...>", "run directories")
    .option("--json", "print one JSON document")
    .action((directories: string[], { json }: CommonOptions) => {
      if (directories.length < 2) throw new Error(`compare: got ${directories.length} run, expected at least two.`);
      const stores = directories.map((directory) => fileStore(directory));
      const runs = stores.map((store) => openRun(store).manifest);
      const verified = stores.map(verifyRun);
      const configs = runs.map(({ config }) => flatten(config));
      const summaries = runs.map(({ summary }) => flatten(summary ?? {}));
      const paths = [...new Set(configs.flatMap((config) => [...config.keys()]))];
      const config = paths
        .filter((path) => configs.some((c) => c.get(path) !== configs[0]!.get(path)))
        .map((path) => ({ path, values: configs.map((c) => c.get(path) ?? null) }));
      const measures = [...new Set(summaries.flatMap((summary) => [...summary.keys()]))].filter((name) => name !== "");
      const summary = measures.map((measure) => ({ measure, values: summaries.map((s) => s.get(measure) ?? null) }));
      const same = verified.every(({ pass, hash }) => pass && hash !== null && hash === verified[0]!.hash);
      const problems = verified.map(({ checks }) => checks.filter(({ pass }) => !pass).map(({ detail }) => detail));
      if (verified.some(({ pass }) => !pass)) process.exitCode = 1;
      if (json)
        return printJson({
          runs: directories,
          status: runs.map(({ status }) => status),
          hashes: verified.map(({ hash }) => hash),
          same,
          problems,
          config,
          summary,
        });
      const cell = (value: unknown): string =>
        typeof value === "number" ? shown(value) : value === null ? "–" : String(value);
      const rows = [
        ["status", ...runs.map(({ status }) => status)],
        ["hash", ...verified.map(({ hash }) => hash?.slice(0, 12) ?? "–")],
        ...config.map(({ path, values }) => [path, ...values.map(cell)]),
        ...summary
          .filter(({ measure }) => !isDistribution(measure))
          .map(({ measure, values }) => [measure, ...values.map(cell)]),
      ];
      print(table(["", ...directories], rows));
      for (const detail of problems.flat()) print(`\n${detail}`);
      const known = verified.every(({ hash }) => hash !== null);
      const verdict = same ? "Same results, bit for bit." : "Results differ.";
      print(
        known
          ? `\n${verdict}`
          : "\nWhether results are the same is not known: not all runs have one that can be computed again.",
      );
    });
