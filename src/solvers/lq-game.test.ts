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

test("a state that nobody can push: its cost is a geometric sum, or has no bound and is an error", () => {
  const p = { persistence: 0.9, gain: 0, stateCost: 2, controlCost: 1, discountFactor: 0.95 };
  expect(scalarRegulator(p)).toEqual({ value: expect.closeTo(2 / (1 - 0.95 * 0.81), 12), feedback: 0 });
  expect(() => scalarRegulator({ ...p, persistence: 1.1 })).toThrow("its cost has no bound");
});

test("the Riccati equation holds to rounding where control is cheap and where it is dear", () => {
  for (const controlCost of [1e-8, 1, 1e8])
    for (const stateCost of [1e-6, 1, 1e6]) {
      const { value: P, feedback: k } = scalarRegulator({
        persistence: 0.9,
        gain: 0.5,
        stateCost,
        controlCost,
        discountFactor: 0.95,
      });
      // P = q + r k² + β (a − b k)² P
      const kept = 0.9 - 0.5 * k;
      expect((stateCost + controlCost * k * k + 0.95 * kept * kept * P) / P).toBeCloseTo(1, 12);
    }
});

test("responses that are no numbers are an error with the residual", () => {
  const game = {
    persistence: Number.NaN,
    gains: [1, 1],
    stateCosts: [1, 1],
    controlCosts: [1, 1],
    discountFactor: 0.99,
  } as const;
  expect(() => feedbackNash(game)).toThrow(
    "feedbackNash: ends with a residual of NaN, expected at most 1.0e-13. Lower",
  );
});
