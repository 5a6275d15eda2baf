// Games with several populations that learn at once, held against their equilibria.
import { expect, test } from "vitest";
import { trainOn } from "../../test/tiny-economies.ts";
import { box, defineEconomy, f64, population } from "../economy/index.ts";
import { type FeedbackNash, feedbackNash } from "../solvers/index.ts";
import { ppo } from "./ppo.ts";

const game = {
  persistence: 0.9,
  gains: [0.5, 0.5],
  stateCosts: [1, 2],
  controlCosts: [0.2, 0.5],
  discountFactor: 0.95,
} as const;

/** Each of 32 states is pushed by one regulator of either kind; both pay for where it is, each for its own push. */
const sharedState = defineEconomy({
  name: "shared-state",
  source: "Başar & Olsder (1999), ch. 6",
  summary: "Two regulators push one state.",
  params: {},
  horizon: 10,
  populations: {
    first: population({ size: 32, state: { x: f64(), reward: f64() }, actions: { push: box(-3, 3) } }),
    second: population({ size: 32, state: { x: f64(), reward: f64() }, actions: { push: box(-3, 3) } }),
  },
  start: ({ world }) => ({
    place: world({ doc: "somewhere in ±1" }, ({ first, second }, _p, draw) => {
      for (let i = 0; i < first.size; i++) first.x[i] = second.x[i] = 2 * draw.uniform(`x/${i}`) - 1;
    }),
  }),
  phases: ({ decide, world }) => ({
    pushFirst: decide("first", { doc: "at once with" }),
    pushSecond: decide("second", { doc: "the other" }),
    move: world({ doc: "x′ = a x + b₁ u₁ + b₂ u₂" }, ({ first, second }) => {
      const { stateCosts: q, controlCosts: r, persistence: a, gains: b } = game;
      for (let i = 0; i < first.size; i++) {
        const [x, u, v] = [first.x[i], first.push[i], second.push[i]];
        first.reward[i] = -(q[0] * x * x + r[0] * u * u);
        second.reward[i] = -(q[1] * x * x + r[1] * v * v);
        first.x[i] = second.x[i] = a * x + b[0] * u + b[1] * v;
      }
    }),
  }),
  observe: { first: { x: { column: "x", doc: "x" } }, second: { x: { column: "x", doc: "x" } } },
  reward: { first: { column: "reward", doc: "−cost" }, second: { column: "reward", doc: "−cost" } },
});

test("two regulators of one state learn the feedback equilibrium of their game, not the rules of regulators alone", () => {
  const { feedback }: FeedbackNash = feedbackNash(game);
  const { player } = trainOn(ppo, sharedState, {
    config: {
      gamma: 0.95,
      numSteps: 10,
      updateEpochs: 6,
      hiddenWidth: 32,
      entCoef: 0,
      initialLogStd: -1.5,
      learningRate: 3e-3,
      clipVloss: false,
      maxGradNorm: 10,
    },
    totalSteps: 6000,
  });
  const x = Float64Array.from({ length: 32 }, (_, i) => -1 + (2 * (i + 0.5)) / 32);
  const slope = (name: "first" | "second") => {
    const { push } = player.respond(name, (w) => {
      (w[name] as unknown as { x: Float64Array }).x.set(x);
    }) as unknown as { push: Float64Array };
    return -push.reduce((sum, u, i) => sum + u * x[i], 0) / x.reduce((sum, v) => sum + v * v, 0);
  };
  // Alone the first would push by 1.126 x.
  expect(Math.abs(slope("first") - feedback[0])).toBeLessThan(0.07);
  expect(Math.abs(slope("second") - feedback[1])).toBeLessThan(0.07);
});
