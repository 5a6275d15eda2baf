// Reading a user's table: comma-separated values as in RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180), with a header. Whatever is wrong
// with a file is said with its line and column.
//
// Not here: guessing. Numbers have a decimal point and no thousands separators, and nothing is filled in or left out.

import { closest } from "../core/errors.ts";

export interface Table {
  /** For messages: usually the file's name. */
  readonly where: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The line of the file on which a row begins, from 1. */
  readonly lines: readonly number[];
  readonly delimiter: string;
}

export interface CsvOptions {
  /** One character; default a comma. */
  readonly delimiter?: string;
}

/** A file's bytes as text: UTF-8, with or without a byte order mark. `firstLine`: of a part, where it begins. */
export function decodeCsv(bytes: Uint8Array, where: string, firstLine = 1): string {
  const begins = `${bytes[0]} ${bytes[1]}`;
  if (begins === "255 254" || begins === "254 255" || bytes.subarray(0, 1000).includes(0))
    throw new Error(`${where} is not UTF-8 but UTF-16 or no text at all. Save it as CSV in UTF-8.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const kept = new TextDecoder().decode(bytes);
    const line = firstLine - 1 + kept.slice(0, kept.indexOf("\uFFFD")).split("\n").length;
    throw new Error(
      `${where}, line ${line}: a character is not UTF-8, as in files of older programs. Save it as CSV in UTF-8.`,
    );
  }
}

/** Every row has as many cells as the header, or the error says which has not. Lines without any text are skipped. */
export function parseCsv(text: string, where: string, options: CsvOptions = {}): Table {
  const { records, lines } = recordsOf(text.replace(/^\uFEFF/, ""), where, options.delimiter ?? ",", 1);
  if (records.length === 0) throw new Error(`${where}: the file is empty, expected a header and rows.`);
  const header = records[0].map((name) => name.trim());
  return tableOf(header, { records: records.slice(1), lines: lines.slice(1) }, where, options, true);
}

/** A part of a file, from its line `line` on, after the part with the header; `last`: the file ends here. */
export function parseCsvPart(
  text: string,
  where: string,
  header: readonly string[],
  { line, last, ...options }: CsvOptions & { readonly line: number; readonly last: boolean },
): Table {
  return tableOf(header, recordsOf(text, where, options.delimiter ?? ",", line), where, options, last);
}

function tableOf(
  header: readonly string[],
  { records: rows, lines }: { readonly records: string[][]; readonly lines: number[] },
  where: string,
  { delimiter = "," }: CsvOptions,
  ends: boolean,
): Table {
  rows.forEach((row, i) => {
    if (row.length === header.length) return;
    const cells = `${row.length} ${row.length === 1 ? "cell" : "cells"}, expected ${header.length} as in the header`;
    const last = ends && i === rows.length - 1;
    throw new Error(
      last && row.length < header.length
        ? `${where}: the last line (${lines[i]}) has ${cells}: the file seems to be cut off.`
        : `${where}, line ${lines[i]}: got ${cells}. A ${nameOf(delimiter)} inside a cell needs quotes around the cell${delimiter === "," && decimalCommas(row) ? ", and decimals need a point" : ""}.`,
    );
  });
  return { where, header, rows, lines, delimiter };
}

/** The column that is asked for; without a name, the only one of the file. */
export function columnOf({ where, header }: Table, column: string | undefined): string {
  if (column !== undefined) return column;
  if (header.length === 1) return header[0];
  throw new Error(`${where} has several columns: ${header.join(", ")}. Choose one with --column.`);
}

/** Where a column stands in the header: there, and once. */
export function columnAt({ where, header, delimiter }: Omit<Table, "rows" | "lines">, column: string): number {
  const at = header.indexOf(column);
  if (at < 0) throw new Error(`${where} has no column "${column}".${hint(header, column, delimiter)}`);
  if (header.indexOf(column, at + 1) >= 0)
    throw new Error(
      `${where} has ${header.filter((name) => name === column).length} columns called "${column}". Rename all but one.`,
    );
  return at;
}

/** A column as numbers; the first cell that is none is named by line and column. */
export function numericColumn(table: Table, column: string): Float64Array {
  const { where, rows, lines } = table;
  const at = columnAt(table, column);
  const bad = (i: number): boolean => {
    const text = rows[i][at].trim();
    return !NUMBER.test(text) || tooLarge(text) || tooSmall(text);
  };
  const first = rows.findIndex((_, i) => bad(i));
  if (first >= 0) {
    const others = rows.filter((_, i) => i > first && bad(i)).length;
    const more = others === 0 ? "" : ` ${others} more ${others === 1 ? "cell is" : "cells are"} no numbers either.`;
    throw new Error(
      `${where}, line ${lines[first]}, column "${column}": ${wrong(rows[first][at])}.${more} Remove or fill such rows first.`,
    );
  }
  return Float64Array.from(rows, (row) => Number(row[at]));
}

/** Enough values to say something, and not all the same. */
export function checkSeries(x: Float64Array, what: string, least: number): void {
  if (x.length < least) throw new Error(`${what} has ${x.length} values, expected at least ${least}.`);
  if (x.every((value) => value === x[0]))
    throw new Error(`${what} is constant: all ${x.length} values are ${x[0]}, so there is nothing to match.`);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DELIMITERS: Readonly<Record<string, string>> = {
  ",": "comma",
  ";": "semicolon",
  "\t": "tab",
  "|": "vertical bar",
};
const nameOf = (delimiter: string): string => DELIMITERS[delimiter] ?? `"${delimiter}"`;

/** Whether two neighbours may be the halves of one number. */
const decimalCommas = (row: readonly string[]): boolean =>
  row.some((cell, i) => /^[+-]?\d+$/.test(cell) && /^\d+$/.test(row[i + 1] ?? ""));

/** Beyond the largest double, 1.8e308. */
const tooLarge = (text: string): boolean => !Number.isFinite(Number(text));
/** Below the least, 4.9e-324, and yet not 0. */
const tooSmall = (text: string): boolean => Number(text) === 0 && /[1-9]/.test(text.replace(/e.*$/i, ""));

const hint = (header: readonly string[], column: string, delimiter: string): string =>
  otherDelimiter(header, delimiter) || `${closest(column, header)} Its columns: ${header.join(", ")}.`;

/** What to do about a header that another character seems to separate; empty where none does. */
export function otherDelimiter(header: readonly string[], delimiter: string): string {
  const [only] = header;
  const other = Object.keys(DELIMITERS).find((d) => d !== delimiter && only.includes(d));
  if (header.length !== 1 || other === undefined) return "";
  return ` Its only column is "${only.replaceAll("\t", "⇥")}", which looks separated by ${nameOf(other)}s rather than ${nameOf(delimiter)}s. Say so with --delimiter ${other === "\t" ? "tab" : `"${other}"`}.`;
}

function wrong(cell: string): string {
  const text = cell.trim();
  if (text === "") return "the cell is blank, expected a number";
  if (/^[+-]?[\d.\s'’]*\d,\d+$/.test(text)) return `got "${text}", expected a number with a decimal point`;
  if (NUMBER.test(text))
    return `got "${text}", which is too ${tooLarge(text) ? "large" : "small"} to be stored, expected a number`;
  return `got "${text}", expected a number`;
}

/** Cells by record, quotes resolved, with the line each record begins on. */
function recordsOf(
  text: string,
  where: string,
  delimiter: string,
  first: number,
): { records: string[][]; lines: number[] } {
  const records: string[][] = [];
  const lines: number[] = [];
  let line = first;
  let at = 0;
  while (at < text.length) {
    const begins = line;
    const cells: string[] = [];
    for (let ended = false; !ended; ) {
      let cell = "";
      if (text[at] === '"') {
        for (at++; ; ) {
          const quote = text.indexOf('"', at);
          if (quote < 0) throw new Error(`${where}, line ${begins}: a quoted cell has no closing quote.`);
          cell += text.slice(at, quote);
          at = quote + 1;
          if (text[at] !== '"') break;
          cell += '"'; // a doubled quote stands for one
          at++;
        }
        line += cell.split("\n").length - 1;
        if (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r")
          throw new Error(
            `${where}, line ${line}: text follows the closing quote of a cell, expected a ${nameOf(delimiter)}.`,
          );
      } else {
        const from = at;
        while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at++;
        cell = text.slice(from, at);
      }
      cells.push(cell);
      if (text[at] === delimiter) at++;
      else {
        if (text[at] === "\r") at++;
        if (text[at] === "\n") at++;
        line++;
        ended = true;
      }
    }
    if (cells.length === 1 && cells[0].trim() === "") continue;
    records.push(cells);
    lines.push(begins);
  }
  return { records, lines };
}
