// Linear dynamics, quadratic costs: the regulator who is alone (Riccati), and two who push the same state, each for itself.
// Başar & Olsder 1999, Dynamic Noncooperative Game Theory, ch. 6: feedback Nash equilibria.
//
//   x′ = a x + b₁ u₁ + b₂ u₂,   cost of player i: Σ βᵗ (q_i x² + r_i u_i²),   u_i = −k_i x,   value −P_i x²

import { requireConverged } from "../math/index.ts";

export interface Regulator {
  readonly persistence: number; // a
  readonly gain: number; // b
  readonly stateCost: number; // q
  readonly controlCost: number; // r
  readonly discountFactor: number; // β
}

/** P solves P = q + β a² P − (β a b P)²/(r + β b² P), by its quadratic; u = −K x. */
export function scalarRegulator(p: Regulator): { readonly value: number; readonly feedback: number } {
  const { persistence: a, gain: b, stateCost: q, controlCost: r, discountFactor: β } = p;
  // β b² P² + (r (1 − β a²) − q β b²) P − q r = 0
  const [A, B, C] = [β * b * b, r * (1 - β * a * a) - q * β * b * b, -q * r];
  if (A === 0 && B <= 0)
    throw new Error(
      `scalarRegulator: a state that no control reaches keeps ${a} of itself at a discount factor of ${β}, so that its cost has no bound. Expected β a² < 1, or a gain other than 0.`,
    );
  const root = Math.sqrt(B * B - 4 * A * C);
  const value = B > 0 ? (-2 * C) / (B + root) : (root - B) / (2 * A); // the positive root, without cancellation
  return { value, feedback: (β * a * b * value) / (r + β * b * b * value) };
}

export interface LqGame {
  readonly persistence: number; // a
  readonly gains: readonly [number, number]; // b
  readonly stateCosts: readonly [number, number]; // q
  readonly controlCosts: readonly [number, number]; // r
  readonly discountFactor: number; // β
}

export interface FeedbackNash {
  readonly feedback: readonly [number, number]; // k
  readonly values: readonly [number, number]; // P
  /** What remains of the state after a period: a − b₁ k₁ − b₂ k₂ */
  readonly closedLoop: number;
}

/** Each is the best regulator of what the other leaves to it: iterated best responses, damped, until they move by less than 1e-13 of their size. */
export function feedbackNash(game: LqGame): FeedbackNash {
  const { persistence: a, gains: b, stateCosts: q, controlCosts: r, discountFactor: β } = game;
  const respond = (i: 0 | 1, other: number) =>
    scalarRegulator({
      persistence: a - b[1 - i]! * other,
      gain: b[i],
      stateCost: q[i],
      controlCost: r[i],
      discountFactor: β,
    });
  let k: [number, number] = [0, 0];
  let residual = Infinity;
  for (let iteration = 0; iteration < 10_000 && residual > 1e-15; iteration++) {
    const next: [number, number] = [respond(0, k[1]).feedback, respond(1, k[0]).feedback];
    const size = 1 + Math.abs(next[0]) + Math.abs(next[1]);
    residual = Math.max(Math.abs(next[0] - k[0]), Math.abs(next[1] - k[1])) / size;
    k = [(k[0] + next[0]) / 2, (k[1] + next[1]) / 2];
  }
  requireConverged("feedbackNash", residual, 1e-13, "Lower persistence, or raise controlCosts.");
  return {
    feedback: k,
    values: [respond(0, k[1]).value, respond(1, k[0]).value],
    closedLoop: a - b[0] * k[0] - b[1] * k[1],
  };
}
