// Opinions by averaging: x′ = W x, where row i of W gives the weight `own` to i itself and shares the rest among those i listens to, in proportion to trust.
// DeGroot 1974, Journal of the American Statistical Association 69, 118. Friedkin & Johnsen 1990, Journal of Mathematical Sociology 15, 193.
import { pairwiseSum, requireConverged, sin } from "../math/index.ts";

/** Who listens to whom: the links of row i are start[i] … start[i + 1] − 1 and lead to those it listens to. */
export interface Averaging {
  readonly start: ArrayLike<number>;
  readonly target: ArrayLike<number>;
  /** Positive weight of each link. */
  readonly trust: ArrayLike<number>;
  /** Weight on the own opinion, above 0 so that opinions settle. Who listens to nobody keeps theirs. */
  readonly own: number;
}

/**
 * The influence of each row on the consensus: s with s W = s and Σ s = 1, so that opinions x lead to the consensus Σ s_i x_i. By power iteration from
 * strengths, which are exact where trust is mutual and equal; ends when ‖s W − s‖₁ ≤ `tolerance`. Of a network that falls apart, one of many solutions.
 */
export function consensusWeights(
  network: Averaging,
  { tolerance = 1e-12, iterations = 10_000 }: { readonly tolerance?: number; readonly iterations?: number } = {},
): { readonly weights: Float64Array; readonly residual: number } {
  const { start, target, trust, own } = network;
  const n = start.length - 1;
  const strength = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let l = start[i]!; l < start[i + 1]!; l++) strength[i] = strength[i]! + trust[l]!;
  let s = strength.some((x) => x > 0) ? strength.slice() : new Float64Array(n).fill(1);
  let next = new Float64Array(n);
  scale(s);
  let residual = Infinity;
  for (let k = 0; k < iterations && residual > tolerance; k++) {
    // s′_j = own s_j + (1 − own) Σ_i s_i trust_ij / Σ_j trust_ij
    for (let i = 0; i < n; i++) next[i] = (strength[i]! > 0 ? own : 1) * s[i]!;
    for (let i = 0; i < n; i++) {
      const share = ((1 - own) * s[i]!) / strength[i]!;
      for (let l = start[i]!; l < start[i + 1]!; l++) next[target[l]!] = next[target[l]!]! + share * trust[l]!;
    }
    residual = 0;
    for (let i = 0; i < n; i++) residual += Math.abs(next[i]! - s[i]!);
    [s, next] = [next, s];
    scale(s);
  }
  requireConverged(
    "consensusWeights",
    residual,
    tolerance,
    "Opinions mix too slowly on this network for power iteration; use fewer rows, or more random links.",
  );
  return { weights: s, residual };
}

function scale(s: Float64Array): void {
  const sum = pairwiseSum(s, 0, s.length);
  for (let i = 0; i < s.length; i++) s[i] = s[i]! / sum;
}

/**
 * Opinions of n rows on a ring who listen equally to their `neighbours` nearest, with the weight 1 − `listening` on their first opinion:
 * x′ = (1 − a) x(0) + a W x. First opinions are independent with unit variance around what is true. W is circulant, its eigenvalues
 *
 *   ω_k = own + (1 − own) (2/K) Σ_{d=1}^{K/2} cos(2πkd/n)
 *
 * and what is left of component k in the long run is (1 − a)/(1 − a ω_k): all of k = 0, and at a = 1 nothing of the others.
 */
export function ringAveraging(ring: {
  readonly agents: number;
  readonly neighbours: number;
  readonly own: number;
  readonly listening: number;
}): {
  /** The share of disagreement that remains from period to period, in the end. */
  readonly rate: number;
  /** Standard deviation of the mean opinion, over first opinions. */
  readonly error: number;
  /** Root of the expected variance of opinions around their mean, in the long run. */
  readonly disagreement: number;
} {
  const { agents: n, neighbours: K, own, listening: a } = ring;
  // Components k and n − k are alike.
  let variance = 0;
  let rate = 0;
  const block = new Float64Array(BLOCK);
  const last = Math.floor(n / 2);
  for (let from = 1; from <= last; from += BLOCK) {
    const to = Math.min(last + 1, from + BLOCK);
    for (let k = from; k < to; k++) {
      const ω = ringEigenvalue(n, K, own, k);
      rate = Math.max(rate, Math.abs(a * ω));
      const share = a === 1 ? 0 : (1 - a) / (1 - a * ω);
      block[k - from] = share * share * (2 * k === n ? 1 : 2);
    }
    variance += pairwiseSum(block, 0, to - from);
  }
  return { rate, error: 1 / Math.sqrt(n), disagreement: Math.sqrt(variance / n) };
}

/**
 * Root of the expected variance of those opinions around their mean after each of `periods`: what is left of component k after t periods is
 * r + (1 − r) (a ω_k)^t, where r = (1 − a)/(1 − a ω_k) is left in the long run.
 */
export function ringDisagreement(
  ring: { readonly agents: number; readonly neighbours: number; readonly own: number; readonly listening: number },
  periods: readonly number[],
): Float64Array {
  const { agents: n, neighbours: K, own, listening: a } = ring;
  const variances = new Float64Array(periods.length);
  const last = Math.floor(n / 2);
  for (let k = 1; k <= last; k++) {
    const pull = a * ringEigenvalue(n, K, own, k);
    const rest = a === 1 ? 0 : (1 - a) / (1 - pull);
    for (let j = 0; j < periods.length; j++) {
      const left = rest + (1 - rest) * power(pull, periods[j]!);
      variances[j] = variances[j]! + left * left * (2 * k === n ? 1 : 2);
    }
  }
  return variances.map((variance) => Math.sqrt(variance / n));
}

/** ω_k of a ring of n rows with K neighbours each and the weight `own` on themselves, for 0 < k < n. Σ_{d=1}^{m} cos dθ = (sin (m + ½)θ / sin ½θ − 1)/2, Dirichlet's kernel; its argument, (K + 1) k π/n, is reduced in integers. */
export function ringEigenvalue(n: number, K: number, own: number, k: number): number {
  const kernel = sin((Math.PI * (((K + 1) * k) % (2 * n))) / n) / sin((Math.PI * k) / n);
  return own + ((1 - own) * (kernel - 1)) / K;
}

/** base^exponent for whole exponents, of bases of either sign. */
function power(base: number, exponent: number): number {
  let [result, square] = [1, base];
  for (let e = exponent; e > 0; e = Math.floor(e / 2), square *= square) if (e % 2 === 1) result *= square;
  return result;
}

const BLOCK = 65_536;
