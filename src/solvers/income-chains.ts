// Chains of a household's efficiency e, of mean 1: two states of employment, and the two usual discretisations of an AR(1) of ln e (autoregression.ts).
//
// S states, transitions [S, S] by row
import { exp } from "../math/index.ts";
import { type Autoregression, type MarkovChain, rouwenhorst, tauchen } from "./autoregression.ts";

export interface ProductivityChain {
  readonly values: Float64Array; // e [S]
  readonly transition: readonly (readonly number[])[]; // [S, S], by row
  readonly stationary: Float64Array; // [S]
}

export interface Employment {
  /** Efficiency without work, of that with work. */
  readonly unemployedEfficiency: number;
  /** Probability per period that an unemployed household finds work. */
  readonly jobFinding: number;
  /** Probability per period that an employed household loses work. */
  readonly jobLoss: number;
}

export const INCOMES = ["employment", "tauchen", "rouwenhorst"] as const;

/** The chain that `income` names. */
export function incomeChain(
  p: Autoregression & Employment & { readonly income: (typeof INCOMES)[number]; readonly productivities: number },
): ProductivityChain {
  if (p.income === "employment") return employmentChain(p);
  return levels((p.income === "tauchen" ? tauchen : rouwenhorst)(p, p.productivities));
}

/** Unemployed (state 0) and employed (state 1). */
export function employmentChain({ unemployedEfficiency: u, jobFinding: f, jobLoss: s }: Employment): ProductivityChain {
  const unemployed = s / (s + f);
  const mean = unemployed * u + (1 - unemployed);
  return {
    values: Float64Array.of(u / mean, 1 / mean),
    transition: [
      [1 - f, f],
      [s, 1 - s],
    ],
    stationary: Float64Array.of(unemployed, 1 - unemployed),
  };
}

/** e of a chain of ln e, in units in which its mean is 1. */
export function levels({ values: logs, transition, stationary }: MarkovChain): ProductivityChain {
  const values = logs.map(exp);
  const mean = values.reduce((sum, x, s) => sum + x * stationary[s], 0);
  return { values: values.map((x) => x / mean), transition, stationary };
}
