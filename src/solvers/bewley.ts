// Households who insure themselves: the stationary equilibrium of Bewley (1986), Huggett (1993) and Aiyagari (1994), with hours chosen and with
// linear taxes on income and wealth that come back in equal parts.
//
//   max E Σ βᵗ (u(c) − h^(1+ζ)/(1+ζ)),   u′ = c^(−γ),   c + a′ = (1 − τ)(w e h + r a) + (1 − τ_a) a + T,   a′ ≥ 0,  0 ≤ h ≤ 1
//   ln e′ = ρ ln e + σ ε on a Rouwenhorst chain, E[e] = 1;   w and r marginal products;   T = τ (w L + r K) + τ_a K
// Endogenous grid points and lotteries (saving.ts), and Brent's method for the interest rate at which what households hold is what firms rent.
//
// S states of productivity, G points of wealth, rows by state: [S, G]
import { findRoot, pow, requireConverged } from "../math/index.ts";
import {
  type Plans,
  type Policy,
  type Prices,
  type ProductivityChain,
  policyOf,
  productivityChain,
  type Saver,
  savingSteps,
  totalsOf,
  wealthGrid,
  weightedGini,
} from "./saving.ts";

export interface Bewley extends Saver {
  readonly capitalShare: number; // α
  readonly totalFactorProductivity: number; // A
  readonly depreciation: number; // δ
}

export interface BewleyOptions {
  /** S. Default 7. */
  readonly states?: number;
  /** G. Default 200. */
  readonly points?: number;
  /** Greatest wealth, in multiples of what identical households would hold. Default 15. */
  readonly most?: number;
  /** Largest residual of a solution. Default 1e-4. */
  readonly tolerance?: number;
}

export interface BewleyEquilibrium {
  /** The largest of |K held/K rented − 1| and of what plans, masses and rebates still changed by; at most `tolerance`. */
  readonly residual: number;
  readonly interest: number;
  readonly wage: number;
  readonly capital: number;
  readonly output: number;
  readonly consumption: number;
  readonly hours: number;
  readonly rebate: number;
  /** Mean utility per period. */
  readonly welfare: number;
  readonly wealthGini: number;
  readonly incomeGini: number;
  readonly consumptionGini: number;
  /** What a household of productivity e and wealth a consumes and works, between grid points linearly. */
  readonly policy: Policy;
}

export function bewleyEquilibrium(economy: Bewley, options: BewleyOptions = {}): BewleyEquilibrium {
  const { prices, market, household } = steadyState(economy, options);
  const { interest, wage, rebate } = prices;
  const { capitalShare: α, totalFactorProductivity: A } = economy;
  const { wealth, labour, residual } = market;
  const output = A * pow(wealth, α) * pow(labour, 1 - α);
  return { residual, interest, wage, rebate, capital: wealth, output, ...household.summary(prices) };
}

/** Of what a household would hold if all were alike and without risk: the greatest wealth of the grid. */
export function largestWealth(economy: Bewley, most: number): number {
  return most * perHour(economy, patientInterest(economy));
}

/** K/L at which capital earns r. */
export const perHour = ({ capitalShare: α, totalFactorProductivity: A, depreciation: δ }: Bewley, r: number): number =>
  pow((α * A) / (r + δ), 1 / (1 - α));

/** r of identical households without risk: at this rate and above wealth has no bound. */
const patientInterest = ({ discountFactor: β, incomeTaxRate: τ, assetTaxRate: τa }: Bewley): number =>
  (1 / β - 1 + τa) / (1 - τ);

/** The equilibrium with the plans that make it, for transitions that end there. */
export function steadyState(
  economy: Bewley,
  { states: S = 7, points: G = 200, most = 15, tolerance = 1e-4 }: BewleyOptions = {},
) {
  const { capitalShare: α, totalFactorProductivity: A, depreciation: δ } = economy;
  const { incomeTaxRate: τ, assetTaxRate: τa } = economy;
  const chain = productivityChain(economy, S);
  const a = wealthGrid(G, largestWealth(economy, most));
  const household = createHousehold(economy, chain, a);
  let T = 0;

  /** At the ends of the bracket, where wealth hardly settles, only the sign counts. */
  function at(r: number, rough = false) {
    const k = perHour(economy, r);
    const w = (1 - α) * A * pow(k, α);
    for (let round = 0; ; round++) {
      const prices = { interest: r, wage: w, rebate: T };
      const unsettled = household.solve(prices, rough ? 1000 : 50_000);
      const { wealth, labour } = household.totals();
      const next = τ * (w * labour + r * wealth) + τa * wealth;
      const change = Math.abs(next - T);
      T = next;
      const excess = wealth / (k * labour) - 1;
      if (change < 1e-6 || rough || round === 50) {
        const residual = Math.max(Math.abs(excess), unsettled, change < 1e-6 ? 0 : change);
        return { prices, market: { wealth, labour, excess, residual } };
      }
    }
  }

  const patient = patientInterest(economy);
  const lowest = Math.max(-0.9 * δ, patient - 0.05);
  const highest = patient - 1e-4;
  const excessAt = (x: number): number => {
    const { excess } = at(x, x === lowest || x === highest).market;
    if (x === highest && excess < 0)
      requireConverged(
        "bewleyEquilibrium",
        -excess,
        tolerance,
        `At an interest rate 0.0001 below that without risk households hold too little: there is hardly any risk, or most is too low.`,
      );
    if (x === lowest && excess > 0)
      requireConverged(
        "bewleyEquilibrium",
        excess,
        tolerance,
        `At an interest rate of ${x} households hold too much: risk is too large for this method.`,
      );
    return excess;
  };
  const r = findRoot(excessAt, lowest, highest, { tolerance: 1e-7 });
  const found = at(r);
  requireConverged(
    "bewleyEquilibrium",
    found.market.residual,
    tolerance,
    `Markets, plans or the distribution do not settle at an interest rate of ${r}: raise points, lower most, or move parameters away from the edge.`,
  );
  return { ...found, chain, grid: a, household };
}

function createHousehold(economy: Bewley, chain: ProductivityChain, a: Float64Array) {
  const { incomeTaxRate: τ } = economy;
  const { values: e } = chain;
  const [S, G] = [e.length, a.length];
  const steps = savingSteps(economy, chain, a);
  const c = new Float64Array(S * G);
  const h = new Float64Array(S * G);
  const plans: Plans = { consumption: c, hours: h, saved: new Float64Array(S * G) };
  let mass = new Float64Array(S * G).fill(1 / (S * G));
  let moved = new Float64Array(S * G);
  let begun = false;

  /** Returns by how much plans or masses still changed in the last round. */
  function solve(prices: Prices, rounds: number): number {
    let left = 0;
    const R = steps.grossReturn(prices);
    const { wage: w, rebate: T } = prices;
    if (!begun) for (let k = 0; k < S * G; k++) c[k] = (1 - τ) * w * 0.9 + T + Math.max(0.01, R - 1) * a[k % G];
    begun = true;
    for (let round = 0; ; round++) {
      const before = c.slice();
      steps.back(plans, c, prices, R);
      const change = furthest(c, before, (x, y) => Math.abs(x / y - 1));
      if (change < 1e-8) break;
      if (round === 5000) {
        left = change;
        break;
      }
    }
    for (let round = 0; ; round++) {
      steps.forward(moved, mass, plans.saved);
      let change = 0;
      for (let k = 0; k < S * G; k++) change += Math.abs(moved[k] - mass[k]);
      [mass, moved] = [moved, mass];
      if (change < 1e-9) return left;
      if (round >= rounds) return Math.max(left, change);
    }
  }

  return {
    solve,
    plans: () => plans,
    totals: () => totalsOf(economy, chain, a, plans, mass),
    summary({ interest: r, wage: w }: Prices) {
      const { consumption, hours, welfare } = totalsOf(economy, chain, a, plans, mass);
      const wealth = Float64Array.from(c, (_, k) => a[k % G]);
      return {
        consumption,
        hours,
        welfare,
        wealthGini: weightedGini(wealth, mass),
        incomeGini: weightedGini(
          wealth.map((x, k) => Math.max(0, w * e[Math.floor(k / G)] * h[k] + r * x)),
          mass,
        ),
        consumptionGini: weightedGini(c, mass),
        policy: policyOf(chain, a, plans),
      };
    },
  };
}

function furthest(x: Float64Array, y: Float64Array, apart: (x: number, y: number) => number): number {
  let most = 0;
  for (let k = 0; k < x.length; k++) most = Math.max(most, apart(x[k], y[k]));
  return most;
}
