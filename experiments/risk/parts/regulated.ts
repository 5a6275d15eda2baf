// A regulator of banks whose owners risk little: what it searches while they learn to live with it, beside the same banks without a regulator and beside a grid of capital ratios, with and without rescue, simulated on
// the same draws.
import {
  type AnyParamValues,
  defineExperiment,
  type Expectation,
  type Experiment,
  leaders,
  optimise,
  type Player,
  ppo,
  unknown,
} from "walras";
import { interbank } from "../../../economies/interbank.ts";
import { SEARCH, STEPS } from "../../parts/lines.ts";
import { nearEdge, type Watched, watch } from "./adaptation.ts";

const RATIOS = [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2];

const params = {
  ...nearEdge.economy,
  impact: 0.01,
  volatility: 0.02,
  turbulence: 2,
  calming: 0.2,
  exitCost: 2,
  leverageHigh: 30,
} as const;
const searched = unknown("loans and returns are drawn: no theory says what is best");
const drawn = unknown("loans and returns are drawn: no theory says how many are pulled down");

const watched = (player: Player, p: AnyParamValues, seed: number): Watched =>
  watch({ ...p, regulation: "never" }, player.policies["banks"]!, seed);

const free = defineExperiment({
  name: "risk/regulator-free",
  summary: "Banks who learn without a regulator.",
  economy: interbank,
  params,
  algorithm: ppo,
  config: nearEdge.learner,
  ...nearEdge.training,
  measure: (player, p, _training, _beside, seed) => {
    const { decisions: _, ...means } = watched(player, p, seed);
    return { ...means };
  },
});

/** `mayRescue`: the regulator chooses how much of what failing banks lack the state pays; else creditors bear it all. */
export function regulated(name: string, summary: string, { mayRescue }: { readonly mayRescue: boolean }): Experiment {
  const rescues = mayRescue ? [0, 1] : [0];
  const surplus: leaders.Task = {
    name: "surplus",
    leader: "regulator",
    controls: { capitalRatio: [0, 0.2], rescue: mayRescue ? [0, 1] : 0, exposureCap: [0, 2] },
    score: leaders.maximize("surplus"),
  };
  return defineExperiment({
    name: `risk/${name}`,
    summary,
    economy: interbank,
    params: { ...params, regulation: "episode", horizon: 50 },
    algorithm: leaders.nested({ task: surplus, followers: ppo, optimiser: optimise.bayesianOptimisation }),
    config: {
      updates: 160,
      warmup: 0.4,
      settle: 0.1,
      exploration: 0.3,
      proposals: 4,
      spread: 0.05,
      evaluationWorlds: 4,
      gapGrid: 0,
      ...Object.fromEntries(Object.entries(nearEdge.learner).map(([name, value]) => [`followers.${name}`, value])),
    },
    ...nearEdge.training,
    seeds: [7, 8, 9],
    evaluation: { periods: 50, finalPeriods: 50 },
    beside: { free },
    measure: (player, p, settled, { free }, seed) => {
      const chosen = {
        capitalRatio: settled["leader/theta/capitalRatio"]!,
        rescue: mayRescue ? settled["leader/theta/rescue"]! : 0,
        exposureCap: settled["leader/theta/exposureCap"]!,
      };
      const ours = watched(player, { ...p, ...chosen }, seed);
      const grid = rescues.map((rescue) =>
        RATIOS.map((capitalRatio) => watched(player, { ...p, ...chosen, capitalRatio, rescue }, seed).surplus),
      );
      const edges = grid.flatMap((row) => [row[0]!, row.at(-1)!]);
      const { decisions: _, ...means } = ours;
      return {
        ...means,
        ...chosen,
        freeSurplus: free!["surplus"]!,
        freeSpread: free!["spread"]!,
        freeFailures: free!["failures"]!,
        freeLeverage: free!["leverage"]!,
        gain: ours.surplus - free!["surplus"]!,
        forgone: Math.max(...grid.flat()) - ours.surplus,
        interior: ours.surplus - Math.max(...edges),
        ...Object.fromEntries(
          rescues.flatMap((rescue, g) => RATIOS.map((ρ, k) => [`surplusAt${rescue}/${ρ}`, grid[g]![k]!])),
        ),
      };
    },
    expect: (): Expectation[] => [
      {
        item: "surplus: regulated less free",
        measure: "gain",
        claim: "a regulator who foresees how banks adapt gains",
        theory: 0,
        unit: "per period",
        tolerance: 0,
        kind: "atLeast",
      },
      {
        item: "surplus: the best of a grid of ratios less what was found",
        measure: "forgone",
        claim: "none",
        theory: 0,
        unit: "per period",
        tolerance: 0.005,
        kind: "atMost",
        note: "the same banks on the same draws; a tenth of the best surplus",
      },
      ...(mayRescue
        ? []
        : [
            {
              item: "surplus: what was found less the better of no and the largest ratio",
              measure: "interior",
              claim: "the best ratio is between",
              theory: 0,
              unit: "per period",
              tolerance: 0,
              kind: "atLeast" as const,
            },
          ]),
      ...(
        [
          ["capitalRatio", "capital ratio", "1"],
          ["rescue", "share of what is missing that the state pays", "1"],
          ["exposureCap", "largest exposure over capital", "1"],
          ["surplus", "surplus", "per period"],
          ["freeSurplus", "surplus without a regulator", "per period"],
          ["leverage", "leverage of banks", "1"],
          ["freeLeverage", "leverage of banks without a regulator", "1"],
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
      ...(
        [
          ["failures", "in default"],
          ["freeFailures", "in default, without a regulator"],
          ["spread", "pulled down by others"],
          ["freeSpread", "pulled down by others, without a regulator"],
        ] as const
      ).map(([measure, item]) => ({
        item,
        measure,
        claim: "–",
        theory: drawn,
        unit: "share of banks per period",
        tolerance: 0,
        kind: "absolute" as const,
      })),
    ],
    figures: () => [
      {
        title: "Surplus by capital ratio",
        xLabel: "capital ratio",
        yLabel: "surplus, per period",
        lines: [
          { label: "no rescue", measured: "surplusAt0" },
          ...(mayRescue ? [{ label: "full rescue", measured: "surplusAt1" }] : []),
        ],
        caption:
          "The banks that learned, simulated at ratios of a grid on the same draws; the exposure cap is the one that was found.",
      },
      {
        title: "What the regulator sets",
        xLabel: STEPS,
        yLabel: mayRescue ? "capital ratio, share rescued" : "capital ratio",
        lines: [
          { label: "capital ratio", training: "leader/theta/capitalRatio" },
          ...(mayRescue ? [{ label: "share rescued", training: "leader/theta/rescue" }] : []),
        ],
        band: "range",
        caption: SEARCH,
      },
    ],
  });
}
