// A duopoly in quantities with straight demand and quadratic cost: one firm commits first (von Stackelberg 1934), or both choose at once (Cournot 1838).
//   P = max(0, a − b (q₁ + q₂)),   π_i = (P − c_i) q_i − ½ k_i q_i²,   0 ≤ q_i ≤ q̄_i
// A firm whose cost is too high sells nothing; a leader may sell just so much that the follower does not.
import { requireConverged } from "walras/math";

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
  /** q̄₁, q̄₂: the most that a firm can sell; default no limit. */
  readonly leaderQuantityMax?: number;
  readonly followerQuantityMax?: number;
}
export interface DuopolyOutcome {
  readonly leaderQuantity: number;
  readonly followerQuantity: number;
  readonly price: number;
  readonly leaderProfit: number;
  readonly followerProfit: number;
}

/** q₂ = (a − c₂ − b q₁)/(2b + k₂), within what the follower can sell. */
export const followerResponse = (
  { intercept: a, slope: b, followerCost, followerCurvature: k, followerQuantityMax = Infinity }: Duopoly,
  leaderQuantity: number,
): number => within(0, followerQuantityMax, (a - followerCost - b * leaderQuantity) / (2 * b + k));

// In each region the leader's profit is a concave parabola: where the follower sells all it can, q₂ = A − B q₁, or nothing.
/** The leader commits knowing the response: its profit is largest among all quantities. */
export function stackelbergDuopoly(d: Duopoly): DuopolyOutcome {
  const { intercept: a, slope: b, leaderCost, followerCost, leaderCurvature: k1 } = d;
  const { leaderQuantityMax: most = Infinity, followerQuantityMax = Infinity } = d;
  const A = (a - followerCost) / (2 * b + d.followerCurvature);
  const B = b / (2 * b + d.followerCurvature);
  const least = Math.max(0, (A - followerQuantityMax) / B); // up to here the follower sells all it can
  const shut = Math.max(0, (a - followerCost) / b); // from here on it sells nothing
  const margin = a - leaderCost;
  const candidates = [
    within(0, least, (margin - b * Math.min(followerQuantityMax, A)) / (2 * b + k1)),
    within(least, shut, (margin - b * A) / (2 * b * (1 - B) + k1)), // max (a − c₁ − b A − b (1 − B) q₁) q₁ − ½ k₁ q₁²
    within(shut, Infinity, margin / (2 * b + k1)),
  ].map((q1) => outcome(d, Math.min(most, q1)));
  return candidates.reduce((best, one) => (one.leaderProfit > best.leaderProfit ? one : best));
}

/** Both at once: each quantity is the best reply to the other. */
export function cournotDuopoly(d: Duopoly): DuopolyOutcome {
  const { intercept: a, slope: b, leaderCost, followerCost } = d;
  const { leaderQuantityMax = Infinity, followerQuantityMax = Infinity } = d;
  const [first, second] = [2 * b + d.leaderCurvature, 2 * b + d.followerCurvature];
  const reply = (q2: number): number => within(0, leaderQuantityMax, (a - leaderCost - b * q2) / first);
  // (2b + k₁) q₁ + b q₂ = a − c₁,   b q₁ + (2b + k₂) q₂ = a − c₂
  const q1 = ((a - leaderCost) * second - b * (a - followerCost)) / (first * second - b * b);
  const q2 = (a - followerCost - b * q1) / second;
  if (q1 >= 0 && q1 <= leaderQuantityMax && q2 >= 0 && q2 <= followerQuantityMax) return outcome(d, q1);
  // Replies are at most half as steep as what they answer, so that one round takes three quarters off a mistake.
  let at = within(0, leaderQuantityMax, q1);
  let change = Infinity;
  for (let round = 0; round < 60 && change > 0; round++) {
    const next = reply(followerResponse(d, at));
    [at, change] = [next, Math.abs(next - at)];
  }
  requireConverged(
    "cournotDuopoly",
    change,
    1e-12 * at,
    "Intercept, slope and costs have to be numbers, the slope above 0.",
  );
  return outcome(d, at);
}

function outcome(d: Duopoly, leaderQuantity: number): DuopolyOutcome {
  const followerQuantity = followerResponse(d, leaderQuantity);
  const price = Math.max(0, d.intercept - d.slope * (leaderQuantity + followerQuantity));
  const profit = (q: number, cost: number, k: number): number => (price - cost) * q - (k / 2) * q * q;
  return {
    leaderQuantity,
    followerQuantity,
    price,
    leaderProfit: profit(leaderQuantity, d.leaderCost, d.leaderCurvature),
    followerProfit: profit(followerQuantity, d.followerCost, d.followerCurvature),
  };
}

const within = (low: number, high: number, x: number): number => Math.min(high, Math.max(low, x));
