import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { type JobResult, runJobs } from "../engine/jobs.ts";
import { claimsOf, type Judged } from "../experiment/claims.ts";
import { resolveRun } from "../experiment/experiment.ts";
import { type FilledTable, tableInWords, tableOverSeeds } from "../experiment/tables.ts";
import type { BackendName } from "../nn/index.ts";
import { describeRun, renderSeeds } from "../report/index.ts";
import { assets } from "../report/write.ts";
import { checkWritable, fileStore, thisMachine } from "../store/files.ts";
import { backendOption, chooseBackend } from "./backend.ts";
import { findExperiments, isPath, type Target } from "./catalog.ts";
import {
  type CommonOptions,
  duration,
  marked,
  packageVersion,
  print,
  printJson,
  shown,
  table,
  whole,
} from "./common.ts";
import { type KeptSeeds, keptSeeds } from "./kept-seeds.ts";
import { sourcesOf } from "./sources.ts";
import { plain, say } from "./terminal.ts";
import { alsoWatch } from "./watchdog.ts";

interface ReproduceOptions extends CommonOptions {
  readonly seeds?: Seeds;
  readonly threads: number;
  readonly out: string;
  readonly backend: BackendName;
  readonly fresh?: boolean;
}

/** How many of those an experiment lists, or which. */
type Seeds = number | readonly number[];

const MOST_SEEDS = 1000;

/** `10`: how many; `1001-1010`, `3,7,12` or both: which. */
export function readSeeds(text: string): Seeds {
  const wrong = (): never => {
    throw new InvalidArgumentError(
      `got "${text}", expected how many, from 1 to ${MOST_SEEDS}, or which, such as 1001-1010 or 3,7,12.`,
    );
  };
  if (/^\s*\d+\s*$/.test(text)) return Number(text) >= 1 && Number(text) <= MOST_SEEDS ? Number(text) : wrong();
  const seeds = text.split(",").flatMap((part) => {
    const [, from, to = from] = /^\s*(\d+)(?:\s*-\s*(\d+))?\s*$/.exec(part) ?? [];
    const [first, last] = [Number(from ?? wrong()), Number(to)];
    if (!(Number.isSafeInteger(last) && first <= last && last - first < MOST_SEEDS)) wrong();
    return Array.from({ length: last - first + 1 }, (_, k) => first + k);
  });
  return seeds.length <= MOST_SEEDS && new Set(seeds).size === seeds.length ? seeds : wrong();
}

function seedsOf(listed: readonly number[], asked: Seeds = listed.length): readonly number[] {
  if (typeof asked !== "number") return asked;
  const more = Math.max(0, asked - listed.length);
  return [...listed.slice(0, asked), ...Array.from({ length: more }, (_, k) => Math.max(...listed) + 1 + k)];
}

export const reproduceVerb = (): Command =>
  new Command("reproduce")
    .description("the papers' experiments over seeds: claim, theory, ours; and a report with their figures")
    .argument("[name]", "an experiment, or a family such as lucas-tree; all of them if left out")
    .option("--seeds <which>", "how many of each experiment's seeds to run, or which: 1001-1010 or 3,7,12", readSeeds)
    .option("--threads <n>", "seeds run side by side", whole(1, 256), 2)
    .option("--out <directory>", "where to write the reports, <experiment>.html and .json", "runs/reproduce")
    .option("--fresh", "run all seeds again, also those that an interrupted command had finished")
    .addOption(backendOption())
    .option("--json", "print one JSON document")
    .action(async (name: string | undefined, given: ReproduceOptions) => {
      const { seeds: asked, threads, out, backend, fresh = false, json } = given;
      if (out === "") throw new Error("--out: got an empty name, expected a directory.");
      const started = performance.now();
      const targets = (await findExperiments(name)).filter(({ experiment }) => experiment.expect);
      if (targets.length === 0) throw new Error(`${name}: it expects nothing, so there is nothing to reproduce.`);
      checkWritable(out);
      const reproduced: Reproduced[] = [];
      for (const target of targets) {
        const one = await reproduce(target, { asked, threads, out, backend, fresh });
        reproduced.push(one);
        if (!json) show(one);
      }
      for (const { kept } of reproduced) kept.clear();
      const seconds = (performance.now() - started) / 1000;
      const rows = reproduced.flatMap(({ rows }) => rows);
      const failed = rows.filter(({ verdict }) => verdict === "fail").length;
      if (json) {
        const first = reproduced[0]!.seeds;
        const seeds = reproduced.every((one) => one.seeds.length === first.length)
          ? first
          : Object.fromEntries(reproduced.map((one) => [one.target.name, one.seeds]));
        const named = reproduced.flatMap((one) =>
          one.rows.map((row) => (targets.length > 1 ? { ...row, item: `${one.target.name}: ${row.item}` } : row)),
        );
        printJson({
          name: name ?? "all",
          seeds,
          seconds,
          rows: named,
          tables: reproduced.flatMap(({ tables }) => tables),
          reports: reproduced.map(({ report }) => report),
        });
      } else {
        const judged = rows.filter(({ verdict }) => verdict !== "not judged").length;
        const open = judged < rows.length ? `, ${rows.length - judged} not judged` : "";
        print(`${judged - failed} of ${judged} rows pass${open}, ${duration(seconds)}`);
      }
      if (failed > 0) process.exitCode = 1;
    });

interface Reproduced {
  readonly target: Target;
  readonly seeds: readonly number[];
  readonly rows: readonly Judged[];
  readonly tables: readonly FilledTable[];
  /** Path of the report. */
  readonly report: string;
  /** Its seeds, until all experiments of the command have ended. */
  readonly kept: KeptSeeds;
}

async function reproduce(
  target: Target,
  {
    asked,
    threads,
    out,
    backend: named,
    fresh,
  }: Omit<ReproduceOptions, "seeds" | "json"> & { readonly asked: Seeds | undefined },
): Promise<Reproduced> {
  const { experiment } = target;
  const backend = chooseBackend(target, named);
  const seeds = seedsOf(experiment.seeds, asked);
  const jobs = seeds.map((seed) => ({ module: target.module, run: resolveRun(experiment, {}, seed, backend) }));
  const file = (isPath(target.name) ? experiment.name : target.name).replaceAll("/", "-");
  const store = fileStore(out);
  const kept = keptSeeds(store, file, sourcesOf(target.module));
  if (fresh) kept.clear();
  const before = jobs.map(({ run }) => kept.get(run));
  sayTakenUp(target.name, seeds, before);
  const open = jobs.filter((_, k) => !isResult(before[k]!));
  const tell = (done: number): void => {
    const all = jobs.length - open.length + done;
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${plain(target.name)}: ${all} of ${jobs.length} seeds`);
  };
  tell(0);
  const started = new Date().toISOString();
  const ran = await runJobs(
    open,
    threads,
    (done, { run }, result) => {
      kept.put(run, result);
      tell(done);
    },
    alsoWatch,
  );
  const rest = ran.values();
  const results = before.map((one) => (isResult(one) ? one : rest.next().value!));
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
  const { run } = jobs[0]!;
  const summaries = results.map(({ summary }) => summary);
  const rows: Judged[] = [...claimsOf(experiment, run, summaries), timeRow(target, results, threads)];

  const command = `walras reproduce ${target.name} --seeds ${typeof asked === "object" ? asked.join(",") : seeds.length}${backend === "wasm" ? "" : ` --backend ${backend}`}`;
  const facts = [
    { label: "Seeds", value: seeds.join(", ") },
    { label: "Machine", value: `${thisMachine().cpu}, ${thisMachine().cores} cores` },
    { label: "Versions", value: `walras ${packageVersion()}, Node ${process.versions.node}` },
    { label: "Started", value: started },
  ];
  const description = describeRun(experiment, run, command);
  const tables = (description.tables ?? []).map((one) => tableOverSeeds(one, summaries));
  const page = renderSeeds({
    description,
    claims: rows,
    results,
    facts,
    assets: assets(),
  });
  const document = {
    name: target.name,
    command,
    seeds,
    run,
    rows,
    tables,
    summaries,
    hashes: results.map(({ hash }) => hash),
  };
  store.put(`${file}.html`, new TextEncoder().encode(page));
  store.put(`${file}.json`, new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`));
  return { target, seeds, rows, tables, report: join(out, `${file}.html`), kept };
}

type Kept = ReturnType<KeptSeeds["get"]>;

const isResult = (kept: Kept): kept is JobResult => typeof kept === "object" && kept !== null;

/** Which seeds do not run, and which run though something of them was kept. */
function sayTakenUp(name: string, seeds: readonly number[], kept: readonly Kept[]): void {
  const those = (is: (one: Kept) => boolean): string[] => seeds.flatMap((seed, k) => (is(kept[k]!) ? [`${seed}`] : []));
  const told: readonly [string[], string][] = [
    [those(isResult), "finished before, taken up; --fresh runs all again"],
    [those((one) => one === "other"), "kept with other settings or code, runs again"],
    [those((one) => one === "damaged"), "its file is damaged, runs again"],
  ];
  for (const [which, what] of told) if (which.length > 0) say(`walras: ${name}, seed ${which.join(", ")}: ${what}.`);
}

function show({ target, rows, tables, report }: Reproduced): void {
  print(`${target.name}: ${target.experiment.summary}`);
  const cells = rows.map((row) => [
    row.item,
    row.claim,
    shown(row.theory),
    shown(row.ours),
    shown(row.low),
    shown(row.high),
    row.unit,
    marked(row.verdict),
    [row.reason, row.note].filter(Boolean).join("; "),
  ]);
  print(`${table(["item", "claim", "theory", "ours", "low", "high", "unit", "", "note"], cells)}\n`);
  for (const one of tables) {
    const { head, rows } = tableInWords(one, (x) => shown(x === null ? null : Number(x.toPrecision(3))));
    print(`${one.title}\n${table(head, rows)}\n`);
  }
  print(`${report}\n`);
}

/** Processor time, which does not depend on what else the machine is doing. */
function timeRow({ experiment }: Target, results: readonly JobResult[], threads: number): Judged {
  const times = results.map(({ processorSeconds }) => processorSeconds);
  const clock = Math.max(...results.map(({ seconds }) => seconds));
  const high = Math.max(...times);
  const { maxSeconds } = experiment;
  const several = times.length > 1;
  const notes = [
    maxSeconds !== null && `at most ${maxSeconds}`,
    several && "low and high are the fastest and the slowest",
    `${duration(clock)} on the clock${several ? ` at most, ${Math.min(threads, results.length)} at a time` : ""}`,
  ];
  return {
    item: "processor time per seed",
    measure: null,
    claim: "–",
    theory: null,
    ours: times.reduce((sum, time) => sum + time, 0) / times.length,
    low: several ? Math.min(...times) : null,
    high: several ? high : null,
    unit: "s",
    verdict: maxSeconds === null ? "not judged" : high <= maxSeconds ? "pass" : "fail",
    reason: maxSeconds === null ? "the experiment sets no maxSeconds" : null,
    note: notes.filter((note) => note !== false).join("; "),
  };
}
