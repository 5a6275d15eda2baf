import { Command } from "commander";
import { type JobResult, runJobs } from "../engine/jobs.ts";
import type { Judged } from "../experiment/claims.ts";
import { resolveRun } from "../experiment/experiment.ts";
import type { BackendName } from "../nn/index.ts";
import { backendOption, chooseBackend } from "./backend.ts";
import { findExperiments, type Target } from "./catalog.ts";
import { type CommonOptions, duration, print, printJson, shown, table, whole } from "./common.ts";
import { claimsOf } from "./report.ts";

interface ReproduceOptions extends CommonOptions {
  readonly seeds?: number;
  readonly threads: number;
  readonly backend: BackendName;
}

export const reproduceVerb = (): Command =>
  new Command("reproduce")
    .description("the papers' experiments over seeds: claim, theory, ours")
    .argument("[name]", "an experiment, or a family such as lucas-tree; all of them if left out")
    .option("--seeds <n>", "how many of each experiment's seeds to run", whole(1, 1000))
    .option("--threads <n>", "seeds run side by side", whole(1, 256), 2)
    .addOption(backendOption())
    .option("--json", "print one JSON document")
    .action(async (name: string | undefined, { seeds: count, threads, backend: asked, json }: ReproduceOptions) => {
      const started = performance.now();
      const targets = (await findExperiments(name)).filter(({ experiment }) => experiment.expect);
      if (targets.length === 0) throw new Error(`${name}: it expects nothing, so there is nothing to reproduce.`);
      const rows: Row[] = [];
      const seedsRun: Record<string, readonly number[]> = {};
      for (const target of targets) {
        const { experiment } = target;
        const listed = experiment.seeds.slice(0, count);
        const seeds = [
          ...listed,
          ...Array.from({ length: (count ?? listed.length) - listed.length }, (_, k) => Math.max(...listed) + 1 + k),
        ];
        seedsRun[target.name] = seeds;
        const backend = chooseBackend(target, asked);
        const jobs = seeds.map((seed) => ({ module: target.module, run: resolveRun(experiment, {}, seed, backend) }));
        const tell = (done: number): void => {
          if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${target.name}: ${done} of ${jobs.length} seeds`);
        };
        tell(0);
        const results = await runJobs(jobs, threads, tell);
        if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
        const judged = claimsOf(
          experiment,
          jobs[0]!.run,
          results.map(({ summary }) => summary),
        );
        const prefixed = <R extends { readonly item: string }>(row: R): R =>
          targets.length > 1 ? { ...row, item: `${target.name}: ${row.item}` } : row;
        rows.push(...judged.map((row) => prefixed({ ...row, experiment: target.name })));
        rows.push(prefixed(timeRow(target, results, threads)));
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

/** The time rows have no theory. */
interface Row extends Omit<Judged, "theory"> {
  readonly theory: number | null;
  readonly experiment: string;
}

/** Processor time, which does not depend on what else the machine is doing. */
function timeRow({ name, experiment }: Target, results: readonly JobResult[], threads: number): Row {
  const times = results.map(({ processorSeconds }) => processorSeconds);
  const clock = Math.max(...results.map(({ seconds }) => seconds));
  const high = Math.max(...times);
  const { maxSeconds } = experiment;
  const bound = maxSeconds === null ? "not judged" : `at most ${maxSeconds}`;
  return {
    experiment: name,
    item: "processor time per seed",
    claim: "–",
    theory: null,
    ours: times.reduce((sum, time) => sum + time, 0) / times.length,
    low: Math.min(...times),
    high,
    unit: "s",
    pass: maxSeconds === null || high <= maxSeconds,
    note: `${bound}; low and high are the fastest and the slowest; ${duration(clock)} on the clock at most, ${Math.min(threads, results.length)} at a time`,
  };
}
