// Three levels learn at once, each at a clock of its own: traders every hour, those who run pools every six hours, the authority every twelve.
import { defineExperiment, type FigureLine, play, ppo } from "walras";
import { tokenEconomy } from "../../economies/token-economy.ts";
import { slowMarkets, traderLearning } from "./parts/learning.ts";
import { growthBeside } from "./parts/wealth.ts";

const HOURS = 480;
const WORLDS = 4;
const own = { learners: 0, numSteps: 20, numMinibatches: 2, learningRate: 3e-3 };

export default defineExperiment({
  name: "token-economy/hierarchy",
  summary:
    "Traders, those who run pools and an authority learn at once: who gains what, beside rules in the place of the upper two.",
  economy: tokenEconomy,
  params: {
    traders: 1000,
    deciding: 100,
    operators: 12,
    authorities: 1,
    feeEvery: 6,
    authorityEvery: 12,
    ...slowMarkets,
  },
  algorithm: ppo,
  config: {
    ...traderLearning,
    learners: 64,
    populations: { operators: own, authorities: { ...own, initialLogStd: -1, entCoef: 0 } },
  },
  numEnvs: WORLDS,
  totalSteps: 3600 * WORLDS,
  seeds: [1, 2, 3],
  evaluation: { periods: HOURS, finalPeriods: HOURS, every: 3 },
  measure(player, params, _training, _beside, seed) {
    const worlds = { economy: tokenEconomy, seed, periods: HOURS, worlds: 8 };
    const { deciders } = player.policies;
    const all = play({ ...worlds, params: { ...params, horizon: HOURS }, policies: player.policies });
    const ruled = play({
      ...worlds,
      params: { ...params, horizon: HOURS, operators: 0, authorities: 0 },
      policies: { deciders: deciders! },
    });
    const ratio = (metric: string): number => all[metric]!.mean / ruled[metric]!.mean;
    const growth = growthBeside(player, [1000 * seed, 1000 * seed + 1, 1000 * seed + 2, 1000 * seed + 3], HOURS);
    return {
      "mean fee": all["fee"]!.mean,
      "fees over the rule's": ratio("fees"),
      "moves over the rule's": ratio("moved"),
      gained: growth.reduce((sum, { ahead }) => sum + ahead / growth.length, 0),
    };
  },
  expect: () => [
    {
      item: "fees of pools over those at a fee of .001",
      measure: "fees over the rule's",
      claim: "more",
      theory: 1,
      unit: "1",
      tolerance: 1,
      kind: "atLeast",
    },
    {
      item: "hourly moves of the index over those where the authority leans and fees are fixed",
      measure: "moves over the rule's",
      claim: "no larger",
      theory: 1,
      unit: "1",
      tolerance: 1,
      kind: "atMost",
    },
    {
      item: "gain of deciding traders beside the rule, twenty days",
      measure: "gained",
      claim: "above 0",
      theory: 0,
      unit: "per cent",
      tolerance: 0,
      kind: "atLeast",
    },
  ],
  figures: () => [
    {
      title: "Fees of pools",
      xLabel: "world-periods of training",
      yLabel: "fee",
      lines: [
        { label: "mean over pools", training: "econ/fee" },
        { label: "fixed", level: 0.001 },
      ] satisfies FigureLine[],
      caption: "By most likely choices, in twenty days of one world.",
    },
  ],
});
