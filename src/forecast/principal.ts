// Principal components, and compression of states by the singular value decomposition S ≈ U Σ Vᵀ.
//
// The best approximation of rank k in the mean square has error² Σ_{j>k} σ_j² (Eckart & Young 1936, Psychometrika 1, 211).
// N rows of D numbers: periods of series, or states of agents
import { pairwiseSum, svd } from "../math/index.ts";
import { finiteSeries, wholeAtLeast } from "../metrics/series.ts";

export interface Compression {
  readonly dimensions: number;
  /** Components kept. */
  readonly rank: number;
  /** [D] What is subtracted first: means, or zeros. */
  readonly mean: Float64Array;
  /** [rank, D] Directions, orthonormal, that of the largest singular value first. */
  readonly directions: Float64Array;
  /** [min(N, D)] All singular values, descending. */
  readonly singularValues: Float64Array;
  /** ‖S − Ŝ‖/‖S‖ in the Frobenius norm, of what is left after the means. 0 where nothing is left. */
  readonly error: number;
  /** Scores [n, rank] of n rows of D numbers, these or others. */
  encode(rows: ArrayLike<number>): Float64Array;
  /** Rows [n, D] of n rows of scores. */
  decode(scores: ArrayLike<number>): Float64Array;
}

export interface CompressOptions {
  /** D */
  readonly dimensions: number;
  /** Components to keep. Default: all, min(N, D). */
  readonly rank?: number;
  /** Subtract the mean of each column first, so that directions are principal components. Default true. */
  readonly centred?: boolean;
}

/** Compresses states [N, D], row-major. Takes min(N, D)² max(N, D) operations a few times over. */
export function compress(states: ArrayLike<number>, options: CompressOptions): Compression {
  const { dimensions: D, centred = true } = options;
  wholeAtLeast("compress", "dimensions", D, 1);
  const S = finiteSeries("compress", states, D);
  const N = S.length / D;
  wholeAtLeast("compress", "rows", N, 1);
  const { rank = Math.min(N, D) } = options;
  if (!(Number.isInteger(rank) && rank >= 1 && rank <= Math.min(N, D)))
    throw new Error(`compress: got rank ${rank}, expected a whole number from 1 to ${Math.min(N, D)}.`);
  const mean = new Float64Array(D);
  if (centred)
    for (let d = 0; d < D; d++) mean[d] = pairwiseSum(Float64Array.from({ length: N }, (_, n) => S[n * D + d]!)) / N;
  for (let i = 0; i < S.length; i++) S[i] = S[i]! - mean[i % D]!;
  const { values, right } = svd(S, N, D);
  const directions = new Float64Array(rank * D);
  for (let k = 0; k < rank; k++) for (let d = 0; d < D; d++) directions[k * D + d] = right[d * values.length + k]!;
  const squares = values.map((value) => value * value);
  const all = pairwiseSum(squares);
  return {
    dimensions: D,
    rank,
    mean,
    directions,
    singularValues: values,
    error: all > 0 ? Math.sqrt(pairwiseSum(squares.subarray(rank)) / all) : 0,
    encode(rows) {
      const n = wholeRows("encode", rows, D);
      const scores = new Float64Array(n * rank);
      for (let i = 0; i < n; i++)
        for (let k = 0; k < rank; k++) {
          let sum = 0;
          for (let d = 0; d < D; d++) sum += (rows[i * D + d]! - mean[d]!) * directions[k * D + d]!;
          scores[i * rank + k] = sum;
        }
      return scores;
    },
    decode(scores) {
      const n = wholeRows("decode", scores, rank);
      const rows = new Float64Array(n * D);
      for (let i = 0; i < n; i++)
        for (let d = 0; d < D; d++) {
          let sum = mean[d]!;
          for (let k = 0; k < rank; k++) sum += scores[i * rank + k]! * directions[k * D + d]!;
          rows[i * D + d] = sum;
        }
      return rows;
    },
  };
}

function wholeRows(what: string, values: ArrayLike<number>, width: number): number {
  if (values.length % width !== 0)
    throw new Error(`compress: ${what} got ${values.length} numbers, expected rows of ${width}.`);
  return values.length / width;
}

/** Smallest rank whose components hold `share` of Σ σ². */
export function rankForShare({ singularValues }: Pick<Compression, "singularValues">, share: number): number {
  if (!(share > 0 && share <= 1)) throw new Error(`rankForShare: got ${share}, expected more than 0 and at most 1.`);
  const squares = singularValues.map((value) => value * value);
  const all = pairwiseSum(squares);
  let held = 0;
  const rank = squares.findIndex((square) => {
    held += square;
    return held >= share * all * (1 - 1e-12);
  });
  return rank < 0 ? squares.length : rank + 1;
}
