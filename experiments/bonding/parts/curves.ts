// The five curves through one point with one slope, so that what differs between them is how they bend.
//
//   slope = P/((S + 1) ln(S + 1)), the logarithmic curve's own: it has one parameter, which the price fixes
import { math } from "walras";

export const CURVES = ["linear", "logarithmic", "exponential", "sigmoid", "polynomial"] as const;
export type CurveName = (typeof CURVES)[number];

/** Where all curves meet. */
export interface Meeting {
  /** S, tokens. */
  readonly supply: number;
  /** P = f(S). */
  readonly price: number;
}

/** f′(S). */
export const slopeAt = ({ supply: S, price: P }: Meeting): number => P / ((S + 1) * math.log1p(S));

/** Settings of the token market: f(S) = P, and f′(S) is `slopeAt`. The sigmoid has its midpoint there, the polynomial no linear term. */
export function curveThrough(curve: CurveName, at: Meeting) {
  const { supply: S, price: P } = at;
  const slope = slopeAt(at);
  const growth = slope / P;
  switch (curve) {
    case "linear":
      return { curve, slope, intercept: P - slope * S };
    case "logarithmic":
      return { curve, slope: slope * (S + 1) };
    case "exponential":
      return { curve, growth, intercept: P * math.exp(-growth * S) };
    case "sigmoid":
      return { curve, capacity: 2 * P, growth: 2 * growth, midpoint: S };
    case "polynomial":
      return { curve, coefficients: [P - (slope * S) / 2, 0, slope / (2 * S)] };
    default:
      return curve satisfies never;
  }
}

/** The most that |f″| is within `reach` of S. */
export function bend(curve: CurveName, at: Meeting, reach: number): number {
  const { supply: S, price: P } = at;
  const slope = slopeAt(at);
  switch (curve) {
    case "linear":
      return 0;
    case "logarithmic":
      return (slope * (S + 1)) / ((S + 1 - reach) * (S + 1 - reach));
    case "exponential":
      return (slope * slope * math.exp((slope / P) * reach)) / P;
    case "sigmoid":
      // f″ = 0 at the midpoint, and |f‴| ≤ c k³/8 with c = 2P, k = 2 slope/P
      return (2 * slope * slope * slope * reach) / (P * P);
    case "polynomial":
      return slope / S;
    default:
      return curve satisfies never;
  }
}
