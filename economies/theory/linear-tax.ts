// A proportional tax whose revenue is paid back as an equal grant (a demogrant), of households that differ in wages and choose how long to work.
// Mirrlees 1971 made linear: Sheshinski 1972; the first-order condition is that of Saez 2001 and Piketty & Saez 2013, eq. 3.
//
// u = c − h^(1+1/e)/(1+1/e),  c = (1−τ) w h + B,  B = τ ȳ:  h = (w (1−τ))^e,  y = w^(1+e) (1−τ)^e,  u = B + (w (1−τ))^(1+e)/(1+e)
// The government maximises the mean of G(u); with g = G′(u) and ḡ = E[g y]/(E[g] E[y]),   τ/(1−τ) = (1 − ḡ)/e
import { findRoot, log, pow } from "walras/math";

/** How utilities make welfare: the mean of u, √u, ln u or −1/u, or the smallest u. */
export const welfareFunctions = ["utilitarian", "sqrt", "log", "inverse", "rawlsian"] as const;
export type WelfareFunction = (typeof welfareFunctions)[number];

export interface LinearTaxed {
  readonly wages: readonly number[]; // w_k ≥ 0
  readonly shares: readonly number[]; // π_k, which sum to 1
  readonly elasticity: number; // e > 0
}

export interface LinearTax {
  readonly taxRate: number;
  readonly demogrant: number;
  readonly welfare: number;
}

/** h of a household of wage w. */
export const taxedHours = (wage: number, taxRate: number, elasticity: number): number =>
  pow(wage * (1 - taxRate), elasticity);

/** G(u): what a utility counts for in the mean; under "rawlsian" the smallest counts alone. */
export function weighed(welfareFunction: WelfareFunction, utility: number): number {
  if (welfareFunction === "sqrt") return Math.sqrt(utility);
  if (welfareFunction === "log") return log(utility);
  return welfareFunction === "inverse" ? -1 / utility : utility;
}

/** What everybody does at a tax rate, and what follows. */
export function linearTaxAt(taxRate: number, { wages, shares, elasticity: e }: LinearTaxed) {
  const incomes = wages.map((w) => w * taxedHours(w, taxRate, e));
  const meanIncome = sum(incomes.map((y, k) => shares[k] * y));
  const demogrant = taxRate * meanIncome;
  const utilities = wages.map((w) => demogrant + pow(w * (1 - taxRate), 1 + e) / (1 + e));
  const welfare = (of: WelfareFunction): number =>
    of === "rawlsian" ? worstOff(utilities, shares) : sum(utilities.map((u, k) => shares[k] * weighed(of, u)));
  return { incomes, meanIncome, demogrant, utilities, welfare };
}

/** The best tax rate. */
export function optimalLinearTax(economy: LinearTaxed, welfareFunction: WelfareFunction): LinearTax {
  checkTypes(economy);
  const { elasticity: e } = economy;
  // (1 − ḡ)(1−τ) − e τ, at least 0 at τ = 0 and −e at τ = 1
  const gain = (τ: number): number => (1 - weightedIncome(τ, economy, welfareFunction)) * (1 - τ) - e * τ;
  const taxRate = gain(0) > 0 ? findRoot(gain, 0, 1) : 0;
  const { demogrant, welfare } = linearTaxAt(taxRate, economy);
  return { taxRate, demogrant, welfare: welfare(welfareFunction) };
}

// In units of (1−τ)^e times the best paid's untaxed income, which falls out of ḡ: y = (w/w̄)^(1+e), u = τ ȳ + (1−τ) y/(1+e).
// Weights relative to that of the poorest, so that none overflows where utility is 0: G′(u)/G′(u₀) = (u₀/u)^a, a = 0, ½, 1, 2, ∞
/** ḡ: mean income by welfare weights, over mean income. */
function weightedIncome(τ: number, economy: LinearTaxed, welfareFunction: WelfareFunction): number {
  const { wages, shares, elasticity: e } = economy;
  const most = Math.max(...wages.filter((_, k) => shares[k] > 0));
  const incomes = wages.map((w) => pow(w / most, 1 + e));
  const meanIncome = sum(incomes.map((y, k) => shares[k] * y));
  const utilities = incomes.map((y) => τ * meanIncome + ((1 - τ) * y) / (1 + e));
  const least = worstOff(utilities, shares);
  const aversion = { utilitarian: 0, sqrt: 0.5, log: 1, inverse: 2, rawlsian: Infinity }[welfareFunction];
  const weights = utilities.map((u, k) =>
    economy.shares[k] === 0 || u === least ? economy.shares[k] : economy.shares[k] * pow(least / u, aversion),
  );
  return sum(weights.map((g, k) => g * incomes[k])) / sum(weights) / meanIncome;
}

/** Refuses wages and shares that do not belong together. */
export function checkTypes({ wages, shares }: Pick<LinearTaxed, "wages" | "shares">): void {
  if (wages.length !== shares.length)
    throw new Error(
      `linear-tax: there are ${wages.length} wages and ${shares.length} shares, expected one share per wage.`,
    );
  const total = sum(shares);
  if (Math.abs(total - 1) > 1e-9) throw new Error(`linear-tax: shares sum to ${total}, expected 1.`);
  if (!wages.some((w, k) => w > 0 && shares[k] > 0))
    throw new Error("linear-tax: nobody earns anything, expected a wage above 0 whose share is above 0.");
}

/** A type without people is nobody. */
const worstOff = (utilities: readonly number[], shares: readonly number[]): number =>
  Math.min(...utilities.filter((_, k) => shares[k] > 0));
const sum = (x: readonly number[]): number => x.reduce((total, value) => total + value, 0);
