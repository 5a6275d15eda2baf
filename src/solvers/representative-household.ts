// Identical households without risk, who save and work under taxes on income and wealth that come back to them in equal parts,
// less what the government spends: the steady state.
// Max Σ βᵗ (ln c − h^(1+ζ)/(1+ζ)) against Y = A K^α L^(1−α); income pays τ at the margin, wealth τ_a.
//
//   β ((1 − τ_a) + (1 − τ) r) = 1          to save one unit more is worth nothing
//   r + δ = α A k^(α−1),  w = (1 − α) A k^α,  k = K/L
//   h^ζ = (1 − τ) w/c,  c = h ((1 − g) A k^α − δ k)      so  h^(1+ζ) = (1 − τ) w/((1 − g) A k^α − δ k)
import { log, pow } from "../math/index.ts";

export interface RepresentativeHousehold {
  readonly discountFactor: number; // β
  readonly capitalShare: number; // α
  readonly totalFactorProductivity: number; // A
  readonly depreciation: number; // δ
  readonly inverseFrisch: number; // ζ
  readonly incomeTaxRate: number; // τ, marginal
  readonly assetTaxRate: number; // τ_a, marginal
  readonly spendingShare?: number; // g, of output; covered by taxes
  /** Hours that can be worked, where steady hours are kept to; default any. */
  readonly hoursMin?: number;
  readonly hoursMax?: number;
}

export interface SteadyState {
  readonly interest: number;
  readonly wage: number;
  readonly hours: number;
  readonly capital: number;
  readonly output: number;
  readonly consumption: number;
  /** What is kept of all that a household has after taxes and rebate: K/(K + C). */
  readonly savingShare: number;
  readonly utility: number;
}

// Prices do not depend on hours, and utility is concave in them: beyond a bound the bound is best.
/** The steady state; of a household whose hours meet a bound, at the bound. NaN where the government takes more than is produced. */
export function representativeHousehold(economy: RepresentativeHousehold): SteadyState {
  const { discountFactor: β, capitalShare: α, totalFactorProductivity: A, depreciation: δ, inverseFrisch: ζ } = economy;
  const { incomeTaxRate: τ, assetTaxRate: τa, spendingShare: g = 0 } = economy;
  const interest = (1 / β - 1 + τa) / (1 - τ);
  const k = pow((α * A) / (interest + δ), 1 / (1 - α));
  const perHour = A * pow(k, α);
  const wage = (1 - α) * perHour;
  const perHourConsumed = (1 - g) * perHour - δ * k;
  const { hoursMin = 0, hoursMax = Infinity } = economy;
  const wanted = pow(((1 - τ) * wage) / perHourConsumed, 1 / (1 + ζ));
  const hours = Math.min(hoursMax, Math.max(hoursMin, wanted));
  const [capital, output, consumption] = [hours * k, hours * perHour, hours * perHourConsumed];
  return {
    interest,
    wage,
    hours,
    capital,
    output,
    consumption,
    savingShare: capital / (capital + consumption),
    utility: log(consumption) - pow(hours, 1 + ζ) / (1 + ζ),
  };
}
