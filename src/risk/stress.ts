// Indices of stress in a network: how likely it spreads to a bank, and how evenly banks carry it.
import { normalCdf } from "../math/index.ts";
import type { Exposures } from "./exposures.ts";

/**
 * Probability that stress spreads to a bank: Φ((Σ_{k stressed} c_k − θ)/σ), where c_k are its exposures to banks under stress and the exposure that it bears is normal with mean θ, its
 * `threshold`, and standard deviation σ > 0, its `deviation`.
 */
export function contagionProbability(exposures: ArrayLike<number>, threshold: number, deviation: number): number {
  if (!(deviation > 0)) throw new Error(`contagionProbability: deviation is ${deviation}, expected a number above 0.`);
  let sum = 0;
  for (let k = 0; k < exposures.length; k++) sum += exposures[k]!;
  return normalCdf((sum - threshold) / deviation);
}

/**
 * R = 1 − Σ_ij w_ij (d_i − d̄)²/Σ_i d_i²: evenness of degrees (or sizes) d. Weights are those of a network, `normalised` to rows that add up to 1 by default, where R = N d̄²/Σ d² lies in (0, 1] and is 1 if all
 * are equal; as they are (`normalised: false`) it has no lower bound.
 */
export function systemicIndex(
  { start, amount }: Exposures,
  degrees: ArrayLike<number>,
  { normalised = true }: { readonly normalised?: boolean } = {},
): number {
  const n = start.length - 1;
  if (degrees.length !== n) throw new Error(`systemicIndex: got degrees of ${degrees.length} banks, expected ${n}.`);
  let mean = 0;
  for (let i = 0; i < n; i++) mean += degrees[i]! / n;
  let [apart, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    let weight = 0;
    for (let l = start[i]!; l < start[i + 1]!; l++) weight += amount[l]!;
    if (normalised) weight = 1;
    apart += weight * (degrees[i]! - mean) * (degrees[i]! - mean);
    squares += degrees[i]! * degrees[i]!;
  }
  if (squares === 0) throw new Error("systemicIndex: all degrees are 0, expected some above 0.");
  return 1 - apart / squares;
}
