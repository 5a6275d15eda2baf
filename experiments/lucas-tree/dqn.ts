// The thesis' experiment: 1200 agents, 300 periods, one deep Q-network for all, constant aggregate consumption.
// What makes the weak price signal learnable is told, with ablations, in docs/economies/lucas-tree.md.
import { defineExperiment, dqn } from "walras";
import { lucasTree } from "../../economies/lucas-tree.ts";
import { deviationGain } from "./parts/deviation.ts";

export default defineExperiment({
  name: "lucas-tree/dqn",
  summary: "1200 agents who share a deep Q-network learn to post the Lucas price and the bond price β.",
  economy: lucasTree,
  params: { initialSpread: 0.3 },
  algorithm: dqn,
  config: {
    batchSize: 512,
    bufferSize: 300_000,
    gradientSteps: 8,
    nSteps: 5,
    dueling: true,
    valueScale: 100,
    actWith: "target",
    tau: 0.05,
    finalTau: 0.005,
    learningRate: 1e-3,
    finalLearningRate: 1e-5,
    epsilonEnd: 0.02,
    explorationFraction: 0.15,
    trembleStart: 0.15,
    trembleEnd: 0.015,
    rewardScale: 45,
    centerRewards: true,
    maxGradNorm: 1e9,
  },
  numEnvs: 8,
  totalSteps: 6000,
  maxSeconds: 60,
  evaluation: { periods: 5, finalPeriods: 50 },
  measure(player, p) {
    const { ofValueRange, ofLotPerPeriod } = deviationGain(player, p);
    return { deviationGain: ofValueRange, deviationGainPerLot: ofLotPerPeriod };
  },
  expect: (p, truth) => [
    {
      item: "posted share price",
      measure: "sharePrice",
      claim: "0.845 after 19 000 episodes, one run in sixteen",
      theory: truth.sharePrice,
      unit: "goods/share",
      tolerance: 0.03,
      kind: "relative",
      note: "aim 1 %",
    },
    // Without credit no bond trades, and any bond price is an equilibrium.
    ...(p.creditLimit < p.bondTradeSize
      ? []
      : [
          {
            item: "posted bond price",
            measure: "bondPrice",
            claim: "drifts to 0 (no bond could trade)",
            theory: truth.bondPrice,
            unit: "goods/bond",
            tolerance: 0.02,
            kind: "relative" as const,
          },
        ]),
    {
      item: "dispersion of share prices across agents",
      measure: "shareDispersion",
      claim: "–",
      theory: 0,
      unit: "sd/mean",
      tolerance: 0.02,
      kind: "atMost",
      note: "agents hold 0.7 to 1.3 shares",
    },
    {
      item: "shares traded per period",
      measure: "shareVolume",
      claim: "none at the end",
      theory: 0,
      unit: "of the stock",
      tolerance: 0.005,
      kind: "atMost",
    },
    {
      item: "gain from the best unilateral deviation",
      measure: "deviationGain",
      claim: "–",
      theory: 0,
      unit: "of the range of values",
      tolerance: 0.01,
      kind: "atMost",
    },
    {
      item: "the same, per period",
      measure: "deviationGainPerLot",
      claim: "–",
      theory: 0,
      unit: "of a lot's value",
      tolerance: 0.03,
      kind: "atMost",
    },
  ],
});
