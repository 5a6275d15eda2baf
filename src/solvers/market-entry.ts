// The market entry game: n traders enter or stay out, and entering pays the less the more enter. Its equilibria, and the Markov chain of attendance when
// boundedly rational traders look at where they stood and how many entered, and switching is taxed.
// Rapoport, Seale, Erev & Sundali 1998, Management Science 44, 119; quantal response: McKelvey & Palfrey 1995, Games Econ. Behav. 10, 6.
//
//   r(enter) = β + v (C − D),   r(stay out) = β,   less |τ r| for whoever switches; D counts all who enter
//
// With (own position, D₋₁) known, everybody who was in does alike, and everybody who was out: entrants among the d insiders and the n − d outsiders are two
// binomials, so that attendance is a Markov chain on 0 … n.
import { exp, log, sigmoid } from "../math/index.ts";

export interface MarketEntry {
  readonly traders: number; // n
  readonly capacity: number; // C
  readonly strength: number; // v
  readonly baseReward: number; // β
  readonly taxRate: number; // τ
  readonly rationality: number; // κ
}

/** Where entering pays as much as staying out if all enter with the same probability: v (C − 1 − (n − 1) p) = 0, or the nearest corner. */
export const entryProbability = ({ traders: n, capacity: C }: MarketEntry): number =>
  Math.min(1, Math.max(0, n > 1 ? (C - 1) / (n - 1) : C >= 1 ? 1 : 0));

export interface Attendance {
  /** Stationary law of D. */
  readonly law: Float64Array; // [n + 1]
  readonly mean: number;
  readonly sd: number;
  /** E |D′ − D|/D over the periods with D > 0; 0 if there are none. */
  readonly change: number;
  /** Reward per trader and period, after tax. */
  readonly reward: number;
  /** Probability that who was in stays in, and that who was out enters, by D₋₁; NaN where there is nobody of the kind. */
  readonly stay: Float64Array; // [n + 1]
  readonly enter: Float64Array; // [n + 1]
}

/** Attendance when all enter with probability p, whatever happened before. */
export function independentAttendance(m: MarketEntry, p: number): Attendance {
  const n = m.traders;
  return attendanceOf({ ...m, taxRate: 0 }, new Float64Array(n + 1).fill(p), new Float64Array(n + 1).fill(p));
}

/**
 * Attendance where everybody's choice is the logit response to everybody's, P(enter) = 1/(1 + e^(−κ (E r_enter − E r_out))) for insiders and for
 * outsiders at each D₋₁. Of several solutions the one on the path that begins at P = ½ with κ = 0, as McKelvey & Palfrey select.
 */
export function logitAttendance(m: MarketEntry): Attendance {
  const { traders: n, strength: v, rationality } = m;
  const stay = new Float64Array(n + 1).fill(Number.NaN);
  const enter = new Float64Array(n + 1).fill(Number.NaN);
  const steps = Math.max(1, Math.ceil(2 * Math.sqrt(rationality * Math.abs(v) * n)));
  for (let d = 0; d <= n; d++) {
    // In logits, so that Newton's steps stay inside: X = κ (advantage of insiders), Y of outsiders
    const gap = (X: number, Y: number, κ: number): [number, number] => {
      const [x, y] = [sigmoid(X), sigmoid(Y)];
      return [
        d > 0 ? κ * advantage(m, sum(binomial(d - 1, x), binomial(n - d, y)), true) - X : -X,
        d < n ? κ * advantage(m, sum(binomial(d, x), binomial(n - d - 1, y)), false) - Y : -Y,
      ];
    };
    let [X, Y] = [0, 0];
    for (let k = 1; k <= steps; k++) {
      const κ = rationality * (k / steps) * (k / steps);
      for (let iteration = 0; iteration < 50; iteration++) {
        const [f, g] = gap(X, Y, κ);
        if (Math.abs(f) + Math.abs(g) < 1e-12 * (1 + Math.abs(X) + Math.abs(Y))) break;
        const h = 1e-6;
        const [fX, gX] = gap(X + h, Y, κ).map((value, i) => (value - [f, g][i]) / h);
        const [fY, gY] = gap(X, Y + h, κ).map((value, i) => (value - [f, g][i]) / h);
        const determinant = fX * gY - fY * gX;
        const move = [(f * gY - g * fY) / determinant, (g * fX - f * gX) / determinant];
        const most = Math.max(1, Math.abs(move[0]), Math.abs(move[1]));
        X -= move[0] / most;
        Y -= move[1] / most;
      }
    }
    if (d > 0) stay[d] = sigmoid(X);
    if (d < n) enter[d] = sigmoid(Y);
  }
  return attendanceOf(m, stay, enter);
}

const taxed = (reward: number, τ: number): number => reward - Math.abs(τ * reward);

/** E r_enter − E r_out after tax, for who was in or out, when the others' attendance has the law `others`. */
function advantage(
  { capacity: C, strength: v, baseReward: β, taxRate: τ }: MarketEntry,
  others: Float64Array,
  insider: boolean,
): number {
  let entering = 0;
  for (let k = 0; k < others.length; k++) {
    const reward = β + v * (C - k - 1);
    entering += others[k] * (insider ? reward : taxed(reward, τ));
  }
  return entering - (insider ? taxed(β, τ) : β);
}

function attendanceOf(m: MarketEntry, stay: Float64Array, enter: Float64Array): Attendance {
  const { traders: n, capacity: C, strength: v, baseReward: β, taxRate: τ } = m;
  const transition = Array.from({ length: n + 1 }, (_, d) =>
    sum(binomial(d, d > 0 ? stay[d] : 0), binomial(n - d, d < n ? enter[d] : 0)),
  );
  const law = stationary(transition);
  let mean = 0;
  for (let d = 0; d <= n; d++) mean += law[d] * d;
  let [variance, change, positive, reward] = [0, 0, 0, 0];
  for (let d = 0; d <= n; d++) {
    variance += law[d] * (d - mean) * (d - mean);
    if (d > 0) {
      positive += law[d];
      for (let next = 0; next <= n; next++) change += (law[d] * transition[d][next] * Math.abs(next - d)) / d;
    }
    // By insiders who stay and outsiders who enter: the two binomials apart, since only the latter are taxed.
    const stayers = binomial(d, d > 0 ? stay[d] : 0);
    const entrants = binomial(n - d, d < n ? enter[d] : 0);
    for (let s = 0; s < stayers.length; s++)
      for (let k = 0; k < entrants.length; k++) {
        const inside = β + v * (C - s - k);
        const all = s * inside + k * taxed(inside, τ) + (d - s) * taxed(β, τ) + (n - d - k) * β;
        reward += (law[d] * stayers[s] * entrants[k] * all) / n;
      }
  }
  return { law, mean, sd: Math.sqrt(variance), change: positive > 0 ? change / positive : 0, reward, stay, enter };
}

/** Law of the number of successes among n with probability p. */
export function binomial(n: number, p: number): Float64Array {
  const law = new Float64Array(n + 1);
  if (p <= 0 || p >= 1) {
    law[p <= 0 ? 0 : n] = 1;
    return law;
  }
  // From the mode outwards, so that nothing underflows before it matters.
  const mode = Math.min(n, Math.floor((n + 1) * p));
  let logMode = mode * log(p) + (n - mode) * log(1 - p);
  for (let k = 1; k <= mode; k++) logMode += log((n - mode + k) / k);
  law[mode] = exp(logMode);
  for (let k = mode; k < n; k++) law[k + 1] = (law[k] * (n - k) * p) / ((k + 1) * (1 - p));
  for (let k = mode; k > 0; k--) law[k - 1] = (law[k] * k * (1 - p)) / ((n - k + 1) * p);
  return law;
}

/** Law of the sum of two independent counts. */
function sum(a: Float64Array, b: Float64Array): Float64Array {
  const law = new Float64Array(a.length + b.length - 1);
  const [from, to] = support(b);
  for (let i = 0; i < a.length; i++) if (a[i] > NEGLIGIBLE) for (let j = from; j < to; j++) law[i + j] += a[i] * b[j];
  return law;
}

const NEGLIGIBLE = 1e-18;

function support(law: Float64Array): [from: number, to: number] {
  let from = 0;
  let to = law.length;
  while (from < to && law[from] <= NEGLIGIBLE) from++;
  while (to > from && law[to - 1] <= NEGLIGIBLE) to--;
  return [from, to];
}

// Grassmann, Taksar & Heyman 1985: states are removed from the last on, by sums and products of positive numbers only, so that nothing cancels.
/** The stationary law of a chain; of one that may end in several places, what comes of beginning anywhere. */
export function stationary(transition: readonly Float64Array[]): Float64Array {
  const P = transition.map((row) => row.slice());
  const last = P.length - 1;
  for (let s = last; s > 0; s--) {
    let leaving = 0;
    for (let j = 0; j < s; j++) leaving += P[s][j];
    if (!(leaving > 0)) return longRun(transition);
    for (let i = 0; i < s; i++) {
      P[i][s] /= leaving;
      for (let j = 0; j < s; j++) P[i][j] += P[i][s] * P[s][j];
    }
  }
  const law = new Float64Array(last + 1);
  law[0] = 1;
  let total = 1;
  for (let s = 1; s <= last; s++) {
    for (let i = 0; i < s; i++) law[s] += law[i] * P[i][s];
    total += law[s];
  }
  return law.map((x) => x / total);
}

/** Where equally likely beginnings lead after 2²⁰ lazy steps. */
function longRun(transition: readonly Float64Array[]): Float64Array {
  const n = transition.length;
  let P = transition.map((row, i) => row.map((x, j) => (x + (i === j ? 1 : 0)) / 2));
  for (let doubling = 0; doubling < 20; doubling++) {
    const squared = P.map(() => new Float64Array(n));
    for (let i = 0; i < n; i++)
      for (let k = 0; k < n; k++) if (P[i][k] > 0) for (let j = 0; j < n; j++) squared[i][j] += P[i][k] * P[k][j];
    P = squared.map((row) => {
      const total = row.reduce((x, y) => x + y, 0);
      return row.map((x) => x / total);
    });
  }
  return Float64Array.from({ length: n }, (_, j) => P.reduce((mean, row) => mean + row[j] / n, 0));
}
