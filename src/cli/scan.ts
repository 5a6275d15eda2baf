import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { scan, scanValues } from "../analysis/index.ts";
import type { Overrides } from "../experiment/experiment.ts";
import { renderScan, type ScanContext, scanColumns, scanDocument, scanFindings, scanRows } from "../report/index.ts";
import { assets } from "../report/write.ts";
import { checkWritable, fileStore } from "../store/files.ts";
import { findEconomy } from "./catalog.ts";
import {
  type CommonOptions,
  collectSettings,
  packageVersion,
  print,
  printJson,
  quoted,
  table,
  whole,
  withSettings,
} from "./common.ts";
import { plain } from "./terminal.ts";

interface ScanVerbOptions extends CommonOptions {
  readonly param: string;
  readonly from: number;
  readonly to: number;
  readonly points: number;
  readonly metric?: string;
  readonly state?: readonly string[];
  readonly decide?: Overrides;
  readonly warmUp: number;
  readonly periods: number;
  readonly last: number;
  readonly exponents: number;
  readonly seed: number;
  readonly set?: Overrides;
  readonly out: string;
}

export const finite = (text: string): number => {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError(`got "${text}", expected a number.`);
  return value;
};

/** Names between commas; repeatable. */
export const names = (text: string, before: readonly string[] = []): readonly string[] => {
  const given = text.split(",").map((name) => name.trim());
  if (given.includes("")) throw new InvalidArgumentError(`got "${text}", expected names between commas.`);
  return [...before, ...given];
};

/** Numbers as numbers, anything else as the name of a column. */
const rulesOf = (given: Overrides): Record<string, number | string> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const text = String(value);
      return [name, text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text];
    }),
  );

export const settingsOf = (set: Overrides = {}): Overrides =>
  Object.fromEntries(Object.entries(set).map(([path, value]) => [path.replace(/^params\./, ""), value]));

export const scanVerb = (): Command =>
  withSettings(new Command("scan"))
    .description(
      "stability along a parameter: equilibria, cycles, Lyapunov exponents, bifurcations; and a report with the diagram",
    )
    .argument("<economy>", "a name from `walras list`, or the path of a module")
    .requiredOption("--param <name>", "the parameter, a number")
    .requiredOption("--from <number>", "its first value", finite)
    .requiredOption("--to <number>", "its last value", finite)
    .option("--points <n>", "values from first to last", whole(2, 10_000), 60)
    .option("--metric <name>", "what the diagram shows; default: the economy's first metric")
    .option(
      "--state <columns>",
      "columns that are the state, such as world.price; default: all that the metric depends on",
      names,
    )
    .option(
      "--decide <action=rule>",
      "what those who decide do: a number, or the column that they follow; repeatable",
      collectSettings,
    )
    .option("--warm-up <n>", "periods before anything is measured", whole(0, 1e9), 500)
    .option("--periods <n>", "periods for Lyapunov exponents", whole(1, 1e9), 1000)
    .option("--last <n>", "last periods that the diagram shows", whole(2, 1e6), 100)
    .option("--exponents <n>", "Lyapunov exponents", whole(0, 100), 1)
    .option("--seed <n>", "seed of all draws", whole(0), 1)
    .option("--out <directory>", "where to write the report, <economy>-<param>.html and .json", "runs/scan")
    .option("--json", "print one JSON document")
    .action(async (name: string, options: ScanVerbOptions) => {
      const { param, from, to, points, metric, state, warmUp, periods, last, exponents, seed, out, json } = options;
      if (out === "") throw new Error("--out: got an empty name, expected a directory.");
      const { economy } = await findEconomy(name);
      const params = settingsOf(options.set);
      if (Object.hasOwn(params, param))
        throw new Error(`${param} is both scanned and set. Leave it out of --param or of --set.`);
      const rules = rulesOf(options.decide ?? {});
      const started = performance.now();
      const values = scanValues(economy, param, from, to, points);
      checkWritable(out);
      const found = scan(economy, {
        param,
        values,
        params,
        rules,
        warmUp,
        periods,
        points: last,
        exponents,
        seed,
        ...(metric !== undefined && { metric }),
        ...(state && { state }),
        tell: (done) => {
          if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${plain(name)}: ${done} of ${values.length} values`);
        },
      });
      if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
      const given = {
        ...params,
        ...Object.fromEntries(Object.entries(rules).map(([action, rule]) => [`${action} =`, rule])),
      };
      const words = ["walras", "scan", name, ...process.argv.slice(process.argv.indexOf(name) + 1)].map(quoted);
      const context: ScanContext = {
        economy,
        command: words.join(" "),
        settings: { ...given, seed, "warm-up": warmUp, periods },
        seconds: (performance.now() - started) / 1000,
        version: packageVersion(),
      };
      const file = `${economy.name}-${param}`;
      const document = scanDocument(found, context);
      const store = fileStore(out);
      store.put(`${file}.html`, new TextEncoder().encode(renderScan(found, context, assets())));
      store.put(`${file}.json`, new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`));
      const report = join(out, `${file}.html`);
      if (json) return printJson({ ...document, report });
      print(table(scanColumns, scanRows(found)));
      print(`\n${scanFindings(found).join("\n")}\n\n${report}`);
    });
