import { Command } from "commander";
import { isUnknown, NO_THEORY, resolveParams, stated, valueOrNull } from "../economy/index.ts";
import type { Overrides } from "../experiment/experiment.ts";
import { findEconomy } from "./catalog.ts";
import { type CommonOptions, print, printJson, shown, table, withSettings } from "./common.ts";

export const solveVerb = (): Command =>
  withSettings(new Command("solve"))
    .description("the theoretical answer only")
    .argument("<economy>", "a name from `walras list`, or the path of a module")
    .option("--json", "print one JSON document")
    .action(async (name: string, { json, set = {} }: CommonOptions & { set?: Overrides }) => {
      const { economy } = await findEconomy(name);
      const settings = Object.fromEntries(
        Object.entries(set).map(([path, value]) => [path.replace(/^params\./, ""), value]),
      );
      const params = resolveParams(economy, settings);
      if (!economy.truth) throw new Error(`${economy.name} declares no truth, so there is nothing to solve.`);
      const truth = economy.truth(params);
      for (const [key, value] of Object.entries(truth))
        if (!isUnknown(value) && ![value].flat().every(Number.isFinite))
          throw new Error(
            `${economy.name}: truth.${key} is ${value} at these parameters: the expectation behind it does not exist or overflows. Choose milder ones.`,
          );
      if (json) return printJson({ economy: economy.name, params, ...stated(truth) });
      print(
        table(
          ["truth", "value", "meaning"],
          Object.entries(truth).map(([key, value]) => [key, shown(valueOrNull(value)), economy.truthDocs[key] ?? ""]),
        ),
      );
      const reasons = Object.groupBy(Object.entries(stated(truth).reasons), ([, reason]) => reason);
      for (const [reason, of] of Object.entries(reasons))
        print(`\n– ${of!.map(([key]) => key).join(", ")}: ${NO_THEORY}, ${reason}.`);
    });
