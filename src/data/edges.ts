// Reading a network: a table of edges, one a row, as CSV or Parquet, in two columns of node numbers and, where asked for, one of weights.
//
// CSV of plain numbers is read byte by byte, a hundred million bytes in seconds; whatever else stands in it goes through the strict reader of csv.ts,
// part by part, and so do all errors.
//
// N nodes, L links

import { type FileMetaData, parquetMetadata, parquetRead } from "hyparquet";
import { byGroup } from "../math/grid.ts";
import { columnAt, decodeCsv, numericColumn, parseCsv, parseCsvPart, type Table } from "./csv.ts";

/** Links sorted by source, those of one source in the file's order: as a `wire` phase that makes no others keeps them. */
export interface EdgeList {
  /** N. */
  readonly nodes: number;
  /** [L] */
  readonly source: Int32Array;
  /** [L] */
  readonly target: Int32Array;
  /** [L], of at least 0; null where no column was asked for. */
  readonly weight: Float64Array | null;
}

export interface EdgeOptions {
  /** Nodes are numbered 0 … N − 1. Default: up to the largest in the file. */
  readonly nodes?: number;
  /** Columns of the ends. Default "source" and "target". */
  readonly source?: string;
  readonly target?: string;
  /** The column of weights. Default: none. */
  readonly weight?: string;
  /** Every row ties both ends to each other, and so no pair may come twice in either order. Default false. */
  readonly mutual?: boolean;
  /** What separates the cells of a CSV file. Default a comma. */
  readonly delimiter?: string;
}

/** Rows as they stand in the file. */
interface Rows {
  readonly count: number;
  readonly source: Float64Array | Int32Array;
  readonly target: Float64Array | Int32Array;
  readonly weight: Float64Array | null;
  /** Where row l stands: "line 7". */
  place(l: number): string;
}

const MOST = 0x7fffffff;

/** A table of edges from the bytes of a CSV or a Parquet file, whichever they are. `where` begins errors: usually the file's name. */
export async function parseEdges(bytes: Uint8Array, where: string, options: EdgeOptions = {}): Promise<EdgeList> {
  return edgeList(
    isParquet(bytes) ? await parquetRows(bytes, where, options) : csvRows(bytes, where, options),
    where,
    options,
  );
}

/** Names of the columns of a CSV or a Parquet file, in their order. */
export function edgeColumns(bytes: Uint8Array, where: string): readonly string[] {
  if (isParquet(bytes)) return parquetFile(bytes, where).header;
  return parseCsv(decodeCsv(bytes.subarray(0, lineEnd(bytes, 0, bytes.includes(QUOTE), 0)), where), where).header;
}

const isParquet = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && String.fromCharCode(...bytes.subarray(0, 4)) === "PAR1";

function edgeList(rows: Rows, where: string, options: EdgeOptions): EdgeList {
  const { source: from = "source", target: to = "target", weight: by, mutual = false } = options;
  const { count, source, target, weight, place } = rows;
  let largest = -1;
  for (let l = 0; l < count; l++) largest = Math.max(largest, source[l]!, target[l]!);
  const { nodes = largest + 1 } = options;
  if (!(Number.isInteger(nodes) && nodes >= 0 && nodes <= MOST))
    throw new Error(`${where}: nodes is ${nodes}, expected a whole number from 0 to ${MOST}.`);
  for (let l = 0; l < count; l++) {
    for (const [column, end] of [[from, source[l]!], [to, target[l]!]] as const) // biome-ignore format: two ends
      if (!(Number.isInteger(end) && end >= 0 && end < nodes))
        throw new Error(
          `${where}, ${place(l)}, column "${column}": got node ${end}, expected a whole number from 0 to ${nodes - 1}. Number the nodes so, or set how many there are.`,
        );
    if (source[l] === target[l])
      throw new Error(`${where}, ${place(l)}: node ${source[l]} is linked to itself. Remove such rows first.`);
    if (weight && !(weight[l]! >= 0 && weight[l]! < Infinity))
      throw new Error(
        `${where}, ${place(l)}, column "${by}": got the weight ${weight[l]}, expected a number of at least 0. Remove or fill such rows first.`,
      );
  }
  refuseTwice(rows, nodes, mutual, where);
  const L = mutual ? 2 * count : count;
  const start = new Int32Array(nodes + 1);
  const degree = (i: number): void => {
    start[i + 1] = start[i + 1]! + 1;
  };
  for (let l = 0; l < count; l++) {
    degree(source[l]!);
    if (mutual) degree(target[l]!);
  }
  for (let i = 0; i < nodes; i++) start[i + 1] = start[i + 1]! + start[i]!;
  const list = {
    nodes,
    source: new Int32Array(L),
    target: new Int32Array(L),
    weight: weight ? new Float64Array(L) : null,
  };
  const put = (i: number, j: number, l: number): void => {
    const at = start[i]!;
    start[i] = at + 1;
    list.source[at] = i;
    list.target[at] = j;
    if (weight) list.weight![at] = weight[l]!;
  };
  for (let l = 0; l < count; l++) {
    put(source[l]!, target[l]!, l);
    if (mutual) put(target[l]!, source[l]!, l);
  }
  return list;
}

/** No link may come twice: rows are looked through by source, with a mark at each target. */
function refuseTwice({ count, source, target, place }: Rows, nodes: number, mutual: boolean, where: string): void {
  const turned = (l: number): boolean => mutual && source[l]! > target[l]!;
  const group = new Int32Array(count);
  for (let l = 0; l < count; l++) group[l] = turned(l) ? target[l]! : source[l]!;
  const { start, points } = byGroup(group, nodes);
  const mark = new Int32Array(nodes); // 1 + the last row that led there
  let [first, again] = [-1, count];
  for (let i = 0; i < nodes; i++)
    for (let at = start[i]!; at < start[i + 1]!; at++) {
      const l = points[at]!;
      const j = turned(l) ? source[l]! : target[l]!;
      const before = mark[j]! - 1;
      if (before >= 0 && group[before] === i && l < again) [first, again] = [before, l];
      mark[j] = l + 1;
    }
  if (again === count) return;
  const ends = `${source[again]} ${mutual ? "and" : "to"} ${target[again]}`;
  throw new Error(
    `${where}, ${place(again)}: nodes ${ends} are linked again, as on ${place(first)}. Keep one of these rows.`,
  );
}

/** Bytes that are decoded at once by the strict reader. */
const PART = 1 << 22;
const [QUOTE, NEWLINE, RETURN, POINT, ZERO] = [34, 10, 13, 46, 48];

function csvRows(bytes: Uint8Array, where: string, options: EdgeOptions): Rows {
  const { delimiter = ",", source: from = "source", target: to = "target", weight: by } = options;
  const quoted = bytes.includes(QUOTE);
  const end = lineEnd(bytes, 0, quoted, 0);
  // The strict reader refuses bytes that are no text, an empty file, an unclosed quote.
  const { header } = parseCsv(decodeCsv(bytes.subarray(0, end), where), where, { delimiter });
  const names = by === undefined ? [from, to] : [from, to, by];
  const at = names.map((name) => columnAt({ where, header, delimiter }, name));
  let room = 1024;
  let columns = names.map(() => new Float64Array(room));
  let lines = new Int32Array(room);
  let count = 0;
  const push = (values: ArrayLike<number>, line: number): void => {
    if (count === room) {
      room *= 2;
      columns = columns.map((column) => longer(column, new Float64Array(room)));
      lines = longer(lines, new Int32Array(room));
    }
    for (let c = 0; c < columns.length; c++) columns[c]![count] = values[c]!;
    lines[count++] = line;
  };
  let line = 1 + newlines(bytes, 0, end);
  for (let begin = end; begin < bytes.length; ) {
    const next = lineEnd(bytes, begin, quoted, PART);
    const before = count;
    const plain = quoted ? null : plainLines(bytes, begin, next, delimiter, header.length, at, line, push);
    if (plain === null) {
      count = before;
      const text = decodeCsv(bytes.subarray(begin, next), where, line);
      const last = next === bytes.length;
      const table: Table = parseCsvPart(text, where, header, { delimiter, line, last });
      const cells = names.map((name) => numericColumn(table, name));
      table.lines.forEach((row, i) => {
        push(
          cells.map((cell) => cell[i]!),
          row,
        );
      });
    }
    line = plain ?? line + newlines(bytes, begin, next);
    begin = next;
  }
  const [source, target, weight = null] = columns as [Float64Array, Float64Array, Float64Array?];
  return { count, source, target, weight, place: (l) => `line ${lines[l]}` };
}

function longer<A extends Int32Array | Float64Array>(values: A, into: A): A {
  into.set(values);
  return into;
}

/** One past the first end of a line at least `least` bytes after `from`; newlines between quotes are none. */
function lineEnd(bytes: Uint8Array, from: number, quoted: boolean, least: number): number {
  if (!quoted) {
    const found = bytes.indexOf(NEWLINE, Math.min(bytes.length, from + least));
    return found < 0 ? bytes.length : found + 1;
  }
  let inside = false;
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) inside = !inside;
    else if (bytes[at] === NEWLINE && !inside && at >= from + least) return at + 1;
  }
  return bytes.length;
}

function newlines(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (bytes[at] === NEWLINE) count++;
  return count;
}

/**
 * Lines of unquoted digits with at most one decimal point and 15 digits, which are read exactly; the number of the line after them, or null
 * where anything else is found.
 */
function plainLines(
  bytes: Uint8Array,
  from: number,
  to: number,
  delimiter: string,
  width: number,
  columns: readonly number[],
  line: number,
  push: (values: ArrayLike<number>, line: number) => void,
): number | null {
  const separator = delimiter.charCodeAt(0);
  const cells = new Float64Array(width);
  const values = new Float64Array(columns.length);
  let number = line;
  for (let at = from; at < to; number++) {
    for (let c = 0; c < width; c++) {
      let [value, digits, decimals, point] = [0, 0, 0, false];
      for (; at < to; at++) {
        const digit = bytes[at]! - ZERO;
        if (digit >= 0 && digit <= 9) {
          value = 10 * value + digit;
          digits++;
          if (point) decimals++;
        } else if (bytes[at] === POINT && !point) point = true;
        else break;
      }
      if (digits === 0 || digits > 15) return null;
      cells[c] = value / TENS[decimals]!; // both exact: rounded once
      if (c === width - 1) break;
      if (bytes[at] !== separator || at >= to) return null;
      at++;
    }
    if (at < to && bytes[at] === RETURN) at++;
    if (at < to && bytes[at++] !== NEWLINE) return null;
    for (let k = 0; k < columns.length; k++) values[k] = cells[columns[k]!]!;
    push(values, number);
  }
  return number;
}
const TENS = Float64Array.from({ length: 16 }, (_, k) => Number(`1e${k}`));

function parquetFile(bytes: Uint8Array, where: string) {
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(-4)) !== "PAR1")
    throw new Error(`${where} begins as Parquet and does not end so: the file seems to be cut off. Copy it again.`);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  let metadata: FileMetaData;
  try {
    metadata = parquetMetadata(buffer);
  } catch (error) {
    throw new Error(`${where} is no Parquet file that can be read: ${messageOf(error)}. Write it again.`);
  }
  return { buffer, metadata, header: metadata.schema.slice(1).map(({ name }) => name) };
}

async function parquetRows(bytes: Uint8Array, where: string, options: EdgeOptions): Promise<Rows> {
  const { source: from = "source", target: to = "target", weight: by } = options;
  const { buffer, metadata, header } = parquetFile(bytes, where);
  const names = by === undefined ? [from, to] : [from, to, by];
  for (const name of names) columnAt({ where, header, delimiter: "," }, name);
  const count = Number(metadata.num_rows);
  if (count > MOST) throw new Error(`${where} has ${count} rows, expected at most ${MOST}.`);
  const columns = new Map(names.map((name) => [name, new Float64Array(count)]));
  let problem = "";
  try {
    await parquetRead({
      file: buffer,
      metadata,
      columns: names,
      onChunk({ columnName, columnData, rowStart }) {
        const column = columns.get(columnName)!;
        for (let i = 0; i < columnData.length; i++) {
          const value: unknown = columnData[i];
          if (typeof value === "number" || typeof value === "bigint") column[rowStart + i] = Number(value);
          else
            problem ||= `${where}, row ${rowStart + i + 1}, column "${columnName}": got ${value === null ? "nothing" : `"${value}"`}, expected a number. Remove or fill such rows first.`;
        }
      },
    });
  } catch (error) {
    throw new Error(
      `${where}: its columns cannot be read: ${messageOf(error)}. Write it again, uncompressed or with Snappy.`,
    );
  }
  if (problem !== "") throw new Error(problem);
  const [source, target, weight = null] = names.map((name) => columns.get(name)!) as [
    Float64Array,
    Float64Array,
    Float64Array?,
  ];
  return { count, source, target, weight, place: (l) => `row ${l + 1}` };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
