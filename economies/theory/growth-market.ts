// Growth as a market: the recursive competitive equilibrium of identical households is the planner's solution (theory/growth.ts), whatever their number.
//
// A household of N that knows its own effect on prices, and takes the others' plans as given, earns at the margin R(K) + R′(K)(k − K)/N, since a unit more of capital
// changes the wage by −K R′(K)/N and the rent of its own k by k R′(K)/N. Among equals, k = K, both cancel: the planner's plan is then an equilibrium of such households, too.
// Where households differ, whoever has more earns less at the margin, saves less, and differences shrink.
import { solvers } from "walras";
import { pow } from "walras/math";

export interface MarketPrices {
  /** R = α z K^(α−1) */
  readonly rentalRate: number;
  /** w = (1 − α) z K^α */
  readonly wage: number;
}

/** At capital K per household and productivity z. */
export function marketPrices(α: number, K: number, z: number): MarketPrices {
  const output = z * pow(K, α);
  return { rentalRate: (α * output) / K, wage: (1 - α) * output };
}

/**
 * μ, what is left after a period of a small difference in wealth between households, around the steady state at z = 1:
 * (1/β − μ)(μ − 1) = (c β/γ)(R′(K) `impact`) μ. `impact` is how much R + R′(K)(k − K)/N falls for a unit more of k, in units of R′: 1/N among N households
 * whose differences sum to 0, 2/N − 1/N² for one whose N − 1 others keep still; 0 without price impact, where differences last for ever.
 */
export function wealthPersistence(
  p: Pick<solvers.Growth, "capitalShare" | "discountFactor" | "depreciation" | "riskAversion">,
  impact: number,
): number {
  const { capitalShare: α, discountFactor: β, riskAversion: γ } = p;
  const { capital, consumption, output } = solvers.growthSteadyState(p);
  const slope = (α * (α - 1) * output) / (capital * capital); // R′(K)
  // μ² − b μ + 1/β = 0, b = 1 + 1/β − (c β/γ) R′ impact: the root below 1
  const b = 1 + 1 / β - ((consumption * β) / γ) * slope * impact;
  return 2 / β / (b + Math.sqrt(b * b - 4 / β));
}
