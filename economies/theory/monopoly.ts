// A monopolist who posts a price each period: four kinds of demand with exact answers.
//
//   linear   q = A − B p                              p = (A + Bc)/(2B)
//   logit    q = 1/(1 + e^((a₀ − a + p)/μ))           p = c + μ (1 + W(e^((a − a₀ − c)/μ − 1)))
//   markov   q = A_t − B p, A_t one of two levels     the linear price of each level; values from V = π + δ P V
//   habit    q = A − B p + h q₋₁                      q = q₀ + k q₋₁, linear-quadratic
import { lambertWOfExp } from "walras/math";

export interface LinearDemand {
  readonly intercept: number; // A
  readonly slope: number; // B > 0
  readonly cost: number; // c
}

export interface Sale {
  readonly price: number;
  readonly quantity: number;
  readonly profit: number;
}

/** The best price against q = A − B p, and what it brings; demand at cost, A − Bc, must not be negative. */
export function linearMonopoly({ intercept: A, slope: B, cost: c }: LinearDemand): Sale {
  const price = (A + B * c) / (2 * B);
  const quantity = (A - B * c) / 2;
  return { price, quantity, profit: (price - c) * quantity };
}

export interface LogitDemand {
  readonly quality: number; // a
  readonly outsideQuality: number; // a₀
  readonly cost: number; // c
  readonly differentiation: number; // μ > 0
}

// (p − c)(1 − q) = μ: with p = c + μ (1 + w), w e^w = e^((a − a₀ − c)/μ − 1); then q = w/(1 + w) and π = μ w
/** The best price of a single good under logit demand. */
export function logitMonopoly({ quality: a, outsideQuality: a0, cost: c, differentiation: μ }: LogitDemand): Sale {
  const w = lambertWOfExp((a - a0 - c) / μ - 1);
  return { price: c + μ * (1 + w), quantity: w / (1 + w), profit: μ * w };
}

// V₁ + V₂ and V₁ − V₂ each solve an equation of their own: S = π₁ + π₂ + δS, D = π₁ − π₂ + δ(1 − 2s)D
/** Discounted profits from either of two levels between which demand switches with probability s. */
export function switchingValues(
  profits: readonly [number, number],
  { discountFactor: δ, switchProbability: s }: { readonly discountFactor: number; readonly switchProbability: number },
): [number, number] {
  const sum = (profits[0] + profits[1]) / (1 - δ);
  const difference = (profits[0] - profits[1]) / (1 - δ * (1 - 2 * s));
  return [(sum + difference) / 2, (sum - difference) / 2];
}

export interface HabitDemand extends LinearDemand {
  readonly habit: number; // h, 0 ≤ h < 1
  readonly discountFactor: number; // δ
}

export interface HabitPolicy {
  /** q = intercept + slope · q₋₁ */
  readonly intercept: number;
  readonly slope: number;
  readonly steadyQuantity: number;
  readonly steadyPrice: number;
  /** Discounted profits when the last period's sales were x. */
  value(x: number): number;
  /** Where sales settle if the seller cares for this period's profit only. */
  readonly myopicQuantity: number;
}

// V(x) = v₀ + v₁x + v₂x² = max_q ((A + hx − q)/B − c) q + δ V(q). With D = 1/B − δv₂ and N(x) = (A + hx)/B − c + δv₁ the best q is N/(2D)
// and V(x) = δv₀ + N²/(4D). Equating powers of x gives the Riccati equation 4 v₂ (1/B − δ v₂) = (h/B)², whose smaller root is the value.
/** The best policy, provided it never calls for a price outside what can be posted. */
export function habitMonopoly({
  intercept: A,
  slope: B,
  cost: c,
  habit: h,
  discountFactor: δ,
}: HabitDemand): HabitPolicy {
  const v2 = (h * h) / (2 * B * (1 + Math.sqrt(1 - δ * h * h)));
  const D = 1 / B - δ * v2;
  const slope = h / (2 * B * D);
  const v1 = (slope * (A / B - c)) / (1 - δ * slope);
  const atZero = A / B - c + δ * v1;
  const intercept = atZero / (2 * D);
  const v0 = (atZero * atZero) / (4 * D) / (1 - δ);
  const steadyQuantity = intercept / (1 - slope);
  return {
    intercept,
    slope,
    steadyQuantity,
    steadyPrice: (A - (1 - h) * steadyQuantity) / B,
    value: (x) => v0 + x * (v1 + x * v2),
    myopicQuantity: (A - B * c) / (2 - h),
  };
}
