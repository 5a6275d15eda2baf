// Simulation-based calibration: the rank of the true parameter among draws of its posterior is uniform, if the posterior is right for data of the prior.
// Talts, Betancourt, Simpson, Vehtari & Gelman 2018, https://arxiv.org/abs/1804.06788
import { chiSquareTail } from "../math/index.ts";

export interface RankTest {
  /** How many truths fell into each bin of ranks. */
  readonly counts: Float64Array;
  readonly chiSquare: number;
  readonly degrees: number;
  /** Probability of ranks at least as uneven, where posteriors are right. */
  readonly pValue: number;
}

/** How many of the draws are below the truth: 0 to their number. */
export function rankOf(truth: number, draws: ArrayLike<number>): number {
  let rank = 0;
  for (let i = 0; i < draws.length; i++) if (draws[i]! < truth) rank++;
  return rank;
}

/** χ² test that ranks among `draws` draws are uniform. (draws + 1) must be a multiple of `bins`, so that bins are equally likely. */
export function rankTest(ranks: ArrayLike<number>, draws: number, bins = 10): RankTest {
  if ((draws + 1) % bins !== 0)
    throw new Error(`rankTest: ${draws} draws have ${draws + 1} ranks, expected a multiple of ${bins} bins.`);
  const counts = new Float64Array(bins);
  for (let i = 0; i < ranks.length; i++) {
    const rank = ranks[i]!;
    if (!(Number.isInteger(rank) && rank >= 0 && rank <= draws))
      throw new Error(`rankTest: rank ${rank} among ${draws} draws, expected a whole number from 0 to ${draws}.`);
    counts[Math.floor((rank * bins) / (draws + 1))]! += 1;
  }
  const expected = ranks.length / bins;
  if (expected < 5)
    throw new Error(`rankTest: ${ranks.length} ranks in ${bins} bins, expected at least 5 for each bin.`);
  let chiSquare = 0;
  for (const count of counts) chiSquare += ((count - expected) * (count - expected)) / expected;
  return { counts, chiSquare, degrees: bins - 1, pValue: chiSquareTail(chiSquare, bins - 1) };
}
