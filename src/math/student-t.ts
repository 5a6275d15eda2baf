// Confidence interval for the mean of a few independent values, such as one figure from each seed.

import { findRoot } from "./find-root.ts";
import { mean, variance } from "./statistics.ts";
import { cos, sin } from "./trigonometric.ts";

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

// x̄ ± t(1 − (1 − level)/2; n − 1) s / √n
/** Student-t interval at `level` (default 0.95). Fewer than two values say nothing about their spread: the ends are infinite. */
export function meanInterval(x: ArrayLike<number>, level = 0.95): Interval {
  const n = x.length;
  const centre = mean(x);
  const half = n < 2 ? Infinity : studentT(level, n - 1) * Math.sqrt(variance(x, { ddof: 1 }) / n);
  return { mean: centre, low: centre - half, high: centre + half };
}

/** The t with P(|T| < t) = level, for a whole number of degrees of freedom. */
export function studentT(level: number, degrees: number): number {
  if (!(level > 0 && level < 1)) throw new Error(`studentT: got level ${level}, expected more than 0 and less than 1.`);
  checkDegrees(degrees);
  const θ = findRoot((angle) => within(angle, degrees) - level, 0, Math.PI / 2);
  return (Math.sqrt(degrees) * sin(θ)) / cos(θ);
}

/** P(|T| < |t|), for a whole number of degrees of freedom. */
export function studentWithin(t: number, degrees: number): number {
  checkDegrees(degrees);
  const tangent = Math.abs(t) / Math.sqrt(degrees);
  const θ = findRoot((angle) => sin(angle) - tangent * cos(angle), 0, Math.PI / 2);
  return Math.min(1, within(θ, degrees));
}

// With t = √ν tan θ and c = cos θ (Abramowitz & Stegun 26.7.3-4):
//   P(|T| < t) = 2/π (θ + sin θ (c + 2/3 c³ + (2·4)/(3·5) c⁵ + …))     ν odd, powers up to ν − 2
//              = sin θ (1 + 1/2 c² + (1·3)/(2·4) c⁴ + …)               ν even, powers up to ν − 2
function within(θ: number, degrees: number): number {
  const odd = degrees % 2 === 1;
  const c = cos(θ);
  let term = odd ? c : 1;
  let sum = 0;
  for (let power = odd ? 1 : 0; power <= degrees - 2; power += 2) {
    sum += term;
    term *= ((power + 1) / (power + 2)) * c * c;
  }
  return odd ? (2 / Math.PI) * (θ + sin(θ) * sum) : sin(θ) * sum;
}

function checkDegrees(degrees: number): void {
  if (!(Number.isInteger(degrees) && degrees >= 1)) {
    throw new Error(`studentT: got ${degrees} degrees of freedom, expected a positive integer.`);
  }
}
