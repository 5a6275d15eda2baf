// A duopoly in quantities with straight demand and quadratic cost: one firm commits first (von Stackelberg 1934), or both choose at once (Cournot 1838).
//   P = a − b (q₁ + q₂),   π₁ = (P − c₁) q₁,   π₂ = (P − c₂) q₂ − ½ k q₂²
// Left out: firms that shut down; an outcome with a quantity or a price below 0 is an error.

export interface Duopoly {
  /** a: price at which nobody buys. */
  readonly intercept: number;
  /** b: fall of the price per unit sold. */
  readonly slope: number;
  /** c₁, c₂: cost of the first unit. */
  readonly leaderCost: number;
  readonly followerCost: number;
  /** k: rise of the follower's marginal cost per unit. */
  readonly followerCurvature: number;
}
export interface DuopolyOutcome {
  readonly leaderQuantity: number;
  readonly followerQuantity: number;
  readonly price: number;
  readonly leaderProfit: number;
  readonly followerProfit: number;
}

/** q₂ = (a − c₂ − b q₁)/(2b + k), or nothing where that is negative. */
export const followerResponse = (
  { intercept: a, slope: b, followerCost, followerCurvature: k }: Duopoly,
  leaderQuantity: number,
): number => Math.max(0, (a - followerCost - b * leaderQuantity) / (2 * b + k));

/** The leader commits knowing the response: the total derivative of its profit is zero. */
export function stackelbergDuopoly(d: Duopoly): DuopolyOutcome {
  const { intercept: a, slope: b, leaderCost, followerCost, followerCurvature: k } = d;
  // q₂ = A − B q₁;   max over q₁ of (a − c₁ − b A − b (1 − B) q₁) q₁
  const A = (a - followerCost) / (2 * b + k);
  const B = b / (2 * b + k);
  return outcome(d, (a - leaderCost - b * A) / (2 * b * (1 - B)));
}

/** Both at once: the partial derivatives are zero. */
export function cournotDuopoly(d: Duopoly): DuopolyOutcome {
  const { intercept: a, slope: b, leaderCost, followerCost, followerCurvature: k } = d;
  // 2b q₁ + b q₂ = a − c₁,   b q₁ + (2b + k) q₂ = a − c₂
  const det = 2 * b * (2 * b + k) - b * b;
  return outcome(d, ((a - leaderCost) * (2 * b + k) - b * (a - followerCost)) / det);
}

function outcome(d: Duopoly, leaderQuantity: number): DuopolyOutcome {
  const followerQuantity = followerResponse(d, leaderQuantity);
  const price = d.intercept - d.slope * (leaderQuantity + followerQuantity);
  if (!(leaderQuantity > 0 && followerQuantity > 0 && price > 0))
    throw new Error(
      `duopoly: quantities ${leaderQuantity} and ${followerQuantity} at price ${price}, expected all above 0. Bring the costs closer together, or below the intercept.`,
    );
  return {
    leaderQuantity,
    followerQuantity,
    price,
    leaderProfit: (price - d.leaderCost) * leaderQuantity,
    followerProfit:
      (price - d.followerCost) * followerQuantity - (d.followerCurvature / 2) * followerQuantity * followerQuantity,
  };
}
