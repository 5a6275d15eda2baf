// The metrics of a run as one Parquet table, for DuckDB, pandas, Polars and R.
import { ByteWriter, parquetWrite } from "hyparquet-writer";
import type { MetricRow } from "./run.ts";

/** One DOUBLE column per metric in order of first appearance, `step` first; what was not measured is null. */
export function encodeMetrics(rows: readonly MetricRow[]): Uint8Array {
  const names = new Set(["step"]);
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  const columnData = [...names].map((name) => ({
    name,
    type: "DOUBLE" as const,
    data: rows.map((row) => (Number.isFinite(row[name]) ? row[name] : null)),
  }));
  const writer = new ByteWriter();
  parquetWrite({ writer, columnData, createdBy: "walras" });
  return writer.getBytes();
}
