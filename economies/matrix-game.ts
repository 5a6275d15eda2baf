// Two players choose at once, again and again, and are paid by a matrix: the games that every course begins with.
// Nash 1951; the prisoner's dilemma with the payoffs of Axelrod 1984, stag hunt after Skyrms 2004.
//
// Both see what both chose in the period before. Left out: more than two players, private information, games in extensive form.
import { choice, defineEconomy, discrete, f64, numbers, param, population, solvers, unknown } from "walras";

const named = {
  "prisoners-dilemma": [
    [3, 0, 5, 1],
    [3, 5, 0, 1],
  ],
  "matching-pennies": [
    [1, -1, -1, 1],
    [-1, 1, 1, -1],
  ],
  "rock-paper-scissors": [
    [0, -1, 1, 1, 0, -1, -1, 1, 0],
    [0, 1, -1, -1, 0, 1, 1, -1, 0],
  ],
  "stag-hunt": [
    [4, 0, 3, 3],
    [4, 3, 0, 3],
  ],
} as const;
const games = ["custom", ...(Object.keys(named) as (keyof typeof named)[])] as const;

export const matrixGame = defineEconomy({
  name: "matrix-game",
  source: "Nash (1951), Annals of Mathematics 54, 286; prisoner's dilemma with the payoffs of Axelrod (1984)",
  summary: "Two players of a small game, paid by a matrix: where learners meet equilibrium for the first time.",
  params: {
    game: choice("prisoners-dilemma", games, { doc: "custom: `payoffs` and `otherPayoffs`" }),
    payoffs: numbers([3, 0, 5, 1], {
      unit: "money",
      min: -1e6,
      max: 1e6,
      doc: "custom: of the first player, row by row: rows are its own choices, as many as the other's",
    }),
    otherPayoffs: numbers([3, 5, 0, 1], {
      unit: "money",
      min: -1e6,
      max: 1e6,
      doc: "custom: of the second player, in the same rows and columns",
    }),
    choices: param(null, { unit: "choices", min: 2, max: 8, integer: true, doc: "default as many as the game has" }),
    discountFactor: param(0.95, { symbol: "δ", unit: "per period", min: 0, max: 0.999999 }),
    horizon: param(100, {
      symbol: "T",
      unit: "periods",
      min: 1,
      max: 1e9,
      integer: true,
      doc: "the episode is then truncated, not terminated",
    }),
  },
  derive: {
    choices: ({ game, payoffs, otherPayoffs }) =>
      Math.round(Math.sqrt(matricesOf({ game, payoffs, otherPayoffs })[0].length)),
  },
  horizon: "horizon",
  populations: {
    players: population({
      size: 2,
      state: {
        side: f64({ doc: "0: chooses rows, 1: chooses columns" }),
        lastChoice: f64({ initial: -1, unit: "code", doc: "in the period before; −1 in the first" }),
        payoff: f64({ unit: "money" }),
      },
      actions: { choice: discrete("choices", { doc: "row of the first player, column of the second" }) },
    }),
  },
  start: ({ world }) => ({
    sit: world({ doc: "each at its side of the table" }, ({ players }, p) => {
      matricesOf(p); // or they say what is wrong with them
      players.side[1] = 1;
    }),
  }),
  phases: ({ decide, world }) => ({
    choose: decide("players", { doc: "both at once" }),
    pay: world({ doc: "by the matrices" }, ({ players: { choice, payoff, lastChoice } }, p) => {
      const at = choice[0] * p.choices + choice[1];
      for (const [i, matrix] of matricesOf(p).entries()) {
        payoff[i] = matrix[at];
        lastChoice[i] = choice[i];
      }
    }),
  }),
  observe: {
    players: {
      side: { column: "side", center: 0.5, scale: 0.5, doc: "−1: rows, 1: columns" },
      lastChoice: {
        column: "lastChoice",
        of: "everyone",
        center: (p) => (p.choices - 1) / 2,
        scale: (p) => p.choices / 2,
        doc: "own, then the other's",
      },
    },
  },
  discountFactor: { players: "discountFactor" },
  reward: { players: { column: "payoff", doc: "what the matrix says" } },
  metrics: {
    payoff: {
      unit: "money/player",
      doc: "mean of the two",
      of: ({ players: { payoff } }) => (payoff[0] + payoff[1]) / 2,
    },
    firstChoice: {
      unit: "share",
      doc: "of players who take the first choice",
      of: ({ players: { choice } }) => ((choice[0] === 0 ? 1 : 0) + (choice[1] === 0 ? 1 : 0)) / 2,
    },
  },
  identities: {
    pay: {
      doc: "what is paid is in the matrices, where both have chosen",
      after: "period",
      of: ({ players: { choice, payoff } }, p) => {
        const at = choice[0] * p.choices + choice[1];
        return Math.max(...matricesOf(p).map((matrix, i) => Math.abs(matrix[at] - payoff[i])));
      },
    },
  },
  truth(p) {
    const game = normalForm(p);
    const found = solvers.equilibria(game);
    const pureEquilibria = solvers.pureEquilibria(game).length;
    if (found.length === 0) {
      const none = unknown("the game is degenerate: no equilibrium mixes as many choices on one side as on the other");
      const [firstChoice, otherFirstChoice, value, otherValue] = [none, none, none, none];
      return { equilibria: none, pureEquilibria, firstChoice, otherFirstChoice, value, otherValue };
    }
    const [x, y] = found[0];
    return {
      equilibria: solvers.isDegenerate(game, found)
        ? unknown(
            "the game is degenerate: somebody is indifferent where nobody need be, and there may be infinitely many",
          )
        : found.length,
      pureEquilibria,
      firstChoice: x[0],
      otherFirstChoice: y[0],
      value: solvers.choicePayoffs(game, [x, y], 0).reduce((sum, u, a) => sum + u * x[a], 0),
      otherValue: solvers.choicePayoffs(game, [x, y], 1).reduce((sum, u, b) => sum + u * y[b], 0),
    };
  },
  truthDocs: {
    equilibria: "number of Nash equilibria, mixed ones too, of the game played once",
    pureEquilibria: "of which pure",
    firstChoice:
      "probability that the first player takes its first choice, in the first equilibrium (pure ones come first)",
    otherFirstChoice: "that the second player does",
    value: "what the first player expects there, money per period",
    otherValue: "what the second player expects there",
  },
  figures: [
    {
      title: "Payoffs",
      population: "players",
      column: "payoff",
      statistic: "mean",
      caption: "What each player was paid in the last period of an evaluation.",
    },
  ],
});

export default matrixGame;

interface Settings {
  readonly game: (typeof games)[number];
  readonly payoffs: readonly number[];
  readonly otherPayoffs: readonly number[];
  /** Left to the game unless given. */
  readonly choices?: number;
}

/** The game that the parameters describe, for solvers. */
export function normalForm(p: Settings): solvers.NormalForm {
  const [first, second] = matricesOf(p);
  const n = Math.sqrt(first.length);
  return { choices: [n, n], payoffs: Float64Array.from([...first, ...second]) };
}

function matricesOf({ game, payoffs, otherPayoffs, choices }: Settings): Matrices {
  const matrices: Matrices = game === "custom" ? [payoffs, otherPayoffs] : named[game];
  const n = Math.sqrt(matrices[0].length);
  if (game !== "custom") {
    if (choices !== undefined && choices !== n)
      throw new Error(
        `matrix-game: choices is ${choices}, but ${game} has ${n}. Leave choices out, or set game=custom.`,
      );
    return matrices;
  }
  if (choices !== undefined && choices !== n)
    throw new Error(
      `matrix-game: choices is ${choices}, expected ${n} for payoffs of ${payoffs.length} numbers. Leave choices out, or give payoffs that fit.`,
    );
  if (!Number.isInteger(n) || n < 2 || payoffs.length !== otherPayoffs.length)
    throw new Error(
      `matrix-game: payoffs has ${payoffs.length} numbers and otherPayoffs ${otherPayoffs.length}, expected the same square: 4, 9, 16, … Give both.`,
    );
  return matrices;
}

type Matrices = readonly [readonly number[], readonly number[]];
