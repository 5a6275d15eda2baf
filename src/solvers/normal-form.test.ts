import { expect, test } from "vitest";
import {
  bimatrix,
  choicePayoffs,
  equilibria,
  exploitability,
  type NormalForm,
  nashConv,
  pureEquilibria,
  responseGains,
} from "./normal-form.ts";

const negative = (m: readonly (readonly number[])[]) => m.map((row) => row.map((x) => -x));
const pennies = [
  [1, -1],
  [-1, 1],
];
const matchingPennies = bimatrix(pennies, negative(pennies));
const rps = [
  [0, -1, 1],
  [1, 0, -1],
  [-1, 1, 0],
];
const rockPaperScissors = bimatrix(rps, negative(rps));
const dilemma = bimatrix(
  [
    [3, 0],
    [5, 1],
  ],
  [
    [3, 5],
    [0, 1],
  ],
);
/** Rounded to nothing smaller than 1e-12. */
const round = (x: ArrayLike<number>) => Array.from(x, (v) => Math.round(v * 1e12) / 1e12);

test("prisoners defect, and gain two each by leaving cooperation", () => {
  expect(pureEquilibria(dilemma)).toEqual([[1, 1]]);
  expect(equilibria(dilemma).map(([x, y]) => [round(x), round(y)])).toEqual([
    [
      [0, 1],
      [0, 1],
    ],
  ]);
  expect([
    ...responseGains(dilemma, [
      [1, 0],
      [1, 0],
    ]),
  ]).toEqual([2, 2]);
});

test("matching pennies has one equilibrium, mixed; who plays .6 loses .2 to an opponent who notices", () => {
  expect(pureEquilibria(matchingPennies)).toEqual([]);
  expect(equilibria(matchingPennies).map(([x, y]) => [round(x), round(y)])).toEqual([
    [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
  ]);
  expect(
    round(
      responseGains(matchingPennies, [
        [0.6, 0.4],
        [0.5, 0.5],
      ]),
    ),
  ).toEqual([0, 0.2]);
});

test("rock-paper-scissors: uniform play cannot be exploited, and a pure choice loses one", () => {
  const third = [1 / 3, 1 / 3, 1 / 3];
  expect(exploitability(rockPaperScissors, [third, third])).toBeCloseTo(0, 15);
  expect(equilibria(rockPaperScissors).map(([x]) => round(x))).toEqual([round(third)]);
  expect(nashConv(rockPaperScissors, [[1, 0, 0], third])).toBeCloseTo(1, 12);
  expect(
    nashConv(rockPaperScissors, [
      [1, 0, 0],
      [1, 0, 0],
    ]),
  ).toBe(2);
});

test("battle of the sexes has its two pure equilibria and the mixed one", () => {
  const game = bimatrix(
    [
      [2, 0],
      [0, 1],
    ],
    [
      [1, 0],
      [0, 2],
    ],
  );
  expect(equilibria(game).map(([x, y]) => [...round(x), ...round(y)])).toEqual([
    [1, 0, 1, 0],
    [0, 1, 0, 1],
    [round([2 / 3])[0], round([1 / 3])[0], round([1 / 3])[0], round([2 / 3])[0]],
  ]);
});

test("Cournot's duopoly on a grid: gaps of models' profile (4, 2), none at (3, 3)", () => {
  // P = 10 − q₁ − q₂, cost 1, quantities 0, 1, … 5
  const profit = (q: number, other: number) => (10 - q - other - 1) * q;
  const steps = Array.from({ length: 11 }, (_, k) => k / 2);
  const game = bimatrix(
    steps.map((q) => steps.map((other) => profit(q, other))),
    steps.map((other) => steps.map((q) => profit(q, other))),
  );
  const at = (q: number) => steps.map((step) => (step === q ? 1 : 0));
  expect([...responseGains(game, [at(4), at(2)])]).toEqual([0.25, 0.25]);
  expect(nashConv(game, [at(3), at(3)])).toBe(0);
});

test("three players: payoffs of a choice weigh what the other two do together", () => {
  // Everybody earns the number of others who chose as it did.
  const payoffs = new Float64Array(3 * 8);
  for (let s = 0; s < 8; s++)
    for (let i = 0; i < 3; i++) {
      const picks = [(s >> 2) & 1, (s >> 1) & 1, s & 1];
      payoffs[i * 8 + s] = picks.filter((pick, j) => j !== i && pick === picks[i]).length;
    }
  const game: NormalForm = { choices: [2, 2, 2], payoffs };
  const profile = [
    [1, 0],
    [0.25, 0.75],
    [0.5, 0.5],
  ];
  expect([...choicePayoffs(game, profile, 0)]).toEqual([0.75, 1.25]);
  expect(nashConv(game, profile)).toBeCloseTo(0.5 + (1.5 - (0.25 * 1.5 + 0.75 * 0.5)) + (1.25 - 1), 12);
  expect(() => choicePayoffs(game, [[1]], 0)).toThrow("mixtures over 1 choices, expected 2, 2, 2");
});
