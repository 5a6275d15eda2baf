// What Krusell & Smith's economies share (krusell-smith.ts, krusell-smith-types.ts): their technology, prices, and what a household earns, consumes, enjoys and how it finds work.
import { box, choice, f64, math, param, solvers, u8 } from "walras";

const { exp, log } = math;
const defaults = solvers.KRUSELL_SMITH_1998;

/** Nobody who chooses keeps less than this share of cash, so that there is something to produce with, or eats less. */
const LEAST = 1e-3;

/** Consumption is the third power of what is chosen, in multiples of earnings with work and interest: deviations up and down from the best then cost the same with logarithmic utility. */
const cube = (x: number): number => x * x * x;

/** β is a type's own matter, and so is γ. */
export type Technology = Omit<solvers.KrusellSmith, "discountFactor" | "riskAversion">;

/** What rises with u(c) in rewards: the worth of wealth, or of wealth, work and times. */
type Rewards = "wealth" | "prospects";

export const preferences = {
  discountFactor: { symbol: "β", unit: "per period", min: 0.9, max: 0.995 },
  riskAversion: { symbol: "γ", min: 0.5, max: 6, doc: "1: logarithmic utility" },
} as const;

export const technology = {
  capitalShare: param(defaults.capitalShare, { symbol: "α", min: 0.2, max: 0.5 }),
  depreciation: param(defaults.depreciation, { symbol: "δ", unit: "per period", min: 0.01, max: 0.15 }),
  productivityGood: param(defaults.productivityGood, { symbol: "z_g", min: 0.9, max: 1.1 }),
  productivityBad: param(defaults.productivityBad, { symbol: "z_b", min: 0.9, max: 1.1 }),
  unemploymentGood: param(defaults.unemploymentGood, { symbol: "u_g", min: 0.01, max: 0.2, doc: "in good times" }),
  unemploymentBad: param(defaults.unemploymentBad, { symbol: "u_b", min: 0.01, max: 0.2, doc: "in bad times" }),
  aggregateDuration: param(defaults.aggregateDuration, {
    unit: "periods",
    min: 2,
    max: 40,
    doc: "mean length of good times, and of bad",
  }),
  unemploymentDurationGood: param(defaults.unemploymentDurationGood, {
    unit: "periods",
    min: 1.1,
    max: 3,
    doc: "mean spell without work while times are good",
  }),
  unemploymentDurationBad: param(defaults.unemploymentDurationBad, {
    unit: "periods",
    min: 1.1,
    max: 4,
    doc: "mean spell without work while times are bad",
  }),
  hours: param(defaults.hours, { symbol: "l", unit: "hours", min: 0.1, max: 2, doc: "effective, of who works" }),
  benefit: param(defaults.benefit, {
    symbol: "μ",
    unit: "hours",
    min: 0,
    max: 0.2,
    doc: "income without work, in wages per hour, from a tax on wages",
  }),
  decisions: choice("never", ["never", "period"], {
    doc: "when households decide how much to consume; never: they follow the solution",
  }),
  rewards: choice("wealth", ["wealth", "prospects"], {
    doc: "of households who decide: u(c) and the rise of W, the worth of wealth, or of wealth, work and times, in the mean over what work and times may become",
  }),
};

export const beginnings = {
  wealthSpread: param(0, { min: 0, max: 2, doc: "standard deviation of ln wealth between households to begin with" }),
  capitalSpread: param(0, {
    min: 0,
    max: 0.5,
    doc: "mean wealth begins uniform within ± this share of initialWealth",
  }),
  theoryPeriods: param(11_000, {
    unit: "periods",
    min: 300,
    max: 1e5,
    integer: true,
    doc: "of the path from which the solution takes laws and moments; a quarter of it, at most 1000, is thrown away",
  }),
  horizon: param(1000, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
};

/** Scalars of the world. */
export const market = {
  times: f64({ doc: "0 good, 1 bad" }),
  timesNext: f64({ doc: "of the next period" }),
  capital: f64({ unit: "goods", doc: "K = Σ k" }),
  meanCapital: f64({ unit: "goods/household", initial: 1, doc: "K per household" }),
  workers: f64({ unit: "households", doc: "with work" }),
  output: f64({ unit: "goods", doc: "Y" }),
  wage: f64({ unit: "goods/hour", initial: 1, doc: "w, before the tax that pays benefits" }),
  interest: f64({ unit: "per period", doc: "r, after depreciation" }),
  taxRate: f64({ doc: "on wages" }),
  consumption: f64({ unit: "goods", doc: "Σ c" }),
  kept: f64({ unit: "goods", doc: "Σ k′" }),
};

/** Columns of a household. */
export const household = {
  wealth: f64({ unit: "goods", doc: "k" }),
  works: u8({ doc: "1: has work" }),
  income: f64({ unit: "goods", doc: "wages after tax, or benefits" }),
  cash: f64({ unit: "goods", doc: "(1 + r) k + income" }),
  tightness: f64({ doc: "w l over cash, at most 1: 0 for the infinitely rich, whose c is a share of income" }),
  consumption: f64({ unit: "goods", doc: "c" }),
  utility: f64({ unit: "utils", doc: "u(c)" }),
  worth: f64({
    unit: "utils",
    doc: "W(k), utility for ever of who lives on interest and works, at prices without shocks",
  }),
  gain: f64({ unit: "utils", doc: "u(c) + β W(k′) − W(k)" }),
};

export const actions = {
  consume: box(0.7, 1.3, {
    doc: "third root of c over w l + r k, which who works has; c is at most 0.999 of cash and at least 0.001",
  }),
};

export const reward = {
  column: "gain",
  doc: "u(c) + β W(k′) − W(k): a potential leaves what is best as it is (Ng et al. 1999)",
} as const;

/** The joint chain, or why there is none. */
export function chainOf(p: Technology): { readonly chain: number[][]; readonly refusal: string | null } {
  const chain = solvers.krusellSmithChain(p);
  const possible = chain.flat().every((x) => x >= 0 && x <= 1);
  const refusal = `unemployment of ${p.unemploymentGood} and ${p.unemploymentBad} and durations of ${p.unemploymentDurationGood} and ${p.unemploymentDurationBad} periods do not go together: a probability would be below 0 or above 1`;
  return { chain, refusal: possible ? null : refusal };
}

/** K without shocks; throws where the joint chain is impossible. */
export function steadyCapital(economy: string, p: solvers.KrusellSmith): number {
  const { refusal } = chainOf(p);
  if (refusal) throw new Error(`${economy}: ${refusal}; probabilities are expected.`);
  return solvers.krusellSmithSteadyCapital(p);
}

/** W(k) = u(w l + r k)/(1 − β) at prices without shocks, whatever work and times. */
const worthOf = (p: solvers.KrusellSmith): solvers.Prospects => {
  const { grossReturn, employed } = solvers.krusellSmithPrices(p, solvers.krusellSmithSteadyCapital(p), 0);
  const { discountFactor: β, riskAversion: γ } = p;
  const worth = (k: number): number => solvers.crra(employed + (grossReturn - 1) * k, γ) / (1 - β);
  return { worth, expected: worth };
};

/** W(k, ε, z) of wealth, work and times, at capital without shocks and the prices of the times; in the mean over times wealth earns 1/β. */
const prospectsOf = (p: solvers.KrusellSmith): solvers.Prospects => {
  const capital = solvers.krusellSmithSteadyCapital(p);
  const [good, bad] = ([0, 1] as const).map((z) => solvers.krusellSmithPrices(p, capital, z)) as [
    solvers.KrusellSmithPrices,
    solvers.KrusellSmithPrices,
  ];
  const apart = (good.grossReturn - bad.grossReturn) / 2; // times are good and bad equally often
  return solvers.prospects(p, {
    incomes: [good.employed, good.unemployed, bad.employed, bad.unemployed],
    returns: [apart, apart, -apart, -apart].map((x) => 1 / p.discountFactor + x),
    transition: solvers.krusellSmithChain(p),
  });
};

/** The potential of a household's rewards. */
const potentialOf = (p: solvers.KrusellSmith, rewards: Rewards): solvers.Prospects =>
  rewards === "prospects" ? prospectsOf(p) : worthOf(p);

type Market = Record<keyof typeof market, number>;
type Household = Record<Exclude<keyof typeof household, "works">, Float64Array> & { readonly works: Uint8Array };

/** 2z + ε: good or bad times, with work or without. */
const jointState = ({ times }: Pick<Market, "times">, works: number): number => 2 * times + (works ? 0 : 1);

/** Everybody begins with `endowment`, but for the spread of ln wealth; work is as in good times. */
export function endow(
  k: Household,
  { from, to }: Rows,
  endowment: number,
  p: Technology & { readonly wealthSpread: number },
  { work, wealth }: { readonly work: Float64Array; readonly wealth: Float64Array },
): void {
  for (let i = from; i < to; i++) {
    k.wealth[i] = endowment * exp(p.wealthSpread * (wealth[i]! - p.wealthSpread / 2));
    k.works[i] = work[i]! < p.unemploymentGood ? 0 : 1;
  }
}
export interface Rows {
  readonly from: number;
  readonly to: number;
}

/** Y, w, r, and the tax that pays benefits, of K and those with work. */
export function produce(w: Market, p: Technology, households: number): void {
  const L = Math.max(w.workers, LEAST) * p.hours;
  const z = w.times === 0 ? p.productivityGood : p.productivityBad;
  w.meanCapital = w.capital / households;
  w.output = w.workers > 0 ? z * L * exp(p.capitalShare * log(w.capital / L)) : 0;
  w.wage = ((1 - p.capitalShare) * w.output) / L;
  w.interest = (p.capitalShare * w.output) / w.capital - p.depreciation;
  // Where hardly anybody works, all that they earn is divided.
  w.taxRate = w.workers > 0 ? Math.min(1, (p.benefit * (households - w.workers)) / L) : 0;
}

/** Income, cash and the worth of wealth. */
export function earn(
  k: Household,
  { from, to }: Rows,
  w: Market,
  p: solvers.KrusellSmith,
  households: number,
  rewards: Rewards,
): void {
  const { worth } = potentialOf(p, rewards);
  const idle = households - w.workers;
  const benefit = idle > 0 ? (w.taxRate * w.wage * w.workers * p.hours) / idle : 0;
  const pay = (1 - w.taxRate) * w.wage * p.hours;
  for (let i = from; i < to; i++) {
    k.income[i] = k.works[i] ? pay : benefit;
    k.cash[i] = (1 + w.interest) * k.wealth[i]! + k.income[i]!;
    k.tightness[i] = pay < k.cash[i]! ? pay / k.cash[i]! : 1;
    k.worth[i] = worth(k.wealth[i]!, jointState(w, k.works[i]!));
  }
}

/** c by the solution, k′ is the rest. */
export function follow(
  k: Household,
  { from, to }: Rows,
  w: Market,
  solution: Pick<solvers.KrusellSmithSolution, "consumption">,
  type = 0,
): void {
  for (let i = from; i < to; i++) {
    const state = jointState(w, k.works[i]!);
    k.consumption[i] = Math.min(k.cash[i]!, solution.consumption(k.wealth[i]!, state, w.meanCapital, type));
    k.wealth[i] = k.cash[i]! - k.consumption[i]!;
  }
}

/**
 * c as it was chosen, k′ is the rest. `rationed`: a choice is a multiple not of w l + r k but of half its harmonic mean with cash, so that the poorest, too, can choose to keep some: without wealth or work the best c is a
 * share of cash in the limit.
 */
export function obey(
  k: Household & { readonly consume: Float64Array },
  { from, to }: Rows,
  w: Market,
  p: Technology,
  { rationed = false }: { readonly rationed?: boolean } = {},
): void {
  const [pay, rate] = [(1 - w.taxRate) * w.wage * p.hours, Math.max(0, w.interest)];
  for (let i = from; i < to; i++) {
    const earned = pay + rate * k.wealth[i]!;
    const share = (cube(k.consume[i]!) * earned) / (rationed ? earned + k.cash[i]! : k.cash[i]!);
    k.consumption[i] = k.cash[i]! * Math.min(1 - LEAST, Math.max(LEAST, share));
    k.wealth[i] = k.cash[i]! - k.consumption[i]!;
  }
}

/** u(c), and what it adds to the worth of wealth. */
export function enjoy(k: Household, { from, to }: Rows, w: Market, p: solvers.KrusellSmith, rewards: Rewards): void {
  const { expected } = potentialOf(p, rewards);
  for (let i = from; i < to; i++) {
    k.utility[i] = solvers.crra(Math.max(1e-9, k.consumption[i]!), p.riskAversion);
    k.gain[i] = k.utility[i]! + p.discountFactor * expected(k.wealth[i]!, jointState(w, k.works[i]!)) - k.worth[i]!;
  }
}

/** Who has work in the next period, by the joint chain. */
export function findWork(k: Household, { from, to }: Rows, w: Market, p: Technology, u: Float64Array): void {
  const { chain } = chainOf(p);
  const odds = (from: number): number => {
    const row = chain[2 * w.times + from]!;
    const [e, idle] = [row[2 * w.timesNext]!, row[2 * w.timesNext + 1]!];
    return idle / (e + idle);
  };
  const [loses, stays] = [odds(0), odds(1)];
  for (let i = from; i < to; i++) k.works[i] = u[i]! < (k.works[i] ? loses : stays) ? 0 : 1;
}

/** Times after this period's; `u` is uniform. */
export const turned = (w: Pick<Market, "times">, { aggregateDuration }: Technology, u: number): number =>
  u < 1 / aggregateDuration ? 1 - w.times : w.times;

/** C + K′ = Y + (1 − δ) K, relative. */
export const goods = {
  doc: "C + K′ = Y + (1 − δ) K, relative",
  after: "period",
  tolerance: 1e-10,
  of: (w: Readonly<Market>, p: Technology): number => {
    const resources = w.output + (1 - p.depreciation) * w.capital;
    return (w.consumption + w.kept - resources) / resources;
  },
} as const;

/** Periods of the solver's path that are thrown away. */
export const burnOf = (theoryPeriods: number): number => Math.min(1000, Math.floor(theoryPeriods / 4));
