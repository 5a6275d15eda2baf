// Quantal response of market entrants: insiders enter with probability x = 1/(1 + e^−X), outsiders with y = 1/(1 + e^−Y), where
//
//   X = κ A(x, y),  A = v (C − 1 − (d−1) x − (n−d) y) + |τβ|                                what an insider gains by staying in
//   Y = κ B(x, y),  B = E[r − τ|r|] − β,  r = β + v (C − 1 − K),  K ~ Bin(d, x) + Bin(n−d−1, y)   what an outsider gains by entering
//
// of d insiders among n traders. There may be several solutions; McKelvey & Palfrey 1995 select the one on the path of solutions that begins with
// κ = 0. That path folds: κ may have to fall for a while before it can rise again, so the path is followed by its length, not by κ.
// Pseudo-arclength continuation: Allgower & Georg 1990, Numerical Continuation Methods, ch. 2 and 6.
import { exp, findRoot, log, requireConverged, sigmoid } from "walras/math";
import { type Counts, countsOf, expectedBelow, probabilityBelow } from "walras/solvers";

export interface EntryGame {
  readonly traders: number; // n
  readonly capacity: number; // C
  readonly strength: number; // v
  readonly baseReward: number; // β
  readonly taxRate: number; // τ
  readonly rationality: number; // κ
}

/** Probabilities with which insiders and outsiders enter. */
export interface EntryResponse {
  readonly stay: number; // x
  readonly enter: number; // y
}

/** The logit response to itself when d of n were in; of insiders or outsiders who do not exist, NaN. */
export function entryResponse(m: EntryGame, d: number): EntryResponse {
  const { traders: n, strength: v, taxRate: τ, rationality: κ } = m;
  const game = responses(m, d);
  // Nobody tells insiders from outsiders where there is no tax; elsewhere there may be only one kind.
  if (τ === 0 || v === 0 || d === 0 || d === n) {
    const [X, Y] =
      v === 0
        ? [κ * game.at(0, 0).A, κ * game.at(0, 0).B]
        : τ === 0
          ? both(alone((p) => κ * v * (m.capacity - 1 - (n - 1) * p)))
          : d === 0
            ? [Number.NaN, alone((y) => κ * game.at(0, y).B)]
            : [alone((x) => κ * game.at(x, 0).A), Number.NaN];
    return { stay: d > 0 ? sigmoid(X) : Number.NaN, enter: d < n ? sigmoid(Y) : Number.NaN };
  }
  return follow(m, game, d);
}

const both = (X: number): [number, number] => [X, X];

/** X = of(1/(1 + e^−X)) where `of` falls: one solution. Sought as X = sinh u, since X may be astronomic. */
function alone(of: (p: number) => number): number {
  const [most, least] = [of(0), of(1)];
  if (!(asinh(most) - asinh(least) > 1e-14)) return most;
  return sinh(findRoot((u) => asinh(of(sigmoid(sinh(u)))) - u, asinh(least), asinh(most), { tolerance: 1e-15 }));
}

/** A and B at x and y with their slopes. */
interface Advantages {
  readonly A: number;
  readonly B: number;
  readonly Ax: number;
  readonly Ay: number;
  readonly Bx: number;
  readonly By: number;
}

function responses({ traders: n, capacity: C, strength: v, baseReward: β, taxRate: τ }: EntryGame, d: number) {
  const others = n - d - 1; // outsiders beside an outsider
  const breakEven = v > 0 ? C - 1 + β / v : β >= 0 ? Infinity : -Infinity; // r > 0 for K below
  function at(x: number, y: number): Advantages {
    const A = v * (C - 1 - (d - 1) * x - (n - d) * y) + Math.abs(τ * β);
    const mean = d * x + Math.max(0, others) * y;
    const gain = v * (C - 1 - mean);
    const r = β + gain; // E r
    // E|r| = 2v E(c − K)⁺ − E r;  ∂E|r|/∂x = −2v d E min(1, (c − K′)⁺) + v d with K′ of one insider fewer
    let size = Math.abs(r);
    let [sizeX, sizeY] = [-v * d * Math.sign(r), -v * Math.max(0, others) * Math.sign(r)];
    if (breakEven > 0 && breakEven < n) {
      const [insiders, outsiders] = [countsOf(d, x), countsOf(Math.max(0, others), y)];
      size = 2 * v * expectedBelow(insiders, outsiders, breakEven) - r;
      const slope = (a: Counts, b: Counts): number => v * (1 - 2 * probabilityBelow(a, b, breakEven));
      sizeX = d > 0 ? d * slope(countsOf(d - 1, x), outsiders) : 0;
      sizeY = others > 0 ? others * slope(insiders, countsOf(others - 1, y)) : 0;
    }
    return {
      A,
      B: gain - τ * size,
      Ax: -v * (d - 1),
      Ay: -v * (n - d),
      Bx: -v * d - τ * sizeX,
      By: -v * Math.max(0, others) - τ * sizeY,
    };
  }
  return { at, scale: Math.abs(τ * β) + v * (C + n + 1) };
}

// The path in (u, w, λ): X = sinh u, Y = sinh w, κS = sinh λ with S the size of the advantages, so that all three are of the order of the logarithm
// of what they stand for, and linear near 0.
const MOST_STEPS = 5000;
const WIDEST = 0.4;
const NARROWEST = 1e-11;
const TURN = 0.95; // least cosine between directions at the ends of a step: what turns faster is followed in smaller ones

type Point = readonly [u: number, w: number, λ: number];

function follow(m: EntryGame, game: ReturnType<typeof responses>, d: number): EntryResponse {
  const { rationality: κ } = m;
  const S = game.scale;
  const target = asinh(κ * S);
  const system = ([u, w, λ]: Point) => {
    const [X, Y, k] = [sinh(u), sinh(w), sinh(λ) / S];
    const [x, y] = [sigmoid(X), sigmoid(Y)];
    const { A, B, Ax, Ay, Bx, By } = game.at(x, y);
    // Each equation relative to 1 + |X| or 1 + |Y|; derivatives by the logits' own slopes.
    const [ex, ey] = [1 + Math.abs(X), 1 + Math.abs(Y)];
    const [dX, dY, dk] = [cosh(u), cosh(w), cosh(λ) / S];
    const [dx, dy] = [x * sigmoid(-X) * dX, y * sigmoid(-Y) * dY];
    return {
      f: [(k * A - X) / ex, (k * B - Y) / ey] as const,
      first: [(k * Ax * dx - dX) / ex, (k * Ay * dy) / ex, (dk * A) / ex] as const,
      second: [(k * Bx * dx) / ey, (k * By * dy - dY) / ey, (dk * B) / ey] as const,
    };
  };
  type System = ReturnType<typeof system>;
  // Where the path goes, always with the same orientation: the rows' cross product.
  const direction = ({ first: a, second: b }: System): Point => {
    const t = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]] as const;
    const size = Math.sqrt(t[0] * t[0] + t[1] * t[1] + t[2] * t[2]);
    return [t[0] / size, t[1] / size, t[2] / size];
  };
  /** Newton's method within the plane through `start` across `normal`; null where it does not settle near by. */
  const correct = (start: Point, normal: Point, near: number): Point | null => {
    let at = start;
    for (let iteration = 0; iteration < 12; iteration++) {
      const { f, first, second } = system(at);
      const step = solve3(first, second, normal, [-f[0], -f[1], 0]);
      at = [at[0] + step[0], at[1] + step[1], at[2] + step[2]];
      const moved = Math.max(Math.abs(step[0]), Math.abs(step[1]), Math.abs(step[2]));
      if (!(distance(at, start) <= near)) return null;
      const noise = rounding(1 + sinh(at[2]));
      if (moved < 1e-12 + noise || Math.max(Math.abs(f[0]), Math.abs(f[1])) < noise) return at;
    }
    return null;
  };

  let at: Point = [0, 0, 0];
  let along = direction(system(at));
  let length = WIDEST;
  for (let step = 0; at[2] < target; step++) {
    if (step === MOST_STEPS || length < NARROWEST)
      return judged(
        at,
        `The path of solutions turns too sharply to be followed beyond rationality ${(sinh(at[2]) / S).toPrecision(3)}: stay below it, or choose a larger tax, or none.`,
      );
    const guess: Point = [at[0] + length * along[0], at[1] + length * along[1], at[2] + length * along[2]];
    const next = correct(guess, along, length / 2);
    const onward = next && direction(system(next));
    const turned = onward && onward[0] * along[0] + onward[1] * along[1] + onward[2] * along[2];
    // A fold that may or may not reach the target is looked at closely.
    const missed = next && onward && along[2] > 0 && onward[2] < 0 && target - next[2] < length && length > 1e-5;
    if (!next || !onward || !(turned! >= TURN) || missed) {
      length /= 2;
      continue;
    }
    if (next[2] >= target) return arrive(at, next);
    at = next;
    along = onward;
    length = Math.min(WIDEST, length * 1.6);
  }
  return arrive(at, at);

  /** The solution at κ itself, between two points of the path. */
  function arrive(before: Point, after: Point): EntryResponse {
    const share = after[2] > before[2] ? (target - before[2]) / (after[2] - before[2]) : 1;
    const guess: Point = [
      before[0] + share * (after[0] - before[0]),
      before[1] + share * (after[1] - before[1]),
      target,
    ];
    return judged(correct(guess, [0, 0, 1], 1) ?? guess, "Lower rationality or strength.");
  }

  /** The residual is that of logits, relative to 1 + |X|; beyond 1e-10 only what rounding of the advantages makes of them is let through. */
  function judged([u, w]: Point, advice: string): EntryResponse {
    const [X, Y] = [sinh(u), sinh(w)];
    const [x, y] = [sigmoid(X), sigmoid(Y)];
    const { A, B } = game.at(x, y);
    const residual = Math.max(Math.abs(κ * A - X) / (1 + Math.abs(X)), Math.abs(κ * B - Y) / (1 + Math.abs(Y)));
    const solver = `entryResponse with ${d} of ${m.traders} inside`;
    requireConverged(solver, residual, 1e-10 + 4 * rounding(κ * S), advice);
    return { stay: x, enter: y };
  }
}

/** What rounding of the advantages, of size S, makes of logits at κ. */
const rounding = (κS: number): number => 16 * Number.EPSILON * κS;

const distance = (a: Point, b: Point): number =>
  Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]), Math.abs(a[2] - b[2]));

/** Cramer's rule. */
function solve3(a: Point, b: Point, c: Point, r: Point): Point {
  const determinant = (p: Point, q: Point, s: Point): number =>
    p[0] * (q[1] * s[2] - q[2] * s[1]) - p[1] * (q[0] * s[2] - q[2] * s[0]) + p[2] * (q[0] * s[1] - q[1] * s[0]);
  const D = determinant(a, b, c);
  const column = (k: number): number => {
    const put = (row: Point, value: number): Point => row.map((x, j) => (j === k ? value : x)) as unknown as Point;
    return determinant(put(a, r[0]), put(b, r[1]), put(c, r[2])) / D;
  };
  return [column(0), column(1), column(2)];
}

const sinh = (u: number): number => (Math.abs(u) < 1e-5 ? u * (1 + (u * u) / 6) : (exp(u) - exp(-u)) / 2);
const cosh = (u: number): number => (exp(u) + exp(-u)) / 2;
const asinh = (x: number): number => {
  const size = Math.abs(x);
  const u = size < 1e-5 ? size * (1 - (size * size) / 6) : log(size + Math.sqrt(size * size + 1));
  return x < 0 ? -u : u;
};
