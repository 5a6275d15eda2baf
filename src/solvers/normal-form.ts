// Games in normal form: what each profile of choices pays each player, best responses, and how far a profile of mixtures is from equilibrium.
// NashConv as in Lanctot et al. 2017, https://arxiv.org/abs/1711.00832; equilibria of two players by support enumeration (Dickhaut & Kaplan 1991).
//
// N players, A_i choices of player i, S = Π A_i profiles, numbered with the first player's choice as the leading digit

/** A game played once. */
export interface NormalForm {
  /** [N] A_i */
  readonly choices: readonly number[];
  /** [N, S] what each profile pays each player. */
  readonly payoffs: Float64Array;
}

/** A mixture for each player: probabilities of its choices. */
export type MixedProfile = readonly ArrayLike<number>[];

/** Two players from the matrices [A_1, A_2] of their payoffs. */
export function bimatrix(first: readonly (readonly number[])[], second: readonly (readonly number[])[]): NormalForm {
  const choices = [first.length, first[0]?.length ?? 0];
  for (const [name, matrix] of Object.entries({ first, second }))
    if (matrix.length !== choices[0] || matrix.some((row) => row.length !== choices[1]) || choices[1] === 0)
      throw new Error(
        `bimatrix: ${name} has rows of ${matrix.map((row) => row.length).join(", ")} payoffs, expected ${choices[0]} rows of ${choices[1]}.`,
      );
  return { choices, payoffs: Float64Array.from([...first.flat(), ...second.flat()]) };
}

/** E u_i of each pure choice of player i, the others mixing as they do. */
export function choicePayoffs({ choices, payoffs }: NormalForm, profile: MixedProfile, player: number): Float64Array {
  check(choices, profile);
  const S = choices.reduce((a, b) => a * b, 1);
  const out = new Float64Array(choices[player]!);
  for (let s = 0; s < S; s++) {
    let weight = 1;
    let own = 0;
    for (let i = choices.length - 1, rest = s; i >= 0; i--) {
      const choice = rest % choices[i]!;
      rest = (rest - choice) / choices[i]!;
      if (i === player) own = choice;
      else weight *= profile[i]![choice]!;
    }
    out[own]! += weight * payoffs[player * S + s]!;
  }
  return out;
}

/** What each player would gain by its best response to the others: max_a u_i(a, π₋ᵢ) − u_i(π), never negative but for rounding. */
export function responseGains(game: NormalForm, profile: MixedProfile): Float64Array {
  return Float64Array.from(game.choices, (_, player) => {
    const values = choicePayoffs(game, profile, player);
    return Math.max(...values) - values.reduce((sum, value, a) => sum + profile[player]![a]! * value, 0);
  });
}

/** NashConv = Σ_i gain of player i's best response; zero at an equilibrium. */
export const nashConv = (game: NormalForm, profile: MixedProfile): number =>
  responseGains(game, profile).reduce((a, b) => a + b, 0);

/** NashConv per player; of a zero-sum game of two, how much a profile loses to its worst opponents on average. */
export const exploitability = (game: NormalForm, profile: MixedProfile): number =>
  nashConv(game, profile) / game.choices.length;

/** Profiles from which nobody gains by moving alone. */
export function pureEquilibria(game: NormalForm): number[][] {
  const least = 1e-12 * sizeOf(game);
  const S = game.choices.reduce((a, b) => a * b, 1);
  const found: number[][] = [];
  for (let s = 0; s < S; s++) {
    const picks = digits(game.choices, s);
    const pure = picks.map((pick, i) => Array.from({ length: game.choices[i]! }, (_, a) => (a === pick ? 1 : 0)));
    if (Math.max(...responseGains(game, pure)) <= least) found.push(picks);
  }
  return found;
}

/**
 * Equilibria of a game of two, pure and mixed, with supports of equal size: all of them unless the game is degenerate. Of exponential cost in the number
 * of choices; meant for a handful.
 */
export function equilibria(game: NormalForm): [Float64Array, Float64Array][] {
  const { choices, payoffs } = game;
  if (choices.length !== 2) throw new Error(`equilibria: got ${choices.length} players, expected 2.`);
  const [A, B] = choices as [number, number];
  const size = sizeOf(game) || 1;
  const u = (i: number, a: number, b: number): number => payoffs[i * A * B + a * B + b]! / size;
  const found: [Float64Array, Float64Array][] = [];
  for (let size = 1; size <= Math.min(A, B); size++)
    for (const rows of subsets(A, size))
      for (const columns of subsets(B, size)) {
        const y = indifferent(rows, columns, B, u.bind(null, 0));
        const x = indifferent(columns, rows, A, (b, a) => u(1, a, b));
        if (x && y && Math.max(...responseGains(game, [x, y])) <= 1e-9 * size) found.push([x, y]);
      }
  return found;
}

/**
 * Whether somebody has more best responses to an equilibrium than its opponent mixes choices. Then there may be infinitely many equilibria, and some with
 * supports of unequal size.
 */
export function isDegenerate(game: NormalForm, found: readonly MixedProfile[]): boolean {
  const near = 1e-9 * sizeOf(game);
  return found.some((profile) =>
    profile.some((_, i) => {
      const values = choicePayoffs(game, profile, i);
      const most = Math.max(...values);
      const best = values.filter((value) => value >= most - near).length;
      return best > Array.from(profile[1 - i]!).filter((p) => p > 0).length;
    }),
  );
}

/** The largest payoff in size, by which others are near or far. */
const sizeOf = ({ payoffs }: NormalForm): number => payoffs.reduce((most, u) => Math.max(most, Math.abs(u)), 0);

/** Probabilities over `support` of n choices that make the other indifferent between `between`; null if there are none. */
function indifferent(
  between: readonly number[],
  support: readonly number[],
  n: number,
  payoff: (own: number, other: number) => number,
): Float64Array | null {
  // Σ_b u(a, b) y_b = v for each a, Σ y_b = 1; unknowns y and v
  const k = support.length;
  const rows = between.map((a) => [...support.map((b) => payoff(a, b)), -1, 0]);
  const solution = solve([...rows, [...support.map(() => 1), 0, 1]]);
  if (!solution || solution.slice(0, k).some((p) => p < 1e-12)) return null;
  const mixture = new Float64Array(n);
  for (let j = 0; j < k; j++) mixture[support[j]!] = solution[j]!;
  return mixture;
}

/** Gaussian elimination with partial pivoting of [A | b]; null if A is singular. */
function solve(rows: number[][]): number[] | null {
  const n = rows.length;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(rows[r]![c]!) > Math.abs(rows[pivot]![c]!)) pivot = r;
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    if (Math.abs(rows[c]![c]!) < 1e-12) return null;
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = rows[r]![c]! / rows[c]![c]!;
      for (let j = c; j <= n; j++) rows[r]![j]! -= factor * rows[c]![j]!;
    }
  }
  return rows.map((row, r) => row[n]! / row[r]!);
}

function* subsets(n: number, size: number, from = 0): Generator<number[]> {
  if (size === 0) yield [];
  else for (let i = from; i <= n - size; i++) for (const rest of subsets(n, size - 1, i + 1)) yield [i, ...rest];
}

/** Choices of a profile by its number. */
function digits(choices: readonly number[], profile: number): number[] {
  const out = Array<number>(choices.length).fill(0);
  for (let i = choices.length - 1, rest = profile; i >= 0; i--) {
    out[i] = rest % choices[i]!;
    rest = (rest - out[i]!) / choices[i]!;
  }
  return out;
}

function check(choices: readonly number[], profile: MixedProfile): void {
  const lengths = profile.map((mixture) => mixture.length);
  if (lengths.length !== choices.length || lengths.some((length, i) => length !== choices[i]))
    throw new Error(`A profile has mixtures over ${lengths.join(", ")} choices, expected ${choices.join(", ")}.`);
}
