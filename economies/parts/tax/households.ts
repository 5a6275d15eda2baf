// Households of uncertain productivity choose hours, and which share to keep of all that taxes leave them.
import { box, choice, derived, f64, flag, math, param, part, population, solvers, u8 } from "walras";
import { US_NET_WORTH } from "../us-wealth.ts";
import { rates, seen } from "./rates.ts";

const { exp, expEach, log, logEach, pairwiseSum } = math;

/** Nobody eats or keeps less than this, or a quarter of all they have if that is less still. Goods. */
export const FLOOR = 1e-6;
/** Least wealth in a survey's terms: debts count as a thousandth of mean wealth. */
const POOREST = 1e-3;

export const households = part({
  name: "households",
  params: {
    households: param(100, { symbol: "N", unit: "agents", min: 1, max: 1e7, integer: true }),
    discountFactor: param(0.99, { symbol: "β", unit: "per period", min: 0.5, max: 1, exclusive: true }),
    inverseFrisch: param(2, { symbol: "ζ", min: 0, max: 20, doc: "curvature of the disutility of hours" }),
    capitalShare: param(1 / 3, { symbol: "α", min: 0.01, max: 0.99 }),
    totalFactorProductivity: param(1, { symbol: "A", min: 0, max: 1e3, exclusive: true }),
    depreciation: param(0.06, { symbol: "δ", unit: "per period", min: 0.001, max: 1 }),
    persistence: param(0.9, { symbol: "ρ", min: 0, max: 0.995, doc: "of log productivity" }),
    innovationSd: param(0.2, {
      symbol: "σ",
      min: 0,
      max: 1,
      doc: "of log productivity; 0: everybody is of productivity 1",
    }),
    superstars: flag(false, "a rare state of very high productivity, after Castañeda et al. (2003) as in TaxAI"),
    superstarEntry: param(2.2e-6, { unit: "per period", min: 0, max: 1, doc: "chance of becoming a superstar" }),
    superstarStay: param(0.99, { unit: "per period", min: 0, max: 1, doc: "chance of remaining one" }),
    superstarProductivity: param(504.3, { min: 0, max: 1e6, exclusive: true, doc: "productivity of a superstar" }),
    initialWealth: choice("equal", ["equal", "survey"], {
      doc: "everybody the same, or spread like net worth in the Survey of Consumer Finances 2022",
    }),
    initialCapital: param(derived, {
      unit: "goods/household",
      min: 0,
      exclusive: true,
      doc: "mean wealth to begin with; default that of the steady state without taxes or risk",
    }),
    savingShareMin: param(0, { min: 0, max: 0.99, doc: "least share that can be kept" }),
    hoursMin: param(0.001, {
      unit: "hours",
      min: 0.001,
      max: 0.99,
      doc: "least hours; above 0, so that something is produced",
    }),
    ...rates.params,
  },
  derive: { initialCapital: (p) => untaxed(p).capital },
  world: {
    ...rates.world,
    wealth: f64({ unit: "goods", doc: "Σ a" }),
    labour: f64({ unit: "hours", doc: "L = Σ e h" }),
    wage: f64({ unit: "goods/hour", doc: "W, of an hour of productivity 1; the last one when households decide" }),
    interest: f64({ unit: "per period", doc: "r, net" }),
    payoutShare: f64({
      initial: 1,
      doc: "s, share of it that is paid; below 1 only where the schedule gives more than there is",
    }),
    rebate: f64({ unit: "goods/household", doc: "paid to everybody alike" }),
    consumption: f64({ unit: "goods", doc: "C" }),
    utility: f64({ unit: "utils", doc: "Σ u" }),
  },
  populations: {
    households: population({
      size: "households",
      state: {
        wealth: f64({ unit: "goods", doc: "a" }),
        logWealth: f64({ unit: "log goods", doc: "ln a" }),
        superstar: u8({ doc: "1: a superstar" }),
        logProductivity: f64({ doc: "ln e" }),
        productivity: f64({ doc: "e" }),
        income: f64({ unit: "goods", doc: "W e h + r a, before taxes; the last one when households decide" }),
        logIncome: f64({ unit: "log goods", doc: "ln of income, at least of the floor" }),
        netIncome: f64({ unit: "goods", doc: "what the schedule leaves of income" }),
        disposable: f64({ unit: "goods", doc: "d, what the schedules leave of income and wealth" }),
        consumption: f64({ unit: "goods", doc: "c" }),
        utility: f64({ unit: "utils", doc: "ln c − h^(1+ζ)/(1+ζ)" }),
      },
      actions: {
        savingShare: box("savingShareMin", 1, { doc: "p, of all that one has after taxes" }),
        hours: box("hoursMin", 1, { unit: "hours", doc: "h" }),
      },
    }),
  },
  start: ({ each, total }) => ({
    endow: each(
      "households",
      {
        doc: "ln e from its stationary law; wealth equal, or row i somewhere in the i-th of N parts of the survey's distribution",
      },
      (k, from, to, _w, p, draw) => {
        const { wealth, productivity, logProductivity, hours } = k;
        const { mean, sd } = logProductivityLaw(p);
        const z = draw.normal("productivity");
        const u = p.initialWealth === "survey" ? draw.uniform("wealth") : null;
        const steady = untaxed(p).hours;
        for (let i = from; i < to; i++) {
          logProductivity[i] = mean + sd * z[i];
          productivity[i] = exp(logProductivity[i]);
          hours[i] = steady;
          wealth[i] = p.initialCapital * (u === null ? 1 : surveyWealth((i + u[i]) / k.size));
        }
      },
    ),
    count: total(
      "households",
      { doc: "Σ a and L = Σ e h" },
      { wealth: "wealth", labour: (k, i) => k.productivity[i] * k.hours[i] },
    ),
    scale: each("households", { doc: "mean wealth is initialCapital" }, (k, from, to, w, p) => {
      const scale = (p.initialCapital * k.size) / w.wealth;
      for (let i = from; i < to; i++) {
        k.wealth[i] *= scale;
        k.logWealth[i] = log(k.wealth[i]);
      }
    }),
    wealth: total("households", { doc: "Σ a" }, { wealth: "wealth" }),
    earned: each("households", { doc: "and so is the income they remember" }, (k, from, to, w) => {
      for (let i = from; i < to; i++) {
        k.income[i] = w.wage * k.productivity[i] * k.hours[i] + w.interest * k.wealth[i];
        k.logIncome[i] = log(Math.max(FLOOR, k.income[i]));
      }
    }),
  }),
  phases: ({ decide, each, total }) => ({
    choose: decide("households", { doc: "each chooses hours and the share to keep" }),
    employ: total("households", { doc: "L = Σ e h" }, { labour: (k, i) => k.productivity[i] * k.hours[i] }),
    consume: each(
      "households",
      { doc: "c = (1 − p)(s d + rebate), a′ is the rest; ln e′ = (1 − ρ) m + ρ ln e + σ ε with E[e] = 1" },
      (k, from, to, w, p, draw) => {
        const { wealth, logWealth, disposable, consumption, utility, savingShare, hours } = k;
        const { logProductivity, productivity, superstar } = k;
        const { payoutShare: s, rebate } = w;
        const { inverseFrisch: ζ, persistence: ρ, innovationSd: σ } = p;
        const { mean, sd } = logProductivityLaw(p);
        const ε = draw.normal("productivity");
        for (let i = from; i < to; i++) {
          const all = s * disposable[i] + rebate;
          const least = Math.min(FLOOR, all / 4);
          const c = Math.min(Math.max((1 - savingShare[i]) * all, least), all - least);
          consumption[i] = c;
          wealth[i] = all - c;
          logProductivity[i] = mean + ρ * (logProductivity[i] - mean) + σ * ε[i];
        }
        logEach(logWealth, wealth, from, to);
        logEach(utility, consumption, from, to);
        expEach(productivity, logProductivity, from, to);
        for (let i = from; i < to; i++) {
          const h = hours[i];
          utility[i] -= (ζ === 2 ? h * h * h : exp((1 + ζ) * log(h))) / (1 + ζ);
        }
        if (!p.superstars) return;
        const luck = draw.uniform("superstar");
        const star = log(p.superstarProductivity);
        for (let i = from; i < to; i++) {
          const was = superstar[i] === 1;
          superstar[i] = luck[i] < (was ? p.superstarStay : p.superstarEntry) ? 1 : 0;
          if (superstar[i]) logProductivity[i] = star;
          else if (was) logProductivity[i] = mean + sd * ε[i];
          else continue;
          productivity[i] = exp(logProductivity[i]);
        }
      },
    ),
    count: total(
      "households",
      { doc: "Σ a′, C and Σ u; the next K is Σ a′ − B′" },
      { wealth: "wealth", consumption: "consumption", utility: "utility" },
    ),
  }),
  observe: {
    households: {
      wage: {
        world: "wage",
        transform: "log",
        center: (p) => log(untaxed(p).wage),
        scale: 0.2,
        doc: "ln W of the last period",
      },
      wealth: { column: "logWealth", center: (p) => log(untaxed(p).capital), doc: "ln a" },
      income: {
        column: "logIncome",
        center: (p) => log(untaxed(p).wage * untaxed(p).hours),
        scale: 0.5,
        doc: "ln i of the last period",
      },
      productivity: { column: "logProductivity", scale: 0.5, doc: "ln e" },
      ...seen(""),
    },
  },
  discountFactor: { households: "discountFactor" },
  reward: { households: { column: "utility", doc: "ln c − h^(1+ζ)/(1+ζ)" } },
});

export type Technology = Omit<solvers.RepresentativeHousehold, "incomeTaxRate" | "assetTaxRate">;

/** The steady state of identical households without risk or taxes. */
export function untaxed(p: Technology): solvers.SteadyState {
  return solvers.representativeHousehold({ ...p, hoursMax: 1, incomeTaxRate: 0, assetTaxRate: 0, spendingShare: 0 });
}

/** Of ln e: E[e] = 1. */
function logProductivityLaw({ persistence: ρ, innovationSd: σ }: { persistence: number; innovationSd: number }) {
  const variance = (σ * σ) / (1 - ρ * ρ);
  return { mean: -variance / 2, sd: Math.sqrt(variance) };
}

/** What equal parts of the households own to begin with, in goods: for solvers of the game from its start. */
export function wealthToBegin(p: {
  readonly initialWealth: string;
  readonly initialCapital: number;
}): readonly number[] {
  if (p.initialWealth !== "survey") return [p.initialCapital];
  const bins = US_NET_WORTH.map((x) => Math.max(POOREST, x));
  const scale = (p.initialCapital * bins.length) / pairwiseSum(Float64Array.from(bins));
  return bins.map((x) => x * scale);
}

/** Wealth over its mean at quantile u of the survey. */
function surveyWealth(u: number): number {
  return Math.max(POOREST, US_NET_WORTH[Math.min(US_NET_WORTH.length - 1, Math.floor(u * US_NET_WORTH.length))]);
}
