// From a run to its report: claims held against theory, figures over training, the configuration, the command.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { configPaths } from "../algorithms/algorithm.ts";
import { type AnyFigure, isUnknown, NO_THEORY, type TruthValue } from "../economy/index.ts";
import type { RunResult } from "../engine/run.ts";
import { claimsOf, unlessUnknown } from "../experiment/claims.ts";
import type { Experiment, ResolvedRun } from "../experiment/experiment.ts";
import { lineOverSeeds, type SeedResult } from "../experiment/figures.ts";
import { centreOf, WATCHED, watchName } from "../experiment/watching.ts";
import { type ReportInput, renderReport } from "../report/index.ts";
import { fileStore } from "../store/files.ts";
import type { Manifest } from "../store/index.ts";
import { shown } from "./common.ts";

interface Reported {
  readonly experiment: Experiment;
  readonly run: ResolvedRun;
  readonly directory: string;
  readonly command: string;
  readonly result: Pick<RunResult, "rows" | "summary" | "hash" | "seconds"> & Pick<ReportInput, "status" | "error">;
  readonly manifest: Manifest;
}

/** Writes report.html into the run's directory and returns its path. */
export function writeReport(reported: Reported): string {
  const page = new TextEncoder().encode(renderReport(reportInput(reported)));
  try {
    fileStore(reported.directory).put("report.html", page);
  } catch (error) {
    throw new Error(
      `${(error as Error).message.replace(" Free some space and resume.", "")} The run itself is kept; write its report with: walras report ${reported.directory}`,
    );
  }
  return join(reported.directory, "report.html");
}

function reportInput({ experiment, run, command, result, manifest }: Reported): ReportInput {
  const { economy } = experiment;
  const truth = economy.truth?.(run.params) ?? {};
  const { rows } = result;
  const xLabel = run.algorithm ? STEPS : "world-periods";
  const x = rows.map((row) => row.step);
  const series = (name: string): number[] => rows.map((row) => row[name] ?? Number.NaN);
  const centre = (figure: AnyFigure): number[] => rows.map((row) => centreOf(figure, row) ?? Number.NaN);
  const agents = (name: string): string[] =>
    Array.from({ length: WATCHED }, (_, k) => `${name}/${k}`).filter((key) => rows.some((row) => key in row));
  const docs = docsOf(experiment);
  const curves = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    .filter((name) => name !== "step" && !name.startsWith("watch/"))
    .map((name) => ({ name, doc: docs[name] ?? "", x, y: series(name), xLabel }));
  const { machine } = manifest;
  return {
    title: experiment.name,
    description: experiment.summary,
    command,
    status: result.status,
    error: result.error,
    claims: claimsOf(experiment, run, [result.summary]),
    figures: economy.figures
      .map((figure) => ({ ...figure, name: watchName(figure), centre: centre(figure) }))
      .filter(({ centre }) => centre.some((value) => Number.isFinite(value)))
      .map(({ name, centre, title, population, column, theory, theoryLabel, caption }) => ({
        id: name,
        title,
        unit:
          economy.populations[population]!.state[column]?.unit ??
          economy.populations[population]!.actions[column]?.unit ??
          "1",
        xLabel,
        x,
        agents: agents(name).map(series),
        low: series(`${name}/p05`),
        median: centre,
        high: series(`${name}/p95`),
        ...theoryOf(theory === undefined ? undefined : truth[theory], theoryLabel ?? theory ?? "", caption),
      })),
    curves,
    config: configRows(experiment, run),
    facts: [
      { label: "Seed", value: String(run.seed) },
      { label: "Hash of metrics and final state", value: result.hash },
      { label: "Time", value: `${result.seconds.toFixed(1)} s` },
      { label: "Machine", value: `${machine.cpu}, ${machine.cores} cores, ${machine.platform} ${machine.arch}` },
      { label: "Versions", value: `walras ${manifest.version}, Node ${manifest.node}` },
      { label: "Started", value: manifest.started },
    ],
    assets: assets(),
  };
}

/** A figure's dashed line, or in its caption why there is none. */
function theoryOf(value: TruthValue | undefined, label: string, caption: string) {
  if (isUnknown(value)) return { theory: null, caption: `${caption} Theory: ${NO_THEORY}, ${value.unknown}.`.trim() };
  return { theory: typeof value === "number" ? { label, value } : null, caption };
}

interface SeedsReported {
  readonly experiment: Experiment;
  readonly run: ResolvedRun;
  readonly command: string;
  readonly facts: ReportInput["facts"];
  readonly rows: ReportInput["claims"];
  readonly results: readonly SeedResult[];
}

/** The page of an experiment over seeds: claims, the experiment's own figures, what was logged while training. */
export function seedsReport({ experiment, run, command, facts, rows, results }: SeedsReported): string {
  const { economy } = experiment;
  const truth = economy.truth?.(run.params) ?? {};
  const docs = docsOf(experiment);
  const logged = [...new Set(results.flatMap(({ rows }) => rows.flatMap((row) => Object.keys(row))))].filter(
    (name) => name !== "step" && !name.startsWith("watch/"),
  );
  const curves = logged.map((name) => {
    const { x, y, low, high } = lineOverSeeds({ label: name, training: name }, results, "range");
    const doc = docs[name] ? `${docs[name]}. ` : "";
    return { name, doc: `${doc}Mean over seeds; band: least to most.`, x, y, low, high, xLabel: STEPS };
  });
  const drawn = unlessUnknown(() => experiment.figures?.(run.params, truth) ?? []);
  const figures = isUnknown(drawn) ? [] : drawn;
  return renderReport({
    title: experiment.name,
    description: experiment.summary,
    command,
    status: "complete",
    claims: rows,
    figures: [],
    comparisons: figures.map(({ lines, band = "interval", ...figure }) => ({
      ...figure,
      lines: lines.map((line) => lineOverSeeds(line, results, band)),
    })),
    curves,
    config: configRows(experiment, run),
    facts,
    assets: assets(),
  });
}

const STEPS = "world-periods of training";

/** What each logged name means. */
function docsOf({ economy, algorithm }: Experiment): Readonly<Record<string, string>> {
  const docs: Record<string, string> = { ...algorithm?.metrics };
  for (const [name, metric] of Object.entries(economy.metrics)) {
    docs[`econ/${name}`] = `${metric.doc} (${metric.unit}), as played`;
    docs[name] = `${metric.doc} (${metric.unit})`;
  }
  return docs;
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

const assets = (): ReportInput["assets"] => ({
  uplotJs: asset("uplot/dist/uPlot.iife.min.js"),
  uplotCss: asset("uplot/dist/uPlot.min.css"),
});

const asset = (name: string): string => readFileSync(fileURLToPath(import.meta.resolve(name)), "utf8");
