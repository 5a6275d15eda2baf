// Krusell and Smith's business cycles with households of two types, who discount the future or bear risk differently for ever: the patient hold nearly all capital, and wealth is as
// unequal as it is in data, which luck with work alone does not explain.
// Krusell & Smith 1998, "Income and wealth heterogeneity in the macroeconomy", Journal of Political Economy 106, 867, §IV, where discount factors change between generations; here each
// household keeps its own.
//
// Technology, prices, work and what households do are krusell-smith.ts's (parts/krusell-smith.ts), but for the unit of choices, which is
// small for who has little cash, as in the long run many of the impatient have. All forecast by one law of motion of mean capital, or decide knowing cash, work, mean
// capital and the times; who decides learns with the like.
// Left out: changing types, what households do not know of mean capital and the times (krusell-smith.ts has it), bequests.
import {
  box,
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
  type Technology,
  technology,
  turned,
} from "./parts/krusell-smith.ts";

const { gini, log } = math;
const defaults = solvers.KRUSELL_SMITH_1998;

/** Parameters of the types, in order: patient, impatient. */
interface Types {
  readonly patients: number;
  readonly impatients: number;
  readonly patientDiscount: number;
  readonly impatientDiscount: number;
  readonly patientAversion: number;
  readonly impatientAversion: number;
}
type Params = Technology & Types;

/** The model as the patient and the impatient have it. */
const patientOf = (p: Params): solvers.KrusellSmith => ({
  ...technologyOf(p),
  discountFactor: p.patientDiscount,
  riskAversion: p.patientAversion,
});
const impatientOf = (p: Params): solvers.KrusellSmith => ({
  ...technologyOf(p),
  discountFactor: p.impatientDiscount,
  riskAversion: p.impatientAversion,
});
const technologyOf = (p: Technology): Technology =>
  Object.fromEntries(
    Object.keys(defaults)
      .filter((name) => name !== "discountFactor" && name !== "riskAversion")
      .map((name) => [name, p[name as keyof Technology]]),
  ) as unknown as Technology;

/** K without shocks if all were as patient as the most patient, who own nearly all of it in the long run. */
const riskless = (p: Params): number =>
  steadyCapital("krusell-smith-types", p.patientDiscount >= p.impatientDiscount ? patientOf(p) : impatientOf(p));

const countOf = ({ patients, impatients }: Types): number => patients + impatients;

/** Of the parameters asked for last: the solver takes seconds. */
let last: { readonly key: string; readonly solution: solvers.KrusellSmithSolution | Unknown } | null = null;
function found(p: Params & { readonly theoryPeriods: number }): solvers.KrusellSmithSolution | Unknown {
  const [patient, impatient] = [patientOf(p), impatientOf(p)];
  const share = p.patients / countOf(p);
  const types = [
    { share, discountFactor: p.patientDiscount, riskAversion: p.patientAversion },
    { share: 1 - share, discountFactor: p.impatientDiscount, riskAversion: p.impatientAversion },
  ];
  const key = JSON.stringify([patient, impatient, share, p.theoryPeriods]);
  if (last?.key !== key) {
    const { refusal } = chainOf(p);
    const options = { types, periods: p.theoryPeriods, burn: burnOf(p.theoryPeriods) };
    last = { key, solution: refusal ? unknown(refusal) : solved(() => solvers.krusellSmith(patient, options)) };
  }
  return last.solution;
}

/** The solution that households follow; throws where there is none. */
export function solutionOf(p: Parameters<typeof found>[0]): solvers.KrusellSmithSolution {
  const solution = found(p);
  if (isUnknown(solution))
    throw new Error(
      `krusell-smith-types: households have no solution to follow: ${solution.unknown} Other parameters are expected, or decisions=period.`,
    );
  return solution;
}

/** Of the impatient many have little, and none at all in a spell without work. */
const actions = {
  consume: box(0.7, 1.3, {
    doc: "third root of c over half the harmonic mean of w l + r k, which who works has, and cash; c is at most 0.999 of cash and at least 0.001",
  }),
};

const size = (symbol: string) => param(1000, { symbol, unit: "agents", min: 1, max: 1e8, integer: true });
const beginsWith = (symbol: string) =>
  param(derived, {
    symbol,
    unit: "goods",
    min: 0,
    exclusive: true,
    doc: "mean over its households to begin with; default K without shocks at the larger discount factor",
  });

export const krusellSmithTypes = defineEconomy({
  name: "krusell-smith-types",
  source: "Krusell & Smith (1998), Journal of Political Economy 106, 867, with types that last",
  summary:
    "Patient and impatient households hold capital through good times and bad: the patient own nearly all of it.",
  params: {
    patients: size("N₁"),
    impatients: size("N₂"),
    patientDiscount: param(0.99, preferences.discountFactor),
    impatientDiscount: param(0.985, preferences.discountFactor),
    patientAversion: param(1, preferences.riskAversion),
    impatientAversion: param(1, preferences.riskAversion),
    ...technology,
    patientWealth: beginsWith("k₁"),
    impatientWealth: beginsWith("k₂"),
    ...beginnings,
  },
  derive: { patientWealth: riskless, impatientWealth: riskless },
  horizon: "horizon",
  world: {
    luck: f64({ initial: 1, doc: "mean wealth to begin with, over that of the parameters" }),
    ...market,
    patientCapital: f64({ unit: "goods", doc: "Σ k of the patient" }),
    impatientCapital: f64({ unit: "goods", doc: "Σ k of the impatient" }),
    patientWorkers: f64({ unit: "households", doc: "patient, with work" }),
    impatientWorkers: f64({ unit: "households", doc: "impatient, with work" }),
    patientConsumption: f64({ unit: "goods", doc: "Σ c of the patient" }),
    impatientConsumption: f64({ unit: "goods", doc: "Σ c of the impatient" }),
    patientKept: f64({ unit: "goods", doc: "Σ k′ of the patient" }),
    impatientKept: f64({ unit: "goods", doc: "Σ k′ of the impatient" }),
    seenCapital: f64({ doc: "ln of mean capital over that without shocks" }),
    seenTimes: f64({ doc: "1 bad, −1 good" }),
  },
  populations: {
    patient: population({ size: "patients", state: household, actions }),
    impatient: population({ size: "impatients", state: household, actions }),
  },
  start: ({ each, world }) => ({
    begin: world({ doc: "good times, and mean wealth", writes: "scalars" }, (w, p, draw) => {
      w.times = 0;
      w.luck = 1 + p.capitalSpread * (2 * draw.uniform("capital") - 1);
    }),
    endowPatient: each("patient", { doc: "ln wealth normal, work as in good times" }, (k, from, to, w, p, draw) => {
      endow(k, { from, to }, w.luck * p.patientWealth, p, {
        work: draw.uniform("work"),
        wealth: draw.normal("wealth"),
      });
    }),
    endowImpatient: each("impatient", { doc: "likewise" }, (k, from, to, w, p, draw) => {
      endow(k, { from, to }, w.luck * p.impatientWealth, p, {
        work: draw.uniform("work"),
        wealth: draw.normal("wealth"),
      });
    }),
  }),
  phases: ({ decide, each, total, world, variant }) => ({
    rentPatient: total("patient", { doc: "Σ k; who works" }, { patientCapital: "wealth", patientWorkers: "works" }),
    rentImpatient: total(
      "impatient",
      { doc: "Σ k; who works" },
      { impatientCapital: "wealth", impatientWorkers: "works" },
    ),
    produce: world({ doc: "Y, w, r, and the tax that pays benefits", writes: "scalars" }, (w, p) => {
      w.capital = w.patientCapital + w.impatientCapital;
      w.workers = w.patientWorkers + w.impatientWorkers;
      produce(w, p, countOf(p));
      w.seenCapital = log(w.meanCapital / riskless(p));
      w.seenTimes = 2 * w.times - 1;
    }),
    earnPatient: each("patient", { doc: "income and cash" }, (k, from, to, w, p) => {
      earn(k, { from, to }, w, patientOf(p), countOf(p), p.rewards);
    }),
    earnImpatient: each("impatient", { doc: "income and cash" }, (k, from, to, w, p) => {
      earn(k, { from, to }, w, impatientOf(p), countOf(p), p.rewards);
    }),
    choosePatient: decide("patient", { doc: "how much to consume", every: "decisions" }),
    chooseImpatient: decide("impatient", { doc: "how much to consume", every: "decisions" }),
    savePatient: variant("decisions", {
      never: each("patient", { doc: "c by the solution, k′ is the rest" }, (k, from, to, w, p) => {
        follow(k, { from, to }, w, solutionOf(p), 0);
      }),
      period: each("patient", { doc: "c is chosen, k′ is the rest" }, (k, from, to, w, p) => {
        obey(k, { from, to }, w, p, { rationed: true });
      }),
    }),
    saveImpatient: variant("decisions", {
      never: each("impatient", { doc: "c by the solution, k′ is the rest" }, (k, from, to, w, p) => {
        follow(k, { from, to }, w, solutionOf(p), 1);
      }),
      period: each("impatient", { doc: "c is chosen, k′ is the rest" }, (k, from, to, w, p) => {
        obey(k, { from, to }, w, p, { rationed: true });
      }),
    }),
    enjoyPatient: each("patient", { doc: "u(c), and what it adds to the worth of wealth" }, (k, from, to, w, p) => {
      enjoy(k, { from, to }, w, patientOf(p), p.rewards);
    }),
    enjoyImpatient: each("impatient", { doc: "likewise" }, (k, from, to, w, p) => {
      enjoy(k, { from, to }, w, impatientOf(p), p.rewards);
    }),
    countPatient: total(
      "patient",
      { doc: "Σ c and Σ k′" },
      { patientConsumption: "consumption", patientKept: "wealth" },
    ),
    countImpatient: total(
      "impatient",
      { doc: "Σ c and Σ k′" },
      { impatientConsumption: "consumption", impatientKept: "wealth" },
    ),
    turn: world({ doc: "C, K′; times stay or turn", writes: "scalars" }, (w, p, draw) => {
      w.consumption = w.patientConsumption + w.impatientConsumption;
      w.kept = w.patientKept + w.impatientKept;
      w.timesNext = turned(w, p, draw.uniform("times"));
    }),
    workPatient: each("patient", { doc: "who has work next, by the joint chain" }, (k, from, to, w, p, draw) => {
      findWork(k, { from, to }, w, p, draw.uniform("work"));
    }),
    workImpatient: each("impatient", { doc: "likewise" }, (k, from, to, w, p, draw) => {
      findWork(k, { from, to }, w, p, draw.uniform("work"));
    }),
    pass: world({ doc: "the next period's times have come", writes: "scalars" }, (w) => {
      w.times = w.timesNext;
    }),
  }),
  observe: { patient: seen(), impatient: seen() },
  reward: { patient: reward, impatient: reward },
  discountFactor: { patient: "patientDiscount", impatient: "impatientDiscount" },
  metrics: {
    capital: { unit: "goods/household", doc: "K per household", of: (w) => w.meanCapital },
    output: { unit: "goods/household", doc: "Y per household", of: (w, p) => w.output / countOf(p) },
    consumption: { unit: "goods/household", doc: "C per household", of: (w, p) => w.consumption / countOf(p) },
    interest: { unit: "per period", doc: "r", of: (w) => w.interest },
    patientWealth: {
      unit: "goods/household",
      doc: "k per patient household",
      of: (w) => w.patientKept / w.patient.size,
    },
    impatientWealth: {
      unit: "goods/household",
      doc: "k per impatient household",
      of: (w) => w.impatientKept / w.impatient.size,
    },
    wealthGini: {
      unit: "1",
      doc: "Gini coefficient of wealth, of all",
      of: (w) => gini([...w.patient.wealth, ...w.impatient.wealth]),
    },
  },
  identities: { goods },
  truth(p) {
    const solution = found(p);
    const stated = (of: (s: solvers.KrusellSmithSolution) => number) => (isUnknown(solution) ? solution : of(solution));
    return {
      meanCapital: stated((s) => s.moments.meanCapital),
      patientWealth: stated((s) => s.typeCapital[0]!),
      impatientWealth: stated((s) => s.typeCapital[1]!),
      wealthGini: stated((s) => s.wealthGini),
      interceptGood: stated((s) => s.good.intercept),
      slopeGood: stated((s) => s.good.slope),
      interceptBad: stated((s) => s.bad.intercept),
      slopeBad: stated((s) => s.bad.slope),
      r2: stated((s) => Math.min(s.good.r2, s.bad.r2)),
      corrConsumptionOutput: stated((s) => s.moments.corrConsumptionOutput),
    };
  },
  truthDocs: {
    meanCapital: "K per household, mean along the solver's path",
    patientWealth: "k per patient household, likewise",
    impatientWealth: "k per impatient household, likewise",
    wealthGini: "Gini coefficient of wealth, mean along the path",
    interceptGood: "a of ln K′ = a + b ln K in good times",
    slopeGood: "b in good times",
    interceptBad: "a in bad times",
    slopeBad: "b in bad times",
    r2: "share of the variance of ln K′ that these explain, the smaller of the two",
    corrConsumptionOutput: "correlation of C and Y",
  },
  figures: [
    { title: "Capital", metric: "capital", theory: "meanCapital", caption: "Per household." },
    {
      title: "Wealth of the patient",
      metric: "patientWealth",
      theory: "patientWealth",
      caption: "Per patient household.",
    },
    { title: "Inequality", metric: "wealthGini", theory: "wealthGini", caption: "From equal wealth to the long run." },
  ],
});

/** What a household of either type sees. */
function seen() {
  return {
    tightness: {
      column: "tightness",
      center: 0.1,
      scale: 0.1,
      doc: "earnings of who works over cash, at most 1",
    },
    works: { column: "works", center: 0.5, scale: 0.5, doc: "with work or without" },
    capital: { world: "seenCapital", scale: 0.05, doc: "ln of mean capital" },
    times: { world: "seenTimes", doc: "good or bad" },
  } as const;
}

export default krusellSmithTypes;
