import { Command } from "commander";
import { discountDepartures, inWords } from "../algorithms/discount.ts";
import { checkEconomy, resolveParams } from "../economy/index.ts";
import { type Overrides, resolveRun } from "../experiment/experiment.ts";
import { findTarget } from "./catalog.ts";
import { type CommonOptions, print, printJson, table, whole, withSettings } from "./common.ts";

interface CheckVerbOptions extends CommonOptions {
  readonly set?: Overrides;
  readonly seeds: number;
  readonly periods: number;
}

export const checkVerb = (): Command =>
  withSettings(new Command("check"))
    .description("an economy's contract: random unmasked actions, identities, determinism, cuts, theory")
    .argument("<economy>", "a name from `walras list`, or the path of a module")
    .option("--seeds <n>", "seeds to play", whole(1, 10_000), 3)
    .option("--periods <n>", "periods per seed", whole(1), 100)
    .option("--json", "print one JSON document")
    .action(async (name: string, { set = {}, seeds, periods, json }: CheckVerbOptions) => {
      const { experiment } = await findTarget(name);
      const { economy } = experiment;
      const params = Object.fromEntries(
        Object.entries(set).map(([path, value]) => [path.replace(/^params\./, ""), value]),
      );
      resolveParams(economy, params); // a setting that is not one is the caller's mistake, not the economy's
      const checks = checkEconomy(economy, { params, periods, seeds: Array.from({ length: seeds }, (_, k) => k + 1) });
      const { algorithm } = experiment;
      const parameters = [...new Set(Object.values(economy.discountFactor))];
      if (algorithm && parameters.length > 0) {
        const run = resolveRun(experiment, params, 1);
        const departures = discountDepartures(algorithm, economy, run.params, run.config);
        checks.push({
          name: "learners discount as the economy does",
          pass: departures.length === 0,
          detail:
            departures.length === 0
              ? parameters.map((name) => `${name} = ${run.params[name]}`).join(", ")
              : departures.map(inWords).join(" "),
        });
      }
      const pass = checks.every((check) => check.pass);
      if (json) printJson({ economy: economy.name, pass, checks });
      else
        print(
          table(
            ["", "check", "detail"],
            checks.map((check) => [check.pass ? "pass" : "FAIL", check.name, check.detail]),
          ),
        );
      if (!pass) process.exitCode = 1;
    });
