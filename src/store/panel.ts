// A panel of simulated data as one table: CSV, or Parquet with units in its metadata. Rows arrive in batches and leave in batches, so that a panel may be
// larger than memory.
import { ByteWriter, ParquetWriter } from "hyparquet-writer";

export interface PanelColumn {
  readonly name: string;
  readonly unit: string;
  readonly doc: string;
  /** Counts and codes, within ±2³¹. Default: real numbers. */
  readonly integer?: boolean;
}

export interface PanelWriter {
  /** Adds `count` rows, given by column in the declared order. A number that is not finite is a missing value. */
  rows(count: number, columns: readonly ArrayLike<number>[]): void;
  /** Hands the rest to the sink. */
  finish(): void;
}

export const PANEL_FORMATS = ["csv", "parquet"] as const;
export type PanelFormat = (typeof PANEL_FORMATS)[number];

/** What a panel is of, for its metadata: the run's name and seed, say. */
export type PanelSource = Readonly<Record<string, string | number>>;

/** Rows per group of a Parquet file. */
const GROUP = 65_536;

/** Writes to `sink` piece by piece, in order; the pieces together are the file. */
export function panelWriter(
  format: PanelFormat,
  columns: readonly PanelColumn[],
  source: PanelSource,
  sink: (bytes: Uint8Array) => void,
): PanelWriter {
  return format === "csv" ? csvWriter(columns, sink) : parquetWriter(columns, source, sink);
}

function csvWriter(columns: readonly PanelColumn[], sink: (bytes: Uint8Array) => void): PanelWriter {
  const encoder = new TextEncoder();
  sink(encoder.encode(`${columns.map(({ name }) => quoted(name)).join(",")}\n`));
  return {
    rows(count, values) {
      let text = "";
      for (let i = 0; i < count; i++) {
        for (let c = 0; c < values.length; c++) {
          const value = values[c]![i]!;
          text += `${c > 0 ? "," : ""}${Number.isFinite(value) ? value : ""}`;
        }
        text += "\n";
      }
      sink(encoder.encode(text));
    },
    finish() {},
  };
}

/** RFC 4180. */
const quoted = (name: string): string => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

function parquetWriter(
  columns: readonly PanelColumn[],
  source: PanelSource,
  sink: (bytes: Uint8Array) => void,
): PanelWriter {
  const bytes = new ByteWriter();
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: "root", num_children: columns.length },
      ...columns.map(({ name, integer = false }) => ({
        name,
        type: integer ? ("INT32" as const) : ("DOUBLE" as const),
        repetition_type: "OPTIONAL" as const,
      })),
    ],
    createdBy: "walras",
    kvMetadata: [{ key: "walras", value: JSON.stringify({ ...source, columns }) }],
  });
  const held: (number | null)[][] = columns.map(() => []);
  const drain = (): void => {
    sink(new Uint8Array(bytes.getBuffer()));
    bytes.index = 0; // the offset in the file goes on
  };
  const write = (count: number): void => {
    parquet.write({
      columnData: columns.map(({ name }, c) => ({ name, data: held[c]!.splice(0, count) })),
      rowGroupSize: GROUP,
    });
    drain();
  };
  return {
    rows(count, values) {
      values.forEach((column, c) => {
        for (let i = 0; i < count; i++) held[c]!.push(Number.isFinite(column[i]) ? column[i]! : null);
      });
      while (held[0]!.length >= GROUP) write(GROUP);
    },
    finish() {
      if (held[0]!.length > 0) write(held[0]!.length);
      parquet.finish();
      drain();
    },
  };
}

/** Units and meanings of a CSV file's columns, as CSV on the Web metadata (W3C 2015), which belongs beside it as <file>-metadata.json. */
export function csvMetadata(url: string, columns: readonly PanelColumn[], source: PanelSource): string {
  const document = {
    "@context": "http://www.w3.org/ns/csvw",
    url,
    "dc:source": source,
    tableSchema: {
      columns: columns.map(({ name, unit, doc, integer = false }) => ({
        name,
        titles: name,
        datatype: integer ? "integer" : "double",
        "dc:description": doc,
        "schema:unitText": unit,
      })),
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
