// A progressive tax with one parameter for its progressivity and one for its level.
// Heathcote, Storesletten & Violante 2017, "Optimal Tax Progressivity", QJE 132, 1693; in the parameters of Mi et al. 2023 (TaxAI) and
// of ADAGE §4.1.
//
//   T(x) = x − λ x^(1−ξ),   λ = (1 − τ)/(1 − ξ),   ξ < 1
// Progressivity ξ: (1 − T′)/(1 − T/x) = 1 − ξ at every income, so ξ = 0 taxes all incomes at the same rate and ξ → 1 leaves everybody the same.
// Level τ: the marginal rate at x = 1. The schedule is not scale-free: x is income over a reference, commonly its mean, and so is the tax.
// It pays transfers, T < 0, to incomes below λ^(1/ξ), and T(1) = (τ − ξ)/(1 − ξ): nothing here keeps the sum of taxes from being negative.
import { exp, log, pow } from "../../math/index.ts";

/** λ, which scales disposable income, from the marginal rate τ at x = 1. */
export const hsvScale = (rate: number, progressivity: number): number => (1 - rate) / (1 - progressivity);

/** τ, the marginal rate at x = 1, from λ. */
export const hsvRate = (scale: number, progressivity: number): number => 1 - scale * (1 - progressivity);

/** What is left of income x ≥ 0: λ x^(1−ξ). */
export const hsvDisposable = (x: number, scale: number, progressivity: number): number =>
  scale * pow(x, 1 - progressivity);

/** T(x); negative where the schedule pays. */
export const hsvTax = (x: number, rate: number, progressivity: number): number =>
  x - hsvDisposable(x, hsvScale(rate, progressivity), progressivity);

/** T′(x) = 1 − (1 − τ) x^(−ξ), for x > 0. */
export const hsvMarginalRate = (x: number, rate: number, progressivity: number): number =>
  1 - (1 - rate) * pow(x, -progressivity);

/** The income λ^(1/ξ) that neither pays nor receives; ξ ≠ 0. */
export const hsvBreakEven = (rate: number, progressivity: number): number =>
  exp(log(hsvScale(rate, progressivity)) / progressivity);

// Σ T(xᵢ) = G:  λ = (Σ xᵢ − G) / Σ xᵢ^(1−ξ)
/** λ at which the schedule raises `spending` from incomes with sum Σx and Σ x^(1−ξ); 1 when there is no income. */
export const hsvBalancedScale = (income: number, poweredIncome: number, spending = 0): number =>
  poweredIncome > 0 ? (income - spending) / poweredIncome : 1;
