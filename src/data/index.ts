// Tables from outside.
export { type CsvOptions, checkSeries, decodeCsv, numericColumn, parseCsv, type Table } from "./csv.ts";
