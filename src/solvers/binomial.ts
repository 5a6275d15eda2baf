// Numbers of successes: laws of binomial counts, and what a sum of two of them is expected to leave below a bound.

/** Law of the number of successes among n with probability p. */
export function binomial(n: number, p: number): Float64Array {
  const law = new Float64Array(n + 1);
  if (p <= 0 || p >= 1) {
    law[p <= 0 ? 0 : n] = 1;
    return law;
  }
  // Ratios from the mode outwards, then scaled, so that nothing underflows before it matters.
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  law[mode] = 1;
  let total = 1;
  for (let k = mode; k < n && law[k] > 0; k++) total += law[k + 1] = (law[k] * (n - k) * odds) / (k + 1);
  for (let k = mode; k > 0 && law[k] > 0; k--) total += law[k - 1] = (law[k] * k) / ((n - k + 1) * odds);
  for (let k = 0; k <= n; k++) law[k] /= total;
  return law;
}

/** A law with its partial sums: Σ_{j≤k} P(j) and Σ_{j≤k} j P(j). */
export interface Counts {
  readonly law: Float64Array;
  readonly below: Float64Array;
  readonly moments: Float64Array;
}

export function countsOf(n: number, p: number): Counts {
  const law = binomial(n, p);
  const [below, moments] = [law.slice(), law.slice()];
  moments[0] = 0;
  for (let k = 1; k <= n; k++) {
    below[k] += below[k - 1];
    moments[k] = moments[k - 1] + k * law[k];
  }
  return { law, below, moments };
}

/** E(c − I − J)⁺ of two independent counts. */
export function expectedBelow(a: Counts, b: Counts, c: number): number {
  let sum = 0;
  for (let i = 0; i < a.law.length && i < c; i++) {
    const k = Math.min(b.law.length - 1, Math.floor(c - i));
    sum += a.law[i] * ((c - i) * b.below[k] - b.moments[k]);
  }
  return sum;
}

/** E min(1, (c − I − J)⁺) of two independent counts: P(I + J < c), but for a count between c − 1 and c. */
export function probabilityBelow(a: Counts, b: Counts, c: number): number {
  let sum = 0;
  for (let i = 0; i < a.law.length && i < c; i++) {
    const k = Math.floor(c - i);
    const last = b.law.length - 1;
    const part = k <= last ? (c - i - k) * b.law[k] : 0;
    sum += a.law[i] * ((k > 0 ? b.below[Math.min(last, k - 1)] : 0) + part);
  }
  return sum;
}
