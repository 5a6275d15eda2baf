// The worth of wealth and income to a household that takes their mean for certain: it lives on the annuity of all that it owns and expects.
//
//   h(s) = y(s) + β E[h(s′)]    D(s) = R(s) − 1/β + β E[D(s′)]    W(k, s) = u((1 − β) ((1/β + D(s)) k + h(s)))/(1 − β)
//
// As a potential in a reward, u(c) + β E[W(k′, s′)] − W(k, s) leaves what is best as it is: differences of W cancel over time (A. Ng, D. Harada & S. Russell 1999), and with the mean
// over s′ in place of W(k′, s′) luck that nobody can choose is no part of it (as in H. Mao et al. 2019, https://arxiv.org/abs/1807.02264).
import { crra } from "./growth.ts";

/** States of income and returns, by a Markov chain. */
export interface IncomeStates {
  /** y [S], in the period that begins. */
  readonly incomes: ArrayLike<number>;
  /** R [S], gross; default 1/β in all states. */
  readonly returns?: ArrayLike<number>;
  /** [S, S], by row. */
  readonly transition: readonly ArrayLike<number>[];
}

export interface Prospects {
  /** W(k, s), when a period begins. */
  worth(wealth: number, state: number): number;
  /** E[W(k, s′) | s], of wealth that is kept. */
  expected(wealth: number, state: number): number;
}

/** W of who discounts by β and is averse to risk by γ; wealth earns 1/β in the mean. */
export function prospects(
  { discountFactor: β, riskAversion: γ }: { readonly discountFactor: number; readonly riskAversion: number },
  { incomes, returns, transition }: IncomeStates,
): Prospects {
  const h = discountedSums(β, transition, Float64Array.from(incomes));
  const D = discountedSums(
    β,
    transition,
    Float64Array.from(incomes, (_, s) => (returns ? returns[s] - 1 / β : 0)),
  );
  const worth = (k: number, s: number): number => crra((1 - β) * ((1 / β + D[s]) * k + h[s]), γ) / (1 - β);
  return {
    worth,
    expected(k, s) {
      const row = transition[s];
      let sum = 0;
      for (let to = 0; to < row.length; to++) if (row[to] > 0) sum += row[to] * worth(k, to);
      return sum;
    },
  };
}

/** Doublings of the horizon, after which β^(2^n) is 0 for any β up to 1 − 1e-6. */
const DOUBLINGS = 30;

/** Σ β^t E[x(s_t) | s₀ = s] for each s: of 2^n terms, then of twice as many. */
function discountedSums(β: number, transition: readonly ArrayLike<number>[], x: Float64Array): Float64Array {
  const S = x.length;
  let sums = x;
  let ahead = transition.map((row) => Float64Array.from(row, (q) => β * q)); // discounted, to the state in 2^n periods
  for (let n = 0; n < DOUBLINGS; n++) {
    const now = sums;
    sums = now.map((sum, s) => now.reduce((total, y, to) => total + ahead[s][to] * y, sum));
    const once = ahead;
    ahead = once.map((row) =>
      Float64Array.from({ length: S }, (_, to) => row.reduce((q, through, via) => q + through * once[via][to], 0)),
    );
  }
  return sums;
}
