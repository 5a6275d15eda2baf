// The market entry game: n traders enter or stay out, and entering pays the less the more enter. Its equilibria, and the Markov chain of attendance when
// boundedly rational traders look at where they stood and how many entered, and switching is taxed.
// Rapoport, Seale, Erev & Sundali 1998, Management Science 44, 119; quantal response: McKelvey & Palfrey 1995, Games Econ. Behav. 10, 6.
//
//   r(enter) = β + v (C − D),   r(stay out) = β,   less |τ r| for whoever switches; D counts all who enter
//
// With (own position, D₋₁) known, everybody who was in does alike, and everybody who was out: entrants among the d insiders and the n − d outsiders are two
// binomials, so that attendance is a Markov chain on 0 … n.
import { binomial, stationary } from "walras/solvers";
import { type EntryGame, entryResponse } from "./entry-response.ts";

export type MarketEntry = EntryGame;

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
 * outsiders at each D₋₁. Of several solutions the one on the path that begins at P = ½ with κ = 0, as McKelvey & Palfrey select: the first there at κ.
 */
export function logitAttendance(m: MarketEntry): Attendance {
  const responses = Array.from({ length: m.traders + 1 }, (_, d) => entryResponse(m, d));
  const stay = Float64Array.from(responses, (response) => response.stay);
  const enter = Float64Array.from(responses, (response) => response.enter);
  return attendanceOf(m, stay, enter);
}

const taxed = (reward: number, τ: number): number => reward - Math.abs(τ * reward);

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
