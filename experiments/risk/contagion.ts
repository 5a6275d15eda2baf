// Does adaptation tame contagion, or feed it? Banks who learn leverage and whom to lend to, beside banks that keep to the mean of what those chose, and beside the rule.
import { defineExperiment, ppo, unknown } from "walras";
import { interbank } from "../../economies/interbank.ts";
import { STEPS } from "../parts/lines.ts";
import { kept, learned, learner, shortTraining } from "./parts/banks.ts";

const drawn = unknown("loans and returns are drawn: no theory says how many are pulled down");

export default defineExperiment({
  name: "risk/contagion",
  summary:
    "Banks learn leverage and whom to lend to, where failures spread by debts and prices; beside banks that keep to the same mean choices.",
  economy: interbank,
  params: { banks: 20, decisions: "period" },
  algorithm: ppo,
  config: learner,
  ...shortTraining,
  seeds: [1, 2, 3, 4, 5, 6],
  evaluation: { periods: 100, finalPeriods: 100 },
  measure(player, params, _training, _beside, seed) {
    const ours = learned(player);
    const constant = kept({ ...params, leverage: ours.leverage, selectivity: ours.selectivity }, seed);
    const rule = kept(params, seed);
    return {
      ...ours,
      constantFailures: constant.failures,
      constantSpread: constant.spread,
      constantSurplus: constant.surplus,
      ruleFailures: rule.failures,
      ruleSpread: rule.spread,
      ruleProfit: rule.profit,
      ruleSurplus: rule.surplus,
      spreadLessConstant: ours.spread - constant.spread,
      spreadLessRule: ours.spread - rule.spread,
      surplusLessConstant: ours.surplus - constant.surplus,
      profitLessRule: ours.profit - rule.profit,
      procyclicality: ours.calm / ours.turbulent,
    };
  },
  expect: (p) => [
    {
      item: "pulled down by others: learned less constant at the same mean leverage",
      measure: "spreadLessConstant",
      claim: "adaptation tames contagion",
      theory: 0,
      unit: "share of banks per period",
      tolerance: 0.05,
      kind: "below",
    },
    {
      item: "pulled down by others: learned less the rule",
      measure: "spreadLessRule",
      claim: "tames or feeds",
      theory: drawn,
      unit: "share of banks per period",
      tolerance: 0,
      kind: "absolute",
      note: `the rule is a leverage of ${p.leverage} for ever`,
    },
    {
      item: "return on capital: learned less the rule",
      measure: "profitLessRule",
      claim: "learning pays",
      theory: 0,
      unit: "per period",
      tolerance: 0,
      kind: "atLeast",
    },
    {
      item: "leverage after calm over leverage after turbulence",
      measure: "procyclicality",
      claim: "banks borrow more in calm times",
      theory: 1,
      unit: "1",
      tolerance: 1,
      kind: "atLeast",
    },
  ],
  figures: () => [
    {
      title: "Leverage while banks learn",
      xLabel: STEPS,
      yLabel: "assets over capital",
      lines: [{ label: "ours", training: "econ/leverage" }],
      caption: "Mean over banks and periods.",
    },
    {
      title: "Banks pulled down by others while banks learn",
      xLabel: STEPS,
      yLabel: "share of banks per period",
      lines: [{ label: "ours", training: "econ/spread" }],
      caption: "In default, though they would pay if all others did and nobody sold.",
    },
  ],
});
