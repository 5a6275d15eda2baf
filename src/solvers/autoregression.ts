// Finite Markov chains in place of the autoregression x′ = ρ x + σ ε, by S values that are evenly spaced around 0.
//   Rouwenhorst 1995: persistence, unconditional variance and the stationary law's first four moments are exact as far as S permits, whatever ρ
//   (Kopecky & Suen 2010, Review of Economic Dynamics 13, 701)
//   Tauchen 1986, Economics Letters 20, 177: probabilities of the cells around the values; overstates the variance where ρ is near 1
import { normalCdf } from "../math/index.ts";
import { stationary } from "./markov-chain.ts";

export interface Autoregression {
  readonly persistence: number; // ρ, −1 < ρ < 1
  readonly innovationSd: number; // σ
}

export interface MarkovChain {
  readonly values: Float64Array; // [S], increasing
  readonly transition: readonly (readonly number[])[]; // [S, S], by row
  readonly stationary: Float64Array; // [S]
}

/** S values over ± √(S − 1) unconditional deviations; the stationary law is binomial. */
export function rouwenhorst({ persistence: ρ, innovationSd: σ }: Autoregression, S: number): MarkovChain {
  const q = (1 + ρ) / 2;
  let P: number[][] = [[1]];
  for (let n = 2; n <= S; n++) {
    const next = Array.from({ length: n }, () => new Array<number>(n).fill(0));
    for (let i = 0; i < n - 1; i++)
      for (let j = 0; j < n - 1; j++) {
        next[i][j] += q * P[i][j];
        next[i][j + 1] += (1 - q) * P[i][j];
        next[i + 1][j] += (1 - q) * P[i][j];
        next[i + 1][j + 1] += q * P[i][j];
      }
    P = next.map((row, i) => (i === 0 || i === n - 1 ? row : row.map((p) => p / 2)));
  }
  const weight = new Float64Array(S).fill(1);
  for (let s = 1; s < S; s++) weight[s] = (weight[s - 1] * (S - s)) / s;
  const total = weight.reduce((x, y) => x + y);
  const spread = (σ / Math.sqrt(1 - ρ * ρ)) * Math.sqrt(S - 1);
  return { values: evenly(spread, S), transition: P, stationary: weight.map((x) => x / total) };
}

/** S values over ± `width` unconditional deviations; the first and the last cell reach to infinity. */
export function tauchen({ persistence: ρ, innovationSd: σ }: Autoregression, S: number, width = 3): MarkovChain {
  const values = evenly((width * σ) / Math.sqrt(1 - ρ * ρ), S);
  const half = S > 1 ? (values[1] - values[0]) / 2 : Infinity;
  const transition = Array.from(values, (from) =>
    Array.from(values, (to, j) =>
      between(j === 0 ? -Infinity : (to - half - ρ * from) / σ, j === S - 1 ? Infinity : (to + half - ρ * from) / σ),
    ),
  );
  return { values, transition, stationary: stationary(transition.map((row) => Float64Array.from(row))) };
}

/** P(low ≤ Z ≤ high), by the tails on the side of the cell, so that nothing cancels. */
const between = (low: number, high: number): number =>
  low > 0 ? normalCdf(-low) - normalCdf(-high) : normalCdf(high) - normalCdf(low);

/** S values from −most to most. */
const evenly = (most: number, S: number): Float64Array =>
  Float64Array.from({ length: S }, (_, s) => (S === 1 ? 0 : most * ((2 * s) / (S - 1) - 1)));
