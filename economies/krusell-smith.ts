// Business cycles with unequal households: good times and bad for all at once, work found and lost by each, and capital the only insurance.
// Krusell & Smith 1998, "Income and wealth heterogeneity in the macroeconomy", Journal of Political Economy 106, 867; with benefits the version of
// den Haan, Judd & Juillard 2010, Journal of Economic Dynamics and Control 34, 1.
//
//   max E Σ βᵗ (c^(1−γ) − 1)/(1 − γ),   c + k′ = (1 + r) k + income,   k′ ≥ 0;   Y = z K^α L^(1−α), w and r + δ marginal products
//
// Households follow the solution (solvers/krusell-smith.ts), or choose how much to consume: knowing cash, work, mean capital and the times; or cash, work and today's
// prices alone.
// Left out: leisure, several discount factors (krusell-smith-types.ts has two), any asset but capital.
import {
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
  unknown,
} from "walras";
import {
  actions,
  beginnings,
  burnOf,
  chainOf,
  earn,
  endow,
  enjoy,
  findWork,
  follow,
  goods,
  household,
  market,
  obey,
  preferences,
  produce,
  reward,
  steadyCapital,
  technology,
  turned,
} from "./parts/krusell-smith.ts";

const { gini, log } = math;
const defaults = solvers.KRUSELL_SMITH_1998;

type Model = solvers.KrusellSmith & { readonly theoryPeriods: number };

/** Of the parameters asked for last: the solver takes a second. */
let last: { readonly key: string; readonly solution: solvers.KrusellSmithSolution | Unknown } | null = null;
function solutionOf(p: Model): solvers.KrusellSmithSolution | Unknown {
  const model = Object.fromEntries(Object.keys(defaults).map((name) => [name, p[name as keyof Model]]));
  const key = JSON.stringify([model, p.theoryPeriods]);
  if (last?.key !== key) {
    const { refusal } = chainOf(p);
    const solution = refusal
      ? unknown(refusal)
      : solved(() =>
          solvers.krusellSmith(model as unknown as Model, { periods: p.theoryPeriods, burn: burnOf(p.theoryPeriods) }),
        );
    last = { key, solution };
  }
  return last.solution;
}

export const krusellSmith = defineEconomy({
  name: "krusell-smith",
  source: "Krusell & Smith (1998), Journal of Political Economy 106, 867; den Haan, Judd & Juillard (2010), JEDC 34, 1",
  summary:
    "Households hold capital against unemployment through good times and bad, and mean capital is all that they need to know.",
  params: {
    households: param(2000, { symbol: "N", unit: "agents", min: 1, max: 1e8, integer: true }),
    discountFactor: param(defaults.discountFactor, preferences.discountFactor),
    riskAversion: param(defaults.riskAversion, preferences.riskAversion),
    ...technology,
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
    ...beginnings,
  },
  derive: { initialWealth: (p) => steadyCapital("krusell-smith", p) },
  horizon: "horizon",
  world: {
    endowment: f64({ unit: "goods/household", doc: "mean wealth to begin with" }),
    ...market,
    seenCapital: f64({ doc: "ln of mean capital over initialWealth, if households know it" }),
    seenTimes: f64({ doc: "1 bad, −1 good, if households know it" }),
    seenWage: f64({ doc: "ln of the wage over that at initialWealth, if households know it" }),
    seenInterest: f64({ unit: "per period", doc: "r less that at initialWealth, if households know it" }),
  },
  populations: {
    households: population({
      size: "households",
      state: household,
      actions,
    }),
  },
  start: ({ each, world }) => ({
    begin: world({ doc: "good times, and mean wealth", writes: "scalars" }, (w, p, draw) => {
      w.times = 0;
      w.endowment = p.initialWealth * (1 + p.capitalSpread * (2 * draw.uniform("capital") - 1));
    }),
    endow: each("households", { doc: "ln wealth normal, work as in good times" }, (k, from, to, w, p, draw) => {
      endow(k, { from, to }, w.endowment, p, { work: draw.uniform("work"), wealth: draw.normal("wealth") });
    }),
  }),
  phases: ({ decide, each, total, world, variant }) => ({
    rent: total("households", { doc: "K = Σ k; who works" }, { capital: "wealth", workers: "works" }),
    produce: world({ doc: "Y, w, r, and the tax that pays benefits", writes: "scalars" }, (w, p) => {
      produce(w, p, w.households.size);
      const knowsState = p.knows === "state";
      const steady = solvers.krusellSmithPrices(p, p.initialWealth, 0);
      w.seenCapital = knowsState ? log(w.meanCapital / p.initialWealth) : 0;
      w.seenTimes = knowsState ? 2 * w.times - 1 : 0;
      w.seenWage = knowsState ? 0 : log(Math.max(1e-3, w.wage) / steady.wage);
      w.seenInterest = knowsState ? 0 : w.interest + 1 - steady.grossReturn;
    }),
    earn: each("households", { doc: "income and cash" }, (k, from, to, w, p) => {
      earn(k, { from, to }, w, p, w.households.size, p.rewards);
    }),
    choose: decide("households", { doc: "how much to consume", every: "decisions" }),
    save: variant("decisions", {
      never: each("households", { doc: "c by the solution, k′ is the rest" }, (k, from, to, w, p) => {
        const solution = solutionOf(p);
        if (isUnknown(solution))
          throw new Error(
            `krusell-smith: households have no solution to follow: ${solution.unknown} Other parameters are expected, or decisions=period.`,
          );
        follow(k, { from, to }, w, solution);
      }),
      period: each("households", { doc: "c is chosen, k′ is the rest" }, (k, from, to, w, p) => {
        obey(k, { from, to }, w, p);
      }),
    }),
    enjoy: each("households", { doc: "u(c), and what it adds to the worth of wealth" }, (k, from, to, w, p) => {
      enjoy(k, { from, to }, w, p, p.rewards);
    }),
    count: total("households", { doc: "Σ c and Σ k′" }, { consumption: "consumption", kept: "wealth" }),
    turn: world({ doc: "times stay or turn", writes: "scalars" }, (w, p, draw) => {
      w.timesNext = turned(w, p, draw.uniform("times"));
    }),
    work: each("households", { doc: "who has work next, by the joint chain" }, (k, from, to, w, p, draw) => {
      findWork(k, { from, to }, w, p, draw.uniform("work"));
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
    households: reward,
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
    goods,
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
