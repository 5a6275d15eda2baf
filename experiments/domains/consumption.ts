// People who learn to consume while they watch their peers: what a common unit of taste is worth, and how far they are from where all reply best.
import { type AnyRows, type AnyWorld, defineExperiment, known, math, type Player, ppo } from "walras";
import { socialConsumption } from "../../economies/social-consumption.ts";
import { type Looked, settledConsumption } from "../../economies/theory/social-consumption.ts";
import { spaced } from "../parts/lines.ts";

const PERIODS = 16;
const EPISODES = 24;

export default defineExperiment({
  name: "domains/consumption",
  summary: "People learn to consume as they like and as their peers do: common tastes count 1/(1 − φ) times.",
  economy: socialConsumption,
  params: { agents: 100, commonSd: 1, horizon: PERIODS },
  algorithm: ppo,
  config: { numSteps: PERIODS, learningRate: 1e-3, entCoef: 0, initialLogStd: -2, numMinibatches: 8 },
  numEnvs: 8,
  totalSteps: 8 * PERIODS * 120,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { finalPeriods: PERIODS, periods: PERIODS, every: 10 },
  measure: (player, p, _training, _beside, seed) => settled(player, p.influence, seed),
  expect: (p, truth) => [
    {
      item: "social multiplier",
      measure: "multiplier",
      claim: "1/(1 − φ)",
      theory: known(truth.multiplier),
      unit: "1",
      tolerance: 0.1,
      kind: "relative",
      note: `slope of mean consumption in mean taste over ${EPISODES} episodes`,
    },
    {
      item: "distance to (I − φG)⁻¹ a on the network that was drawn",
      measure: "distance",
      claim: "where all reply best",
      theory: 0,
      unit: "1",
      tolerance: 0.1,
      kind: "atMost",
      note: `root mean square over people, over the standard deviation of consumption; φ = ${p.influence}`,
    },
    {
      item: "reply to peers' mean consumption",
      measure: "reply",
      claim: "φ",
      theory: p.influence,
      unit: "1",
      tolerance: 0.05,
      kind: "absolute",
      note: "slope of consumption in it, at the same taste",
    },
  ],
  figures: (p) => [
    {
      title: "The social multiplier",
      xLabel: "mean taste",
      yLabel: "mean consumption",
      lines: [
        { label: "learned", measured: "mean", as: "dots" },
        { label: "1/(1 − φ)", points: spaced(-4, 4, 9).map((a) => [a, a / (1 - p.influence)]) },
        { label: "nobody watches others", points: spaced(-4, 4, 9).map((a) => [a, a]) },
      ],
      caption: "What people like, common to all, against what they consume in the end. Each dot is an episode.",
    },
  ],
});

/** The last periods of episodes with different common tastes, on different networks. */
function settled(player: Player, influence: number, seed: number): Record<string, number> {
  const [tastes, means, off, replies] = [[], [], [], []] as number[][];
  const spread: number[] = [];
  player.play({
    seed,
    periods: EPISODES * PERIODS,
    visit(w: AnyWorld, period) {
      if (period % PERIODS !== PERIODS - 1) return;
      const { consumption, taste, seen } = w["people"] as AnyRows as Readonly<Record<string, Float64Array>>;
      const goal = settledConsumption(w["looks"] as unknown as Looked, taste, influence);
      tastes.push(math.mean(taste));
      means.push(math.mean(consumption));
      off.push(math.mean(consumption.map((x, i) => (x - goal[i]) * (x - goal[i]))));
      spread.push(...consumption);
      const own = consumption.map((x, i) => x - taste[i]);
      replies.push(math.leastSquaresLine(seen, own).slope);
    },
  });
  return {
    multiplier: math.leastSquaresLine(tastes, means).slope,
    distance: Math.sqrt(math.mean(off) / math.variance(spread)),
    reply: math.mean(replies),
    ...Object.fromEntries(tastes.map((a, k) => [`mean/${a}`, means[k]])),
  };
}
