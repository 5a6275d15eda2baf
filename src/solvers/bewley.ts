// Households who insure themselves: the stationary equilibrium of Bewley (1986), Huggett (1993) and Aiyagari (1994), with hours chosen and with
// linear taxes on income and wealth that come back in equal parts.
//
//   max E Σ βᵗ (u(c) − h^(1+ζ)/(1+ζ)),   u′ = c^(−γ),   c + a′ = (1 − τ)(w e h + r a) + (1 − τ_a) a + T,   a′ ≥ 0,  0 ≤ h ≤ 1
//   e on a chain (income-chains.ts), E[e] = 1;   w and r marginal products;   T = τ (w L + r K) + τ_a K;   or a′ ≥ −b, and assets are others' debts (Huggett)
// Endogenous grid points and lotteries (saving.ts). The interest rate at which what households hold is what firms rent is found by Brent's method on a coarse
// grid, and by secants from there on finer ones.
//
// S states of productivity, G points of wealth, rows by state: [S, G]
import { findRoot, interpolate, NotConverged, pow, requireConverged } from "../math/index.ts";
import { rouwenhorst } from "./autoregression.ts";
import { levels, type ProductivityChain } from "./income-chains.ts";
import { createLeap } from "./leap.ts";
import { longRun } from "./long-run.ts";
import {
  type Plans,
  type Policy,
  type Prices,
  policyOf,
  type Saver,
  savingSteps,
  totalsOf,
  wealthGrid,
  weightedGini,
  weightedLorenz,
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
  /** Greatest wealth of the grid, in multiples of what identical households would hold. Default 15. */
  readonly most?: number;
  /** Nobody may keep more goods than this, and everybody knows; the grid then ends there. Default: no limit. */
  readonly wealthLimit?: number;
  /** e and its transitions. Default: Rouwenhorst's, of S states, persistence ρ and innovations σ. */
  readonly chain?: ProductivityChain;
  /** Households may owe so many goods. Default 0. */
  readonly borrowingLimit?: number;
  /** Who holds wealth: capital, which firms rent; credit, one household what another owes, and everybody has e goods per period. Default capital. */
  readonly assets?: "capital" | "credit";
  /**
   * Consumption is cubic in wealth between points, and masses are on a grid of their own: twice the points, as far as there are households. Some ten times less
   * error for twice the time. Otherwise consumption is linear and masses are on the grid of plans, as in transitions. Default true.
   */
  readonly refined?: boolean;
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
  /** Debts count as none. */
  readonly wealthGini: number;
  readonly incomeGini: number;
  readonly consumptionGini: number;
  /** Lorenz curve of wealth, debts counting as none: the share of all that the poorest 0, 1, … 100 % hold. */
  readonly lorenz: Float64Array;
  /** Share of households who keep no more than they must. */
  readonly shareAtLimit: number;
  /** What a household of productivity e and wealth a consumes and works, between grid points linearly. */
  readonly policy: Policy;
}

export function bewleyEquilibrium(economy: Bewley, options: BewleyOptions = {}): BewleyEquilibrium {
  const { prices, market, household } = steadyState(economy, options);
  const { interest, wage, rebate } = prices;
  const { capitalShare: α, totalFactorProductivity: A } = economy;
  const { wealth, labour, residual } = market;
  const output = options.assets === "credit" ? labour : A * pow(wealth, α) * pow(labour, 1 - α);
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

/** What households hold in the long run at an interest rate that lasts, and at the wage at which firms then hire. */
export function wealthSupply(economy: Bewley, interest: number, options: BewleyOptions = {}): number {
  const { at } = createMarket(economy, options, {});
  const { wealth, unsettled } = at(interest).market;
  requireConverged("wealthSupply", unsettled, 1e-6, "Wealth does not settle: lower the interest rate.");
  return wealth;
}

/** The equilibrium with the plans that make it, for transitions that end there. */
export function steadyState(economy: Bewley, options: BewleyOptions = {}, search: Search = {}) {
  const { points: G = 200, tolerance = 1e-4 } = options;
  const near = G < 2 * COARSE ? null : coarseSteadyState(economy, options);
  const market = createMarket(economy, options, near ? { reach: near.household.reach() } : search);
  if (near) market.household.begin(near.household, near.grid);
  const { r, slope } = market.clear(near);
  const found = market.at(r);
  requireConverged(
    "bewleyEquilibrium",
    found.market.residual,
    tolerance,
    `Markets, plans or the distribution do not settle at an interest rate of ${r}: raise points, lower most, or move parameters away from the edge.`,
  );
  const crowded = options.wealthLimit === undefined && !search.loose ? market.household.crowded() : 0;
  requireConverged(
    "bewleyEquilibrium",
    crowded,
    MOST_CROWDED,
    `That is the share of households at the last point of the grid of wealth, ${options.most ?? 15} times what identical households would hold, who would hold more: raise most.`,
  );
  return { ...found, slope, chain: market.chain, grid: market.grid, household: market.household };
}

// With ρ = 0.99 the interest rate is off by 9e-6 where the share is 4e-4 and by 9e-4 where it is 0.012.
/** Share of households at the last point of the grid. */
const MOST_CROWDED = 1e-3;
const COARSE = 40;
/** Points of masses to one of plans, and the power of their distances: most households are some way from the limit. */
const FINER = 2;
const SPACING = 2;
/** Share of households above the wealth where a fine grid of masses ends. */
const NEXT_TO_NOBODY = 1e-10;

/** On every fourth point or so: where to look on the fine grid. Null where it does not converge. */
function coarseSteadyState(economy: Bewley, options: BewleyOptions): ReturnType<typeof steadyState> | null {
  const points = Math.max(COARSE, Math.ceil((options.points ?? 200) / 4));
  try {
    return steadyState(
      economy,
      { ...options, points, tolerance: Math.max(1e-3, options.tolerance ?? 0) },
      { loose: true },
    );
  } catch (error) {
    if (error instanceof NotConverged) return null;
    throw error;
  }
}

interface Search {
  /** A hundred times less exact, for grids that only show where to look. */
  readonly loose?: boolean;
  /** Where the grid of masses ends, if they have one of their own. Default: where the grid of plans does. */
  readonly reach?: number;
}

/** What households do at prices. */
interface Found {
  readonly prices: Prices;
  readonly market: {
    readonly wealth: number;
    readonly labour: number;
    readonly excess: number;
    readonly unsettled: number;
    readonly residual: number;
  };
}

function createMarket(economy: Bewley, options: BewleyOptions, { loose = false, reach }: Search) {
  const { states = 7, points: G = 200, most = 15, tolerance = 1e-4 } = options;
  const {
    chain = levels(rouwenhorst(economy, states)),
    borrowingLimit = 0,
    assets = "capital",
    refined = true,
  } = options;
  const { capitalShare: α, totalFactorProductivity: A, depreciation: δ } = economy;
  const { incomeTaxRate: τ, assetTaxRate: τa } = economy;
  const a = wealthGrid(G, options.wealthLimit ?? largestWealth(economy, most), -borrowingLimit);
  const masses = refined ? wealthGrid(FINER * G, reach ?? a[G - 1], -borrowingLimit, SPACING) : a;
  const household = createHousehold(economy, chain, a, masses, {
    bounded: options.wealthLimit !== undefined,
    looseness: loose ? 100 : 1,
  });
  let T = 0;
  let last: Found | null = null;

  const wageAt = (r: number): number => (assets === "credit" ? 1 : (1 - α) * A * pow(perHour(economy, r), α));

  /** At the ends of the bracket only the sign counts: rebates need not settle. */
  function at(r: number, rough = false): Found {
    if (last?.prices.interest === r) return last;
    const k = assets === "credit" ? 0 : perHour(economy, r);
    const w = wageAt(r);
    for (let round = 0; ; round++) {
      const prices = { interest: r, wage: w, rebate: T };
      const unsettled = household.solve(prices);
      const { wealth, labour } = household.totals();
      const next = τ * (w * labour + r * wealth) + τa * wealth;
      const change = Math.abs(next - T);
      T = next;
      const excess = assets === "credit" ? wealth / labour : wealth / (k * labour) - 1;
      if (change < 1e-6 || rough || round === 50) {
        const residual = Math.max(Math.abs(excess), unsettled, change < 1e-6 ? 0 : change);
        last = { prices, market: { wealth, labour, excess, unsettled, residual } };
        return last;
      }
    }
  }

  /** Who owes as much as is allowed, and earns the least, can pay interest and eat. */
  const canPay = (r: number): boolean => (1 - τ) * wageAt(r) * chain.values[0] > 1.001 * r * borrowingLimit;

  /**
   * r at which all that households hold is what firms rent, or what other households owe, and how steeply the excess rises there; by secants from what
   * was found on a coarser grid, else by Brent's method.
   */
  function clear(near: { readonly prices: Prices; readonly slope: number } | null): { r: number; slope: number } {
    const patient = patientInterest(economy);
    const lowest = assets === "credit" ? patient - 0.05 : Math.max(-0.9 * δ, patient - 0.05);
    let highest = patient - 1e-4;
    if (!canPay(highest)) {
      if (!canPay(lowest))
        requireConverged(
          "bewleyEquilibrium",
          1.001 * lowest * borrowingLimit - (1 - τ) * wageAt(lowest) * chain.values[0] + Number.MIN_VALUE,
          0,
          `Who owes ${borrowingLimit} and earns least cannot pay interest of ${lowest}: lower borrowingLimit.`,
        );
      let payable = lowest;
      while (highest - payable > 1e-9)
        if (canPay((payable + highest) / 2)) payable = (payable + highest) / 2;
        else highest = (payable + highest) / 2;
      highest = payable;
    }
    const excessAt = (x: number): number => {
      const { excess } = at(x, x === lowest || x === highest).market;
      if (x === highest && excess < 0)
        requireConverged(
          "bewleyEquilibrium",
          -excess,
          tolerance,
          `At an interest rate ${patient - highest < 2e-4 ? "0.0001 below that without risk" : `of ${highest.toPrecision(3)}, the highest that all who owe can pay,`} households hold too little: there is hardly any risk, or most is too low.`,
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
    T = near?.prices.rebate ?? 0;
    const exact = loose ? 1e-5 : 1e-8;
    if (near) {
      const found = secant(excessAt, near.prices.interest, near.slope, lowest, highest, exact);
      if (found) return found;
    }
    const tried: [r: number, excess: number][] = [];
    const recorded = (x: number): number => {
      const excess = tried.find(([r]) => r === x)?.[1] ?? excessAt(x);
      tried.push([x, excess]);
      return excess;
    };
    // From half a point below the rate without risk outwards: at the ends of the bracket wealth takes longest to settle.
    let [low, high] = [lowest, highest];
    for (let x = patient - 0.005; x > low && x < high; )
      if (recorded(x) > 0) [high, x] = [x, patient - 2 * (patient - x)];
      else [low, x] = [x, patient - (patient - x) / 2];
    const r = findRoot(recorded, low, high, { tolerance: exact });
    // Beside the root, not at it, where rounding would be all.
    const [beside, excess] = tried.reduce((a, b) =>
      Math.abs(b[0] - r) > 1e-5 && Math.abs(b[0] - r) < Math.abs(a[0] - r) ? b : a,
    );
    return { r, slope: excess / (beside - r) };
  }

  return { chain, grid: a, household, at, clear };
}

/** Steps of the interest rate, and excesses, that are small. */
const NEARLY = 1e-5;

/** The root of a rising function by secants from a point near it; null where they leave the bracket or do not settle. */
function secant(
  f: (x: number) => number,
  start: number,
  slope: number,
  lowest: number,
  highest: number,
  tolerance: number,
): { r: number; slope: number } | null {
  let [x, y] = [start, f(start)];
  for (let round = 0; round < 12 && slope > 0; round++) {
    const step = Math.min(5e-4, Math.max(-5e-4, -y / slope));
    if (Math.abs(step) < tolerance && Math.abs(y) < NEARLY) return { r: x, slope };
    if (!(x + step > lowest && x + step < highest)) return null;
    const there = f(x + step);
    if (Math.abs(step) > NEARLY) slope = (there - y) / step; // closer by, what plans still change by would be all of the difference
    [x, y] = [x + step, there];
  }
  return null;
}

/** Plans on the grid `a` [G], masses on the grid `d` [D], which may be the same: consumption is then linear between points, and cubic otherwise. */
function createHousehold(
  economy: Bewley,
  chain: ProductivityChain,
  a: Float64Array,
  d: Float64Array,
  { bounded, looseness }: { readonly bounded: boolean; readonly looseness: number },
) {
  const { incomeTaxRate: τ } = economy;
  const { values: e } = chain;
  const [S, G, D] = [e.length, a.length, d.length];
  const between = d === a ? "linear" : "cubic";
  const steps = savingSteps(economy, chain, a, { between, bounded });
  const c = new Float64Array(S * G);
  const plans: Plans = { consumption: c, hours: new Float64Array(S * G), saved: new Float64Array(S * G) };
  const before = new Float64Array(S * G);
  const onMasses = d === a ? steps : savingSteps(economy, chain, a, { between, bounded, points: d });
  const acts: Plans =
    d === a
      ? plans
      : { consumption: new Float64Array(S * D), hours: new Float64Array(S * D), saved: new Float64Array(S * D) };
  const mass = new Float64Array(S * D).fill(1 / (S * D));
  let begun = false;

  /** Returns by how much plans still changed in the last round. */
  function solve(prices: Prices): number {
    let left = 0;
    const R = steps.grossReturn(prices);
    const { wage: w, rebate: T } = prices;
    if (!begun)
      for (let k = 0; k < S * G; k++) c[k] = (1 - τ) * w * 0.9 + T + Math.max(0.01, R - 1) * Math.max(0, a[k % G]);
    begun = true;
    const leap = createLeap(S * G);
    for (let round = 0; ; round++) {
      before.set(c);
      steps.back(plans, c, prices, R);
      if (within(1e-9 * looseness, c, before)) break;
      if (round === 5000) {
        left = furthest(c, before);
        break;
      }
      if (leap(round, c, before)) for (let k = 0; k < S * G; k++) c[k] = Math.max(c[k], 0.5 * before[k]);
    }
    if (acts !== plans) onMasses.back(acts, c, prices, R);
    longRun(mass, acts.saved, chain.transition, d, onMasses.forward);
    return left;
  }

  /** Starts from what was found on another grid of the same range. */
  function begin(coarse: ReturnType<typeof createHousehold>, from: Float64Array): void {
    const n = from.length;
    for (let s = 0; s < S; s++) {
      const before = coarse.plans().consumption.subarray(s * n, (s + 1) * n);
      for (let g = 0; g < G; g++) c[s * G + g] = interpolate(from, before, a[g]);
    }
    begun = true;
  }

  return {
    solve,
    begin,
    plans: () => plans,
    totals: () => totalsOf(economy, chain, d, acts, mass),
    /** Wealth above which there is next to nobody. */
    reach(): number {
      let g = D - 1;
      for (let above = 0; g > 1; g--) {
        for (let s = 0; s < S; s++) above += mass[s * D + g];
        if (above > NEXT_TO_NOBODY) break;
      }
      return d[Math.min(D - 1, g + 1)];
    },
    /** Share of households at the last point of the grid, beyond which nobody can go. */
    crowded(): number {
      let share = 0;
      for (let s = 0; s < S; s++) share += mass[s * D + D - 1];
      return share;
    },
    summary({ interest: r, wage: w }: Prices) {
      const { consumption, hours, welfare } = totalsOf(economy, chain, d, acts, mass);
      const wealth = Float64Array.from(mass, (_, k) => d[k % D]);
      const held = wealth.map((x) => Math.max(0, x));
      return {
        consumption,
        hours,
        welfare,
        shareAtLimit: mass.reduce((sum, m, k) => (acts.saved[k] <= d[0] ? sum + m : sum), 0),
        wealthGini: weightedGini(held, mass),
        lorenz: weightedLorenz(held, mass),
        incomeGini: weightedGini(
          wealth.map((x, k) => Math.max(0, w * e[Math.floor(k / D)] * acts.hours[k] + r * x)),
          mass,
        ),
        consumptionGini: weightedGini(acts.consumption, mass),
        policy: policyOf(chain, a, plans),
      };
    },
  };
}

/** Whether each x is that near its y, relative. */
function within(tolerance: number, x: Float64Array, y: Float64Array): boolean {
  for (let k = 0; k < x.length; k++) if (!(Math.abs(x[k] - y[k]) < tolerance * y[k])) return false;
  return true;
}

function furthest(x: Float64Array, y: Float64Array): number {
  let most = 0;
  for (let k = 0; k < x.length; k++) most = Math.max(most, Math.abs(x[k] / y[k] - 1));
  return most;
}
