// What an experiment's code says of a run, as plain JSON: kept in run.json, so that its report needs no code.

import { configPaths } from "../algorithms/algorithm.ts";
import {
  type AnyColumnFigure,
  type AnyMetricFigure,
  type Economy,
  isUnknown,
  NO_THEORY,
  type Truth,
  type TruthValue,
} from "../economy/index.ts";
import { unlessUnknown } from "../experiment/claims.ts";
import type { ExperimentFigure, ExperimentTable, FigureLine } from "../experiment/declared.ts";
import { type Experiment, playsAtRandom, type ResolvedRun } from "../experiment/experiment.ts";
import { distributionFigures, distributionName, watchedFigures } from "../experiment/watching.ts";
import type { RunReader } from "../store/index.ts";
import type { ReportInput } from "./contents.ts";
import { shown } from "./format.ts";
import { listOf, nullable, number, oneOf, optional, record, type Shape, shaped, text } from "./shape.ts";

export interface RunDescription {
  readonly title: string;
  readonly summary: string;
  /** What makes the run again. */
  readonly command: string;
  /** What is counted along a run. */
  readonly steps: string;
  /** What each logged name means. */
  readonly docs: Readonly<Record<string, string>>;
  /** The economy's, of what is watched while learning; the experiment's of the same title take their place. */
  readonly figures: readonly WatchedFigure[];
  /** The experiment's. */
  readonly comparisons: readonly ExperimentFigure[];
  /** The experiment's; none in runs of earlier versions. */
  readonly tables?: readonly ExperimentTable[];
  readonly config: ReportInput["config"];
}

export interface WatchedFigure {
  readonly title: string;
  readonly population: string;
  readonly column: string;
  readonly statistic: "mean" | "median";
  readonly unit: string;
  readonly theory: { readonly label: string; readonly value: number } | null;
  readonly caption: string;
}

export function describeRun(experiment: Experiment, run: ResolvedRun, command: string): RunDescription {
  const { economy, algorithm } = experiment;
  const truth = economy.truth?.(run.params) ?? {};
  const random = playsAtRandom(experiment, run) && !experiment.measureSimulated;
  const figures = unlessUnknown(() => experiment.figures?.(run.params, truth) ?? []);
  const drawn = isUnknown(figures) ? [] : figures;
  const tables = unlessUnknown(() => experiment.tables?.(run.params, truth) ?? []);
  return {
    title: experiment.name,
    summary: experiment.summary + (random ? " Here nobody learns: all decisions are random." : ""),
    command,
    steps: algorithm ? STEPS : WITHOUT_LEARNING,
    docs: docsOf(experiment),
    figures: (algorithm ? watchedFigures(economy) : [])
      .filter(({ title }) => drawn.every((figure) => figure.title !== title))
      .map((figure) => watchedFigure(economy, figure, truth[figure.theory ?? ""])),
    comparisons: [
      ...(algorithm ? [] : distributionFigures(economy)).map((figure) => distributionFigure(economy, run, figure)),
      ...economy.figures
        .flatMap((figure) => ("metric" in figure ? [metricFigure(experiment, run, figure, truth)] : []))
        .filter(({ title }) => drawn.every((figure) => figure.title !== title)),
      ...drawn,
    ],
    ...(!isUnknown(tables) && tables.length > 0 && { tables }),
    config: configRows(experiment, run),
  };
}

export const WITHOUT_LEARNING = "world-periods";
const STEPS = "world-periods of training";

/** What each logged name means. */
function docsOf({ economy, algorithm }: Experiment): Readonly<Record<string, string>> {
  const docs: Record<string, string> = { ...algorithm?.metrics };
  for (const [name, metric] of Object.entries(economy.metrics)) {
    const unit = metric.unit === "1" ? "" : ` (${metric.unit})`;
    docs[`econ/${name}`] = `${metric.doc}${unit}, as played`;
    docs[name] = `${metric.doc}${unit}`;
  }
  return docs;
}

function watchedFigure(
  { populations }: Economy,
  figure: AnyColumnFigure,
  value: TruthValue | undefined,
): WatchedFigure {
  const { title, population, column, statistic = "median", theory, theoryLabel, caption } = figure;
  const { state, actions } = populations[population]!;
  return {
    title,
    population,
    column,
    statistic,
    unit: state[column]?.unit ?? actions[column]?.unit ?? "1",
    theory: typeof value === "number" ? { label: theoryLabel ?? theory!, value } : null,
    caption: withReason(caption, value),
  };
}

/** A caption, and why there is no theory where there is none. */
const withReason = (caption: string, theory: unknown): string =>
  isUnknown(theory) ? `${caption} Theory: ${NO_THEORY}, ${theory.unknown}.`.trim() : caption;

function metricFigure(
  { economy, algorithm }: Experiment,
  { params, numEnvs }: ResolvedRun,
  figure: AnyMetricFigure,
  truth: Truth,
): ExperimentFigure {
  const { title, metric, theory, theoryLabel, path, caption } = figure;
  const { unit } = economy.metrics[metric]!;
  const points = path && !algorithm ? unlessUnknown(() => path(params)) : [];
  const value = truth[theory ?? ""];
  const label = theoryLabel ?? "theory";
  const lines: FigureLine[] = [{ label: metric, training: algorithm ? `econ/${metric}` : metric }];
  if (!isUnknown(points) && points.length > 0)
    lines.push({ label, points: points.map(([period, at]) => [period * numEnvs, at] as const) });
  else if (typeof value === "number") lines.push({ label: path ? `${label}, in the long run` : label, level: value });
  return {
    title,
    xLabel: algorithm ? STEPS : WITHOUT_LEARNING,
    yLabel: unit === "1" ? metric : `${metric}, ${unit}`,
    lines,
    caption: lines.length > 1 ? caption : withReason(caption, isUnknown(points) ? points : value),
  };
}

function distributionFigure(
  { populations }: Economy,
  { params }: ResolvedRun,
  figure: AnyColumnFigure,
): ExperimentFigure {
  const { title, population, column, theoryLabel, caption, law, density } = figure;
  const { state, actions } = populations[population]!;
  const unit = (state[column] ?? actions[column])?.unit ?? "1";
  const points = unlessUnknown(() => (law ?? density)!(params));
  return {
    title,
    xLabel: unit === "1" || unit === column ? column : `${column}, ${unit}`,
    yLabel: law ? `share of ${population}` : `density of ${population}`,
    lines: [
      { label: "simulated", measured: distributionName(figure), as: "bars" },
      ...(isUnknown(points) ? [] : [{ label: theoryLabel ?? (law ? "law" : "density"), points }]),
    ],
    caption: withReason(caption, points),
  };
}

function configRows({ economy, algorithm }: Experiment, run: ResolvedRun): ReportInput["config"] {
  const declared = (path: string) =>
    path.startsWith("config.") ? algorithm?.config[path.split(".").at(-1)!] : economy.params[path];
  return [
    ...Object.entries(run.params),
    ...configPaths(run.config).map(([path, value]) => [`config.${path}`, value] as const),
    ["numEnvs", run.numEnvs] as const,
    ["totalSteps", run.totalSteps] as const,
    ["seed", run.seed] as const,
  ].map(([path, value]) => ({
    path,
    value: typeof value === "number" ? shown(value) : [value].flat().join(", "),
    unit: declared(path)?.unit ?? "",
    symbol: declared(path)?.symbol ?? "",
    doc: declared(path)?.doc ?? "",
  }));
}

/** What a run directory says of itself, from its manifest; where it says nothing, its name. */
export function readDescription({ place, manifest }: Pick<RunReader, "place" | "manifest">): RunDescription {
  const where = `${place}/run.json`;
  if (manifest.about !== undefined)
    return shaped(manifest.about, descriptionShape, `${where}: about`) as RunDescription;
  const summary = "Whoever made this run did not keep what its names mean.";
  return {
    title: shaped(manifest.name, text, `${where}: name`) as string,
    summary,
    command: "",
    steps: WITHOUT_LEARNING,
    docs: {},
    figures: [],
    comparisons: [],
    config: [],
  };
}

/** Claims that were read from a file; none where none were recorded. */
export const readClaims = (value: unknown, where: string): ReportInput["claims"] =>
  (shaped(value, nullable(listOf(claimShape)), where) ?? []) as ReportInput["claims"];

const claimShape: Shape = {
  item: text,
  claim: text,
  theory: nullable(number),
  ours: nullable(number),
  low: nullable(number),
  high: nullable(number),
  unit: text,
  verdict: oneOf("pass", "fail", "not judged"),
  reason: nullable(text),
  note: text,
};

const textOrNumber: Shape = (value, where) => (typeof value === "string" ? value : shaped(value, number, where));
const point: Shape = listOf(nullable(number));
const descriptionShape: Shape = {
  title: text,
  summary: text,
  command: text,
  steps: text,
  docs: record(text),
  figures: listOf({
    title: text,
    population: text,
    column: text,
    statistic: oneOf("mean", "median"),
    unit: text,
    theory: nullable({ label: text, value: number }),
    caption: text,
  }),
  comparisons: listOf({
    title: text,
    xLabel: text,
    yLabel: text,
    band: optional(oneOf("interval", "range")),
    caption: text,
    lines: listOf({
      label: text,
      as: optional(oneOf("line", "steps", "bars", "dots", "reference")),
      training: optional(text),
      measured: optional(text),
      points: optional(listOf(point)),
      level: optional(number),
    }),
  }),
  tables: optional(
    listOf({
      title: text,
      cases: listOf(text),
      columns: listOf({ name: text, unit: text }),
      rows: listOf({ of: listOf(text), cells: listOf(nullable(textOrNumber)) }),
      note: text,
    }),
  ),
  config: listOf({ path: text, value: text, unit: text, symbol: text, doc: text }),
};
