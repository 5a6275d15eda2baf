// Business cycles with unequal households: good times and bad for all at once, work found and lost by each, and capital the only insurance.
// Krusell & Smith 1998, "Income and wealth heterogeneity in the macroeconomy", Journal of Political Economy 106, 867; with benefits the version of
// den Haan, Judd & Juillard 2010, Journal of Economic Dynamics and Control 34, 1.
//
//   max E Σ βᵗ (c^(1−γ) − 1)/(1 − γ),   c + k′ = (1 + r) k + income,   k′ ≥ 0;   Y = z K^α L^(1−α), w and r + δ marginal products
//
// Households follow the solution (solvers/krusell-smith.ts), or choose how much to consume: knowing cash, work, mean capital and the times; or cash, work and today's
// prices alone.
// Left out: leisure, several discount factors, any asset but capital.
import {
  box,
  choice,
  defineEconomy,
  derived,
  f64,
  isUnknown,
  math,
  param,
  population,
  solved,
  solvers,
  type Unknown,
  u8,
  unknown,
} from "walras";

const { exp, gini, log } = math;
const defaults = solvers.KRUSELL_SMITH_1998;

/** Nobody who chooses keeps less than this share of cash, so that there is something to produce with, or eats less. */
const LEAST = 1e-3;

/** Consumption is the third power of what is chosen, in multiples of earnings with work and interest: deviations up and down from the best then cost the same with logarithmic utility. */
const cube = (x: number): number => x * x * x;

type Model = solvers.KrusellSmith & { readonly theoryPeriods: number };

/** Of the parameters asked for last: the solver takes a second. */
let last: { readonly key: string; readonly solution: solvers.KrusellSmithSolution | Unknown } | null = null;
function solutionOf(p: Model): solvers.KrusellSmithSolution | Unknown {
  const model = Object.fromEntries(Object.keys(defaults).map((name) => [name, p[name as keyof Model]]));
  const key = JSON.stringify([model, p.theoryPeriods]);
  if (last?.key !== key) {
    const burn = Math.min(1000, Math.floor(p.theoryPeriods / 4));
    const { refusal } = chainOf(p);
    const solution = refusal
      ? unknown(refusal)
      : solved(() => solvers.krusellSmith(model as unknown as Model, { periods: p.theoryPeriods, burn }));
    last = { key, solution };
  }
  return last.solution;
}

/** The joint chain, or why there is none. */
function chainOf(p: solvers.KrusellSmith): { readonly chain: number[][]; readonly refusal: string | null } {
  const chain = solvers.krusellSmithChain(p);
  const possible = chain.flat().every((x) => x >= 0 && x <= 1);
  const refusal = `unemployment of ${p.unemploymentGood} and ${p.unemploymentBad} and durations of ${p.unemploymentDurationGood} and ${p.unemploymentDurationBad} periods do not go together: a probability would be below 0 or above 1`;
  return { chain, refusal: possible ? null : refusal };
}

const steadyCapital = (p: solvers.KrusellSmith): number => {
  const { refusal } = chainOf(p);
  if (refusal) throw new Error(`krusell-smith: ${refusal}; probabilities are expected.`);
  return solvers.krusellSmithSteadyCapital(p);
};

/** W(k) = u(w l + r k)/(1 − β) at prices without shocks. */
const worthOf = (p: solvers.KrusellSmith): ((k: number) => number) => {
  const { grossReturn, employed } = solvers.krusellSmithPrices(p, solvers.krusellSmithSteadyCapital(p), 0);
  const { discountFactor: β, riskAversion: γ } = p;
  return (k) => solvers.crra(employed + (grossReturn - 1) * k, γ) / (1 - β);
};

export const krusellSmith = defineEconomy({
  name: "krusell-smith",
  source: "Krusell & Smith (1998), Journal of Political Economy 106, 867; den Haan, Judd & Juillard (2010), JEDC 34, 1",
  summary:
    "Households hold capital against unemployment through good times and bad, and mean capital is all that they need to know.",
  params: {
    households: param(2000, { symbol: "N", unit: "agents", min: 1, max: 1e8, integer: true }),
    discountFactor: param(defaults.discountFactor, { symbol: "β", unit: "per period", min: 0.9, max: 0.995 }),
    riskAversion: param(defaults.riskAversion, { symbol: "γ", min: 0.5, max: 6, doc: "1: logarithmic utility" }),
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
    knows: choice("state", ["state", "prices"], {
      doc: "besides cash and work, households who decide know mean capital and the times, or today's wage and interest",
    }),
    initialWealth: param(derived, {
      symbol: "k₀",
      unit: "goods",
      min: 0,
      exclusive: true,
      doc: "mean over households; default K without shocks",
    }),
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
  },
  derive: { initialWealth: steadyCapital },
  horizon: "horizon",
  world: {
    endowment: f64({ unit: "goods/household", doc: "mean wealth to begin with" }),
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
    seenCapital: f64({ doc: "ln of mean capital over initialWealth, if households know it" }),
    seenTimes: f64({ doc: "1 bad, −1 good, if households know it" }),
    seenWage: f64({ doc: "ln of the wage over that at initialWealth, if households know it" }),
    seenInterest: f64({ unit: "per period", doc: "r less that at initialWealth, if households know it" }),
  },
  populations: {
    households: population({
      size: "households",
      state: {
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
      },
      actions: {
        consume: box(0.7, 1.3, {
          doc: "third root of c over w l + r k, which who works has; c is at most 0.999 of cash and at least 0.001",
        }),
      },
    }),
  },
  start: ({ each, world }) => ({
    begin: world({ doc: "good times, and mean wealth", writes: "scalars" }, (w, p, draw) => {
      w.times = 0;
      w.endowment = p.initialWealth * (1 + p.capitalSpread * (2 * draw.uniform("capital") - 1));
    }),
    endow: each("households", { doc: "ln wealth normal, work as in good times" }, (k, from, to, w, p, draw) => {
      const u = draw.uniform("work");
      const z = draw.normal("wealth");
      for (let i = from; i < to; i++) {
        k.wealth[i] = w.endowment * exp(p.wealthSpread * (z[i] - p.wealthSpread / 2));
        k.works[i] = u[i] < p.unemploymentGood ? 0 : 1;
      }
    }),
  }),
  phases: ({ decide, each, total, world, variant }) => ({
    rent: total("households", { doc: "K = Σ k; who works" }, { capital: "wealth", workers: "works" }),
    produce: world({ doc: "Y, w, r, and the tax that pays benefits", writes: "scalars" }, (w, p) => {
      const L = Math.max(w.workers, LEAST) * p.hours;
      const z = w.times === 0 ? p.productivityGood : p.productivityBad;
      w.meanCapital = w.capital / w.households.size;
      w.output = w.workers > 0 ? z * L * exp(p.capitalShare * log(w.capital / L)) : 0;
      w.wage = ((1 - p.capitalShare) * w.output) / L;
      w.interest = (p.capitalShare * w.output) / w.capital - p.depreciation;
      // Where hardly anybody works, all that they earn is divided.
      w.taxRate = w.workers > 0 ? Math.min(1, (p.benefit * (w.households.size - w.workers)) / L) : 0;
      const knowsState = p.knows === "state";
      const steady = solvers.krusellSmithPrices(p, p.initialWealth, 0);
      w.seenCapital = knowsState ? log(w.meanCapital / p.initialWealth) : 0;
      w.seenTimes = knowsState ? 2 * w.times - 1 : 0;
      w.seenWage = knowsState ? 0 : log(Math.max(LEAST, w.wage) / steady.wage);
      w.seenInterest = knowsState ? 0 : w.interest + 1 - steady.grossReturn;
    }),
    earn: each("households", { doc: "income and cash" }, (k, from, to, w, p) => {
      const worth = worthOf(p);
      const idle = k.size - w.workers;
      const benefit = idle > 0 ? (w.taxRate * w.wage * w.workers * p.hours) / idle : 0;
      const pay = (1 - w.taxRate) * w.wage * p.hours;
      for (let i = from; i < to; i++) {
        k.income[i] = k.works[i] ? pay : benefit;
        k.cash[i] = (1 + w.interest) * k.wealth[i] + k.income[i];
        k.tightness[i] = pay < k.cash[i] ? pay / k.cash[i] : 1;
        k.worth[i] = worth(k.wealth[i]);
      }
    }),
    choose: decide("households", { doc: "how much to consume", every: "decisions" }),
    save: variant("decisions", {
      never: each("households", { doc: "c by the solution, k′ is the rest" }, (k, from, to, w, p) => {
        const solution = solutionOf(p);
        if (isUnknown(solution))
          throw new Error(
            `krusell-smith: households have no solution to follow: ${solution.unknown} Other parameters are expected, or decisions=period.`,
          );
        for (let i = from; i < to; i++) {
          const state = 2 * w.times + (k.works[i] ? 0 : 1);
          k.consumption[i] = Math.min(k.cash[i], solution.consumption(k.wealth[i], state, w.meanCapital));
          k.wealth[i] = k.cash[i] - k.consumption[i];
        }
      }),
      period: each("households", { doc: "c is chosen, k′ is the rest" }, (k, from, to, w, p) => {
        const [pay, rate] = [(1 - w.taxRate) * w.wage * p.hours, Math.max(0, w.interest)];
        for (let i = from; i < to; i++) {
          const wanted = cube(k.consume[i]) * (pay + rate * k.wealth[i]);
          k.consumption[i] = k.cash[i] * Math.min(1 - LEAST, Math.max(LEAST, wanted / k.cash[i]));
          k.wealth[i] = k.cash[i] - k.consumption[i];
        }
      }),
    }),
    enjoy: each("households", { doc: "u(c), and what it adds to the worth of wealth" }, (k, from, to, _w, p) => {
      const worth = worthOf(p);
      for (let i = from; i < to; i++) {
        k.utility[i] = solvers.crra(Math.max(1e-9, k.consumption[i]), p.riskAversion);
        k.gain[i] = k.utility[i] + p.discountFactor * worth(k.wealth[i]) - k.worth[i];
      }
    }),
    count: total("households", { doc: "Σ c and Σ k′" }, { consumption: "consumption", kept: "wealth" }),
    turn: world({ doc: "times stay or turn", writes: "scalars" }, (w, p, draw) => {
      w.timesNext = draw.uniform("times") < 1 / p.aggregateDuration ? 1 - w.times : w.times;
    }),
    work: each("households", { doc: "who has work next, by the joint chain" }, (k, from, to, w, p, draw) => {
      const { chain } = chainOf(p);
      const u = draw.uniform("work");
      const odds = (from: number): number => {
        const row = chain[2 * w.times + from]!;
        const [e, idle] = [row[2 * w.timesNext]!, row[2 * w.timesNext + 1]!];
        return idle / (e + idle);
      };
      const [loses, stays] = [odds(0), odds(1)];
      for (let i = from; i < to; i++) k.works[i] = u[i] < (k.works[i] ? loses : stays) ? 0 : 1;
    }),
    pass: world({ doc: "the next period's times have come", writes: "scalars" }, (w) => {
      w.times = w.timesNext;
    }),
  }),
  observe: {
    households: {
      tightness: { column: "tightness", center: 0.1, scale: 0.1, doc: "earnings of who works over cash, at most 1" },
      works: { column: "works", center: 0.5, scale: 0.5, doc: "with work or without" },
      capital: { world: "seenCapital", scale: 0.05, doc: "ln of mean capital, or 0" },
      times: { world: "seenTimes", doc: "good or bad, or 0" },
      wage: { world: "seenWage", scale: 0.02, doc: "ln w, or 0" },
      interest: { world: "seenInterest", scale: 0.001, doc: "r, or 0" },
    },
  },
  reward: {
    households: {
      column: "gain",
      doc: "u(c) + β W(k′) − W(k): a potential leaves what is best as it is (Ng et al. 1999)",
    },
  },
  discountFactor: { households: "discountFactor" },
  metrics: {
    capital: { unit: "goods/household", doc: "K per household", of: (w) => w.meanCapital },
    output: { unit: "goods/household", doc: "Y per household", of: (w) => w.output / w.households.size },
    consumption: { unit: "goods/household", doc: "C per household", of: (w) => w.consumption / w.households.size },
    interest: { unit: "per period", doc: "r", of: (w) => w.interest },
    wage: { unit: "goods/hour", doc: "w", of: (w) => w.wage },
    unemployment: { unit: "1", doc: "share without work", of: (w) => 1 - w.workers / w.households.size },
    wealthGini: { unit: "1", doc: "Gini coefficient of wealth", of: (w) => gini(w.households.wealth) },
  },
  identities: {
    goods: {
      doc: "C + K′ = Y + (1 − δ) K, relative",
      after: "period",
      tolerance: 1e-10,
      of: (w, p) => {
        const resources = w.output + (1 - p.depreciation) * w.capital;
        return (w.consumption + w.kept - resources) / resources;
      },
    },
  },
  truth(p) {
    const found = solutionOf(p);
    const stated = (of: (s: solvers.KrusellSmithSolution) => number) => (isUnknown(found) ? found : of(found));
    return {
      meanCapital: stated((s) => s.moments.meanCapital),
      interceptGood: stated((s) => s.good.intercept),
      slopeGood: stated((s) => s.good.slope),
      interceptBad: stated((s) => s.bad.intercept),
      slopeBad: stated((s) => s.bad.slope),
      r2: stated((s) => Math.min(s.good.r2, s.bad.r2)),
      corrConsumptionOutput: stated((s) => s.moments.corrConsumptionOutput),
      sdInvestment: stated((s) => s.moments.sdInvestment),
      wealthGini: stated((s) => s.wealthGini),
    };
  },
  truthDocs: {
    meanCapital: "K per household, mean along the solver's path",
    interceptGood: "a of ln K′ = a + b ln K in good times",
    slopeGood: "b in good times",
    interceptBad: "a in bad times",
    slopeBad: "b in bad times",
    r2: "share of the variance of ln K′ that these explain, the smaller of the two",
    corrConsumptionOutput: "correlation of C and Y",
    sdInvestment: "standard deviation of K′ − (1 − δ) K, per household",
    wealthGini: "Gini coefficient of wealth, mean along the path",
  },
  figures: [
    {
      title: "Capital",
      metric: "capital",
      theory: "meanCapital",
      caption: "Per household; it falls in bad times and rises in good.",
    },
    { title: "Inequality", metric: "wealthGini", theory: "wealthGini", caption: "From equal wealth to the long run." },
  ],
});

export default krusellSmith;
