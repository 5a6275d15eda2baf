// Discrete actions: one softmax per branch, side by side in the columns of the logits. One branch is a plain categorical, K
// branches a multi-discrete action with independent parts.  B rows, K branches, Σ = sum of branch sizes
import type { Tensor } from "../graph.ts";
import { add, concatCols, exp, gather, logSoftmax, mul, neg, rowSum, sliceCols, where } from "../ops.ts";

type T = Tensor<"f32">;

export interface Categorical {
  /** [B, Σ] */
  readonly logProbs: T;
  /** [B, Σ], what sampleCategorical takes */
  readonly probs: T;
  /** [B, 1], summed over branches */
  readonly entropy: T;
  /** action i32 [B, K], each counted from 0 within its branch; returns [B, 1], summed over branches */
  logProb(action: Tensor<"i32">): T;
}

export interface CategoricalOptions {
  /** Sizes of the branches. Default: one branch of all columns. */
  readonly branches?: readonly number[];
  /** [B, Σ], 0 where an action is not allowed; at least one allowed per branch. */
  readonly mask?: T;
}

export function categorical(logits: T, { branches = [logits.shape[1]], mask }: CategoricalOptions = {}): Categorical {
  const total = branches.reduce((a, b) => a + b, 0);
  if (total !== logits.shape[1]) {
    throw new Error(
      `categorical: branches ${branches.join(" + ")} = ${total}, but the logits have ${logits.shape[1]} columns.`,
    );
  }
  // −1e9 rather than −∞: its probability is exactly 0 in f32, and 0 · −1e9 is 0 where 0 · −∞ is not a number
  const allowed = mask ? where(mask, logits, -1e9) : logits;
  let to = 0;
  const parts = branches.map((size) => logSoftmax(sliceCols(allowed, to, (to += size))));
  const logProbs = concatCols(...parts);
  const probs = exp(logProbs);
  return {
    logProbs,
    probs,
    entropy: neg(rowSum(mul(probs, logProbs))),
    logProb(action) {
      if (action.shape[1] !== branches.length) {
        throw new Error(
          `categorical: action has ${action.shape[1]} columns, expected one per branch (${branches.length}).`,
        );
      }
      return parts.map((part, k) => gather(part, sliceCols(action, k, k + 1))).reduce(add);
    },
  };
}

/**
 * Draws action [B, K] by inversion: the first column of a branch at which the cumulative probability exceeds
 * uniform [B, K] in [0, 1).
 */
export function sampleCategorical(
  action: Int32Array,
  probs: Float32Array,
  uniform: ArrayLike<number>,
  branches: readonly number[],
): void {
  const picks = branches.length;
  let p = 0;
  for (let i = 0; i < action.length; i++) {
    const size = branches[i % picks];
    let total = 0;
    for (let j = 0; j < size; j++) total += probs[p + j];
    // against the sum rather than 1: rounding must not reach past the last column, nor choose one of probability 0
    let left = uniform[i] * total;
    let chosen = 0;
    for (let j = 0; j < size; j++) {
      const mass = probs[p + j];
      if (mass > 0) chosen = j;
      left -= mass;
      if (left < 0) break;
    }
    action[i] = chosen;
    p += size;
  }
}
