// Where reports go, and where the text of the chart library comes from.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ReportInput, type RunDescription, renderRun } from "../report/index.ts";
import { fileStore } from "../store/files.ts";
import type { Manifest, MetricRow } from "../store/index.ts";

interface Reported {
  readonly directory: string;
  readonly description: RunDescription;
  readonly manifest: Manifest;
  readonly rows: readonly MetricRow[];
  readonly claims: ReportInput["claims"];
}

/** Writes report.html into the run's directory and returns its path. */
export function writeReport({ directory, description, manifest, rows, claims }: Reported): string {
  const { machine, status, error, hash, seconds, version, node, started } = manifest;
  const page = renderRun({
    description,
    status,
    error,
    claims,
    rows,
    summary: (manifest.summary ?? {}) as Readonly<Record<string, number>>,
    facts: [
      { label: "Hash of metrics and final state", value: hash ?? "" },
      { label: "Time", value: seconds === null ? "" : `${seconds.toFixed(1)} s` },
      { label: "Machine", value: `${machine.cpu}, ${machine.cores} cores, ${machine.platform} ${machine.arch}` },
      { label: "Versions", value: `walras ${version}, Node ${node}` },
      { label: "Started", value: started },
    ].filter(({ value }) => value !== ""),
    assets: assets(),
  });
  try {
    fileStore(directory).put("report.html", new TextEncoder().encode(page));
  } catch (error) {
    throw new Error(
      `${(error as Error).message.replace(" Free some space and resume.", "")} The run itself is kept; write its report with: walras report ${directory}`,
    );
  }
  return join(directory, "report.html");
}

/** The text of uPlot. */
export const assets = (): ReportInput["assets"] => ({
  uplotJs: asset("uplot/dist/uPlot.iife.min.js"),
  uplotCss: asset("uplot/dist/uPlot.min.css"),
});

const asset = (name: string): string => readFileSync(fileURLToPath(import.meta.resolve(name)), "utf8");
