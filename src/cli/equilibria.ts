import { Command, InvalidArgumentError } from "commander";
import { endsOfEconomy } from "../analysis/index.ts";
import type { Overrides } from "../experiment/experiment.ts";
import { shown } from "../report/index.ts";
import { findEconomy } from "./catalog.ts";
import { type CommonOptions, print, printJson, table, whole, withSettings } from "./common.ts";
import { finite, names, settingsOf } from "./scan.ts";

interface EquilibriaOptions extends CommonOptions {
  readonly metrics: readonly string[];
  readonly start?: readonly (readonly [string, readonly string[]])[];
  readonly periods: number;
  readonly last?: number;
  readonly threshold: number;
  readonly scale?: readonly number[];
  readonly seeds: number;
  readonly set?: Overrides;
}

/** `depth=.001/.05/.1`: a start at each value; several of these, at each combination. */
function collectStarts(text: string, before: EquilibriaOptions["start"] = []): NonNullable<EquilibriaOptions["start"]> {
  const [name = "", values = ""] = text.split("=");
  const each = values.split("/").map((value) => value.trim());
  if (!/^[a-zA-Z]\w*$/.test(name.trim()) || each.includes(""))
    throw new InvalidArgumentError(
      `got "${text}", expected a parameter with its values, such as "depth=0.05/0.1/0.5".`,
    );
  return [...before, [name.trim(), each]];
}

const scales = (text: string): readonly number[] =>
  names(text).map((one) => {
    const value = finite(one);
    if (!(value > 0)) throw new InvalidArgumentError(`got "${one}", expected numbers above 0.`);
    return value;
  });

export const equilibriaVerb = (): Command =>
  withSettings(new Command("equilibria"))
    .description(
      "where an economy that plays by its rules ends up from several starts: how many ends, their basins and stability",
    )
    .argument("<economy>", "a name from `walras list`, or the path of a module")
    .requiredOption("--metrics <names>", "what tells ends apart, between commas", names)
    .option("--start <param=a/b/c>", "a start at each of these values; repeatable, for all combinations", collectStarts)
    .option("--periods <n>", "periods of each run", whole(1, 1e9), 1000)
    .option("--last <n>", "last periods that are looked at; default: a tenth", whole(1, 1e9))
    .option("--threshold <number>", "ends nearer than this, in units of --scale, are one", finite, 0.1)
    .option("--scale <numbers>", "a unit for each metric; default: 1", scales)
    .option("--seeds <n>", "runs from each start, with seeds 1, 2, …", whole(1, 1000), 3)
    .option("--json", "print one JSON document")
    .action(async (name: string, options: EquilibriaOptions) => {
      const { metrics, start = [], periods, last, threshold, scale, seeds, set, json } = options;
      const { economy } = await findEconomy(name);
      let starts: Record<string, unknown>[] = [settingsOf(set)];
      for (const [param, values] of start) {
        if (starts.some((one) => Object.hasOwn(one, param)))
          throw new Error(`--start ${param}: it is set already. Give it once, in --start or in --set.`);
        starts = starts.flatMap((one) => values.map((value) => ({ ...one, [param]: value })));
      }
      const found = endsOfEconomy(economy, {
        starts,
        metrics,
        periods,
        threshold,
        seeds: Array.from({ length: seeds }, (_, k) => 1 + k),
        ...(last !== undefined && { last }),
        ...(scale && { scale }),
      });
      const ends = found.clusters.map((one, c) => ({
        ...one,
        jacobian: one.jacobian && { ...one.jacobian, matrix: [...one.jacobian.matrix] },
        starts: starts.flatMap((params, s) =>
          Array.from({ length: seeds }, (_, k) => s * seeds + k).some((run) => found.ends[run] === c) ? [params] : [],
        ),
      }));
      if (json)
        return printJson({
          economy: economy.name,
          runs: found.ends.length,
          metrics,
          ends,
          sensitivity: found.sensitivity,
        });
      const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
      print(
        table(
          ["end", ...metrics, "runs", "drift", "largest eigenvalue", "low", "high", ""],
          ends.map(({ mean, basin, drift, jacobian }, c) => [
            String(c + 1),
            ...metrics.map((metric) => shown(mean[metric]!)),
            percent(basin),
            shown(drift),
            ...[jacobian?.radius.mean ?? null, jacobian?.radius.low ?? null, jacobian?.radius.high ?? null].map(shown),
            drift > threshold / 2 ? "not settled" : (jacobian?.stable ?? "no Jacobian"),
          ]),
        ),
      );
      print(
        `\nEnds at other thresholds: ${found.sensitivity.map(({ threshold: at, count }) => `${count} at ${shown(at)}`).join(", ")}.`,
      );
    });
