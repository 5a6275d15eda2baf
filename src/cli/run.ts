import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { Command } from "commander";
import { discountDepartures, inWords } from "../algorithms/discount.ts";
import { stated, type Truth, type TruthValue, valueOrNull } from "../economy/index.ts";
import { callingThread, execute, type RunResult, type ThreadGroup, type ThreadGroupRequest } from "../engine/run.ts";
import { threadGroup } from "../engine/threads.ts";
import type { Judged } from "../experiment/claims.ts";
import {
  type Experiment,
  type Overrides,
  playsAtRandom,
  type ResolvedRun,
  resolveRun,
} from "../experiment/experiment.ts";
import type { RunInputs } from "../experiment/inputs.ts";
import { centreOf, isDistribution, unitsOf, watchedFigures } from "../experiment/watching.ts";
import { backendNamed } from "../nn/backends/onnx.ts";
import type { BackendName } from "../nn/index.ts";
import { describeRun } from "../report/index.ts";
import { writeReport } from "../report/write.ts";
import { fileStore, thisMachine } from "../store/files.ts";
import {
  type Checkpoint,
  createRun,
  discardRun,
  hashOf,
  type Json,
  type MetricRow,
  type RunWriter,
} from "../store/index.ts";
import { backendOption, chooseBackend } from "./backend.ts";
import { economyNames, experimentsOf, findTarget, isPath, type Target } from "./catalog.ts";
import {
  type CommonOptions,
  collectSettings,
  duration,
  marked,
  noted,
  packageVersion,
  print,
  printJson,
  quoted,
  shown,
  table,
  whole,
  withSettings,
} from "./common.ts";
import { collectNetworks, inputOptions, inputsOf, openFeed, withNetworks } from "./inputs.ts";
import { checkPlace } from "./place.ts";
import { progressLine } from "./progress.ts";
import { sourcesOf } from "./sources.ts";
import { exitStatus, say } from "./terminal.ts";
import { alsoWatch } from "./watchdog.ts";

export interface RunOptions extends CommonOptions {
  readonly set?: Overrides;
  readonly seed: number;
  readonly backend: BackendName;
  readonly out?: string;
  readonly threads: number;
  readonly partitions?: number;
  readonly fixedPartitions?: boolean;
  readonly checkIdentities?: boolean;
  readonly until?: number;
  readonly bare?: boolean;
  readonly force?: boolean;
  readonly network?: Readonly<Record<string, string>>;
  readonly stream?: string;
  readonly streamSet?: Overrides;
}

/** What can differ between two executions of one run without changing its result. */
export const withEngine = (command: Command): Command =>
  command
    .option("--threads <n>", "threads; results do not depend on it", whole(1, 256), 1)
    .option(
      "--partitions <n>",
      "pieces that worlds, or the rows of a single world, are cut into; results do not depend on it",
      whole(1, 1e6),
    )
    .option(
      "--fixed-partitions",
      "pieces of a single world keep the rows that they begin with; by default rows migrate from pieces that take long to pieces that do not",
    )
    .option("--check-identities", "check the economy's identities after every phase")
    .option("--until <steps>", "stop after this many world-periods, as if interrupted", whole(1));

export const runVerb = (): Command =>
  withEngine(withSettings(new Command("run")))
    .description("simulate or train, write a run directory, print a summary")
    .argument("<target>", "an economy or experiment from `walras list`, or the path of a module")
    .option("--seed <n>", "seed of everything random", whole(0), 1)
    .addOption(backendOption())
    .option("--out <directory>", "where to write the run; default runs/<name>-<hash>-s<seed>")
    .option("--force", "overwrite the run that --out holds")
    .option("--bare", "an economy without its experiment: nobody learns, decisions are random")
    .option(
      "--network <links=file>",
      "links from an edge list, CSV or Parquet with the columns source and target, in place of the economy's own; repeatable",
      collectNetworks,
    )
    .option(
      "--stream <source>",
      "follow an outside series, a point per line of CSV: a file, - for standard input, ws://… for a WebSocket, or the stream.ndjson of a run",
    )
    .option(
      "--stream-set <name=value>",
      "how the stream is read: into, time, value, start, step, patience, drift, noise; repeatable",
      collectSettings,
    )
    .option("--json", "print one JSON document")
    .action(async (name: string, options: RunOptions) => {
      const found = await findTarget(name, { bare: options.bare ?? false });
      const resolved = resolveRun(
        found.experiment,
        options.set ?? {},
        options.seed,
        chooseBackend(found, options.backend),
      );
      const inputs = inputsOf(found, resolved, options);
      const run = inputs ? { ...resolved, inputs } : resolved;
      const target = { ...found, experiment: await withNetworks(found.experiment, run) };
      const config = { target: name, bare: options.bare ?? false, ...run } as unknown as Json;
      const { economy, algorithm } = target.experiment;
      if (algorithm)
        for (const departure of discountDepartures(algorithm, economy, run.params, run.config))
          say(`walras: ${inWords(departure)}`);
      const directory = options.out ?? freshDirectory(name, hashOf(config), options.seed);
      checkPlace(directory, "run.json");
      const command = commandOf(name, { ...options, backend: run.backend, inputs: run.inputs });
      const input = {
        name: run.experiment,
        config,
        version: packageVersion(),
        node: process.versions.node,
        machine: thisMachine(),
        ...stated(theoryOf(target.experiment, run) ?? {}),
        units: unitsOf(target.experiment, run),
        about: describeRun(target.experiment, run, command) as unknown as Json,
        sources: sourcesOf(target.module),
      };
      const store = fileStore(directory);
      if (options.force) discardRun(store);
      const writer = createRun(store, input);
      const release = store.lock(); // the report is written after the run's own lock has ended
      try {
        if (target.experiment.algorithm && economyNames().includes(name))
          say(`walras: ${name} is trained by ${target.experiment.name}; --bare simulates it with random actions.`);
        await carryOut({ target, run, writer, directory, options, command });
      } finally {
        release();
      }
    });

function freshDirectory(name: string, hash: string, seed: number): string {
  const base = join(
    "runs",
    `${name.replace(/[^a-zA-Z0-9]+/g, "-").replace(/^-|-$/g, "")}-${hash.slice(0, 8)}-s${seed}`,
  );
  let directory = base;
  for (let k = 2; existsSync(directory); k++) directory = `${base}-${k}`;
  return directory;
}

/** The command that makes the same run again. */
export function commandOf(
  name: string,
  {
    set = {},
    seed,
    backend,
    bare,
    inputs,
  }: Pick<RunOptions, "set" | "seed" | "backend" | "bare"> & { readonly inputs?: RunInputs | undefined },
): string {
  const settings = Object.entries(set).map(([path, value]) => ` --set ${quoted(`${path}=${value}`)}`);
  return `walras run ${quoted(name)} --seed ${seed}${bare ? " --bare" : ""}${backend === "wasm" ? "" : ` --backend ${backend}`}${settings.join("")}${inputs ? inputOptions(inputs) : ""}`;
}

export interface Carried {
  readonly target: Target;
  readonly run: ResolvedRun;
  readonly writer: RunWriter;
  readonly directory: string;
  readonly options: Omit<RunOptions, "seed" | "backend">;
  readonly command: string;
  readonly from?: Checkpoint | undefined;
  readonly rows?: readonly MetricRow[];
}

/** Executes a run with progress and signals, writes its report, prints its summary. Shared by run and resume. */
export async function carryOut({
  target,
  run,
  writer,
  directory,
  options,
  command,
  from,
  rows,
}: Carried): Promise<void> {
  const { experiment, module } = target;
  const { threads } = options;
  const group = (request: ThreadGroupRequest): ThreadGroup =>
    (threads > 1 ? threadGroup(module, threads, alsoWatch) : callingThread)(request);
  const line = progressLine(run.experiment, watchedBy(experiment, run));
  const feed = openFeed(run, fileStore(directory), (from?.meta as { periods?: number } | undefined)?.periods ?? 0);
  let signalled: NodeJS.Signals | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signalled) process.exit(exitStatus(signal));
    signalled = signal;
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  let result: RunResult;
  try {
    result = await execute({
      experiment,
      run,
      writer,
      from,
      backend: backendNamed(run.backend),
      group,
      rows: rows ?? [],
      feed,
      pieces: options.partitions ?? threads,
      checkIdentities: options.checkIdentities ?? false,
      migrate: !options.fixedPartitions,
      onProgress: line.update,
      interrupted: () => signalled !== null,
      ...(options.until !== undefined && { until: options.until }),
    });
  } catch (error) {
    line.end();
    if (error instanceof Error && "world" in error)
      throw new Error(`${error.message} Reproduce: ${command}${options.checkIdentities ? " --check-identities" : ""}`);
    throw error;
  } finally {
    feed?.close();
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
  line.end();
  if (feed) {
    const { periods, gaps, late, duplicate } = feed.came;
    say(
      `walras: ${periods} periods of the stream; ${gaps} were gaps, ${late} points came late, ${duplicate} twice${feed.dropped() > 0 ? `, ${feed.dropped()} messages were dropped because periods took longer than they came` : ""}.`,
    );
  }
  const { hash, summary, claims } = result;
  const { truth, reasons, units } = writer.manifest;
  const report = writeReport(directory);
  const actions = experiment.algorithm ? "learned" : playsAtRandom(experiment, run) ? "random" : null;
  if (options.json) printJson({ run: directory, hash, summary, actions, claims, truth, reasons, units });
  else
    printSummary(
      experiment,
      run,
      result,
      directory,
      report,
      playsAtRandom(experiment, run) ? await trainersOf(experiment) : "",
    );
  if (claims.some(({ verdict }) => verdict === "fail")) process.exitCode = 1;
  if (result.status === "interrupted") {
    say(`Interrupted. Continue with: walras resume ${quoted(directory)}${isPath(target.name) ? " --trust" : ""}`);
    if (signalled) process.exitCode = exitStatus(signalled);
  }
}

function watchedBy(experiment: Experiment, run: ResolvedRun) {
  const { economy } = experiment;
  const figure = watchedFigures(economy).find(({ theory }) => theory !== undefined);
  const truth = theoryOf(experiment, run) ?? {};
  if (figure && experiment.algorithm)
    return {
      value: (row: MetricRow) => centreOf(figure, row),
      name: figure.title.toLowerCase(),
      theory: numberOf(truth[figure.theory!]),
    };
  const metric = Object.keys(economy.metrics)[0];
  if (metric === undefined) return null;
  const logged = experiment.algorithm ? `econ/${metric}` : metric;
  return { value: (row: MetricRow) => row[logged], name: metric, theory: numberOf(truth[metric]) };
}

const numberOf = (value: TruthValue | undefined): number | null => (typeof value === "number" ? value : null);

/** What theory says of those who optimise; null of those who act at random. */
const theoryOf = (experiment: Experiment, run: ResolvedRun): Truth | null =>
  playsAtRandom(experiment, run) ? null : (experiment.economy.truth?.(run.params) ?? {});

/** Who would learn in an economy that was played at random. */
async function trainersOf({ economy }: Experiment): Promise<string> {
  const names = (await experimentsOf(economy)).map(({ name }) => name);
  const more = names.length > 5 ? `, and ${names.length - 5} more in walras list` : "";
  return `Actions were random: nobody learned, and theory, which is of those who optimise, is not shown. ${
    names.length > 0
      ? `These experiments train ${economy.name}: ${names.slice(0, 5).join(", ")}${more}.`
      : `No shipped experiment trains ${economy.name}; one of your own is a module with defineExperiment.`
  }`;
}

/** Reasons and whom they concern: nobody by name where all share one. */
function unjudged(claims: readonly Judged[]): [reason: string, items: string][] {
  const reasons = [...new Set(claims.map(({ reason }) => reason))];
  return reasons
    .filter((reason) => reason !== null)
    .map((reason) => {
      const items = claims.filter((claim) => claim.reason === reason).map(({ item }) => item);
      return [reason, reasons.length > 1 ? ` (${items.join(", ")})` : ""];
    });
}

function printSummary(
  experiment: Experiment,
  run: ResolvedRun,
  result: RunResult,
  directory: string,
  report: string,
  trainers: string,
): void {
  const { claims } = result;
  if (claims.length > 0) {
    const rows = claims.map((row) => [
      row.item,
      row.claim,
      shown(row.theory),
      shown(row.ours),
      row.unit,
      marked(row.verdict),
    ]);
    print(table(["item", "claim", "theory", "ours", "unit", ""], rows));
    for (const [reason, items] of unjudged(claims)) print(`\nNot judged${items}: ${reason}.`);
  } else {
    const truth = theoryOf(experiment, run);
    const rows = Object.entries(result.summary)
      .filter(([name]) => !isDistribution(name))
      .map(([name, value]) => [
        name,
        shown(value),
        ...(truth ? [shown(valueOrNull(truth[name]))] : []),
        noted(experiment.economy.metrics[name]?.doc ?? "", truth?.[name]),
      ]);
    const ours = playsAtRandom(experiment, run) ? "random actions" : "ours";
    if (rows.length > 0) print(table(["measure", ours, ...(truth ? ["theory"] : []), ""], rows));
  }
  if (playsAtRandom(experiment, run)) print(`\n${trainers}`);
  print(
    `\n${duration(result.seconds)}, hash ${result.hash.slice(0, 16)}…\nrun     ${relative(".", directory) || directory}\nreport  ${report}`,
  );
}
