// Value at risk and expected shortfall of a loss with given probabilities, and as means that amplitude estimation can find.
// Woerner & Egger 2019, "Quantum risk analysis", npj Quantum Information 5, 15. Expected shortfall: Rockafellar & Uryasev 2000.
//
//   VaR_α = min {x: P(L ≤ x) ≥ α}        ES_α = VaR_α + E[(L − VaR_α)⁺]/(1 − α)
import { pairwiseSum } from "../math/index.ts";

export interface Losses {
  /** Ascending. */
  readonly levels: ArrayLike<number>;
  readonly probabilities: ArrayLike<number>;
}

/** The position of the value at risk, by bisection on P(L ≤ level): log₂ of the number of levels calls. */
export function valueAtRiskIndex(levels: number, confidence: number, below: (index: number) => number): number {
  if (!(confidence > 0 && confidence < 1))
    throw new Error(`value at risk: got confidence ${confidence}, expected more than 0 and less than 1.`);
  let [low, high] = [0, levels - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (below(middle) >= confidence) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function valueAtRisk({ levels, probabilities }: Losses, confidence: number): number {
  const below = (index: number) => pairwiseSum(Float64Array.from(probabilities).subarray(0, index + 1));
  return levels[valueAtRiskIndex(levels.length, confidence, below)];
}

export function expectedShortfall(losses: Losses, confidence: number): number {
  const limit = valueAtRisk(losses, confidence);
  const beyond = Array.from(losses.levels, (level, x) => Math.max(0, level - limit) * losses.probabilities[x]);
  return limit + pairwiseSum(beyond) / (1 - confidence);
}

/** 1 up to a position and 0 beyond: its mean is P(L ≤ level). */
export const upToIndex = (levels: number, index: number): number[] =>
  Array.from({ length: levels }, (_, x) => (x <= index ? 1 : 0));

/** Losses beyond a limit as a share of the largest: their mean times `unit` is E[(L − limit)⁺]. */
export function shareBeyond(levels: ArrayLike<number>, limit: number): { readonly f: number[]; readonly unit: number } {
  const unit = Math.max(0, levels[levels.length - 1] - limit) || 1;
  return { f: Array.from(levels, (level) => Math.max(0, level - limit) / unit), unit };
}
