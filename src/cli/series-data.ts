// The series that `calibrate` and `counterfactual` read, the economy it is compared with, and the parameters that are fitted to it.
import { existsSync, readFileSync, statSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { algorithms } from "../algorithms/index.ts";
import { type Fitted, seriesNames, type Transform, transformed, transforms } from "../calibration/index.ts";
import { checkSeries, columnOf, decodeCsv, numericColumn, parseCsv } from "../data/index.ts";
import { isDecided } from "../economy/decisions.ts";
import { closest, type Economy, type NumberParam, rangeOf } from "../economy/index.ts";
import { type Overrides, resolveRun } from "../experiment/experiment.ts";
import { experimentsOf, findTarget, type Target } from "./catalog.ts";
import { quoted, whole } from "./common.ts";

/** Options that say which series is compared with which, and what is fitted. */
export interface SeriesOptions {
  /** The file. */
  readonly data: string;
  readonly column?: string;
  readonly delimiter: string;
  readonly fit?: readonly string[];
  readonly range?: Readonly<Record<string, Range>>;
  readonly series?: string;
  readonly transform?: Transform;
  readonly burnIn?: number;
  readonly experiment?: string;
  readonly trainSteps?: number;
  readonly set?: Overrides;
  readonly seed: number;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

const LEAST_VALUES = 20;
/** Learning at every candidate is dear: no longer than this unless asked. */
const LEARNING = 20_000;

export const withSeries = (command: Command): Command =>
  command
    .requiredOption("--data <file>", "a CSV file with a header")
    .option("--column <name>", "the column to match; default: the only one of the file")
    .option(
      "--fit <names>",
      "numeric parameters, separated by commas; default: those of an experiment that says how to calibrate the economy",
      listOf,
    )
    .option(
      "--range <name=low:high>",
      "where to search; needed for parameters without bounds; repeatable",
      collectRanges,
    )
    .option(
      "--series <name>",
      "the economy's metric or world scalar to compare; default: the one named like the column",
    )
    .option("--delimiter <character>", "what separates the file's cells; `tab` for a tab", delimiterOf, ",")
    .addOption(
      new Option("--transform <how>", "applied to data and simulation alike; default none").choices(transforms),
    )
    .option("--burn-in <n>", "periods left out at the beginning of every world; default 0", whole(0, 1e9))
    .option("--experiment <name>", "whose learner decides; default: the economy's own, as in `run`")
    .option(
      "--train-steps <n>",
      `world-periods of learning per candidate or simulation; default the experiment's, at most ${LEARNING}`,
      whole(1),
    );

/** World-periods of learning at every candidate. */
export const trainStepsOf = ({ trainSteps }: SeriesOptions, { experiment }: Target): number =>
  trainSteps ?? Math.min(experiment.totalSteps || LEARNING, LEARNING);

/** The column asked for, as it is in the file. */
export function readColumn({ data: file, column: asked, delimiter }: SeriesOptions): {
  readonly column: string;
  readonly x: Float64Array;
} {
  if (!existsSync(file)) throw new Error(`${file}: no such file. Give --data the path of a CSV file.`);
  if (statSync(file).isDirectory()) throw new Error(`${file} is a directory, expected a CSV file.`);
  const table = parseCsv(decodeCsv(readFileSync(file), file), file, { delimiter });
  const column = columnOf(table, asked);
  const x = numericColumn(table, column);
  checkSeries(x, `${file}, column "${column}",`, LEAST_VALUES);
  return { column, x };
}

/** The data, transformed, long enough and not all the same. */
export function dataOf(
  x: Float64Array,
  { data: file, column, transform }: { readonly data: string; readonly column: string; readonly transform: Transform },
): Float64Array {
  const what = `${file}, column "${column}"`;
  const [data] = transformed([x], transform, what);
  if (transform !== "none") checkSeries(data!, `${what}, after --transform ${transform}`, LEAST_VALUES - 1);
  return data!;
}

/** The beginning of the command that asks for the same again. */
export function seriesWords(
  verb: string,
  name: string,
  options: Required<Pick<SeriesOptions, "data" | "column" | "delimiter" | "fit" | "series" | "transform" | "seed">> &
    Pick<SeriesOptions, "range" | "set">,
): string[] {
  const words = [`walras ${verb}`, quoted(name), "--data", quoted(options.data), "--column", quoted(options.column)];
  words.push("--fit", options.fit.join(","), "--seed", String(options.seed));
  for (const [parameter, { low, high }] of Object.entries(options.range ?? {}))
    words.push("--range", `${parameter}=${low}:${high}`);
  for (const [path, value] of Object.entries(options.set ?? {})) words.push("--set", quoted(`${path}=${value}`));
  words.push("--series", options.series);
  if (options.delimiter !== ",")
    words.push("--delimiter", options.delimiter === "\t" ? "tab" : quoted(options.delimiter));
  if (options.transform !== "none") words.push("--transform", options.transform);
  return words;
}

/** Where the module names no learner: an experiment of the economy that says how to calibrate it; where agents decide, the first with a plain learner. */
async function ownExperiment(own: Target, fitted: boolean, decided: (target: Target) => boolean): Promise<Target> {
  const { economy, algorithm, calibration } = own.experiment;
  if (algorithm || calibration || (fitted && !decided(own))) return own;
  const others = await experimentsOf(economy);
  const calibrated = others.find(({ experiment }) => experiment.calibration);
  if (calibrated || !decided(own)) return calibrated ?? own;
  const learners = new Set(algorithms.map(({ name }) => name));
  return others.find(({ experiment }) => learners.has(experiment.algorithm?.name ?? "")) ?? own;
}

/** The economy's own learner if it has decisions; the economy alone if not. */
export async function targetFor(
  name: string,
  { experiment: other, fit, set = {}, seed }: Pick<SeriesOptions, "experiment" | "fit" | "set" | "seed">,
): Promise<Target> {
  const own = await findTarget(name, { bare: true });
  const decided = ({ experiment }: Target): boolean =>
    isDecided(experiment.economy, resolveRun(experiment, set, seed).params);
  const target = other === undefined ? await ownExperiment(own, fit !== undefined, decided) : await findTarget(other);
  const { economy, algorithm } = target.experiment;
  if (economy.name !== own.experiment.economy.name)
    throw new Error(`--experiment ${other} is about ${economy.name}, not about ${own.experiment.economy.name}.`);
  if (!algorithm && decided(target))
    throw new Error(
      `${economy.name} has agents who decide, and no experiment says how they learn. Name one with --experiment, or give the path of a module that exports one.`,
    );
  return target;
}

/** The economy's series to compare with a column: the one asked for, or the one of that name. */
export function seriesOf(economy: Economy, series: string | undefined, column: string, option = "--series"): string {
  const known = seriesNames(economy);
  const wanted = series ?? column;
  if (known.includes(wanted)) return wanted;
  const what =
    series === undefined
      ? `has no metric or world scalar named like the column "${column}"`
      : `has no series "${series}"`;
  throw new Error(
    `${economy.name} ${what}.${closest(wanted, known)} Choose one with ${option}: ${known.join(", ") || "it has none"}.`,
  );
}

/** A parameter that is fitted, within the range asked for or its own. */
export function fitted(
  economy: Economy,
  name: string,
  usual: Readonly<Record<string, unknown>>,
  options: Pick<SeriesOptions, "range" | "set"> & { readonly fit: readonly string[] },
): Fitted {
  const numeric = Object.entries(economy.params).filter(([, declared]) => declared.kind === "number");
  const names = numeric.map(([known]) => known);
  const declared = economy.params[name];
  if (declared === undefined)
    throw new Error(
      `--fit: ${economy.name} has no parameter "${name}".${closest(name, names)} Numeric ones: ${names.join(", ")}.`,
    );
  if (declared.kind !== "number")
    throw new Error(
      `--fit: ${economy.name}.${name} is a ${declared.kind}, and only numbers can be fitted: ${names.join(", ")}.`,
    );
  for (const other of Object.keys(options.range ?? {}))
    if (!options.fit.includes(other))
      throw new Error(`--range ${other}: it is not fitted.${closest(other, options.fit)} Name it in --fit too.`);
  if (Object.keys(options.set ?? {}).some((path) => path.replace(/^params\./, "") === name))
    throw new Error(`${name} is both fitted and set. Leave it out of --fit or of --set.`);
  const range = options.range?.[name] ?? { low: declared.min, high: declared.max };
  if (!(Number.isFinite(range.low) && Number.isFinite(range.high)))
    throw new Error(
      `--fit: ${economy.name}.${name} is ${rangeOf(declared)}, which has no end to search. Give one: --range ${name}=low:high.`,
    );
  checkRange(economy, name, declared, range);
  // The ends of an open interval are no values: stop short of them.
  const margin = declared.exclusive && !declared.integer ? 1e-6 * (range.high - range.low) : 0;
  const low = range.low === declared.min ? range.low + margin : range.low;
  const high = range.high === declared.max ? range.high - margin : range.high;
  return { name, low, high, integer: declared.integer, usual: usual[name] as number };
}

function checkRange(economy: Economy, name: string, declared: NumberParam, { low, high }: Range): void {
  if (!(low < high)) throw new Error(`--range ${name}=${low}:${high}: expected the low end below the high end.`);
  if (low < declared.min || high > declared.max)
    throw new Error(`--range ${name}=${low}:${high}: ${economy.name}.${name} is ${rangeOf(declared)}.`);
}

function collectRanges(text: string, before: Readonly<Record<string, Range>> = {}): Readonly<Record<string, Range>> {
  const ranges: Record<string, Range> = { ...before };
  for (const part of text.split(",")) {
    const [, name, low, high] = /^\s*([a-zA-Z]\w*)=([^:]+):(.+)$/.exec(part) ?? [];
    const ends = [low, high].map((end = "") => (end.trim() === "" ? Number.NaN : Number(end))) as [number, number];
    if (name === undefined || !ends.every(Number.isFinite))
      throw new InvalidArgumentError(`got "${part}", expected name=low:high, for example --range noiseSd=0.1:2.`);
    ranges[name] = { low: ends[0], high: ends[1] };
  }
  return ranges;
}

function listOf(text: string): string[] {
  const names = text.split(",").map((name) => name.trim().replace(/^params\./, ""));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (names.includes("") || twice !== undefined)
    throw new InvalidArgumentError(`got "${text}", expected different names separated by commas.`);
  return names;
}

/** One character, or "tab". */
export function delimiterOf(text: string): string {
  const character = text === "tab" || text === "\\t" ? "\t" : text;
  if (character.length !== 1 || /["\r\n]/.test(character))
    throw new InvalidArgumentError(`got "${text}", expected one character such as ";", or tab.`);
  return character;
}
