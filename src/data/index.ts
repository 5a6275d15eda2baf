// Tables from outside.
export {
  type CsvOptions,
  checkSeries,
  columnOf,
  decodeCsv,
  numericColumn,
  otherDelimiter,
  parseCsv,
  type Table,
} from "./csv.ts";
export { type EdgeList, type EdgeOptions, parseEdges } from "./edges.ts";
