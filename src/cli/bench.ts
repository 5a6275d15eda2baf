import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { Command } from "commander";
import { closest } from "../economy/index.ts";
import { type CommonOptions, print, printJson, shown, table } from "./common.ts";

export interface BenchRow {
  readonly workload: string;
  readonly implementation: string;
  readonly median: number;
  readonly unit: string;
  /** How many times faster than `against` in the same run; null without one. */
  readonly ratio: number | null;
  readonly against: string | null;
}

const suites = {
  kernels: "GEMM and whole train steps against plain JavaScript and PyTorch",
  agents: "money exchange against Mesa, one thread and two",
} as const;

export const benchVerb = (): Command =>
  new Command("bench")
    .description("same-work benchmarks; ratios are against the other implementation in the same run")
    .argument("<suite>", Object.entries(suites).map(([name, what]) => `${name}: ${what}`).join("; "))
    .option("--json", "print one JSON document")
    .action(async (suite: string, { json }: CommonOptions) => {
      if (!Object.hasOwn(suites, suite))
        throw new Error(`Unknown bench suite "${suite}".${closest(suite, Object.keys(suites))} Known: ${Object.keys(suites).join(", ")}.`);
      const url = new URL(`../../bench/${suite}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
      if (!existsSync(url)) throw new Error(`The bench "${suite}" is not part of this installation; run it from a clone of the repository.`);
      const { rows } = (await ((await import(url.href)) as { bench: () => Promise<{ rows: BenchRow[] }> }).bench()) as { rows: BenchRow[] };
      const machine = `${cpus()[0]?.model.trim() ?? "unknown"}, ${cpus().length} cores, Node ${process.versions.node}`;
      if (json) return printJson({ suite, machine, rows });
      const cells = rows.map((row) => [row.workload, row.implementation, shown(row.median), row.unit, row.ratio === null ? "–" : `${shown(row.ratio)}×`, row.against ?? ""]);
      print(`${machine}\n\n${table(["workload", "implementation", "median", "unit", "faster", "than"], cells)}`);
    });
