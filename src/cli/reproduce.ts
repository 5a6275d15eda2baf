import { Command } from "commander";
import { runJobs } from "../engine/jobs.ts";
import type { Judged } from "../experiment/claims.ts";
import { resolveRun } from "../experiment/experiment.ts";
import { findExperiments } from "./catalog.ts";
import { type CommonOptions, duration, print, printJson, shown, table, whole } from "./common.ts";
import { claimsOf } from "./report.ts";

interface ReproduceOptions extends CommonOptions {
  readonly seeds?: number;
  readonly threads: number;
}

export const reproduceVerb = (): Command =>
  new Command("reproduce")
    .description("the papers' experiments over seeds: claim, theory, ours")
    .argument("[name]", "an experiment, or a family such as lucas-tree; all of them if left out")
    .option("--seeds <n>", "how many of each experiment's seeds to run", whole(1, 1000))
    .option("--threads <n>", "seeds run side by side", whole(1, 256), 2)
    .option("--json", "print one JSON document")
    .action(async (name: string | undefined, { seeds: count, threads, json }: ReproduceOptions) => {
      const started = performance.now();
      const targets = (await findExperiments(name)).filter(({ experiment }) => experiment.expect);
      if (targets.length === 0) throw new Error(`${name}: it expects nothing, so there is nothing to reproduce.`);
      const rows: (Judged & { readonly experiment: string })[] = [];
      const seedsRun: Record<string, readonly number[]> = {};
      for (const target of targets) {
        const { experiment } = target;
        const listed = experiment.seeds.slice(0, count);
        const seeds = [
          ...listed,
          ...Array.from({ length: (count ?? listed.length) - listed.length }, (_, k) => Math.max(...listed) + 1 + k),
        ];
        seedsRun[target.name] = seeds;
        const jobs = seeds.map((seed) => ({ module: target.module, run: resolveRun(experiment, {}, seed) }));
        const tell = (done: number): void => {
          if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${target.name}: ${done} of ${jobs.length} seeds`);
        };
        tell(0);
        const results = await runJobs(jobs, threads, tell);
        if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
        const slowest = Math.max(...results.map(({ seconds }) => seconds));
        const judged = claimsOf(
          experiment,
          jobs[0]!.run,
          results.map(({ summary }) => summary),
        );
        rows.push(
          ...judged.map((row) => ({
            ...row,
            item: targets.length > 1 ? `${target.name}: ${row.item}` : row.item,
            experiment: target.name,
          })),
        );
        rows.push({
          experiment: target.name,
          item: targets.length > 1 ? `${target.name}: time per seed` : "time per seed",
          claim: "–",
          theory: null as unknown as number,
          ours: results.reduce((sum, { seconds }) => sum + seconds, 0) / results.length,
          low: Math.min(...results.map(({ seconds }) => seconds)),
          high: slowest,
          unit: "s",
          pass: slowest < 60,
          note: `one thread each, ${Math.min(threads, jobs.length)} at a time; low and high are the fastest and the slowest`,
        });
        if (!json) {
          const mine = rows.filter((row) => row.experiment === target.name);
          print(`${target.name}: ${experiment.summary}`);
          const cells = mine.map((row) => [
            row.item,
            row.claim,
            shown(row.theory),
            shown(row.ours),
            shown(row.low),
            shown(row.high),
            row.unit,
            row.pass ? "pass" : "FAIL",
            row.note,
          ]);
          print(`${table(["item", "claim", "theory", "ours", "low", "high", "unit", "", "note"], cells)}\n`);
        }
      }
      const seconds = (performance.now() - started) / 1000;
      const failed = rows.filter(({ pass }) => !pass).length;
      if (json) {
        const plain = rows.map(({ item, claim, theory, ours, low, high, unit, pass, note }) => ({
          item,
          claim,
          theory,
          ours,
          low,
          high,
          unit,
          pass,
          note,
        }));
        const all = Object.values(seedsRun);
        const seeds = all.every((list) => list.length === all[0]!.length) ? all[0] : seedsRun;
        printJson({ name: name ?? "all", seeds, seconds, rows: plain });
      } else print(`${rows.length - failed} of ${rows.length} rows pass, ${duration(seconds)}`);
      if (failed > 0) process.exitCode = 1;
    });
