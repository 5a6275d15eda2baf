// Shannon's entropy of a distribution over finitely many outcomes, in nats (divide by ln 2 for bits).

import { log, pairwiseSum } from "../math/index.ts";

// −Σ p ln p, with 0 ln 0 = 0
/** Entropy of masses, which are divided by their sum first: counts, shares and probabilities are all welcome. */
export function entropy(masses: ArrayLike<number>): number {
  const values = Float64Array.from(masses);
  const total = pairwiseSum(values);
  if (!(total > 0 && total < Infinity) || values.some((mass) => mass < 0))
    throw new Error(`entropy: got masses that add up to ${total}, expected none below 0 and a positive sum.`);
  return pairwiseSum(values.map((mass) => (mass === 0 ? 0 : (-mass / total) * log(mass / total))));
}
