// Prices at which markets clear, found from excess demand alone: by tâtonnement, which raises the price of what is scarce (Walras 1874), or by bracketing, which
// solves one market after the other by Brent's method until none has to move.
//
//   z_g = ln D_g − ln S_g;   tâtonnement: ln p_g += κ z_g
//
// With demand of elasticity σ among goods and given spending, tâtonnement multiplies differences of z by 1 − κσ and their common level by 1 − κ in each round:
// it settles for κ < 2/max(1, σ).
import { exp, findRoot, log, requireConverged } from "../../math/index.ts";

/** Writes into `out` [G] ln demand − ln supply at `prices` [G], all above 0. */
export type ExcessDemand = (out: Float64Array, prices: Float64Array) => void;

export interface ClearingOptions {
  /** Of |ln D − ln S| in the worst market. Default 1e-12. */
  readonly tolerance?: number;
  /** At most; default 10 000 of tâtonnement, 1000 of bracketing, which are sweeps over all markets. */
  readonly rounds?: number;
}

/** Moves `prices` by tâtonnement until all markets clear. Returns the number of rounds. */
export function tatonnement(
  prices: Float64Array,
  excess: ExcessDemand,
  { speed = 0.5, tolerance = 1e-12, rounds = 10_000 }: ClearingOptions & { readonly speed?: number } = {},
): number {
  const z = new Float64Array(prices.length);
  let worst = Infinity;
  for (let round = 0; round <= rounds; round++) {
    excess(z, prices);
    worst = largest(z);
    if (worst <= tolerance) return round;
    if (!(worst < Infinity)) break;
    for (let g = 0; g < prices.length; g++) prices[g] = prices[g]! * exp(speed * z[g]!);
  }
  requireConverged(
    "tatonnement",
    worst,
    tolerance,
    `Lower its speed, ${speed}: prices overshoot, or clear by bracketing.`,
  );
  return rounds;
}

/** Moves `prices` until all markets clear, one price at a time. Returns the number of sweeps over all markets. */
export function bracketing(
  prices: Float64Array,
  excess: ExcessDemand,
  { tolerance = 1e-12, rounds = 1000 }: ClearingOptions = {},
): number {
  const z = new Float64Array(prices.length);
  let worst = Infinity;
  for (let round = 0; round <= rounds; round++) {
    excess(z, prices);
    worst = largest(z);
    if (worst <= tolerance) return round;
    if (!(worst < Infinity)) break;
    for (let g = 0; g < prices.length; g++) {
      const at = (x: number): number => {
        prices[g] = exp(x);
        excess(z, prices);
        return z[g]!;
      };
      const x = log(prices[g]!);
      let [low, high] = [x, x];
      // Demand falls with its own price.
      const scarce = at(x) > 0;
      for (let width = 0.125; width <= 512; width *= 2) {
        if (scarce) high = x + width;
        else low = x - width;
        if (at(scarce ? high : low) > 0 !== scarce) break;
      }
      prices[g] = exp(findRoot(at, low, high, { tolerance: 1e-15 }));
    }
  }
  requireConverged("bracketing", worst, tolerance, "Prices of one market undo those of another: clear by tâtonnement.");
  return rounds;
}

const largest = (z: Float64Array): number => z.reduce((most, x) => (Math.abs(x) <= most ? most : Math.abs(x)), 0);
