// A tenth of a hundred thousand traders share a policy that is learned from 256 of them, beside others who follow the rule.
import { defineExperiment, type FigureLine, math, type Player, ppo } from "walras";
import { tokenEconomy } from "../../economies/token-economy.ts";
import { slowMarkets, traderLearning } from "./parts/learning.ts";
import { growthBeside } from "./parts/wealth.ts";

const { mean } = math;
/** Twenty days of each of so many worlds, for each seed its own, with a twenty-fifth of the traders: what both kinds of trader make of the same hours. */
const [EPISODES, HOURS, SMALL] = [10, 480, { traders: 4000, deciding: 400 }];
/** Features in the order in which they are observed, in units of their scales. */
const FEATURES = ["sentiment", "attraction", "dearness", "cash"] as const;
const PLACES = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];

export default defineExperiment({
  name: "token-economy/learners",
  summary:
    "One policy, learned from 256 of 100 000 traders and played by 10 000, earns more than the rule of the others.",
  economy: tokenEconomy,
  params: {
    traders: 1e5,
    deciding: 1e4,
    ...slowMarkets,
  },
  algorithm: ppo,
  config: {
    ...traderLearning,
    learners: 256,
  },
  numEnvs: 1,
  totalSteps: 3600,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { params: { ...SMALL, horizon: HOURS }, periods: HOURS, finalPeriods: HOURS, every: 3 },
  measure(player, _p, _training, _beside, seed) {
    const growth = growthBeside(
      player,
      Array.from({ length: EPISODES }, (_, k) => 1000 * seed + k),
      HOURS,
    );
    return {
      wealth: mean(growth.map(({ wealth }) => wealth)),
      gained: mean(growth.map(({ ahead }) => ahead)),
      ...Object.fromEntries(FEATURES.flatMap((feature, f) => orders(player, feature, f))),
    };
  },
  expect: () => [
    {
      item: "growth of wealth in twenty days beside the rule's",
      measure: "wealth",
      claim: "more than by the rule",
      theory: 0,
      unit: "per cent",
      tolerance: 0,
      kind: "atLeast",
      note: "in ten worlds of 4000 traders, 400 of whom decide",
    },
    {
      item: "the same, less what the mix of money and tokens earned",
      measure: "gained",
      claim: "more than by the rule",
      theory: 0,
      unit: "per cent",
      tolerance: 0,
      kind: "atLeast",
    },
  ],
  figures: () => [
    {
      title: "What traders have learned to order",
      xLabel: "feature, in units of its scale",
      yLabel: "order over orderMax",
      lines: FEATURES.map((feature): FigureLine => ({ label: feature, measured: feature })),
      caption:
        "Most likely orders, below 0 where tokens are sold; mean over the other features. Dearness: price on the chain over the mean of all chains, in 3 %; attraction: what the rule buys for, value as the chain's traders see it over price, in 5 %; cash: share of wealth in money, in quarters around a half.",
    },
    {
      title: "Ahead of the mean price while learning",
      xLabel: "world-periods of training",
      yLabel: "per cent",
      lines: [{ label: "deciding traders", training: "econ/ahead" }],
      caption: "Gain since the beginning of twenty days, mean over their hours, by most likely orders.",
    },
  ],
});

/** Most likely orders over one feature, mean over three places of each of the others. */
function orders(player: Player, name: string, feature: number): (readonly [string, number])[] {
  const others = [-1, 0, 1];
  const rows = 27; // three places of three others
  return PLACES.map((x) => {
    const obs = new Float32Array(6 * rows);
    for (let r = 0; r < rows; r++)
      for (let f = 0, rest = r; f < FEATURES.length; f++) {
        obs[6 * r + f] = f === feature ? x : others[rest % others.length]!;
        if (f !== feature) rest = Math.floor(rest / others.length);
      }
    const chosen = new Int32Array(rows);
    player.policies["deciders"]!.act(chosen, obs, rows);
    return [`${name}/${x}`, mean(Array.from(chosen, (c) => c / 2 - 1))] as const;
  });
}
