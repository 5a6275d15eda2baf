// What the control experiments measure of two tasks of Gymnasium's, and what is expected of it.
import type { Expectation, ExperimentFigure, Player } from "walras";
import { level, STEPS } from "../../parts/lines.ts";
import { meanReturn } from "./returns.ts";

/** CartPole: return of episodes that last up to 500 steps. */
export const balancing = (player: Player) => ({ return: meanReturn(player, "cart", 50_000) });

/** The pole stands as long as an episode can last, but for 25 steps. `share`: of seeds. */
export const balanced = (longestEpisode: number, { claim = "–", share = 0.9 } = {}): Expectation => ({
  item: "mean return of 100 greedy episodes or more",
  measure: "return",
  claim,
  theory: longestEpisode,
  unit: "steps",
  tolerance: 25,
  kind: "absolute",
  share,
  note: "475 is Gymnasium's threshold",
});

/** Pendulum: cost of episodes of 200 steps. */
export const swinging = (player: Player) => ({ cost: -meanReturn(player, "pendulum", 20_000) });

/** The pendulum is swung up and held there. `share`: of seeds. */
export const swungUp = ({ claim = "–", share = 0.9 } = {}): Expectation => ({
  item: "mean cost of 100 greedy episodes",
  measure: "cost",
  claim,
  theory: 0,
  unit: "cost per episode",
  tolerance: 200,
  kind: "atMost",
  share,
  note: "0 is a floor that nobody reaches",
});

/** Returns of episodes that end while learning; `best`: a line to reach. */
export const returns = (best?: readonly [label: string, value: number]): ExperimentFigure[] => [
  {
    title: "Return of an episode",
    xLabel: STEPS,
    yLabel: "sum of rewards",
    lines: [{ label: "while learning", training: "charts/episodicReturn" }, ...(best ? [level(...best)] : [])],
    band: "range",
    caption: "Actions are drawn while learning; claims are about greedy play.",
  },
];

/** Of learners that do not tell where episodes end. */
export const rewards: readonly ExperimentFigure[] = [
  {
    title: "Reward of a period",
    xLabel: STEPS,
    yLabel: "mean reward",
    lines: [{ label: "while learning", training: "charts/reward" }],
    band: "range",
    caption: "With the exploration of the time; claims are about greedy play.",
  },
];
