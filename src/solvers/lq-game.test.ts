import { expect, test } from "vitest";
import { feedbackNash, scalarRegulator } from "./lq-game.ts";

test("a regulator alone: P, K and what remains of the state, by an independent computation", () => {
  const p = { persistence: 0.9, gain: 0.5, stateCost: 1, controlCost: 0.2, discountFactor: 0.95 };
  const { value, feedback } = scalarRegulator(p);
  expect([value, feedback, 0.9 - 0.5 * feedback].map((x) => x.toFixed(10))).toEqual([
    "1.4051807968",
    "1.1255022132",
    "0.3372488934",
  ]);
});

test("two regulators of one state, alike and unlike, by an independent computation", () => {
  const alike = {
    persistence: 0.9,
    gains: [0.5, 0.5],
    stateCosts: [1, 1],
    controlCosts: [0.2, 0.2],
    discountFactor: 0.95,
  } as const;
  const shown = (game: Parameters<typeof feedbackNash>[0]) => {
    const { feedback, values, closedLoop } = feedbackNash(game);
    return [...feedback, ...values, closedLoop].map((x) => x.toFixed(10));
  };
  expect(shown(alike)).toEqual(["0.6588506711", "0.6588506711", "1.1503694002", "1.1503694002", "0.2411493289"]);
  expect(shown({ ...alike, stateCosts: [1, 2], controlCosts: [0.2, 0.5] })).toEqual([
    "0.7208546981",
    "0.5639251311",
    "1.1782060753",
    "2.3042785779",
    "0.2576100854",
  ]);
});

test("neither gains by any other linear rule: the discounted cost is least at its own", () => {
  const game = {
    persistence: 0.9,
    gains: [0.5, 0.4],
    stateCosts: [1, 2],
    controlCosts: [0.2, 0.5],
    discountFactor: 0.95,
  } as const;
  const { feedback: k, values } = feedbackNash(game);
  const cost = (i: 0 | 1, own: number) => {
    const kept = game.persistence - game.gains[i] * own - game.gains[1 - i]! * k[1 - i]!;
    return (game.stateCosts[i] + game.controlCosts[i] * own * own) / (1 - game.discountFactor * kept * kept);
  };
  for (const i of [0, 1] as const) {
    expect(cost(i, k[i])).toBeCloseTo(values[i], 12);
    for (const shift of [-0.3, -0.01, 0.01, 0.3]) expect(cost(i, k[i] + shift)).toBeGreaterThan(values[i]);
  }
});
