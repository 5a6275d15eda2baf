// Minibatches of a rollout: every row in exactly one of them, dealt by a permutation of which any part can be found alone.
import type { Permutation } from "../../random/index.ts";

/** Places [from, to) of minibatch m of M: sizes differ by one at most. */
export const minibatch = (rows: number, M: number, m: number): [from: number, to: number] => [
  Math.floor((rows * m) / M),
  Math.floor((rows * (m + 1)) / M),
];

/**
 * Writes the rows at the places of one minibatch, sequences of `length` rows dealt as one, `from` the first; `rowOf` turns a shuffled number and a place in its sequence into
 * a row, or −1 to leave the place empty.
 */
export function deal(
  out: Int32Array,
  shuffle: Permutation,
  from: number,
  length: number,
  rowOf: (k: number, l: number) => number,
): void {
  for (let p = 0, s = from; p < out.length; s++) {
    const k = shuffle.at(s);
    for (let l = 0; l < length; l++, p++) out[p] = rowOf(k, l);
  }
}

/** Of the rows that are there: how many, the mean of x and its deviation (n − 1). */
export function momentsOf(rows: Int32Array, x: ArrayLike<number>): { n: number; mean: number; deviation: number } {
  let n = 0;
  let sum = 0;
  for (let p = 0; p < rows.length; p++)
    if (rows[p] >= 0) {
      n++;
      sum += x[rows[p]];
    }
  const mean = sum / Math.max(1, n);
  let squares = 0;
  for (let p = 0; p < rows.length; p++) if (rows[p] >= 0) squares += (x[rows[p]] - mean) * (x[rows[p]] - mean);
  return { n, mean, deviation: Math.sqrt(squares / Math.max(1, n - 1)) };
}
