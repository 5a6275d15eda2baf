// A regulator who sets a capital ratio, how much of a failing bank's debts the state pays, and the largest exposure, while banks learn to live with them; beside the same banks without a regulator.
import { defineExperiment, leaders, optimise, type Player, ppo, unknown } from "walras";
import { interbank } from "../../economies/interbank.ts";
import { SEARCH, STEPS } from "../parts/lines.ts";
import { asFollowers, learned, shortTraining } from "./parts/banks.ts";

const surplus: leaders.Task = {
  name: "surplus",
  leader: "regulator",
  controls: { capitalRatio: [0, 0.25], rescue: [0, 1], exposureCap: [0, 2] },
  score: leaders.maximize("surplus"),
};

const params = { banks: 20, decisions: "period", regulation: "episode", horizon: 50 } as const;
const searched = unknown("loans and returns are drawn: no theory says what is best");

const measure = (player: Player): Record<string, number> => ({ ...learned(player) });

const free = defineExperiment({
  name: "risk/regulator-free",
  summary: "Banks who learn without a regulator.",
  economy: interbank,
  params,
  algorithm: leaders.analytic({
    task: surplus,
    followers: ppo,
    rule: leaders.fixed({ capitalRatio: 0, rescue: 0, exposureCap: 2 }),
  }),
  config: { updates: 40, exploration: 0, evaluationWorlds: 1, gapGrid: 0, ...asFollowers },
  ...shortTraining,
  evaluation: { periods: 50, finalPeriods: 50 },
  measure,
});

export default defineExperiment({
  name: "risk/regulator",
  summary: "A regulator looks for capital ratio, rescue and largest exposure while banks learn to respond.",
  economy: interbank,
  params,
  algorithm: leaders.nested({ task: surplus, followers: ppo, optimiser: optimise.bayesianOptimisation }),
  config: {
    updates: 40,
    warmup: 0.4,
    settle: 0.1,
    exploration: 0.3,
    proposals: 4,
    spread: 0.05,
    evaluationWorlds: 4,
    gapGrid: 0,
    ...asFollowers,
  },
  ...shortTraining,
  seeds: [1, 2, 3],
  evaluation: { periods: 50, finalPeriods: 50 },
  beside: { free },
  measure: (player, _p, settled, { free }) => {
    const ours = measure(player);
    return {
      ...ours,
      capitalRatio: settled["leader/theta/capitalRatio"]!,
      rescue: settled["leader/theta/rescue"]!,
      exposureCap: settled["leader/theta/exposureCap"]!,
      freeSurplus: free!["surplus"]!,
      freeSpread: free!["spread"]!,
      freeLeverage: free!["leverage"]!,
      gain: ours["surplus"]! - free!["surplus"]!,
    };
  },
  expect: () => [
    {
      item: "surplus: regulated less free",
      measure: "gain",
      claim: "a regulator who foresees how banks adapt gains",
      theory: 0,
      unit: "per period",
      tolerance: 0,
      kind: "atLeast",
    },
    ...(
      [
        ["capitalRatio", "capital ratio", "1"],
        ["rescue", "share of what is missing that the state pays", "1"],
        ["exposureCap", "largest exposure over capital", "1"],
        ["leverage", "leverage of banks", "1"],
        ["freeLeverage", "leverage of banks without a regulator", "1"],
        ["spread", "pulled down by others", "share of banks per period"],
        ["freeSpread", "pulled down by others, without a regulator", "share of banks per period"],
      ] as const
    ).map(([measure, item, unit]) => ({
      item,
      measure,
      claim: "–",
      theory: searched,
      unit,
      tolerance: 0,
      kind: "absolute" as const,
    })),
  ],
  figures: () => [
    {
      title: "What the regulator sets",
      xLabel: STEPS,
      yLabel: "capital ratio, share rescued",
      lines: [
        { label: "capital ratio", training: "leader/theta/capitalRatio" },
        { label: "share rescued", training: "leader/theta/rescue" },
      ],
      band: "range",
      caption: SEARCH,
    },
    {
      title: "Leverage while banks learn",
      xLabel: STEPS,
      yLabel: "assets over capital",
      lines: [{ label: "ours", training: "econ/leverage" }],
      caption: "Mean over banks and periods, under what the regulator plays.",
    },
  ],
});
