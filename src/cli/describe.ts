import { Command } from "commander";
import { describeEconomy } from "../economy/index.ts";
import { findEconomy } from "./catalog.ts";
import { type CommonOptions, print, printJson } from "./common.ts";

export const describeVerb = (): Command =>
  new Command("describe")
    .description("an economy's rules, precisely enough to implement them again")
    .argument("<economy>", "a name from `walras list`, or the path of a module")
    .option("--json", "print one JSON document")
    .action(async (name: string, { json }: CommonOptions) => {
      const { economy } = await findEconomy(name);
      if (!json) return print(describeEconomy(economy));
      const documented = (phases: typeof economy.phases) =>
        Object.entries(phases).map(([phase, declared]) => ({
          phase,
          ...Object.fromEntries(
            Object.entries(declared).filter(([, value]) => typeof value === "string" || typeof value === "number"),
          ),
        }));
      printJson({
        economy: economy.name,
        source: economy.source,
        summary: economy.summary,
        params: economy.params,
        horizon: economy.horizon,
        world: economy.world,
        populations: economy.populations,
        start: documented(economy.start),
        phases: documented(economy.phases),
        observe: economy.observe,
        reward: economy.reward,
        mask: economy.mask,
        identities: Object.fromEntries(
          Object.entries(economy.identities).map(([key, { doc, tolerance, after }]) => [
            key,
            { doc, tolerance, after },
          ]),
        ),
        metrics: Object.fromEntries(
          Object.entries(economy.metrics).map(([key, { doc, unit }]) => [key, { doc, unit }]),
        ),
        truth: economy.truthDocs,
      });
    });
