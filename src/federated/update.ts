// What a participant hands in: its update, clipped, and in fixed point where only sums are seen. The server computes with it where it sees updates, participants elsewhere.
//
//   u = after − before, scaled to |u| ≤ S        under masks: n u, n, 1 if u was clipped
import { pairwiseSum } from "../math/index.ts";
import { fromFixed, toFixed } from "./secure-aggregation.ts";

export interface Update {
  readonly values: Float64Array;
  readonly clipped: boolean;
}

/** What is no number counts as nothing where there is a clip. */
export function updateOf(before: Float32Array, after: ArrayLike<number>, clip: number | undefined): Update {
  const values = Float64Array.from(before, (w, k) => after[k] - w);
  if (clip === undefined) return { values, clipped: false };
  const size = Math.sqrt(pairwiseSum(values.map((x) => x * x)));
  if (!(size > clip)) return { values: size >= 0 ? values : values.fill(0), clipped: false };
  return { values: values.map((x) => (size < Infinity ? (x * clip) / size : 0)), clipped: true };
}

/** How updates of one round become vectors of fixed-point words. */
export interface Recipe {
  readonly clip?: number | undefined;
  /** Binary digits after the point. */
  readonly bits: number;
  /** How many vectors may be added. */
  readonly count: number;
}

/** Words that a vector has besides its update: the weight in the mean, and whether the update was clipped. */
export const EXTRA_WORDS = 2;

/** `share`: n_i over the largest. */
export const vectorOf = ({ values, clipped }: Update, share: number, { bits, count }: Recipe): Uint32Array =>
  toFixed([...values.map((x) => x * share), share, clipped ? 1 : 0], bits, count);

export interface Sum {
  /** Σ n_i u_i. */
  readonly values: Float64Array;
  /** Σ n_i. */
  readonly total: number;
  /** How many updates were clipped. */
  readonly clipped: number;
}

export function sumOf(words: Uint32Array, bits: number): Sum {
  const all = fromFixed(words, bits);
  const [total, clipped] = all.subarray(-EXTRA_WORDS);
  return { values: all.subarray(0, -EXTRA_WORDS), total, clipped };
}
