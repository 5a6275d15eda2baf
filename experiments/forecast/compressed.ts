// What learners lose who see only principal components of states: of six signals two components hold 97 % of the variance and less than half of what there is to know, three all of it.
import type { Experiment } from "walras";
import { basis, bestLoss, guessers } from "./parts/signals.ts";

const KINDS = { 1: "one component", 2: "two components", 3: "three components", 6: "all six signals" } as const;
type Seen = keyof typeof KINDS;
const SEEN = [1, 2, 3, 6] as const;

const compressed: Experiment = {
  ...guessers("forecast/compressed", 2),
  summary: "Learners who see one, two or three principal components of six signals, or all of them: what each loses.",
  seeds: [1, 2, 3],
  maxSeconds: 60,
  beside: {
    one: guessers("one component", 1),
    three: guessers("three components", 3),
    all: guessers("all six signals", 6, "signals"),
  },
  measure(player, _p, _training, { one, three, all }) {
    const { loss } = player.play({ seed: 1, periods: 500 });
    const losses: Record<Seen, number> = { 1: one!.loss!, 2: loss!, 3: three!.loss!, 6: all!.loss! };
    const { singularValues } = basis();
    const squares = singularValues.map((σ) => σ * σ);
    const whole = squares.reduce((sum, v) => sum + v, 0);
    const left = (k: number) => Math.sqrt(squares.slice(k).reduce((sum, v) => sum + v, 0) / whole);
    return Object.fromEntries(
      SEEN.flatMap((k) => [
        [`loss/${k}`, losses[k]],
        [`states/${k}`, left(k)],
      ]),
    );
  },
  expect: () =>
    SEEN.map((k) => ({
      item: `mean squared error of guesses, ${KINDS[k]}`,
      measure: `loss/${k}`,
      claim: "–",
      theory: bestLoss(k),
      unit: "1",
      tolerance: 0.05,
      kind: "absolute" as const,
      note: "a twentieth of what there is to guess",
    })),
  figures: () => [
    {
      title: "What is lost by how much is seen",
      xLabel: "components seen; 6: the signals themselves",
      yLabel: "share lost",
      lines: [
        { label: "of what is to be guessed, learned", measured: "loss" },
        { label: "of the states: ‖S − Ŝ‖/‖S‖", measured: "states" },
        { label: "of what is to be guessed, at best", points: SEEN.map((k) => [k, bestLoss(k)] as const), as: "dots" },
      ],
      caption:
        "Two components leave 3 % of the states' variance, 0.18 of their length, and lose two thirds of what is to be guessed: the mean squared error of guesses, whose target has variance 1.",
    },
  ],
};

export default compressed;
