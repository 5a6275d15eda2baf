// What the duopoly's experiments share: the leader's task, a follower that learns its response, what is measured, and what theory says.
import {
  type AnyRows,
  type AnyWorld,
  type Expectation,
  type ExperimentFigure,
  leaders,
  type ParamsOf,
  type Player,
  ppo,
  type TruthOf,
} from "walras";
import type { duopoly } from "../../../economies/duopoly.ts";
import * as theory from "../../../economies/theory/duopoly.ts";
import { curve, level, STEPS, spaced } from "../../parts/lines.ts";

/** The leader wants its own profit, and stays where the follower wants to sell something. */
export const ownProfit: leaders.Task = {
  name: "profit",
  leader: "leader",
  controls: { quantity: [1, 7] },
  score: leaders.ownReward("leader.profit"),
};

export const follower = ppo;
export const followerConfig = {
  updates: 100,
  "followers.gamma": 0,
  "followers.numSteps": 16,
  "followers.learningRate": 3e-3,
  "followers.entCoef": 0,
  "followers.hiddenLayers": 1,
  "followers.activation": "relu", // its best response is a straight line
  "followers.hiddenWidth": 32,
  "followers.clipVloss": false,
  "followers.initialLogStd": -1,
} as const;

/** Rollouts of 16 decisions in 64 worlds, 600 of them. */
export const scale = {
  numEnvs: 64,
  totalSteps: 64 * 16 * 600,
  maxSeconds: 30,
  evaluation: { periods: 1, finalPeriods: 1, every: 10 },
} as const;

type Params = ParamsOf<typeof duopoly>;

/** The leader's regret against the optimum, and what the follower could still gain. */
export function measure(player: Player, p: Params): Readonly<Record<string, number>> {
  const best = (p.observed ? theory.stackelbergDuopoly : theory.cournotDuopoly)(p);
  let profit = 0;
  player.play({
    seed: 1,
    periods: 1,
    visit(w: AnyWorld) {
      profit = ((w["leader"] as AnyRows)["profit"] as Float64Array)[0];
    },
  });
  const gap = leaders.bestResponseGap(player, { leader: "leader", grid: 25, numWorlds: 1 })["follower"];
  return { regret: best.leaderProfit - profit, bestResponseGap: gap.absolute, ...responses(player, p) };
}

/** What the follower answers to each quantity, `response/<q₁>`. */
function responses(player: Player, p: Params): Record<string, number> {
  const told = (q1: number) => (w: AnyWorld) => {
    w["announced"] = p.observed ? q1 : p.leaderQuantityMax / 2;
  };
  const answer = (q1: number): number => (player.respond("follower", told(q1))["quantity"] as Float64Array)[0];
  return Object.fromEntries(spaced(1, 7, 25).map((q1) => [`response/${q1}`, answer(q1)]));
}

/** Quantities while they are learned, and the follower's response. */
export function figures(p: Params, truth: Truth): ExperimentFigure[] {
  const [q1, q2] = truth.cournotQuantities;
  const stackelberg = theory.stackelbergDuopoly(p);
  return [
    {
      title: "Quantities",
      xLabel: STEPS,
      yLabel: "quantity, goods",
      lines: [
        { label: "leader", training: "econ/leaderQuantity" },
        { label: "follower", training: "econ/followerQuantity" },
        level("leader, Stackelberg", stackelberg.leaderQuantity),
        level("follower, Stackelberg", stackelberg.followerQuantity),
        level(q1 === q2 ? "both, Cournot" : "leader, Cournot", q1),
        ...(q1 === q2 ? [] : [level("follower, Cournot", q2)]),
      ],
      caption: "As played in evaluations. Not in the paper: whether its eqs. (2) and (4) agree (docs/adage.md, A2).",
    },
    {
      title: "The follower’s response",
      xLabel: "leader’s quantity, goods",
      yLabel: "follower’s quantity, goods",
      lines: [
        { label: "learned", measured: "response" },
        curve("best response", (q1) => theory.followerResponse(p, q1), spaced(1, 7, 25)),
        ...(p.observed ? [] : [level("best response to Cournot’s, unseen", q2)]),
      ],
      caption: `${
        p.observed
          ? "What a leader can learn from is this slope: an answer to every θ, not to what θ happens to be (docs/adage.md, A2)."
          : "Who cannot see θ answers all of it alike; there is nothing to lead (docs/adage.md, A2)."
      }`,
    },
  ];
}

type Truth = TruthOf<typeof duopoly>;

/** Quantities as theory has them, within 0.05 in nine seeds of ten; `cournot`: where each takes the other's as given. */
export function quantities(truth: Truth, cournot = false): Expectation[] {
  const [q1, q2] = cournot ? truth.cournotQuantities : [truth.leaderQuantity, truth.followerQuantity];
  const claim = cournot ? "Cournot" : "Stackelberg";
  const common = { claim, unit: "goods", tolerance: 0.05, kind: "absolute" } as const;
  return [
    { item: "leader's quantity", measure: "leaderQuantity", theory: q1, ...common },
    { item: "follower's quantity", measure: "followerQuantity", theory: q2, ...common, tolerance: 0.1 },
    {
      item: "follower's best-response gap",
      measure: "bestResponseGap",
      claim: "–",
      theory: 0,
      unit: "money",
      tolerance: 0.02,
      kind: "atMost",
      note: "what a deviation could still gain",
    },
  ];
}
