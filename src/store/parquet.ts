// The metrics of a run as one Parquet table, for DuckDB, pandas, Polars and R.
import { ByteWriter, parquetWrite } from "hyparquet-writer";
import type { Json } from "./json.ts";
import type { MetricRow } from "./log.ts";

/**
 * One DOUBLE column per metric in order of first appearance, `step` first; what was not measured is null. `about` becomes the file's key-value metadata,
 * each value as JSON under `walras.<key>`.
 */
export function encodeMetrics(rows: readonly MetricRow[], about: Readonly<Record<string, Json>> = {}): Uint8Array {
  const names = new Set(["step"]);
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  const columnData = [...names].map((name) => ({
    name,
    type: "DOUBLE" as const,
    data: rows.map((row) => (Number.isFinite(row[name]) ? row[name] : null)),
  }));
  const writer = new ByteWriter();
  const kvMetadata = Object.entries(about).map(([key, value]) => ({
    key: `walras.${key}`,
    value: JSON.stringify(value),
  }));
  parquetWrite({ writer, columnData, kvMetadata, createdBy: "walras" });
  return writer.getBytes();
}
