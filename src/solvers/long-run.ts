// Where households end up who move between points of wealth by lotteries (saving.ts): the masses that a period leaves as they are.
//
//   x = P′ Λ x     Λ: today's wealth to tomorrow's, productivity by productivity; P: productivities
// Near the rate without risk, wealth comes back to its mean by less than a thousandth per period, and sweeps x ← P′ Λ x take tens of thousands of rounds. States
// are then eliminated, the richest first (Grassmann, Taksar & Heyman 1985, Operations Research 33, 1107: sums and products of positive numbers only, so that
// nothing cancels). Nobody moves far in one period, so that few columns are not 0: some S³ G (points up) (points down) operations. Whichever is faster is done.
//
// S productivities, G points of wealth; state g S + s; masses by productivity: [S, G]

import { log } from "../math/index.ts";

/** What sweeps may leave to go, the sum of all masses being 1. */
const EXACT = 1e-10;

/**
 * Moves `mass` [S, G], which sums to 1, to where it stays when households of the chain keep `saved` [S, G] on the grid `a` [G]. `sweep` is one period of it
 * (SavingSteps.forward).
 */
export function longRun(
  mass: Float64Array,
  saved: Float64Array,
  transition: readonly (readonly number[])[],
  a: Float64Array,
  sweep: (moved: Float64Array, mass: Float64Array, saved: Float64Array) => void,
): void {
  const [S, G] = [transition.length, a.length];
  // Of each point, the points that its households may reach, from `low` to `high`. Both never fall as wealth rises, so that eliminating richer states adds none below.
  const left = new Int32Array(S * G);
  const low = new Int32Array(G).fill(G);
  const high = new Int32Array(G);
  for (let s = 0; s < S; s++)
    for (let g = 0, at = 0, k = s * G; g < G; g++, k++) {
      while (at < G - 2 && a[at + 1] <= saved[k]) at++; // who has more keeps more
      left[k] = at;
      low[g] = Math.min(low[g], at);
      high[g] = Math.max(high[g], at + 1);
    }
  const least = new Int32Array(G); // the poorest point from which one may rise to this one
  for (let m = 0, g = 0; m < G; m++) {
    while (high[g] < m) g++;
    least[m] = Math.min(g, m);
  }
  let operations = 0;
  for (let g = 0; g < G; g++) operations += S * S * (g + 1 - least[g]) * S * (g + 1 - low[g]);
  if (swept(mass, saved, sweep, operations / (S * G * (S + 20)))) return;

  const begin = new Int32Array(G + 1); // of a point's rows in P
  for (let g = 0; g < G; g++) begin[g + 1] = begin[g] + S * S * (high[g] - low[g] + 1);
  const P = new Float64Array(begin[G]);
  const width = (g: number): number => S * (high[g] - low[g] + 1);
  for (let g = 0; g < G; g++)
    for (let s = 0; s < S; s++) {
      const at = left[s * G + g];
      const up = Math.min(1, Math.max(0, (saved[s * G + g] - a[at]) / (a[at + 1] - a[at])));
      const to = begin[g] + s * width(g) + S * (at - low[g]);
      for (let next = 0; next < S; next++) {
        P[to + next] = (1 - up) * transition[s][next];
        P[to + S + next] = up * transition[s][next];
      }
    }
  const rate = new Float64Array(S * G); // at which a state is left for those before it
  for (let g = G - 1; g >= 0; g--)
    for (let s = S - 1; s >= 0; s--) {
      const row = begin[g] + s * width(g);
      const before = S * (g - low[g]) + s; // states from low[g] on that are still there
      let sum = 0;
      for (let j = row; j < row + before; j++) sum += P[j];
      rate[g * S + s] = sum;
      if (sum === 0) continue;
      for (let j = row; j < row + before; j++) P[j] /= sum;
      for (let from = least[g]; from <= g; from++) {
        if (high[from] < g) continue;
        const w = width(from);
        const rows = from === g ? s : S;
        const column = begin[from] + S * (g - low[from]) + s;
        const shift = begin[from] + S * (low[g] - low[from]) - row;
        for (let i = 0; i < rows; i++) {
          const p = P[column + i * w];
          if (p === 0) continue;
          const d = shift + i * w;
          for (let j = row; j < row + before; j++) P[d + j] += p * P[j];
        }
      }
    }

  const law = new Float64Array(S * G);
  law[0] = 1;
  for (let g = 0, k = 0; g < G; g++)
    for (let s = 0; s < S; s++, k++) {
      if (k === 0) continue;
      let inflow = 0;
      for (let from = least[g]; from <= g; from++) {
        if (high[from] < g) continue;
        const w = width(from);
        const rows = from === g ? s : S;
        const column = begin[from] + S * (g - low[from]) + s;
        for (let i = 0; i < rows; i++) inflow += law[from * S + i] * P[column + i * w];
      }
      if (inflow === 0) continue;
      law[k] = inflow / rate[k];
      if (law[k] < 1e100) continue;
      // In proportion: ratios may be beyond the range of numbers, and whoever never comes back counts for nothing.
      const most = law[k];
      for (let i = 0; i < k; i++) law[i] /= most;
      law[k] = 1;
    }
  let total = 0;
  for (const x of law) total += x;
  for (let g = 0, k = 0; g < G; g++) for (let s = 0; s < S; s++, k++) mass[s * G + g] = law[k] / total;
}

/** Sweeps, as long as the rate at which they converge promises an end within so many rounds; says whether it came. */
function swept(
  mass: Float64Array,
  saved: Float64Array,
  sweep: (moved: Float64Array, mass: Float64Array, saved: Float64Array) => void,
  rounds: number,
): boolean {
  let now: Float64Array = mass;
  let next: Float64Array = new Float64Array(mass.length);
  let before = Infinity;
  for (let round = 0; round < rounds; round++) {
    sweep(next, now, saved);
    let change = 0;
    for (let k = 0; k < now.length; k++) change += Math.abs(next[k] - now[k]);
    [now, next] = [next, now];
    const λ = change / before;
    before = change;
    if (round % 10 !== 9) continue;
    if (!(λ < 1)) return false;
    const left = (change * λ) / (1 - λ);
    if (left < EXACT) {
      if (now !== mass) mass.set(now);
      return true;
    }
    if (round + log(EXACT / left) / log(λ) > rounds) return false;
  }
  return false;
}
