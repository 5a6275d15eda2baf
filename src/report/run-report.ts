// Reports of one run, and of an experiment over seeds, from what was described and what was measured. No code of the experiment is needed.
import type { ExperimentFigure } from "../experiment/declared.ts";
import { lineOverSeeds, type SeedResult } from "../experiment/figures.ts";
import { tableInWords, tableOverSeeds } from "../experiment/tables.ts";
import { centreOf, WATCHED, watchName } from "../experiment/watching.ts";
import type { ReportComparison, ReportFigure, ReportInput, ReportTable } from "./contents.ts";
import { curvesOf } from "./curves.ts";
import { type RunDescription, type WatchedFigure, WITHOUT_LEARNING } from "./description.ts";
import { formatNumber } from "./format.ts";
import { renderReport } from "./report.ts";

export interface RunReport {
  readonly description: RunDescription;
  readonly status: ReportInput["status"];
  readonly error: string | null;
  readonly claims: ReportInput["claims"];
  readonly rows: SeedResult["rows"];
  readonly summary: SeedResult["summary"];
  readonly facts: ReportInput["facts"];
  readonly assets: ReportInput["assets"];
}

export function renderRun({ description, rows, summary, error, ...rest }: RunReport): string {
  const { title, summary: said, command, figures, config } = description;
  const seeds = [{ rows, summary }];
  return renderReport({
    title,
    description: said,
    command,
    error: error ?? undefined,
    figures: figures.map((figure) => watchedFigure(figure, rows, description.steps)),
    comparisons: comparisonsOf(description.comparisons, seeds),
    tables: tablesOf(description, seeds),
    curves: curvesOf(description, seeds),
    ...(description.steps === WITHOUT_LEARNING && { curvesTitle: "Over time" }),
    config,
    ...rest,
  });
}

export interface SeedsReport {
  readonly description: RunDescription;
  readonly claims: ReportInput["claims"];
  readonly results: readonly SeedResult[];
  readonly facts: ReportInput["facts"];
  readonly assets: ReportInput["assets"];
}

/** The page of an experiment over seeds: claims, the experiment's own figures, what was logged while training. */
export function renderSeeds({ description, results, ...rest }: SeedsReport): string {
  const { title, summary, command, config } = description;
  return renderReport({
    title,
    description: summary,
    command,
    status: "complete",
    figures: [],
    comparisons: comparisonsOf(description.comparisons, results),
    tables: tablesOf(description, results),
    curves: curvesOf(description, results),
    ...(description.steps === WITHOUT_LEARNING && { curvesTitle: "Over time" }),
    config: config.filter(({ path }) => path !== "seed"),
    ...rest,
  });
}

function comparisonsOf(figures: readonly ExperimentFigure[], seeds: readonly SeedResult[]): ReportComparison[] {
  return figures.map(({ lines, band = "interval", ...figure }) => ({
    ...figure,
    band: band === "range" ? "least to most over seeds" : "95 % interval over seeds",
    lines: lines.map((line) => lineOverSeeds(line, seeds, band)),
  }));
}

/** None of a run that has no summary yet. */
function tablesOf({ tables = [] }: RunDescription, seeds: readonly SeedResult[]): ReportTable[] {
  const summaries = seeds.map(({ summary }) => summary).filter((summary) => Object.keys(summary).length > 0);
  if (summaries.length === 0) return [];
  return tables.map((table) => {
    const { head, rows } = tableInWords(tableOverSeeds(table, summaries), (x) =>
      formatNumber(x === null ? null : Number(x.toPrecision(3))),
    );
    const columns = head.map((name, k) => ({ name, number: k >= table.cases.length }));
    const note = `${table.note}${summaries.length > 1 ? " Means over seeds; in brackets their 95 % intervals." : ""}`;
    return { title: table.title, columns, rows, note };
  });
}

function watchedFigure(figure: WatchedFigure, rows: RunReport["rows"], steps: string): ReportFigure {
  const { title, unit, statistic, theory, caption } = figure;
  const name = watchName(figure);
  const series = (key: string): number[] => rows.map((row) => row[key] ?? Number.NaN);
  const agents = Array.from({ length: WATCHED }, (_, k) => `${name}/${k}`).filter((key) =>
    rows.some((row) => key in row),
  );
  const everyone = agents.length < WATCHED;
  return {
    title,
    unit,
    xLabel: steps,
    x: series("step"),
    span: [0, rows.at(-1)?.["step"] ?? 0],
    agents: agents.length === 1 ? [] : agents.map(series),
    everyone,
    centre: rows.map((row) => centreOf(figure, row) ?? Number.NaN),
    statistic: agents.length === 1 ? "value" : statistic,
    low: everyone ? [] : series(`${name}/p05`),
    high: everyone ? [] : series(`${name}/p95`),
    theory,
    caption,
  };
}
