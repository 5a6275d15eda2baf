// Did a treatment change anything? Tests of paired samples, such as one figure from each seed with and without a tax. All are two-sided.
// pValue: how often a difference at least this large would arise by chance if the treatment did nothing.

import { mean, normalCdf, studentWithin, variance } from "../math/index.ts";

export interface PairedTest {
  /** Pairs that count. */
  readonly n: number;
  readonly statistic: number;
  readonly pValue: number;
}

// K ~ Binomial(n, ½); p = 2 P(K ≤ min(k, n − k))
/** Exact sign test. The statistic is the number of pairs with x > y; pairs that tie are left out. */
export function signTest(x: ArrayLike<number>, y: ArrayLike<number>): PairedTest {
  const d = differences("signTest", x, y).filter((value) => value !== 0);
  const n = d.length;
  const above = d.filter((value) => value > 0).length;
  let probability = 1; // C(n, k) / 2ⁿ, halved along the way so that nothing overflows
  for (let i = 0; i < n; i++) probability /= 2;
  let atMost = 0;
  for (let k = 0; k <= Math.min(above, n - above); k++) {
    atMost += probability;
    probability *= (n - k) / (k + 1);
  }
  return { n, statistic: above, pValue: Math.min(1, 2 * atMost) };
}

const EXACT_UP_TO = 50;

/**
 * Wilcoxon's signed-rank test. The statistic is the smaller of the rank sums of positive and negative differences. Zero differences are
 * dropped, equal sizes share their average rank. Up to 50 pairs the distribution over all 2ⁿ signs is exact, ties included; beyond, normal
 * with the variance corrected for ties and without continuity correction, as scipy's default.
 */
export function wilcoxonSignedRank(x: ArrayLike<number>, y: ArrayLike<number>): PairedTest {
  const d = differences("wilcoxonSignedRank", x, y)
    .filter((value) => value !== 0)
    .sort((a, b) => Math.abs(a) - Math.abs(b));
  const n = d.length;
  const doubled = new Int32Array(n); // twice the rank: average ranks are halves
  let ties = 0; // Σ t³ − t over groups of t equal sizes
  for (let from = 0, to = 0; from < n; from = to) {
    while (to < n && Math.abs(d[to]) === Math.abs(d[from])) to++;
    doubled.fill(from + 1 + to, from, to);
    const t = to - from;
    ties += t * t * t - t;
  }
  let positive = 0;
  for (let i = 0; i < n; i++) if (d[i] > 0) positive += doubled[i];
  const smaller = Math.min(positive, n * (n + 1) - positive);
  const statistic = smaller / 2;
  if (n <= EXACT_UP_TO) return { n, statistic, pValue: Math.min(1, 2 * exactAtMost(smaller, doubled)) };
  const centre = (n * (n + 1)) / 4;
  const sd = Math.sqrt((n * (n + 1) * (2 * n + 1) - ties / 2) / 24);
  return { n, statistic, pValue: Math.min(1, 2 * normalCdf((statistic - centre) / sd)) };
}

// ways[s] = number of sign assignments whose positive doubled ranks add up to s; at most 2⁵⁰, exact in a double
function exactAtMost(sum: number, doubled: Int32Array): number {
  const ways = new Float64Array(doubled.reduce((a, b) => a + b, 0) + 1);
  ways[0] = 1;
  for (const rank of doubled) for (let s = ways.length - 1; s >= rank; s--) ways[s] += ways[s - rank];
  let atMost = 0;
  let all = 0;
  ways.forEach((count, s) => {
    all += count;
    if (s <= sum) atMost += count;
  });
  return atMost / all;
}

// t = d̄ √n / s,   n − 1 degrees of freedom
/** Student's paired t-test. */
export function pairedT(x: ArrayLike<number>, y: ArrayLike<number>): PairedTest {
  const d = differences("pairedT", x, y);
  const n = d.length;
  if (n < 2) throw new Error(`pairedT: got ${n} pair, expected at least 2.`);
  const centre = mean(d);
  if (centre === 0) return { n, statistic: 0, pValue: 1 };
  const statistic = centre / Math.sqrt(variance(d, { ddof: 1 }) / n);
  return { n, statistic, pValue: Number.isFinite(statistic) ? 1 - studentWithin(statistic, n - 1) : 0 };
}

function differences(name: string, x: ArrayLike<number>, y: ArrayLike<number>): Float64Array {
  if (x.length !== y.length)
    throw new Error(`${name}: got ${x.length} and ${y.length} values, expected pairs: as many of one as of the other.`);
  const d = Float64Array.from(x, (value, i) => value - y[i]);
  const bad = d.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new Error(`${name}: pair ${bad} is ${x[bad]} and ${y[bad]}, expected finite numbers.`);
  return d;
}
