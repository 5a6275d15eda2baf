// Equilibrium of several sectors that share labour and capital: Y_j = A_j K_j^α_j L_j^(1−α_j), payroll taxes τ_j that come back in equal parts, and demand with a
// constant elasticity of substitution σ (mechanisms/ces.ts). Total spending is M.
//
//   p_j = (r/α_j)^α_j ((1 + τ_j) w/(1 − α_j))^(1−α_j)/A_j,   (1 + τ_j) w L_j = (1 − α_j) s_j M,   r K_j = α_j s_j M
//
// What is left is one equation in x = ln(w/r):  x = ln(K/L) + ln Σ (1 − α_j) s_j(x)/(1 + τ_j) − ln Σ α_j s_j(x), whose right side lies between its least and its largest
// value over single sectors. Its slope is (1 − σ)(E₁ − E₂), where E₁ and E₂ are means of 1 − α_j: below 1, and so the solution is unique, for σ ≤ 1, without taxes that
// differ (then E₁ ≥ E₂), or if (σ − 1)(max α − min α) < 1. With σ = 1 shares are tastes.
import { cesShares } from "../economy/mechanisms/ces.ts";
import { exp, findRoot, log, NotConverged } from "../math/index.ts";

export interface Sector {
  readonly productivity: number; // A
  readonly capitalShare: number; // α
  readonly payrollTax: number; // τ
  /** Weight in utility; they need not add up to 1. */
  readonly taste: number;
}
export interface Sectors {
  readonly sectors: readonly Sector[];
  readonly substitution: number; // σ
  /** M, spent in a period by all together. */
  readonly money: number;
  readonly labour: number;
  readonly capital: number;
}
export interface SectoralEquilibrium {
  readonly wage: number;
  readonly rental: number;
  /** 1/P, utility that a unit of money buys. */
  readonly purchasingPower: number;
  readonly taxes: number;
  /** By sector. */
  readonly prices: readonly number[];
  readonly outputs: readonly number[];
  readonly labour: readonly number[];
  readonly capital: readonly number[];
}

export function sectoralEquilibrium(economy: Sectors): SectoralEquilibrium {
  const { sectors, substitution: σ, money: M, labour: L, capital: K } = economy;
  const tastes = sectors.map(({ taste }) => taste);
  /** ln p at ln w and ln r. */
  const logPrice = ({ productivity: A, capitalShare: α, payrollTax: τ }: Sector, w: number, r: number): number =>
    α * (r - log(α)) + (1 - α) * (w + log(1 + τ) - log(1 - α)) - log(A);
  const shares = new Float64Array(sectors.length);
  const sum = (of: (sector: Sector) => number): number =>
    sectors.reduce((all, sector, j) => all + of(sector) * shares[j]!, 0);
  const [labourPart, capitalPart] = [
    ({ capitalShare: α, payrollTax: τ }: Sector) => (1 - α) / (1 + τ),
    ({ capitalShare: α }: Sector) => α,
  ];
  // Prices in units of the first sector's, lest they overflow; shares do not change.
  const sharesAt = (x: number): void => {
    const logs = sectors.map((sector) => logPrice(sector, x, 0));
    const numeraire = Math.min(...logs);
    cesShares(
      shares,
      logs.map((p) => exp(p - numeraire)),
      tastes,
      σ,
    );
  };
  requireUnique(economy);
  const excess = (x: number): number => {
    sharesAt(x);
    return x - log(K / L) - log(sum(labourPart)) + log(sum(capitalPart));
  };
  const ends = sectors.map((sector) => log(K / L) + log(labourPart(sector)) - log(capitalPart(sector)));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  sharesAt(low === high ? low : findRoot(excess, low - 1e-9, high + 1e-9));

  const wage = (M * sum(labourPart)) / L;
  const rental = (M * sum(capitalPart)) / K;
  const prices = sectors.map((sector) => exp(logPrice(sector, log(wage), log(rental))));
  const spent = Array.from(shares, (s) => s * M);
  const index = cesShares(shares, prices, tastes, σ);
  const bill = (sector: Sector, j: number) => labourPart(sector) * spent[j]!;
  return {
    wage,
    rental,
    purchasingPower: 1 / index,
    taxes: sectors.reduce((all, sector, j) => all + sector.payrollTax * bill(sector, j), 0),
    prices,
    outputs: spent.map((m, j) => m / prices[j]!),
    labour: sectors.map((sector, j) => bill(sector, j) / wage),
    capital: sectors.map((sector, j) => (capitalPart(sector) * spent[j]!) / rental),
  };
}

function requireUnique({ sectors, substitution: σ }: Sectors): void {
  const taxes = new Set(sectors.map(({ payrollTax }) => payrollTax));
  const α = sectors.map(({ capitalShare }) => capitalShare);
  const slope = (σ - 1) * (Math.max(...α) - Math.min(...α));
  if (taxes.size > 1 && slope >= 1)
    throw new NotConverged(
      "sectoralEquilibrium",
      slope,
      1,
      `Under payroll taxes that differ there may be several equilibria where (σ − 1)(max α − min α) is at least 1; lower substitution, ${σ}.`,
    );
}
