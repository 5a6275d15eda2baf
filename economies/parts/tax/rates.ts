// The four rates of a tax on income and one on wealth, as everybody knows them, and the most that each can be.
import { f64, param, part } from "walras";

export const rates = part({
  name: "rates",
  params: {
    incomeTaxRateMax: param(0.95, { min: 1e-6, max: 0.95, doc: "largest τ" }),
    incomeProgressivityMax: param(0.95, { min: 1e-6, max: 0.95, doc: "largest ξ" }),
    assetTaxRateMax: param(0.95, { min: 1e-6, max: 0.95, doc: "largest τ_a" }),
    assetProgressivityMax: param(0.95, { min: 1e-6, max: 0.95, doc: "largest ξ_a" }),
  },
  world: {
    incomeTaxRate: f64({ doc: "τ, marginal at reference income" }),
    incomeProgressivity: f64({ doc: "ξ" }),
    assetTaxRate: f64({ unit: "per period", doc: "τ_a, marginal at reference wealth" }),
    assetProgressivity: f64({ doc: "ξ_a" }),
  },
});

/** How an agent sees the four rates: −1 at 0 and 1 at the most. `when` begins their docs. */
export const seen = (when: string) =>
  ({
    incomeTaxRate: { world: "incomeTaxRate", ...half("incomeTaxRateMax"), doc: `${when}τ, −1 to 1` },
    incomeProgressivity: { world: "incomeProgressivity", ...half("incomeProgressivityMax"), doc: `${when}ξ, −1 to 1` },
    assetTaxRate: { world: "assetTaxRate", ...half("assetTaxRateMax"), doc: `${when}τ_a, −1 to 1` },
    assetProgressivity: { world: "assetProgressivity", ...half("assetProgressivityMax"), doc: `${when}ξ_a, −1 to 1` },
  }) as const;

function half<K extends string>(largest: K) {
  const of = (p: Readonly<Record<K, number>>): number => p[largest] / 2;
  return { center: of, scale: of };
}
