// Iterative amplitude estimation: a = sin² θ within ε with probability 1 − α, by readings of Q^k A alone, where what is known so far chooses k. No register of phases.
// Grinko, Gacon, Zoufal & Woerner 2021, npj Quantum Information 7, 52: algorithms 1 and 2 with the intervals of Hoeffding's inequality, theorem 1.
//
//   Q^k A|0⟩ reads 1 with probability (1 − cos Kθ)/2, K = 4k + 2
//
// A reading tells Kθ where the interval known so far keeps it in one half of a circle; the largest such K is taken once it is at least twice the one before.
// Not here: the tighter intervals of Clopper and Pearson.
import { asin, log, log2, sin } from "../math/index.ts";

export interface IterativeOptions {
  /** ε: the interval for a is at most 2ε wide. Above 0, below ½. */
  readonly epsilon: number;
  /** α: the probability that a is outside its interval is at most this. Above 0, below 1. */
  readonly alpha: number;
  /** Readings of one power at a time. Default 100. */
  readonly shots?: number;
  /** How many of `shots` readings of Q^power A|0⟩ are 1; `batch` is 0, 1, … over calls. */
  readonly read: (power: number, shots: number, batch: number) => number;
  /** Ends before the interval is 2ε wide where it says enough, as that a is above a limit. */
  readonly settled?: (low: number, high: number) => boolean;
}

export interface IterativeEstimate {
  /** The middle of the interval for a. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Uses of Q, Σ k over readings: the oracle calls of the paper. */
  readonly calls: number;
  /** Uses of A and its inverse, Σ 2k + 1. */
  readonly uses: number;
  /** Powers that were read, one after another. */
  readonly rounds: number;
}

export function iterativeEstimation(options: IterativeOptions): IterativeEstimate {
  const { epsilon: ε, alpha, shots = 100, read, settled = () => false } = options;
  checked(options, shots);
  const most = roundsFor(ε);
  const failure = log((2 * most) / alpha); // Hoeffding: P(|hits/N − p| > h) ≤ 2 e^(−2Nh²) = α/T in each of T rounds
  // The largest error of Kθ after `shots` readings: K beyond it over ε needs fewer of them.
  const slip = asin(Math.min(1, Math.sqrt(Math.sqrt((2 * failure) / shots))));
  let [low, high] = [0, Math.PI / 2]; // of θ
  let [k, half] = [0, 0];
  let [hits, readings] = [0, 0];
  let [calls, uses, rounds] = [0, 0, 0];
  for (let batch = 0; high - low > 2 * ε && !settled(squaredSine(low), squaredSine(high)); batch++) {
    const next = nextPower(k, half, low, high);
    if (batch === 0 || next.k !== k) {
      [hits, readings] = [0, 0];
      rounds++;
    }
    ({ k, half } = next);
    const K = 4 * k + 2;
    const count = K > Math.ceil(slip / ε) ? Math.ceil((shots * slip) / (10 * ε * K)) : shots;
    const ones = read(k, count, batch);
    if (!(Number.isInteger(ones) && ones >= 0 && ones <= count))
      throw new Error(
        `iterativeEstimation: read returned ${ones} of ${count} readings of power ${k}, expected how many were 1.`,
      );
    hits += ones;
    readings += count;
    calls += count * k;
    uses += count * (2 * k + 1);
    const off = Math.sqrt(failure / (2 * readings));
    const near = angleOf(Math.max(0, hits / readings - off));
    const far = angleOf(Math.min(1, hits / readings + off));
    // Kθ = half · π + angle where the half is even, (half + 1) π − angle where it is odd
    [low, high] =
      half % 2 === 0
        ? [(half * Math.PI + near) / K, (half * Math.PI + far) / K]
        : [((half + 1) * Math.PI - far) / K, ((half + 1) * Math.PI - near) / K];
  }
  const [least, largest] = [squaredSine(low), squaredSine(high)];
  return { estimate: (least + largest) / 2, low: least, high: largest, calls, uses, rounds };
}

/** T: K doubles at least from round to round, and Kθ is known to within π at first. */
const roundsFor = (ε: number): number => Math.max(1, Math.ceil(log2(Math.PI / (8 * ε))));

// N < (50/ε) ln(2/α log₂(π/4ε))
/** Uses of Q that `iterativeEstimation` never needs (Grinko et al., theorem 1), for ε below π/8. */
export const iterativeBound = (epsilon: number, alpha: number): number =>
  (50 / epsilon) * log((2 / alpha) * log2(Math.PI / (4 * epsilon)));

/** The largest k whose Kθ lies in one half of a circle, from twice the last K on, with the number of that half; else the last k. */
function nextPower(k: number, half: number, low: number, high: number): { readonly k: number; readonly half: number } {
  const widest = Math.floor(Math.PI / (high - low));
  for (let K = widest - ((widest - 2) % 4); K >= 2 * (4 * k + 2); K -= 4) {
    const [from, to] = [(K * low) / Math.PI, (K * high) / Math.PI];
    const within = Math.floor((from + to) / 2);
    if (from >= within - ROUNDING && to <= within + 1 + ROUNDING) return { k: (K - 2) / 4, half: within };
  }
  return { k, half };
}
/** Ends of intervals that lie at the end of a half, but for rounding. */
const ROUNDING = 1e-9;

/** The angle from 0 to π with (1 − cos angle)/2 = p. */
const angleOf = (p: number): number => 2 * asin(Math.sqrt(p));

function squaredSine(θ: number): number {
  const s = sin(θ);
  return s * s;
}

function checked({ epsilon, alpha }: IterativeOptions, shots: number): void {
  if (!(epsilon > 0 && epsilon < 0.5))
    throw new Error(`iterativeEstimation: epsilon is ${epsilon}, expected more than 0 and less than 0.5.`);
  if (!(alpha > 0 && alpha < 1))
    throw new Error(`iterativeEstimation: alpha is ${alpha}, expected more than 0 and less than 1.`);
  if (!(Number.isInteger(shots) && shots >= 1))
    throw new Error(`iterativeEstimation: got ${shots} shots, expected an integer from 1 on.`);
}
