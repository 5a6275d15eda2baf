import { Command } from "commander";
import { algorithms } from "../algorithms/index.ts";
import { economyNames, experimentNames, findEconomy, findTarget } from "./catalog.ts";
import { type CommonOptions, print, printJson, table } from "./common.ts";

export const listVerb = (): Command =>
  new Command("list")
    .description("economies, algorithms and experiments, a line each")
    .option("--json", "print one JSON document")
    .action(async ({ json }: CommonOptions) => {
      const economies = await Promise.all(
        economyNames().map(async (name) => ({ name, summary: (await findEconomy(name)).economy.summary })),
      );
      const experiments = await Promise.all(
        experimentNames().map(async (name) => ({ name, summary: (await findTarget(name)).experiment.summary })),
      );
      const learners = algorithms.map(({ name, summary, source }) => ({ name, summary, source }));
      if (json) return printJson({ economies, algorithms: learners, experiments });
      const section = (title: string, rows: readonly { name: string; summary: string }[]): string =>
        table(
          [title, ""],
          rows.map(({ name, summary }) => [name, summary]),
        );
      print(
        [section("economy", economies), section("algorithm", learners), section("experiment", experiments)].join(
          "\n\n",
        ),
      );
    });
