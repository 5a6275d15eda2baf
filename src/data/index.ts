// Tables from outside.
export { type CsvOptions, checkSeries, numericColumn, parseCsv, type Table } from "./csv.ts";
