// A government that chooses how progressive a tax is, of households that choose how long to work, in one period.
// Heathcote, Storesletten & Violante 2017, QJE 132, 1693, without saving, education and public goods; the tax of mechanisms/hsv-tax.ts.
//
// A household of skill e works h, earns y = e h, consumes c = λ y^(1−ξ) and enjoys ln c − h^(1+ζ)/(1+ζ); ln e ~ N(−s²/2, s²), so the mean of e is 1.
// Its first-order condition (1−ξ)/h = h^ζ holds neither e nor λ: h = (1−ξ)^(1/(1+ζ)) whatever the others do.
// λ balances the budget, E[c] = E[y]; without a budget λ = (1−τ)/(1−ξ) at a given τ, and transfers fall from the sky.
import { exp, log, pow } from "walras/math";

export interface StaticLabour {
  readonly inverseFrisch: number; // ζ ≥ 0
  readonly logSkillVariance: number; // s²
  /** Hours that can be worked; default any. */
  readonly hoursMin?: number;
  readonly hoursMax?: number;
}

// Utility is concave in hours: beyond a bound the bound is best.
/** h(ξ), of every household. */
export const hsvHours = (
  progressivity: number,
  { inverseFrisch: ζ, hoursMin = 0, hoursMax = Infinity }: Omit<StaticLabour, "logSkillVariance">,
): number => Math.min(hoursMax, Math.max(hoursMin, pow(1 - progressivity, 1 / (1 + ζ))));

// E[y] = h,  E[y^(1−ξ)] = h^(1−ξ) e^(−ξ(1−ξ)s²/2)
/** λ that balances the budget: h^ξ e^(ξ(1−ξ)s²/2). */
export function hsvStaticScale(progressivity: number, economy: StaticLabour): number {
  const ξ = progressivity;
  return exp(ξ * log(hsvHours(ξ, economy)) + (ξ * (1 - ξ) * economy.logSkillVariance) / 2);
}

// W = E ln c − h^(1+ζ)/(1+ζ) = ln h − h^(1+ζ)/(1+ζ) − (1−ξ)² s²/2
/** Mean utility when the budget balances. */
export function hsvStaticWelfare(progressivity: number, economy: StaticLabour): number {
  const { inverseFrisch: ζ, logSkillVariance: s2 } = economy;
  const x = 1 - progressivity;
  const h = hsvHours(progressivity, economy);
  return log(h) - pow(h, 1 + ζ) / (1 + ζ) - (x * x * s2) / 2;
}

// W′ = 0 where no bound of hours binds, in x = 1 − ξ:  (1+ζ) s² x² + x − 1 = 0
/** ξ*, which balances insurance against hours. */
export function optimalProgressivity({ inverseFrisch: ζ, logSkillVariance: s2 }: StaticLabour): number {
  return 1 - 2 / (1 + Math.sqrt(1 + 4 * (1 + ζ) * s2));
}

// Between the bounds of hours W has one peak. Where hours are at a bound more insurance costs nothing, so that W rises to the largest ξ.
/** The best ξ from `low` to `high`, hours being bounded. */
export function bestProgressivity(economy: StaticLabour, low: number, high: number): number {
  const peak = Math.min(high, Math.max(low, optimalProgressivity(economy)));
  return hsvStaticWelfare(high, economy) > hsvStaticWelfare(peak, economy) ? high : peak;
}

/** What a tax that nobody balances does at τ, the marginal rate at income 1. */
export function unfundedTax(
  progressivity: number,
  economy: StaticLabour,
  rate = 0,
): { readonly welfare: number; readonly deficit: number } {
  const { inverseFrisch: ζ, logSkillVariance: s2 } = economy;
  const x = 1 - progressivity;
  const hours = hsvHours(progressivity, economy);
  const scale = (1 - rate) / x;
  return {
    welfare: log(scale) + x * (log(hours) - s2 / 2) - pow(hours, 1 + ζ) / (1 + ζ),
    /** Paid out per household beyond what is raised. */
    deficit: scale * exp(x * log(hours) - (progressivity * x * s2) / 2) - hours,
  };
}

// Everybody's consumption times 1 + g adds ln(1 + g) to mean utility.
/** A difference of mean log utilities as a share of consumption. */
export const consumptionEquivalent = (gain: number): number => exp(gain) - 1;
