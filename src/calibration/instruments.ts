// How far a linear equation y = Xθ + ε is from what instruments Z say, E Z′ε = 0, as a surface for `identify`: Anderson & Rubin's statistic
//   AR(θ) = (n − k) ε′Pε/(ε′ε − ε′Pε)     ε = y − Xθ, P the projection on Z, k its rank
// which is χ² with k degrees of freedom at the true θ, whether or not θ is identified. Held at a parameter's true value and least in the others, where
// those are identified, it is χ² with one more degree than there are spare instruments.
// Anderson & Rubin 1949, Annals of Mathematical Statistics 20, 46; Stock, Wright & Yogo 2002, JBES 20, 518, on why it is used where instruments are weak.
//
// n rows, d regressors; constants are swept out of all columns
import { mean, pairwiseSum } from "../math/index.ts";
import type { Surface } from "./identify.ts";

export interface InstrumentedEquation {
  readonly outcome: ArrayLike<number>; // y [n]
  readonly regressors: readonly ArrayLike<number>[]; // X, d of [n]
  readonly instruments: readonly ArrayLike<number>[]; // Z, [n] each
  /** Where θ is searched, one pair for each regressor. */
  readonly ranges: readonly (readonly [low: number, high: number])[];
}

/** Of its length before: what is left of an instrument beyond the others counts as nothing. */
const RANK = 1e-9;

/** The surface of AR over the unit cube of θ, and the rank k of the instruments. */
export function instrumentSurface(equation: InstrumentedEquation): Surface & { readonly rank: number } {
  const { outcome, regressors, instruments, ranges } = equation;
  const [n, d] = [outcome.length, regressors.length];
  const columns = [outcome, ...regressors, ...instruments];
  for (const [at, column] of columns.entries())
    if (column.length !== n || !Array.prototype.every.call(column, Number.isFinite))
      throw new Error(
        `instrumentSurface: column ${at} (outcome, regressors, instruments) has ${column.length} values, expected ${n} finite numbers.`,
      );
  if (ranges.length !== d)
    throw new Error(`instrumentSurface: there are ${ranges.length} ranges, expected ${d}, one for each regressor.`);
  for (const [low, high] of ranges)
    if (!(low < high) || !Number.isFinite(high - low))
      throw new Error(`instrumentSurface: a range goes from ${low} to ${high}, expected finite numbers, low < high.`);
  const basis = orthonormal(instruments.map(centred));
  const k = basis.length;
  if (!(n > k + 1)) throw new Error(`instrumentSurface: there are ${n} rows, expected more than ${k + 1}.`);
  const x = [outcome, ...regressors].map(centred);
  const along = x.map((column) => basis.map((q) => dot(q, column)));
  // Gram matrices of y and X: on the instruments, and of what is left beside them.
  const on = x.map((_, a) => x.map((_, b) => dot(along[a]!, along[b]!)));
  const beside = x.map((u, a) => x.map((v, b) => dot(u, v) - on[a]![b]!));
  const quadratic = (G: readonly (readonly number[])[], e: readonly number[]) =>
    e.map((_, a) => e.reduce((sum, value, b) => sum + G[a]![b]! * value, 0));
  const surface = (place: ArrayLike<number>, gradient?: Float64Array): number => {
    const e = [1, ...ranges.map(([low, high], j) => -(low + place[j]! * (high - low)))]; // ε = (y, X) e
    const [Ae, Be] = [quadratic(on, e), quadratic(beside, e)];
    const [a, b] = [Math.max(0, dot(Ae, e)), Math.max(dot(Be, e), Number.MIN_VALUE)]; // but for rounding
    const ratio = a / b;
    if (gradient)
      ranges.forEach(([low, high], j) => {
        gradient[j] = ((n - k) * -2 * (high - low) * (Ae[j + 1]! - ratio * Be[j + 1]!)) / b;
      });
    return (n - k) * ratio;
  };
  const starts = [0.5, 0.1, 0.9].map((share) => new Float64Array(d).fill(share));
  return { d, distance: surface, starts, rank: k };
}

function centred(x: ArrayLike<number>): Float64Array {
  const middle = mean(x);
  return Float64Array.from(x, (value) => value - middle);
}

const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
  pairwiseSum(Float64Array.from(x, (value, i) => value * y[i]!));

/** Gram and Schmidt, each column swept twice; columns within the span of those before are left out. */
function orthonormal(columns: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const column of columns) {
    const before = Math.sqrt(dot(column, column));
    let left = column;
    for (let sweep = 0; sweep < 2; sweep++)
      for (const q of basis) {
        const share = dot(q, left);
        left = left.map((value, i) => value - share * q[i]!);
      }
    const length = Math.sqrt(dot(left, left));
    if (length > RANK * before) basis.push(left.map((value) => value / length));
  }
  return basis;
}
