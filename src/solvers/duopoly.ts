// A duopoly in quantities with straight demand and quadratic cost: one firm commits first (von Stackelberg 1934), or both choose at once (Cournot 1838).
//   P = a − b (q₁ + q₂),   π_i = (P − c_i) q_i − ½ k_i q_i²
// Left out: firms that shut down; an outcome with a quantity or a price below 0 is an error.

export interface Duopoly {
  /** a: price at which nobody buys. */
  readonly intercept: number;
  /** b: fall of the price per unit sold. */
  readonly slope: number;
  /** c₁, c₂: cost of the first unit. */
  readonly leaderCost: number;
  readonly followerCost: number;
  /** k₁, k₂: rise of marginal cost per unit. */
  readonly leaderCurvature: number;
  readonly followerCurvature: number;
}
export interface DuopolyOutcome {
  readonly leaderQuantity: number;
  readonly followerQuantity: number;
  readonly price: number;
  readonly leaderProfit: number;
  readonly followerProfit: number;
}

/** q₂ = (a − c₂ − b q₁)/(2b + k₂), or nothing where that is negative. */
export const followerResponse = (
  { intercept: a, slope: b, followerCost, followerCurvature: k }: Duopoly,
  leaderQuantity: number,
): number => Math.max(0, (a - followerCost - b * leaderQuantity) / (2 * b + k));

/** The leader commits knowing the response: the total derivative of its profit is zero. */
export function stackelbergDuopoly(d: Duopoly): DuopolyOutcome {
  const { intercept: a, slope: b, leaderCost, followerCost } = d;
  // q₂ = A − B q₁;   max over q₁ of (a − c₁ − b A − b (1 − B) q₁) q₁ − ½ k₁ q₁²
  const A = (a - followerCost) / (2 * b + d.followerCurvature);
  const B = b / (2 * b + d.followerCurvature);
  return outcome(d, (a - leaderCost - b * A) / (2 * b * (1 - B) + d.leaderCurvature));
}

/** Both at once: the partial derivatives are zero. */
export function cournotDuopoly(d: Duopoly): DuopolyOutcome {
  const { intercept: a, slope: b, leaderCost, followerCost } = d;
  // (2b + k₁) q₁ + b q₂ = a − c₁,   b q₁ + (2b + k₂) q₂ = a − c₂
  const [first, second] = [2 * b + d.leaderCurvature, 2 * b + d.followerCurvature];
  return outcome(d, ((a - leaderCost) * second - b * (a - followerCost)) / (first * second - b * b));
}

function outcome(d: Duopoly, leaderQuantity: number): DuopolyOutcome {
  const followerQuantity = followerResponse(d, leaderQuantity);
  const price = d.intercept - d.slope * (leaderQuantity + followerQuantity);
  if (!(leaderQuantity > 0 && followerQuantity > 0 && price > 0))
    throw new Error(
      `duopoly: quantities ${leaderQuantity} and ${followerQuantity} at price ${price}, expected all above 0. Bring the costs closer together, or below the intercept.`,
    );
  const profit = (q: number, cost: number, k: number): number => (price - cost) * q - (k / 2) * q * q;
  return {
    leaderQuantity,
    followerQuantity,
    price,
    leaderProfit: profit(leaderQuantity, d.leaderCost, d.leaderCurvature),
    followerProfit: profit(followerQuantity, d.followerCost, d.followerCurvature),
  };
}
