import { join, relative } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Arrays } from "../algorithms/algorithm.ts";
import { decodeCsv, otherDelimiter, parseCsv } from "../data/index.ts";
import { isDecided } from "../economy/decisions.ts";
import { closest, type Economy, type ParamSettings, resolveParams } from "../economy/index.ts";
import { makeVectorEnv } from "../env/vector-env.ts";
import { departures } from "../experiment/departures.ts";
import { type Overrides, resolveRun } from "../experiment/experiment.ts";
import { createPlayer } from "../experiment/play.ts";
import { type StressOptions, type StressScenario, stressTest } from "../experiment/stress.ts";
import {
  renderStress,
  type StressContext,
  stressColumns,
  stressDocument,
  stressFindings,
  stressRows,
} from "../report/index.ts";
import { assets } from "../report/write.ts";
import { fileStore } from "../store/files.ts";
import { openRun } from "../store/index.ts";
import { findEconomy } from "./catalog.ts";
import {
  type CommonOptions,
  duration,
  givenFile,
  packageVersion,
  print,
  printJson,
  quoted,
  table,
  whole,
  withSettings,
} from "./common.ts";
import { checkPlace } from "./place.ts";
import { targetOf } from "./resume.ts";
import { delimiterOf } from "./series-data.ts";
import { trustOption } from "./trust.ts";

interface Range {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

interface Given extends CommonOptions {
  readonly set?: Overrides;
  readonly shock?: Readonly<Record<string, Range>>;
  readonly scenarios?: string;
  readonly delimiter: string;
  readonly loss?: string;
  readonly lessIsWorse?: boolean;
  readonly statistic: StressOptions["statistic"];
  readonly fails?: string;
  readonly order?: string;
  readonly carries?: string;
  readonly level: number;
  readonly worlds: number;
  readonly periods?: number;
  readonly seed: number;
  readonly run?: string;
  readonly trust?: boolean;
  readonly out?: string;
}

const MOST_SCENARIOS = 1000;

export const stressVerb = (): Command =>
  withSettings(new Command("stress"))
    .description(
      "the same worlds under one scenario after another: severity of the tail, who fails first, which link carries it",
    )
    .argument("<economy>", "a name from `walras list`, or the path of a module")
    .option("--shock <name=from:to:count>", "a parameter and the values it takes; several make a grid", readShock)
    .option(
      "--scenarios <file>",
      "CSV instead: a column per parameter, a row per scenario; a column `scenario` names them",
    )
    .option("--delimiter <character>", "what separates that file's cells; `tab` for a tab", delimiterOf, ",")
    .option("--loss <metric>", "what is lost; default: as the economy declares")
    .option("--less-is-worse", "the less of the metric the larger the loss")
    .addOption(
      new Option("--statistic <which>", "of the metric over periods").choices(["worst", "mean"]).default("worst"),
    )
    .option("--fails <population.column>", "a column that is not 0 where a row has failed; default: as declared")
    .option("--order <column>", "a column of that population that is lower for those who fail first within a period")
    .option("--carries <links.column>", "how much of the loss each link carries; default: as declared")
    .option("--level <share>", "level of the tail", readLevel, 0.95)
    .option("--worlds <n>", "worlds per scenario, with the same draws in each", whole(2, 1e6), 100)
    .option("--periods <n>", "periods of each world; default: the horizon, at most 20", whole(1, 1e7))
    .option("--seed <n>", "seed of everything random", whole(0, 100_000_000), 1)
    .option("--run <directory>", "a finished run whose agents play what they learned; needed where somebody decides")
    .addOption(trustOption())
    .option("--out <directory>", "where to write stress.json and report.html; default runs/stress-<name>-s<seed>")
    .option("--json", "print one JSON document")
    .action(async (name: string, given: Given) => {
      const started = performance.now();
      const { economy } = await findEconomy(name);
      const declared = economy.stress;
      const settings = Object.fromEntries(
        Object.entries(given.set ?? {}).map(([path, value]) => [path.replace(/^params\./, ""), value]),
      );
      if (given.scenarios !== undefined && given.shock)
        throw new Error("--shock and --scenarios both say what the scenarios are: give one of them.");
      const { scenarios, axis } =
        given.scenarios !== undefined
          ? { scenarios: scenariosOf(given.scenarios, given.delimiter, economy), axis: null }
          : gridOf(economy, given.shock ?? declaredShocks(economy));
      const loss = given.loss ?? declared?.loss;
      const metrics = Object.keys(economy.metrics);
      if (loss === undefined)
        throw new Error(
          `${economy.name} does not declare what is lost. Name a metric with --loss: ${metrics.join(", ")}.`,
        );
      if (!metrics.includes(loss))
        throw new Error(
          `--loss: ${economy.name} has no metric "${loss}".${closest(loss, metrics)} It has: ${metrics.join(", ")}.`,
        );
      const fails = failsOf(economy, given);
      const carries = carriesOf(economy, given.carries);
      const learned = given.run === undefined ? null : await learnedIn(given.run, economy, given.trust ?? false);
      // Not resolved: what follows from a parameter follows from that of each scenario
      const chosen = { ...learned?.settings, ...settings };
      const params = resolveParams(economy, chosen);
      const decided = scenarios.filter(({ set }) => isDecided(economy, resolveParams(economy, { ...chosen, ...set })));
      if (!learned && decided.length > 0)
        throw new Error(
          `${economy.name} has agents who decide${decided[0]!.label ? ` in ${decided[0]!.label}` : ""}. Give a run in which they learned with --run, or settings under which nobody decides with --set.`,
        );
      if (learned) {
        if (decided.length === 0)
          throw new Error(`--run: nobody in ${economy.name} decides under these settings; leave --run out.`);
        refuseUnlearned(economy, chosen, decided, learned, given.run!);
      }
      const horizon = typeof economy.horizon === "number" ? economy.horizon : (params[economy.horizon] as number);
      const periods = given.periods ?? Math.min(20, horizon);
      const { level, worlds, seed, statistic } = given;
      const asked = {
        economy,
        params,
        loss,
        lessIsWorse: given.lessIsWorse ?? false,
        statistic,
        fails,
        carries,
        level,
        worlds,
        periods,
        seed,
      };
      const directory = given.out ?? join("runs", `stress-${economy.name}-s${seed}`);
      checkPlace(directory, "stress.json");
      const outcomes = stressTest({
        ...asked,
        params: chosen,
        scenarios,
        ...(learned && { policies: learned.policies, sampled: learned.sampled }),
        onScenario: (done) => {
          if (process.stderr.isTTY)
            process.stderr.write(`\r\x1b[2Kstress ${economy.name}: ${done} of ${scenarios.length} scenarios`);
        },
      });
      if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
      const context: StressContext = {
        ...asked,
        outcomes,
        axis,
        learned: learned !== null,
        command: commandOf(name, given),
        version: packageVersion(),
        seconds: (performance.now() - started) / 1000,
      };
      const document = stressDocument(context);
      const store = fileStore(directory);
      store.put("report.html", new TextEncoder().encode(renderStress(context, assets())));
      store.put("stress.json", new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`));
      if (given.json) return printJson({ run: directory, ...document });
      print(`${table(stressColumns(context), stressRows(context))}\n`);
      for (const finding of stressFindings(context)) print(finding);
      const path = relative(".", directory) || directory;
      print(`\n${duration(context.seconds)}\nrun     ${path}\nreport  ${join(path, "report.html")}`);
    });

function readShock(text: string, before: Readonly<Record<string, Range>> = {}): Readonly<Record<string, Range>> {
  const [, name, from, to, count] = /^([a-zA-Z]\w*)=([^:]+):([^:]+):(\d+)$/.exec(text) ?? [];
  const number = (digits = ""): number => (digits.trim() === "" ? Number.NaN : Number(digits));
  const range = { from: number(from), to: number(to), count: Number(count) };
  if (name === undefined || !Number.isFinite(range.from) || !Number.isFinite(range.to) || range.count < 1)
    throw new InvalidArgumentError(`got "${text}", expected name=from:to:count, for example volatility=0.02:0.06:5.`);
  return { ...before, [name]: range };
}

function readLevel(text: string): number {
  const level = text.trim() === "" ? Number.NaN : Number(text);
  if (!(level > 0 && level < 1)) throw new InvalidArgumentError(`got "${text}", expected a share between 0 and 1.`);
  return level;
}

function declaredShocks(economy: Economy): Readonly<Record<string, Range>> {
  if (!economy.stress)
    throw new Error(
      `${economy.name} does not declare what a stress test varies. Give --shock name=from:to:count, or --scenarios with a CSV file.`,
    );
  return Object.fromEntries(
    Object.entries(economy.stress.shocks).map(([name, [from, to, count]]) => [name, { from, to, count }]),
  );
}

/** Every combination of the values. */
function gridOf(
  economy: Economy,
  shocks: Readonly<Record<string, Range>>,
): { readonly scenarios: readonly StressScenario[]; readonly axis: string | null } {
  const names = Object.keys(shocks);
  const known = Object.keys(economy.params).filter((name) => economy.params[name]?.kind === "number");
  for (const name of names)
    if (economy.params[name]?.kind !== "number")
      throw new Error(`--shock: ${economy.name} has no number called "${name}".${closest(name, known)}`);
  const count = names.reduce((all, name) => all * shocks[name]!.count, 1);
  if (count > MOST_SCENARIOS)
    throw new Error(`--shock: these are ${count} scenarios, expected at most ${MOST_SCENARIOS}. Take fewer values.`);
  let sets: Record<string, number>[] = [{}];
  for (const name of names) {
    const { from, to, count } = shocks[name]!;
    const values = Array.from({ length: count }, (_, k) =>
      count === 1 ? from : Number((from + ((to - from) * k) / (count - 1)).toPrecision(12)),
    );
    sets = sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value })));
  }
  const scenarios = sets.map((set) => ({
    label: Object.entries(set)
      .map(([name, value]) => `${name} ${value}`)
      .join(", "),
    set,
  }));
  return { scenarios, axis: names.length === 1 ? names[0]! : null };
}

/** Scenarios of a file: its text is only ever read, compared and shown. */
function scenariosOf(file: string, delimiter: string, economy: Economy): StressScenario[] {
  const { header, rows, lines } = parseCsv(decodeCsv(givenFile("--scenarios", file), file), file, { delimiter });
  const known = Object.keys(economy.params);
  for (const [c, name] of header.entries()) {
    if (header.indexOf(name) < c) throw new Error(`${file} has several columns called "${name}". Keep one of them.`);
    if (name !== "scenario" && !known.includes(name))
      throw new Error(
        `${file}: ${economy.name} has no parameter "${name}".${otherDelimiter(header, delimiter) || closest(name, known)}`,
      );
  }
  if (header.every((name) => name === "scenario"))
    throw new Error(
      `${file} has no column of a parameter, so that all scenarios are alike. Add one: ${known.join(", ")}.`,
    );
  if (rows.length === 0 || rows.length > MOST_SCENARIOS)
    throw new Error(`${file} has ${rows.length} scenarios, expected from 1 to ${MOST_SCENARIOS}.`);
  return rows.map((row, k) => {
    const set = Object.fromEntries(
      header.flatMap((name, c) => (name === "scenario" || row[c]!.trim() === "" ? [] : [[name, row[c]!.trim()]])),
    );
    try {
      resolveParams(economy, set);
    } catch (error) {
      throw new Error(`${file}, line ${lines[k]}: ${error instanceof Error ? error.message : error}`);
    }
    const named = header.includes("scenario") ? row[header.indexOf("scenario")]!.trim() : "";
    return { label: named || `scenario ${k + 1}`, set };
  });
}

function failsOf(economy: Economy, { fails, order }: Given): StressOptions["fails"] {
  const declared = economy.stress?.fails;
  const orderIn = (population: string, column: string | undefined): string | undefined =>
    column && tableAndColumn("--order", `${population}.${column}`, economy.populations, economy.name)[1];
  if (fails === undefined) {
    if (order !== undefined && !declared)
      throw new Error("--order says who fails first: add --fails population.column.");
    if (!declared) return null;
    return { ...declared, order: orderIn(declared.population, order) ?? declared.order ?? null };
  }
  const [population, column] = tableAndColumn("--fails", fails, economy.populations, economy.name);
  return { population, column, order: orderIn(population, order) ?? null };
}

function carriesOf(economy: Economy, carries: string | undefined): StressOptions["carries"] {
  if (carries === undefined) return economy.stress?.carries ?? null;
  const [links, column] = tableAndColumn("--carries", carries, economy.links, economy.name);
  return { links, column };
}

function tableAndColumn(
  option: string,
  text: string,
  tables: Readonly<Record<string, { readonly state: Readonly<Record<string, { readonly each: unknown }>> }>>,
  economy: string,
): [string, string] {
  const [name = "", column = ""] = text.split(".");
  const found = tables[name];
  if (!found)
    throw new Error(
      `${option}: ${economy} has no "${name}".${closest(name, Object.keys(tables))} It has: ${Object.keys(tables).join(", ") || "none"}.`,
    );
  const columns = Object.keys(found.state).filter((key) => found.state[key]!.each === null);
  if (!columns.includes(column))
    throw new Error(
      `${option}: ${economy}.${name} has no column "${column}".${closest(column, columns)} It has: ${columns.join(", ") || "none"}.`,
    );
  return [name, column];
}

/** Refuses scenarios in which others decide than learned, or more of them. */
function refuseUnlearned(
  economy: Economy,
  settings: ParamSettings,
  scenarios: readonly StressScenario[],
  { sizes }: { readonly sizes: Readonly<Record<string, number>> },
  directory: string,
): void {
  for (const { label, set } of scenarios) {
    const where = label ? ` in ${label}` : "";
    for (const [name, size] of Object.entries(sizesOf(economy, { ...settings, ...set }))) {
      const learned = sizes[name];
      if (learned === undefined)
        throw new Error(
          `--run ${directory}: ${name} of ${economy.name} did not learn there, but would decide${where}. Give a run in which all learned, or settings under which others decide.`,
        );
      if (size > learned)
        throw new Error(
          `--run ${directory}: ${learned} ${name} of ${economy.name} learned there, and ${size} would decide${where}. Give a run with as many, or settings with fewer.`,
        );
    }
  }
}

/** Agents of each decision. */
const sizesOf = (economy: Economy, params: ParamSettings): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(makeVectorEnv(economy, { numEnvs: 1, params }).spec).map(([name, { size }]) => [name, size]),
  );

async function learnedIn(directory: string, economy: Economy, trust: boolean) {
  if (directory === "") throw new Error("--run: got an empty name, expected the directory of a run.");
  const reader = openRun(fileStore(directory));
  const { target, run } = await targetOf(reader, { trust });
  const { experiment } = target;
  if (experiment.economy.name !== economy.name || !experiment.algorithm)
    throw new Error(`--run ${directory}: expected a run in which agents of ${economy.name} learned.`);
  const checkpoint = reader.latestCheckpoint();
  if (!checkpoint) throw new Error(`--run ${directory} has no checkpoint yet; let it run longer.`);
  const departed = departures(experiment, run);
  const { params } = resolveRun(experiment, departed, run.seed);
  const player = createPlayer(economy, experiment.algorithm, run.config, params, experiment.evaluation);
  player.load(checkpoint.arrays as Arrays);
  const own = Object.entries(departed).filter(([name]) => Object.hasOwn(economy.params, name));
  return {
    settings: { ...experiment.params, ...Object.fromEntries(own) } as ParamSettings,
    policies: player.policies,
    sizes: sizesOf(economy, params),
    sampled: experiment.evaluation.sampled,
  };
}

function commandOf(name: string, given: Given): string {
  const { set = {}, shock = {}, lessIsWorse, delimiter, json: _json, out: _out, trust: _trust, ...rest } = given;
  const words = [
    ...Object.entries(set).map(([path, value]) => `--set ${quoted(`${path}=${value}`)}`),
    ...Object.entries(shock).map(([path, { from, to, count }]) => `--shock ${path}=${from}:${to}:${count}`),
    ...(lessIsWorse ? ["--less-is-worse"] : []),
    ...(delimiter === "," ? [] : [`--delimiter ${delimiter === "\t" ? "tab" : quoted(delimiter)}`]),
    ...Object.entries(rest).map(([option, value]) => `--${option} ${quoted(String(value))}`),
  ];
  return `walras stress ${quoted(name)} ${words.join(" ")}`;
}
