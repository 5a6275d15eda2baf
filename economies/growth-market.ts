// Stochastic growth as a market: households own capital and supply an hour each, firms rent both, and prices clear every period.
// Brock & Mirman 1972; the recursive competitive equilibrium is Prescott & Mehra 1980, Econometrica 48, 1365; as a task for learners Covarrubias 2021, MarketsAI §2.2.
//
//   max E Σ βᵗ (c^(1−γ) − 1)/(1 − γ),   c + k′ = w + (R + 1 − δ) k,   R = α z K^(α−1),  w = (1 − α) z K^α,  K the mean of k
//
// Nobody is told how prices will move: households see their own capital, the wage and the rent, and expect what they have learned to expect.
// Left out: labour that is chosen, idiosyncratic risk (aiyagari.ts), firms that decide.
import { box, defineEconomy, derived, f64, isUnknown, math, param, parts, population, solvers } from "walras";
import { crraGain, growthParams } from "./parts/growth.ts";
import { type PlannerAnswer, placeOf, plannerAnswer, shockChain } from "./theory/growth.ts";
import { marketPrices, wealthPersistence } from "./theory/growth-market.ts";

const { exp, log } = math;

/** Of income, that is always kept, and that is always eaten. */
const LEAST = 1e-3;

export const growthMarket = defineEconomy({
  name: "growth-market",
  source: "Prescott & Mehra (1980), Econometrica 48, 1365; Covarrubias (2021), MarketsAI §2.2",
  summary: "Households own capital, firms rent it, and what markets do is what a planner would.",
  params: {
    households: param(10, { symbol: "N", unit: "agents", min: 1, max: 1e8, integer: true }),
    ...growthParams,
    savingMax: param(1, { min: 0.01, max: 1, doc: "largest saving rate of gross income" }),
    capital: param(derived, {
      symbol: "K",
      unit: "goods/household",
      min: 0,
      exclusive: true,
      doc: "where worlds start and `solve` reports; default the steady state",
    }),
    initialSpread: param(0.5, { min: 0, max: 3, doc: "ln K starts uniform within ± this" }),
    inequality: param(0.2, { min: 0, max: 3, doc: "ln k of a household starts uniform within ± this of ln K" }),
    horizon: param(200, {
      symbol: "T",
      unit: "periods",
      min: 1,
      max: 1e9,
      integer: true,
      doc: "then truncated, not terminated",
    }),
  },
  derive: { capital: (p) => solvers.growthSteadyState(p).capital },
  horizon: "horizon",
  world: {
    shock: f64({ doc: "state of productivity, 0 the first" }),
    productivity: f64({ unit: "1", doc: "z" }),
    capital: f64({ unit: "goods", doc: "Σ k" }),
    labour: f64({ unit: "hours", initial: 1, doc: "N" }),
    output: f64({ unit: "goods", doc: "Y, of the period to come once this one has ended" }),
    wage: f64({ unit: "goods/hour", doc: "w" }),
    interest: f64({ unit: "per period", doc: "R − δ" }),
    produced: f64({ unit: "goods", doc: "Y, of the period that ends" }),
    sales: f64({ unit: "goods", doc: "Σ c" }),
    investment: f64({ unit: "goods", doc: "Σ (k′ − (1 − δ) k)" }),
  },
  populations: {
    households: population({
      size: "households",
      state: {
        wealth: f64({ unit: "goods", doc: "k, rented to firms" }),
        income: f64({ unit: "goods", doc: "w + R k" }),
        consumption: f64({ unit: "goods", doc: "c" }),
        investment: f64({ unit: "goods", doc: "k′ − (1 − δ) k" }),
        utility: f64({ unit: "utils", doc: "u(c)" }),
        gain: f64({
          doc: "(u(c) − u(c*))/(u′(c*) c*): utility against the steady state's, in units of its consumption",
        }),
      },
      actions: { saving: box(0, "savingMax", { doc: "gross investment as a share of gross income" }) },
    }),
  },
  start: ({ each, total, world }) => ({
    nature: world({ doc: "z from its stationary law; ln K around that of the start" }, (w, p, draw) => {
      const { productivity, stationary } = shockChain(p);
      w.shock = placeOf(draw.uniform("productivity"), stationary);
      w.productivity = productivity[w.shock];
      w.labour = p.households;
      w.capital = p.capital * exp(p.initialSpread * (2 * draw.uniform("capital") - 1));
    }),
    endow: each("households", { doc: "ln k around ln K" }, ({ wealth }, from, to, w, p, draw) => {
      const u = draw.uniform("wealth");
      for (let i = from; i < to; i++) wealth[i] = w.capital * exp(p.inequality * (2 * u[i] - 1));
    }),
    rent: total("households", { doc: "K = Σ k" }, { capital: "wealth" }),
    produce: world({ doc: "Y = z K^α N^(1−α); w and R are marginal products" }, (w, p) =>
      parts.produce(w, { ...p, totalFactorProductivity: w.productivity }),
    ),
  }),
  phases: ({ decide, each, total, world }) => ({
    choose: decide("households", {
      doc: "a share of gross income to invest, knowing its capital and this period's prices",
    }),
    save: each("households", { doc: "k′ = (1 − δ) k + s (w + R k), c the rest" }, (k, from, to, w, p) => {
      const { wealth, income, consumption, investment, saving } = k;
      const γ = p.riskAversion;
      const gain = crraGain(p);
      for (let i = from; i < to; i++) {
        income[i] = w.wage + (w.interest + p.depreciation) * wealth[i];
        investment[i] = income[i] * Math.min(1 - LEAST, Math.max(LEAST, saving[i]));
        consumption[i] = income[i] - investment[i];
        wealth[i] = (1 - p.depreciation) * wealth[i] + investment[i];
        k.utility[i] = solvers.crra(consumption[i], γ);
        k.gain[i] = gain(k.utility[i]);
      }
    }),
    sell: total(
      "households",
      { doc: "goods to whoever eats or invests; K′ = Σ k′ is rented for the next period" },
      { sales: "consumption", investment: "investment", capital: "wealth" },
    ),
    change: world({ doc: "z, by its chain" }, (w, p, draw) => {
      const { productivity, transition } = shockChain(p);
      w.shock = placeOf(draw.uniform("productivity"), transition[w.shock]);
      w.productivity = productivity[w.shock];
    }),
    produce: world({ doc: "the next period's Y = z K^α N^(1−α); w and R are marginal products" }, (w, p) => {
      w.produced = w.output;
      parts.produce(w, { ...p, totalFactorProductivity: w.productivity });
    }),
  }),
  observe: {
    households: {
      wealth: { column: "wealth", transform: "log", center: (p) => log(p.capital), scale: 0.5, doc: "ln k" },
      wage: {
        world: "wage",
        transform: "log",
        center: (p) => log(marketPrices(p.capitalShare, p.capital, 1).wage),
        scale: 0.2,
        doc: "ln w, around that of the start at z = 1",
      },
      interest: {
        world: "interest",
        center: (p) => marketPrices(p.capitalShare, p.capital, 1).rentalRate - p.depreciation,
        scale: (p) => marketPrices(p.capitalShare, p.capital, 1).rentalRate / 3,
        doc: "R − δ, around that of the start at z = 1",
      },
    },
  },
  discountFactor: { households: "discountFactor" },
  reward: { households: { column: "gain", doc: "u(c), shifted and scaled" } },
  metrics: {
    capital: {
      unit: "goods/household",
      doc: "K′ per household at the end of the period",
      of: (w) => w.capital / w.labour,
    },
    output: { unit: "goods/household", doc: "Y per household", of: (w) => w.produced / w.labour },
    consumption: { unit: "goods/household", doc: "C per household", of: (w) => w.sales / w.labour },
    savingRate: { unit: "1", doc: "gross investment over output", of: (w) => w.investment / w.produced },
    rentalRate: { unit: "per period", doc: "R of the period to come", of: (w, p) => w.interest + p.depreciation },
    wage: { unit: "goods/hour", doc: "w of the period to come", of: (w) => w.wage },
    wealthGini: { unit: "1", doc: "Gini coefficient of wealth", of: ({ households }) => math.gini(households.wealth) },
    utility: { unit: "utils", doc: "u(c), mean of households", of: ({ households }) => math.mean(households.utility) },
  },
  identities: {
    goods: {
      doc: "C + I = Y, relative",
      after: "period",
      tolerance: 1e-10,
      of: (w) => (w.sales + w.investment - w.produced) / w.produced,
    },
    rents: {
      doc: "R K + w N = Y, relative: what production brings is paid to capital and labour",
      after: "period",
      tolerance: 1e-10,
      of: (w, p) => ((w.interest + p.depreciation) * w.capital + w.wage * w.labour - w.output) / w.output,
    },
  },
  truth(p) {
    const steady = solvers.growthSteadyState(p);
    const { rentalRate, wage } = marketPrices(p.capitalShare, steady.capital, 1);
    const answer = plannerAnswer({ ...p, action: "saving-rate" });
    const of = (name: keyof PlannerAnswer) => (isUnknown(answer) ? answer : answer[name]);
    return {
      steadyStateCapital: steady.capital,
      steadyStateConsumption: steady.consumption,
      rentalRate,
      wage,
      nextCapitalLow: of("nextCapitalLow"),
      nextCapitalHigh: of("nextCapitalHigh"),
      value: of("value"),
      log10EulerError: of("log10EulerError"),
      wealthPersistence: wealthPersistence(p, 1 / p.households),
    };
  },
  truthDocs: {
    steadyStateCapital: "K per household at which z = 1 for ever would keep it",
    steadyStateConsumption: "c there",
    rentalRate: "R there, 1/β − 1 + δ",
    wage: "w there",
    nextCapitalLow:
      "K′ of the competitive equilibrium at `capital` where productivity is lowest, which is the planner's",
    nextCapitalHigh: "K′ at `capital` where productivity is highest",
    value: "discounted utility from `capital` on, mean over the stationary law of productivity",
    log10EulerError: "log₁₀ of the solution's largest relative Euler error",
    wealthPersistence:
      "share of a small difference in wealth that is left after a period, among N households who know their effect on prices; price takers keep all of it",
  },
  figures: [
    {
      title: "Capital",
      metric: "capital",
      theory: "steadyStateCapital",
      theoryLabel: "steady state",
      caption:
        "Per household; the steady state is that without shocks. Means over few periods depend on capital and productivity at their start.",
    },
    {
      title: "Rent",
      metric: "rentalRate",
      theory: "rentalRate",
      theoryLabel: "steady state",
      caption: "R, what a unit of capital earns before depreciation.",
    },
  ],
});

export default growthMarket;
