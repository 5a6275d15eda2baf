// Tuning (7.1) against traders who learn: the issuer looks for the fee that earns most once traders have responded to it.
import { type AnyWorld, defineExperiment, leaders, optimise, ppo } from "walras";
import { curve as dashed, level, SEARCH, STEPS, spaced } from "../parts/lines.ts";
import { bestFee, equilibriumOrder, revenueAt, tokenIssue } from "./parts/issue.ts";

const revenue: leaders.Task = {
  name: "revenue",
  leader: "issuer",
  score: leaders.ownReward("issuer.revenue"),
};

export default defineExperiment({
  name: "bonding/tuning-fee",
  summary:
    "An issuer tunes its fee for revenue while four traders learn to respond: the best fee of theory, with regret.",
  economy: tokenIssue,
  algorithm: leaders.nested({ task: revenue, followers: ppo, optimiser: optimise.cmaEs }),
  config: {
    updates: 60,
    warmup: 0.6,
    proposals: 8,
    "optimiser.populationSize": 8,
    "followers.gamma": 0,
    "followers.numSteps": 16,
    "followers.learningRate": 3e-3,
    "followers.entCoef": 0,
    "followers.hiddenLayers": 1,
    "followers.activation": "relu",
    "followers.hiddenWidth": 32,
    "followers.clipVloss": false,
    "followers.initialLogStd": -1,
  },
  numEnvs: 32,
  totalSteps: 32 * 16 * 400,
  seeds: [1, 2, 3, 4, 5],
  maxSeconds: 120,
  evaluation: { periods: 1, finalPeriods: 1, every: 10 },
  measure(player, p) {
    const found: Record<string, number> = {};
    for (const fee of spaced(0, p.feeMax, 13)) {
      const { order } = player.respond("traders", (w: AnyWorld) => {
        w["fee"] = fee;
      }) as unknown as { readonly order: Float64Array };
      found[`response/${fee}`] = order.reduce((sum, a) => sum + a, 0);
    }
    const { fee, revenue } = player.play({ seed: 1, periods: 1 });
    const best = revenueAt(p, bestFee(p));
    const gap = leaders.bestResponseGap(player, { leader: "issuer", grid: 25, numWorlds: 1 })["traders"]!;
    return {
      ...found,
      fee: fee!,
      regret: (best - revenueAt(p, fee!)) / best,
      shortfall: (best - revenue!) / best,
      bestResponseGap: gap.relative,
    };
  },
  figures: (p) => [
    {
      title: "The fee while it is tuned",
      xLabel: STEPS,
      yLabel: "φ",
      lines: [{ label: "best so far", training: "leader/theta/fee" }, level("best fee", bestFee(p))],
      band: "range" as const,
      caption: SEARCH,
    },
    {
      title: "What traders order",
      xLabel: "fee φ",
      yLabel: "tokens, all traders together",
      lines: [
        { label: "learned", measured: "response", as: "dots" as const },
        dashed("equilibrium", (fee) => equilibriumOrder(p, fee), spaced(0, p.feeMax, 61)),
      ],
      caption: "After training, against Cournot's equilibrium under each fee.",
    },
  ],
  expect: (p, truth) => [
    {
      item: "the fee that is settled on",
      measure: "fee",
      claim: "min over Φ",
      theory: truth.fee,
      unit: "1",
      tolerance: 0.02,
      kind: "absolute" as const,
      note: `costs at most ${(100 * (1 - revenueAt(p, truth.fee - 0.02) / truth.revenue)).toFixed(1)} % of the revenue`,
    },
    {
      item: "regret: revenue that its fee forgoes at the traders' equilibrium, as a share",
      measure: "regret",
      claim: "–",
      theory: 0,
      unit: "1",
      tolerance: 0.03,
      kind: "atMost" as const,
    },
    {
      item: "traders' best-response gap, as a share of what they earn",
      measure: "bestResponseGap",
      claim: "–",
      theory: 0,
      unit: "1",
      tolerance: 0.03,
      kind: "atMost" as const,
    },
  ],
});
