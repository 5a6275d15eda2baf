// Inequality of non-negative holdings, and concentration of shares. None depends on the order or the scale of the holdings; where
// nobody has anything, holdings count as equal. The Gini coefficient is math/gini.ts.
//
// Cowell 2011, Measuring Inequality, 3rd ed., ch. 3.

import { exp, log, pairwiseSum, pow } from "../math/index.ts";

/** Points of the Lorenz curve: the poorest share p of the population holds the share L(p); n + 1 points from (0, 0) to (1, 1). */
export function lorenzCurve(x: ArrayLike<number>): { population: Float64Array; holdings: Float64Array } {
  const shares = sharesOf("lorenzCurve", x).sort();
  const n = shares.length;
  const population = Float64Array.from({ length: n + 1 }, (_, i) => i / n);
  const holdings = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) holdings[i + 1] = holdings[i] + shares[i];
  holdings[n] = 1;
  return { population, holdings };
}

/** What the richest `fraction` of the population hold of everything; a person at the border counts in part. */
export function topShare(x: ArrayLike<number>, fraction: number): number {
  if (!(fraction >= 0 && fraction <= 1)) throw new Error(`topShare: got fraction ${fraction}, expected 0 to 1.`);
  const { holdings } = lorenzCurve(x);
  const border = (1 - fraction) * x.length;
  const i = Math.min(Math.floor(border), x.length - 1);
  return 1 - (holdings[i] + (border - i) * (holdings[i + 1] - holdings[i]));
}

// Σ s²
/** Herfindahl-Hirschman index of concentration, from 1/n to 1; its inverse is the effective number of holders. */
export function herfindahl(x: ArrayLike<number>): number {
  return pairwiseSum(sharesOf("herfindahl", x).map((s) => s * s));
}

// mean of (x/x̄) ln (x/x̄), with 0 ln 0 = 0
/** Theil's T, from 0 to ln n, in nats. */
export function theil(x: ArrayLike<number>): number {
  const n = x.length;
  return pairwiseSum(sharesOf("theil", x).map((s) => (s === 0 ? 0 : s * log(n * s))));
}

// 1 − (mean of (x/x̄)^(1−ε))^(1/(1−ε));   ε = 1: one minus geometric over arithmetic mean
/** Atkinson's index, 0 to 1: the share of everything that could be given up for equality at inequality aversion ε ≥ 0. */
export function atkinson(x: ArrayLike<number>, aversion: number): number {
  if (!(aversion >= 0 && aversion < Infinity))
    throw new Error(`atkinson: got aversion ${aversion}, expected a number from 0.`);
  const n = x.length;
  const relative = sharesOf("atkinson", x).map((s) => n * s);
  if (aversion >= 1 && relative.includes(0)) return 1;
  const average = (f: (r: number) => number) => pairwiseSum(relative.map(f)) / n;
  if (aversion === 1) return 1 - exp(average(log));
  return (
    1 -
    pow(
      average((r) => pow(r, 1 - aversion)),
      1 / (1 - aversion),
    )
  );
}

function sharesOf(name: string, x: ArrayLike<number>): Float64Array {
  const n = x.length;
  if (n === 0) throw new Error(`${name}: got no holdings, expected at least one.`);
  const holdings = Float64Array.from(x);
  for (const holding of holdings)
    if (!(holding >= 0 && holding < Infinity))
      throw new Error(`${name}: got a holding of ${holding}, expected none below 0. Shift or drop debts first.`);
  const total = pairwiseSum(holdings);
  return holdings.map((holding) => (total === 0 ? 1 / n : holding / total));
}
