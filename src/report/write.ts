// A run's report.html, written into its directory, and where the text of the chart library comes from. For Node.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileStore } from "../store/files.ts";
import { openRun } from "../store/index.ts";
import { readClaims, readDescription } from "./description.ts";
import { type ReportInput, renderRun } from "./index.ts";

/**
 * Writes `report.html` into a run's directory from what is recorded there, and returns its path. Executes no code of the run's. Throws where there is no run, where its
 * record cannot be read, and where the page cannot be written; the run is kept then.
 */
export function writeReport(directory: string): string {
  const store = fileStore(directory);
  const run = openRun(store);
  const { machine, status, error, hash, seconds, version, node, started, summary, claims } = run.manifest;
  const page = renderRun({
    description: readDescription(run),
    status,
    error,
    claims: readClaims(claims, `${directory}/run.json: claims`),
    rows: run.rows(),
    summary: (summary ?? {}) as Readonly<Record<string, number>>,
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
    store.put("report.html", new TextEncoder().encode(page));
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
