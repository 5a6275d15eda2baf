// Makes economies/parts/us-wealth.ts from household records of the Survey of Consumer Finances:
//
//   node scripts/us-wealth.js us_scf_2022.csv
//
// The file has columns WGT and NETWORTH: the summary extract of the 2022 survey, https://www.federalreserve.gov/econres/scfindex.htm.
// Records are sorted by net worth and cut into BINS of equal weight; a record that straddles a cut is divided. A bin is worth
// its mean over the mean of all, so that the bins have mean 1 and the survey's inequality between them.
import { readFileSync, writeFileSync } from "node:fs";

const BINS = 500;

const [path] = process.argv.slice(2);
if (path === undefined)
  throw new Error("us-wealth: got no file, expected the path of a CSV with columns WGT and NETWORTH.");
const [header, ...lines] = readFileSync(path, "utf8").trim().split(/\r?\n/);
const names = header.split(",");
const [weightAt, worthAt] = ["WGT", "NETWORTH"].map((name) => names.indexOf(name));
if (weightAt < 0 || worthAt < 0)
  throw new Error(`us-wealth: got columns ${header}, expected WGT and NETWORTH among them.`);
const records = lines
  .map((line) => line.split(","))
  .map((cells) => ({ weight: Number(cells[weightAt]), worth: Number(cells[worthAt]) }))
  .sort((a, b) => a.worth - b.worth);

const total = records.reduce((sum, { weight }) => sum + weight, 0);
const mean = records.reduce((sum, { weight, worth }) => sum + weight * worth, 0) / total;
const bins = new Float64Array(BINS);
let at = 0; // weight so far, in bins
for (const { weight, worth } of records) {
  const end = Math.min(BINS, at + (weight / total) * BINS);
  for (let k = Math.floor(at); k < Math.min(BINS, Math.ceil(end)); k++)
    bins[k] += (worth / mean) * (Math.min(end, k + 1) - Math.max(at, k));
  at = end;
}
const negative = records.reduce((sum, { weight, worth }) => sum + (worth < 0 ? weight : 0), 0) / total;
const digits = [...bins].map((x) => String(Number(x.toPrecision(4))));

writeFileSync(
  new URL("../economies/parts/us-wealth.ts", import.meta.url),
  `// Net worth of US households in 2022, as multiples of its mean: means of ${BINS} bins of equal weight, from poorest to richest.
// Survey of Consumer Finances 2022, summary extract, Board of Governors of the Federal Reserve System (public domain); ${records.length.toLocaleString("en-US")} records
// with weights; mean net worth $${Math.round(mean).toLocaleString("en-US")}; ${(100 * negative).toFixed(1)} % of households owe more than they own. Made by scripts/us-wealth.js.

// biome-ignore format: a table
export const US_NET_WORTH: readonly number[] = [
${Array.from({ length: BINS / 10 }, (_, r) => `  ${digits.slice(10 * r, 10 * r + 10).join(", ")},`).join("\n")}
];
`,
);
