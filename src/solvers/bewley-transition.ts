// From any distribution of wealth to the steady state: what becomes of Bewley's economy when it begins elsewhere, households foreseeing the prices
// to come. The truth of games that last too short for the steady state and begin with the wealth of a survey.
//
//   c_t(s, a):   1/c_t = β R_{t+1} E[1/c_{t+1}],  backwards from the steady state at T;   masses forwards from those of t = 0
//   k_t = K_t/L_t and rebates T_t such that what households then hold and work, at the prices of k, makes the same k and T
// The path is a fixed point, found by Anderson's acceleration (Anderson 1965; Walker & Ni 2011) of damped iteration.
//
// S states of productivity, G points of wealth, [S, G]; T periods
import { anderson, exp, log, pow } from "../math/index.ts";
import { type Bewley, largestWealth, perHour, steadyState } from "./bewley.ts";
import { type Plans, type Policy, type Prices, policyOf, savingSteps, totalsOf, weightedGini } from "./saving.ts";

export interface BewleyTransitionOptions {
  /** Wealth to begin with, in goods: equal parts of the households hold each of these, whatever their productivity. */
  readonly initialWealth: readonly number[];
  /** Over which means are taken. */
  readonly periods: number;
  /** Periods until the steady state is taken to be reached, at least `periods`. Default: 200 more. */
  readonly horizon?: number;
  /** S. Default 7. */
  readonly states?: number;
  /** G. Default 200. */
  readonly points?: number;
  /** Of `residual`. Default 1e-5. */
  readonly tolerance?: number;
}

/** Means over the periods and over households. */
export interface BewleyTransition {
  /** Largest difference between the K/L that households foresee and the K/L that they make, relative, and between rebates, relative to the wage. */
  readonly residual: number;
  /** Utility per period. */
  readonly welfare: number;
  readonly hours: number;
  readonly consumption: number;
  readonly capital: number;
  readonly wage: number;
  readonly interest: number;
  readonly wealthGini: number;
  readonly incomeGini: number;
  readonly consumptionGini: number;
  /** In period t. */
  readonly policy: (t: number) => Policy;
  /** By period. */
  readonly path: {
    readonly capital: Float64Array;
    readonly interest: Float64Array;
    readonly wage: Float64Array;
    readonly rebate: Float64Array;
    /** Σ e h. */
    readonly labour: Float64Array;
    readonly consumption: Float64Array;
    readonly welfare: Float64Array;
  };
}

export function bewleyTransition(economy: Bewley, options: BewleyTransitionOptions): BewleyTransition {
  const { initialWealth, periods, horizon: H = periods + 200, states = 7, points = 200, tolerance = 1e-5 } = options;
  const { capitalShare: α, totalFactorProductivity: A, depreciation: δ } = economy;
  const { incomeTaxRate: τ, assetTaxRate: τa } = economy;
  if (!(H >= periods && periods >= 1 && initialWealth.length > 0))
    throw new Error(
      `bewleyTransition: got ${periods} periods of a horizon of ${H} and ${initialWealth.length} values of wealth, expected at least one of each and a horizon no shorter.`,
    );
  const richest = initialWealth.reduce((x, y) => Math.max(x, y));
  const most = Math.max(15, (1.05 * richest) / largestWealth(economy, 1));
  const end = steadyState(economy, { states, points, most, refined: false });
  const { chain, grid: a } = end;
  const [S, G] = [chain.values.length, a.length];
  const steps = savingSteps(economy, chain, a);
  const plans: Plans[] = Array.from({ length: H }, () => ({
    consumption: new Float64Array(S * G),
    hours: new Float64Array(S * G),
    saved: new Float64Array(S * G),
  }));
  const masses = Array.from({ length: H + 1 }, () => new Float64Array(S * G));
  masses[0]!.set(spreadOver(initialWealth, chain.stationary, a));
  const capital = new Float64Array(H);
  const labour = new Float64Array(H);

  // x = (ln k_t, T_t/w) of all periods
  const x = new Float64Array(2 * H);
  const made = new Float64Array(2 * H);
  const w = end.prices.wage;
  const pricesAt = (t: number): Prices => {
    const k = exp(x[t]);
    const wage = (1 - α) * A * pow(k, α);
    return { wage, interest: (α * wage) / ((1 - α) * k) - δ, rebate: x[H + t] * w };
  };
  /** From what households foresee, x, to what they make of it. */
  function live(): void {
    let next = end.household.plans().consumption;
    let nextReturn = steps.grossReturn(end.prices);
    for (let t = H - 1; t >= 0; t--) {
      const prices = pricesAt(t);
      steps.back(plans[t]!, next, prices, nextReturn);
      next = plans[t]!.consumption;
      nextReturn = steps.grossReturn(prices);
    }
    for (let t = 0; t < H; t++) {
      const mass = masses[t]!;
      let [K, L] = [0, 0];
      const { hours, saved } = plans[t]!;
      for (let s = 0, k = 0; s < S; s++)
        for (let g = 0; g < G; g++, k++) {
          K += mass[k] * a[g];
          L += mass[k] * chain.values[s] * hours[k];
        }
      capital[t] = K;
      labour[t] = L;
      const { wage, interest } = pricesAt(t);
      made[t] = log(K / L);
      made[H + t] = (τ * (wage * L + interest * K) + τa * K) / w;
      steps.forward(masses[t + 1]!, mass, saved);
    }
  }

  // To begin with: capital on its way to the steady state, rebates of the steady state.
  const kEnd = log(perHour(economy, end.prices.interest));
  const kBegin = log(initialWealth.reduce((sum, y) => sum + y, 0) / initialWealth.length / end.market.labour);
  for (let t = 0, left = 1; t < H; t++, left *= 0.95) {
    x[t] = kEnd + (kBegin - kEnd) * left;
    x[H + t] = end.prices.rebate / w;
  }
  const residual = anderson(x, made, live, {
    name: "bewleyTransition",
    tolerance,
    advice: "the path is not what households make of it: raise points, or tolerance.",
  });

  const path = {
    capital: capital.slice(0, periods),
    interest: new Float64Array(periods),
    wage: new Float64Array(periods),
    rebate: new Float64Array(periods),
    labour: labour.slice(0, periods),
    consumption: new Float64Array(periods),
    welfare: new Float64Array(periods),
  };
  const sums = { hours: 0, wealthGini: 0, incomeGini: 0, consumptionGini: 0 };
  const wealth = Float64Array.from({ length: S * G }, (_, k) => a[k % G]);
  for (let t = 0; t < periods; t++) {
    const prices = pricesAt(t);
    const { consumption: c, hours: h } = plans[t]!;
    const totals = totalsOf(economy, chain, a, plans[t]!, masses[t]!);
    const income = wealth.map((y, k) =>
      Math.max(0, prices.wage * chain.values[Math.floor(k / G)] * h[k] + prices.interest * y),
    );
    path.interest[t] = prices.interest;
    path.wage[t] = prices.wage;
    path.rebate[t] = prices.rebate;
    path.consumption[t] = totals.consumption;
    path.welfare[t] = totals.welfare;
    sums.hours += totals.hours;
    sums.wealthGini += weightedGini(wealth, masses[t]!);
    sums.incomeGini += weightedGini(income, masses[t]!);
    sums.consumptionGini += weightedGini(c, masses[t]!);
  }
  const mean = (y: Float64Array): number => y.reduce((sum, value) => sum + value, 0) / periods;
  return {
    residual,
    welfare: mean(path.welfare),
    capital: mean(path.capital),
    wage: mean(path.wage),
    interest: mean(path.interest),
    hours: sums.hours / periods,
    consumption: mean(path.consumption),
    wealthGini: sums.wealthGini / periods,
    incomeGini: sums.incomeGini / periods,
    consumptionGini: sums.consumptionGini / periods,
    policy: (t) => policyOf(chain, a, plans[t]!),
    path,
  };
}

/** Masses [S, G]: equal parts at each wealth, between two grid points so that the mean is kept, in every productivity alike. */
function spreadOver(wealth: readonly number[], productivity: Float64Array, a: Float64Array): Float64Array {
  const G = a.length;
  const mass = new Float64Array(productivity.length * G);
  for (const y of wealth) {
    let g = 0;
    while (g < G - 2 && a[g + 1] <= y) g++;
    const up = (y - a[g]) / (a[g + 1] - a[g]);
    for (let s = 0; s < productivity.length; s++) {
      const part = productivity[s] / wealth.length;
      mass[s * G + g] += part * (1 - up);
      mass[s * G + g + 1] += part * up;
    }
  }
  return mass;
}
