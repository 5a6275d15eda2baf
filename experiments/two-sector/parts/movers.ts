// Households who choose where to work and where to rent their machines, at given parameters: what all these experiments have in common.
import { defineExperiment, ppo } from "walras";
import { twoSector } from "../../../economies/two-sector.ts";
import { claims, evaluation } from "./claims.ts";

interface Setting {
  readonly name: string;
  readonly summary: string;
  readonly params?: Readonly<Record<string, number>>;
}

/** Theory is of many households: with 200 of them one is half a percent of the economy, and a tenth of them may move in a period. */
const ROWS = [
  [
    "share of labour on the farm",
    "farmShareOfLabour",
    "an hour costs what it makes in both sectors",
    "1",
    0.01,
    "absolute",
  ],
  ["share of capital on the farm", "farmShareOfCapital", "a machine makes as much in both", "1", 0.01, "absolute"],
  ["wage ratio", "wageRatio", "nobody gains by moving", "1", 0.03, "absolute"],
  ["rental ratio", "rentalRatio", "no machine gains by moving", "1", 0.03, "absolute"],
  [
    "relative price",
    "relativePrice",
    "what a farm good costs to make, in mill goods",
    "mill goods/farm good",
    0.02,
    "relative",
  ],
  ["real income", "realIncome", "of the equilibrium", "utils", 0.005, "relative"],
] as const;

export const movers = ({ name, summary, params = {} }: Setting) =>
  defineExperiment({
    name: `two-sector/${name}`,
    summary,
    economy: twoSector,
    params: { labourChoice: "period", capitalChoice: "period", households: 200, horizon: 100, ...params },
    algorithm: ppo,
    config: {
      gamma: 0,
      numSteps: 50,
      learningRate: 3e-3,
      hiddenWidth: 16,
      entCoef: 0.002,
      updateEpochs: 2,
      scaleRewards: true,
    },
    numEnvs: 4,
    totalSteps: 16_000,
    seeds: [6, 7, 8, 9, 10], // 1 to 5 judged households who all took their likelier choice, in episodes as short as those of training
    // Whoever may move does so at once, so that in equilibrium they mix: if all took the likelier choice, a tenth of the economy would move to one side and back.
    // Theory is of the long run: one episode, not four that each begin with equal halves.
    evaluation: { ...evaluation, sampled: true, params: { horizon: evaluation.finalPeriods } },
    expect: claims(ROWS),
  });
