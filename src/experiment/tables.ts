// Tables over seeds: each cell's mean, and its interval.
import { meanInterval } from "../math/index.ts";
import type { ExperimentTable } from "./declared.ts";

export interface FilledTable extends Omit<ExperimentTable, "rows"> {
  readonly rows: readonly { readonly of: readonly string[]; readonly cells: readonly Cell[] }[];
}

/** The bounds are null for one seed and for a given number; `mean` is null where a cell is empty. */
export interface Cell {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export function tableOverSeeds(
  table: ExperimentTable,
  summaries: readonly Readonly<Record<string, number>>[],
): FilledTable {
  const cellOf = (cell: string | number | null): Cell => {
    if (typeof cell !== "string") return { mean: cell, low: null, high: null };
    const values = summaries.map((summary) => {
      const value = summary[cell];
      if (value === undefined)
        throw new Error(`Table "${table.title}" needs the measure "${cell}", which the run does not have.`);
      return value;
    });
    if (values.length === 1) return { mean: values[0]!, low: null, high: null };
    const { mean, low, high } = meanInterval(values);
    return { mean, low, high };
  };
  return { ...table, rows: table.rows.map(({ of, cells }) => ({ of, cells: cells.map(cellOf) })) };
}

/** Heads of the columns, with units, and each row's texts. */
export function tableInWords(
  { cases, columns, rows }: FilledTable,
  shown: (x: number | null) => string,
): { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const inWords = ({ mean, low, high }: Cell): string => {
    const [centre, ...ends] = [mean, low, high].map(shown);
    const width = low === null || high === null ? 0 : new Set([centre, ...ends]).size - 1;
    return width === 0 ? centre! : `${centre} [${ends.join(", ")}]`;
  };
  return {
    head: [...cases, ...columns.map(({ name, unit }) => (unit === "1" ? name : `${name}, ${unit}`))],
    rows: rows.map(({ of, cells }) => [...of, ...cells.map(inWords)]),
  };
}
