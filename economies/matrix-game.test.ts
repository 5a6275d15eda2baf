import { expect, test } from "vitest";
import { allKnown, resolveParams } from "../src/economy/index.ts";
import { makeVectorEnv } from "../src/env/vector-env.ts";
import { matrixGame, normalForm } from "./matrix-game.ts";

const truthOf = (settings: object) => allKnown(matrixGame.truth!(resolveParams(matrixGame, settings as never)));

test("equilibria of the games with a name", () => {
  const pick = ({ equilibria, pureEquilibria, firstChoice, value }: ReturnType<typeof truthOf>) =>
    [equilibria, pureEquilibria, firstChoice, value].map((x) => Math.round(x * 1e9) / 1e9);
  expect(pick(truthOf({ game: "prisoners-dilemma" }))).toEqual([1, 1, 0, 1]);
  expect(pick(truthOf({ game: "matching-pennies" }))).toEqual([1, 0, 0.5, 0]);
  expect(pick(truthOf({ game: "rock-paper-scissors" }))).toEqual([1, 0, 0.333333333, 0]);
  expect(pick(truthOf({ game: "stag-hunt" }))).toEqual([3, 2, 1, 4]);
});

test("every profile pays what the matrices say, to either player", () => {
  const p = {
    game: "custom",
    payoffs: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    otherPayoffs: [9, 8, 7, 6, 5, 4, 3, 2, 1],
  } as const;
  const env = makeVectorEnv(matrixGame, { numEnvs: 1, params: p });
  const { payoffs } = normalForm(p);
  env.reset(1);
  for (let row = 0; row < 3; row++)
    for (let column = 0; column < 3; column++) {
      env.batch.players.actions.set([row, column]);
      env.step();
      expect([...env.batch.players.rewards]).toEqual([payoffs[3 * row + column], payoffs[9 + 3 * row + column]]);
      expect([...env.batch.players.obs]).toEqual(
        [-1, row - 1, column - 1, 1, column - 1, row - 1].map((x, k) => (k % 3 === 0 ? x : Math.fround(x / 1.5))),
      );
    }
});

test("a number of choices that the game does not have is refused, and so are matrices that do not fit", () => {
  const make = (params: object) => makeVectorEnv(matrixGame, { numEnvs: 1, params: params as never }).reset(1);
  expect(() => make({ game: "rock-paper-scissors", choices: 2 })).toThrow(
    "choices is 2, but rock-paper-scissors has 3",
  );
  expect(() => make({ game: "custom", choices: 3 })).toThrow("choices is 3, expected 2 for payoffs of 4 numbers");
  expect(() => make({ game: "custom", payoffs: [1, 2, 3] })).toThrow("payoffs has 3 numbers and otherPayoffs 4");
});
