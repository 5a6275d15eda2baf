// log.ndjson: one row of metrics per line. Its seal, in checkpoints and in the manifest of a run that has ended, says whether it is still as it was written.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Store } from "./store.ts";

export const LOG = "log.ndjson";

/** NaN, an infinity or an absent key: not measured at this step. */
export interface MetricRow {
  readonly step: number;
  readonly [name: string]: number;
}

/** A log, or its beginning, as it was at some moment. */
export interface LogSeal {
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of these bytes. */
  readonly sha256: string;
}

/** The seal of a log that grows. */
export interface RollingSeal {
  /** A line with its end. */
  add(line: Uint8Array): void;
  seal(): LogSeal;
}

/** `bytes`: whole lines that are there already. */
export function rollingSeal(bytes: Uint8Array = new Uint8Array(0)): RollingSeal {
  const hash = sha256.create().update(bytes);
  let [rows, length] = [0, bytes.length];
  for (const byte of bytes) if (byte === 10) rows++;
  return {
    add(line) {
      hash.update(line);
      rows++;
      length += line.length;
    },
    seal: () => ({ rows, bytes: length, sha256: bytesToHex(hash.clone().digest()) }),
  };
}

/** What is wrong with a log that was sealed, or null if it still begins as it was then. */
export function brokenSeal(log: Uint8Array, { rows, bytes, sha256 }: LogSeal): string | null {
  if (log.length < bytes) return `has ${log.length} bytes, the first ${rows} rows had ${bytes}`;
  const now = rollingSeal(log.subarray(0, bytes)).seal();
  return now.sha256 === sha256 && now.rows === rows ? null : `no longer begins with the ${rows} rows that it had`;
}

/** The sentence about the first damaged row after a seal, or null. */
export function damageAfter(log: Uint8Array, { rows, bytes }: LogSeal, where: string): string | null {
  try {
    parseLog(log.subarray(bytes), where, rows);
    return null;
  } catch (error) {
    return (error as Error).message.replace(/ Restore it, or rerun\.$/, " It is cut off.");
  }
}

/** Rows of a log; `where` names it in errors, `before` counts the rows before these. A torn last line is ignored. */
export function parseLog(bytes: Uint8Array, where: string, before = 0): MetricRow[] {
  const decoder = new TextDecoder();
  const rows: MetricRow[] = [];
  let begin = 0;
  for (let end = bytes.indexOf(10) + 1; end > 0; end = bytes.indexOf(10, begin) + 1) {
    rows.push(parseRow(decoder.decode(bytes.subarray(begin, end)), `${where}:${before + rows.length + 1}`));
    begin = end;
  }
  return rows;
}

export const readLog = (store: Store): Uint8Array => store.get(LOG) ?? new Uint8Array(0);

function parseRow(line: string, where: string): MetricRow {
  let row: { [name: string]: unknown };
  try {
    row = JSON.parse(line);
  } catch {
    throw new Error(
      `${where} is not a row of JSON: ${JSON.stringify(line.trim().slice(0, 60))}. Restore it, or rerun.`,
    );
  }
  if (typeof row?.["step"] !== "number") {
    throw new Error(`${where} has no "step": ${JSON.stringify(line.trim().slice(0, 60))}. Restore it, or rerun.`);
  }
  for (const [name, value] of Object.entries(row)) {
    if (value === null) row[name] = Number.NaN;
    else if (typeof value !== "number")
      throw new Error(`${where}: ${JSON.stringify(name).slice(0, 60)} is no number. Restore it, or rerun.`);
  }
  return row as MetricRow;
}
