// Minibatches of a rollout: every sequence in exactly one of them, dealt by a permutation of which any part can be found alone.
//
// G groups of agents, M minibatches, Q sequences of a group's rollout, L rows of a sequence
import type { Allocator } from "../../core/cut.ts";
import { type Permutation, permutation, type Stream } from "../../random/index.ts";
import type { Sequences } from "./sequences.ts";

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

export interface Minibatches {
  /** On every rank, when a rollout is complete: where agents decide apart, only sequences that hold a decision are dealt. */
  begin(): void;
  /** Deals group g's minibatch m, by the permutation that is the group's in this epoch. */
  shuffle(stream: Stream, g: number, m: number, epoch: number): Int32Array;
  /** Rows of group g's minibatch m as they were dealt, −1: none. */
  rows(g: number, m: number): Int32Array;
}

export interface MinibatchOptions {
  readonly groups: number; // G
  readonly minibatches: number; // M
  /** Agents decide apart: most places of a rollout may be empty. */
  readonly sparse: boolean;
}

export function createMinibatches(
  memory: Pick<Allocator, "i32">,
  { perGroup: Q, length: L, rowOf }: Sequences,
  { groups: G, minibatches: M, sparse }: MinibatchOptions,
): Minibatches {
  const order = memory.i32(G * Q * L);
  const held = sparse ? Array.from({ length: G }, () => new Int32Array(Q)) : null; // sequences that hold a decision
  const dealt = new Int32Array(G).fill(Q); // how many
  const rows = (g: number, m: number): Int32Array => {
    const [from, to] = minibatch(dealt[g], M, m);
    return order.subarray((g * Q + from) * L, (g * Q + to) * L);
  };
  return {
    rows,
    begin() {
      held?.forEach((sequences, g) => {
        dealt[g] = 0;
        for (let k = 0; k < Q; k++) if (rowOf(g, k, 0) >= 0) sequences[dealt[g]++] = k;
      });
    },
    shuffle(stream, g, m, epoch) {
      const out = rows(g, m);
      if (out.length === 0) return out;
      const [from] = minibatch(dealt[g], M, m);
      const order = permutation(stream, { size: dealt[g], lane: g, period: epoch });
      deal(out, order, from, L, (k, l) => rowOf(g, held ? held[g][k] : k, l));
      return out;
    },
  };
}
