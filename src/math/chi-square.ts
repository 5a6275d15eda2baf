// Upper tail of the χ² distribution with a whole number of degrees of freedom, by its finite sums.
// Abramowitz & Stegun 26.4.4 and 26.4.5.
import { exp } from "./exp.ts";
import { normalCdf, normalDensity } from "./normal.ts";

//   ν even  e^(−x/2) Σ_{j<ν/2} (x/2)^j/j!
//   ν odd   2 (1 − Φ(√x)) + 2 φ(√x) Σ_{r=1}^{(ν−1)/2} √x^(2r−1)/(1·3·…·(2r − 1))
/** P(χ²_ν > x): the p-value of a statistic x with ν = `degrees` of freedom. */
export function chiSquareTail(x: number, degrees: number): number {
  if (!(Number.isInteger(degrees) && degrees >= 1))
    throw new Error(`chiSquareTail: got ${degrees} degrees of freedom, expected a positive integer.`);
  if (!(x >= 0)) throw new Error(`chiSquareTail: got x = ${x}, expected a number from 0 on.`);
  if (x === Infinity) return 0;
  const root = Math.sqrt(x);
  const odd = degrees % 2 === 1;
  let term = odd ? 2 * normalDensity(root) * root : exp(-x / 2);
  let sum = odd ? 2 * normalCdf(-root) : term;
  for (let ν = odd ? 3 : 4; ν <= degrees; ν += 2) {
    if (!odd || ν > 3) term *= x / (ν - 2);
    sum += term;
  }
  return Math.min(1, sum);
}
