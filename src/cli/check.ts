import { Command } from "commander";
import { checkEconomy, resolveParams } from "../economy/index.ts";
import type { Overrides } from "../experiment/experiment.ts";
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
      const { gamma } = experiment.config as { gamma?: number };
      const discount = resolveParams(economy, { ...experiment.params, ...params })["discountFactor"];
      if (gamma !== undefined && discount !== undefined)
        checks.push({
          name: "the learner discounts as the economy does",
          pass: gamma === discount,
          detail:
            gamma === discount
              ? `gamma = discountFactor = ${gamma}`
              : `gamma is ${gamma} in ${experiment.name}, discountFactor is ${discount}`,
        });
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
