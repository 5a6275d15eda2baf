// A planner's growth with n capital goods, which is the solution with one: Y = z Π_j (k_j/w_j)^(α_j), w_j = α_j/α, so that at k_j = w_j K output is z K^α.
//
// Whatever is kept is best kept in the proportions w, at which every good earns the same in every state of the world: E[u′(c′)(α_j Y′/k′_j + 1 − δ)] is then equal for all j.
//   log utility, full depreciation: k′_j = α_j β Y for any capital (Brock & Mirman 1972); otherwise the total K′ by the solver for one good
import { solved, solvers, type Unknown, unknown } from "walras";
import { exp } from "walras/math";

export interface Shocks {
  readonly shocks: "two-state" | "rouwenhorst" | "tauchen";
  readonly shockLow: number;
  readonly shockHigh: number;
  /** Probability that the two-state shock stays. */
  readonly shockPersistence: number;
  readonly persistence: number; // ρ of ln z
  readonly innovationSd: number; // σ
  readonly states: number; // S
}

export interface ShockChain {
  readonly productivity: Float64Array; // z [S]
  readonly transition: readonly (readonly number[])[];
  readonly stationary: Float64Array;
}

export function shockChain(p: Shocks): ShockChain {
  if (p.shocks === "two-state") {
    const q = p.shockPersistence;
    return {
      productivity: Float64Array.of(p.shockLow, p.shockHigh),
      transition: [
        [q, 1 - q],
        [1 - q, q],
      ],
      stationary: Float64Array.of(0.5, 0.5),
    };
  }
  const { values, transition, stationary } = solvers[p.shocks](p, p.states);
  return { productivity: values.map(exp), transition, stationary };
}

/** The first place at which the sum of probabilities exceeds u. */
export function placeOf(u: number, law: ArrayLike<number>): number {
  let place = 0;
  for (let sum = law[0]; u >= sum && place < law.length - 1; sum += law[place]) place++;
  return place;
}

/** w_j = α_j/α: 1 : 2 : … : n, so that goods differ. */
export const goodWeights = (n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, j) => (2 * (j + 1)) / (n * (n + 1)));

export interface Planner extends Shocks {
  readonly capitalShare: number;
  readonly discountFactor: number;
  readonly depreciation: number;
  readonly riskAversion: number;
  /** Total capital at which the answer is given. */
  readonly capital: number;
  /** Whether capital may be eaten, which a saving rate of output does not allow. */
  readonly action: "saving-rate" | "capital";
}

/** The model of the solver: one good. */
export const growthModel = (p: Omit<Planner, "capital" | "action">): solvers.Growth => {
  const { productivity, transition } = shockChain(p);
  return { ...p, productivity, transition };
};

export interface PlannerAnswer {
  readonly nextCapitalLow: number;
  readonly nextCapitalHigh: number;
  readonly value: number;
  readonly log10EulerError: number;
}

/** What the planner does at `capital`, in the lowest and in the highest state of productivity, and what that is worth on average over states. */
export function plannerAnswer(p: Planner): PlannerAnswer | Unknown {
  const model = growthModel(p);
  const { stationary } = shockChain(p);
  return solved((): PlannerAnswer | Unknown => {
    const solution = solvers.solveGrowth(model, { capital: [p.capital] });
    const S = stationary.length;
    const eaten = p.action === "capital" ? null : capitalEaten(p, solution, S);
    if (eaten !== null)
      return unknown(
        `at capital ${eaten.toPrecision(4)} the planner would eat capital, which no saving rate allows; action=capital does`,
      );
    return {
      nextCapitalLow: solution.nextCapital(p.capital, 0),
      nextCapitalHigh: solution.nextCapital(p.capital, S - 1),
      value: stationary.reduce((sum, q, s) => sum + q * solution.value(p.capital, s), 0),
      log10EulerError: solution.log10EulerError,
    };
  }) as PlannerAnswer | Unknown;
}

/** A capital that the planner would reach and eat from; null if there is none. Between where the lowest and the highest productivity lead, the worst time to be rich is the lowest. */
function capitalEaten(p: Planner, { nextCapital }: solvers.GrowthSolution, S: number): number | null {
  let richest = p.capital;
  for (let t = 0; t < 5000; t++) {
    const next = nextCapital(richest, S - 1);
    if (Math.abs(next / richest - 1) < 1e-12) break;
    richest = next;
  }
  for (const k of [p.capital, richest]) if (nextCapital(k, 0) < (1 - p.depreciation) * k) return k;
  return null;
}
