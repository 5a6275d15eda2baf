// Strength of a tie that grows with its use and decays with distance:
//
//   η̇ = γ U η (1 − η) − δ (d/d₀)² η,    0 ≤ η ≤ 1
//
// which is logistic: η̇ = η (a − b η) with b = γ U and a = b − δ (d/d₀)², so that while U and d stay
//
//   η(t) = η e^{at} / (1 + b η (e^{at} − 1)/a)   →   a/b where a > 0, and 0 elsewhere
//
// A tie of strength 0 stays so, and none leaves 0 … 1, however long the step.
import { exp, expm1 } from "../../math/index.ts";

/**
 * A tie's strength after `time`, exactly, while `growth` γ U and `decay` δ (d/d₀)², both per unit of time, stay: γ times the utility of the tie, and δ times
 * the square of its length over a usual one. A utility below 0 weakens. The decay is at least 0.
 */
export function tieStrength(strength: number, growth: number, decay: number, time = 1): number {
  if (strength === 0 || (strength === 1 && decay === 0)) return strength;
  const a = growth - decay;
  const at = a * time;
  if (at === 0) return strength / (1 + growth * strength * time);
  if (at > 0) return Math.min(1, strength / (exp(-at) - (growth * strength * expm1(-at)) / a)); // e^{at} would overflow
  const decayed = exp(at);
  if (growth >= 0) return (strength * decayed) / (1 + (growth * strength * expm1(at)) / a);
  // The same without the difference of nearly equal numbers that a harmful tie of strength near 1 makes of it.
  return Math.min(1, (a * strength * decayed) / (growth * (1 - strength) - decay + growth * strength * decayed));
}
