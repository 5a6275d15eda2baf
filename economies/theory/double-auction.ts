// A double auction of many traders with uniform values and costs: the competitive equilibrium, and what zero-intelligence traders make of repeated call auctions.
// Gode & Sunder 1993, "Allocative efficiency of markets with zero-intelligence traders", Journal of Political Economy 101, 119; Chatterjee & Samuelson 1983, "Bargaining
// under incomplete information", Operations Research 31, 835.
//
// In units of the highest value, B buyers' values v and S sellers' costs c on [0, 1]. Competitive: B (1 − p) = S p. Budget-constrained zero intelligence bids below v and
// asks above c, uniformly: in a round at price p a buyer who is still there trades with probability (1 − p/v)⁺, a seller with (1 − (1 − p)/(1 − c))⁺, and after rounds
// at p₁ … p_R those are left with probabilities f(v) = Π min(1, p_r/v) and g(c) = Π min(1, (1 − p_r)/(1 − c)).
//
// With as many buyers as sellers each p_r is ½, and efficiency is 1 − 2 ∫₁² (x − 1) x^(−R) dx: 2 ln 2 − 1 after one round, 2 − 2 ln 2 after two, → 1.
import { findRoot } from "walras/math";

export interface Traders {
  readonly buyers: number;
  readonly sellers: number;
}
export interface Outcome {
  /** Gains from trade over the most that there are. */
  readonly efficiency: number;
  /** Share of the shorter side that trades. */
  readonly traded: number;
  /** Smith's α: root mean square of prices less the competitive one, over that, in percent. */
  readonly smithAlpha: number;
}

/** B/(B + S), of the highest value. */
export const competitivePrice = ({ buyers, sellers }: Traders): number => buyers / (buyers + sellers);
/** Lots traded there by many traders, and by a few in the mean over draws: B S/(B + S). */
export const competitiveTrade = ({ buyers, sellers }: Traders): number => (buyers * sellers) / (buyers + sellers);

/** Many budget-constrained zero-intelligence traders after so many rounds of call auctions, to about 1e-6 for up to ten times as many on one side. */
export function zeroIntelligence({ buyers, sellers, rounds }: Traders & { readonly rounds: number }): Outcome {
  // f at values v and g at costs c = 1 − v of the middles of POINTS pieces
  const [f, g] = [new Float64Array(POINTS).fill(1), new Float64Array(POINTS).fill(1)];
  const middle = (n: number): number => (n + 0.5) / POINTS;
  /** Share of a side that trades: buyers at p, sellers as at values 1 − c and 1 − p. */
  const trading = (left: Float64Array, p: number): number => {
    let sum = 0;
    for (let n = Math.max(0, Math.floor(p * POINTS - 0.5)); n < POINTS; n++)
      sum += left[n] * Math.max(0, 1 - p / middle(n));
    return sum / POINTS;
  };
  const remain = (left: Float64Array, p: number): void => {
    for (let n = 0; n < POINTS; n++) left[n] *= Math.min(1, p / middle(n));
  };
  const excess = (p: number): number => buyers * trading(f, p) - sellers * trading(g, 1 - p);
  const fair = competitivePrice({ buyers, sellers });
  let [traded, squares] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const price = findRoot(excess, 0, 1, { tolerance: 1e-12 });
    const lots = buyers * trading(f, price);
    traded += lots;
    squares += lots * (price - fair) * (price - fair);
    remain(f, price);
    remain(g, 1 - price);
  }
  let gained = 0;
  for (let n = 0; n < POINTS; n++)
    gained += (buyers * middle(n) * (1 - f[n]) - sellers * (1 - middle(n)) * (1 - g[n])) / POINTS;
  return {
    efficiency: gained / (competitiveTrade({ buyers, sellers }) / 2),
    traded: traded / Math.min(buyers, sellers),
    smithAlpha: (100 * Math.sqrt(squares / traded)) / fair,
  };
}

const POINTS = 4000;

/** The linear equilibrium of one buyer and one seller whose orders meet in the middle, in units of the highest value, and its efficiency. */
export const linearEquilibrium = {
  bid: (value: number): number => (2 / 3) * value + 1 / 12,
  ask: (cost: number): number => (2 / 3) * cost + 1 / 4,
  efficiency: 27 / 32,
};
