// Jacobian of an economy's aggregates, from how they fluctuate around where they settled: y_{t+1} − ȳ = A (y_t − ȳ) + ε by least squares over several runs.
//
// A is the linear law of what the aggregates say of their own next values. What they leave out counts as noise; where that lasts, A says so by larger eigenvalues.
// Lütkepohl 2005, New Introduction to Multiple Time Series Analysis, ch. 3.
//
// D aggregates, T periods
import { cholesky, type Eigenvalues, eigenvalues, type Interval, meanInterval, solveCholesky } from "../math/index.ts";

export interface AggregateJacobian {
  /** [D, D] A, of aggregates in the units in which they were given. */
  readonly matrix: Float64Array;
  readonly eigenvalues: readonly { readonly real: number; readonly imaginary: number }[];
  /** Largest size of an eigenvalue, with a 95 % interval by the jackknife over stretches: below 1, deviations die out. */
  readonly radius: Interval;
  readonly stable: "stable" | "unstable" | "undecided";
}

/** Stretches at least, for the jackknife. */
const STRETCHES = 6;
/** What moves by less than this, in units of 1 + |mean|, does not move. */
const STILL = 1e-10;

/** Of paths [T, D] of one settled state each, row-major, in units in which they are not tiny. Null where an aggregate does not move, or where all are combinations of fewer. */
export function aggregateJacobian(paths: readonly Float64Array[], dimensions: number): AggregateJacobian | null {
  const D = dimensions;
  const parts = partsOf(paths);
  if (!leavesEnough(paths, D))
    throw new Error(
      `aggregateJacobian: got ${paths.length} paths of ${paths.map((path) => path.length / D).join(", ") || "no"} periods, expected ${parts} stretches of at least ${2 * D + 2} periods in each. Give longer paths, or more of them.`,
    );
  const stretches = paths.flatMap((path) => {
    const length = Math.floor(path.length / D / parts) * D;
    return Array.from({ length: parts }, (_, k) => momentsOf(centred(path, D), D, k * length, (k + 1) * length));
  });
  const matrix = regression(stretches, D);
  if (matrix === null) return null;
  const whole = radiusOf(eigenvalues(matrix, D));
  const n = stretches.length;
  const pseudo = stretches.map((_, left) => {
    const without = regression(
      stretches.filter((_, k) => k !== left),
      D,
    );
    return without === null ? Number.NaN : n * whole - (n - 1) * radiusOf(eigenvalues(without, D));
  });
  const radius = { ...meanInterval(pseudo), mean: whole };
  const { real, imaginary } = eigenvalues(matrix, D);
  return {
    matrix,
    eigenvalues: Array.from(real, (re, k) => ({ real: re, imaginary: imaginary[k]! })),
    radius,
    stable: radius.high < 1 ? "stable" : radius.low > 1 ? "unstable" : "undecided",
  };
}

const partsOf = (paths: readonly Float64Array[]): number => Math.ceil(STRETCHES / Math.max(1, paths.length));

/** Whether paths are long enough for their Jacobian. */
export const leavesEnough = (paths: readonly Float64Array[], D: number): boolean =>
  paths.length > 0 && paths.every((path) => Math.floor(path.length / D / partsOf(paths)) >= 2 * D + 2);

const radiusOf = ({ real, imaginary }: Eigenvalues): number =>
  real.reduce((most, re, k) => Math.max(most, Math.sqrt(re * re + imaginary[k]! * imaginary[k]!)), 0);

function centred(path: Float64Array, D: number): Float64Array {
  const mean = new Float64Array(D);
  for (let i = 0; i < path.length; i++) mean[i % D] = mean[i % D]! + path[i]! / (path.length / D);
  const y = path.map((v, i) => v - mean[i % D]!);
  const still = mean.map((m, d) =>
    y.every((v, i) => i % D !== d || Math.abs(v) <= STILL * (1 + Math.abs(m))) ? 0 : 1,
  );
  return y.map((v, i) => v * still[i % D]!);
}

interface Moments {
  /** Σ y_t y_tᵀ and Σ y_{t+1} y_tᵀ [D, D] */
  readonly now: Float64Array;
  readonly next: Float64Array;
}

function momentsOf(y: Float64Array, D: number, from: number, to: number): Moments {
  const [now, next] = [new Float64Array(D * D), new Float64Array(D * D)];
  for (let t = from; t + D < to; t += D)
    for (let i = 0; i < D; i++)
      for (let j = 0; j < D; j++) {
        now[i * D + j] = now[i * D + j]! + y[t + i]! * y[t + j]!;
        next[i * D + j] = next[i * D + j]! + y[t + D + i]! * y[t + j]!;
      }
  return { now, next };
}

/** A with A Σ y yᵀ = Σ y′ yᵀ; null where that has no unique solution. */
function regression(stretches: readonly Moments[], D: number): Float64Array | null {
  const [now, next] = [new Float64Array(D * D), new Float64Array(D * D)];
  for (const one of stretches)
    for (let k = 0; k < D * D; k++) {
      now[k] = now[k]! + one.now[k]!;
      next[k] = next[k]! + one.next[k]!;
    }
  // in units of each aggregate's own size, so that being singular does not depend on them
  const size = Float64Array.from({ length: D }, (_, i) => Math.sqrt(now[i * D + i]!));
  if (!size.every((s) => s > 0)) return null;
  const L = cholesky(
    now.map((v, k) => v / (size[Math.floor(k / D)]! * size[k % D]!)),
    D,
  );
  if (L === null || size.some((_, i) => L[i * D + i]! < 1e-7)) return null;
  const A = new Float64Array(D * D);
  for (let i = 0; i < D; i++) {
    const row = solveCholesky(
      L,
      next.subarray(i * D, (i + 1) * D).map((v, j) => v / size[j]!),
    );
    for (let j = 0; j < D; j++) A[i * D + j] = row[j]! / size[j]!;
  }
  return A;
}
