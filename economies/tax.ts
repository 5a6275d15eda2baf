// Taxes in an economy of households who save and work: what a government can do for them, and what it costs.
// Mi et al. 2023, "TaxAI" (https://arxiv.org/abs/2309.16307), the environment of ADAGE §4.1, after Bewley, Huggett and Aiyagari.
//
// N households of uncertain productivity choose hours and how much of what they have to keep; a firm rents their capital and labour at
// marginal products; the government taxes income and wealth by the HSV schedule, T(x) = x − λ x^(1−ξ), λ = (1 − τ)/(1 − ξ).
// The sources leave out who pays for transfers. Here taxes come back in equal parts and the schedule never pays out more than there is, or
// the government borrows within what households keep; the sources' economy, in which transfers come from nowhere, is `unfunded`.
// Left out: consumption tax, several banks, money, death, and all trade but in goods, capital and labour.
import {
  box,
  choice,
  defineEconomy,
  derived,
  f64,
  flag,
  math,
  mechanisms,
  param,
  population,
  solvers,
  type Unknown,
  u8,
  unknown,
} from "walras";
import { US_NET_WORTH } from "./parts/us-wealth.ts";

const { exp, expEach, gini, log, logEach, pairwiseSum, pow } = math;
const { hsvScale } = mechanisms;

/** Nobody eats or keeps less than this, or a quarter of all they have if that is less still. Goods. */
const FLOOR = 1e-6;
/** Least wealth in a survey's terms: debts count as a thousandth of mean wealth. */
const POOREST = 1e-3;

export const tax = defineEconomy({
  name: "tax",
  source: "Mi et al. (2023), arXiv:2309.16307; ADAGE §4.1; Heathcote, Storesletten & Violante (2017), QJE 132, 1693",
  summary:
    "Households of uncertain productivity save and work; a government taxes income and wealth, and has to pay for what it gives.",
  params: {
    households: param(100, { symbol: "N", unit: "agents", min: 1, max: 1e7, integer: true }),
    horizon: param(300, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
    discountFactor: param(0.99, { symbol: "β", unit: "per period", min: 0.5, max: 1, exclusive: true }),
    inverseFrisch: param(2, { symbol: "ζ", min: 0, max: 20, doc: "curvature of the disutility of hours" }),
    capitalShare: param(1 / 3, { symbol: "α", min: 0.01, max: 0.99 }),
    totalFactorProductivity: param(1, { symbol: "A", min: 0, max: 1e3, exclusive: true }),
    depreciation: param(0.06, { symbol: "δ", unit: "per period", min: 0.001, max: 1 }),
    interest: choice("market", ["market", "fixed"], {
      doc: "market: capital's marginal product less δ; fixed: interestRate whatever capital earns, as in TaxAI",
    }),
    interestRate: param(0.04, { symbol: "r", unit: "per period", min: 0, max: 0.5, doc: "under fixed interest" }),
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
    budget: choice("rebate", ["rebate", "debt", "unfunded"], {
      doc: "taxes come back in equal parts; or the government may borrow; or transfers come from nowhere and taxes go there",
    }),
    debtLimit: param(0.5, {
      symbol: "φ",
      min: 0,
      max: 0.95,
      doc: "debt: largest share of what households keep that is lent to the government",
    }),
    spendingShare: param(0, { symbol: "g", min: 0, max: 0.5, doc: "share of output that the government consumes" }),
    taxes: choice("government", ["government", "fixed"], {
      doc: "set by the government; or as the next four say",
    }),
    incomeTaxRate: param(0, { symbol: "τ", min: 0, max: 0.95, doc: "under fixed taxes: marginal rate at mean income" }),
    incomeProgressivity: param(0, { symbol: "ξ", min: 0, max: 0.95, doc: "under fixed taxes" }),
    assetTaxRate: param(0, {
      symbol: "τ_a",
      unit: "per period",
      min: 0,
      max: 0.95,
      doc: "under fixed taxes: marginal rate at mean wealth",
    }),
    assetProgressivity: param(0, { symbol: "ξ_a", min: 0, max: 0.95, doc: "under fixed taxes" }),
    incomeTaxRateMax: param(0.95, { min: 1e-6, max: 0.95, doc: "largest τ" }),
    incomeProgressivityMax: param(0.95, { min: 1e-6, max: 0.95, doc: "largest ξ" }),
    assetTaxRateMax: param(0.95, { min: 1e-6, max: 0.95, doc: "largest τ_a" }),
    assetProgressivityMax: param(0.95, { min: 1e-6, max: 0.95, doc: "largest ξ_a" }),
    savingShareMin: param(0, { min: 0, max: 0.99, doc: "least share that can be kept" }),
    hoursMin: param(0.001, {
      unit: "hours",
      min: 0.001,
      max: 0.99,
      doc: "least hours; above 0, so that something is produced",
    }),
    taxPeriod: param(derived, {
      unit: "periods",
      min: 1,
      max: 1e9,
      integer: true,
      doc: "between two decisions of the government; default the horizon",
    }),
  },
  derive: {
    initialCapital: (p) => untaxed(p).capital,
    taxPeriod: (p) => p.horizon,
  },
  horizon: "horizon",
  world: {
    incomeTaxRate: f64({ doc: "τ, marginal at reference income" }),
    incomeProgressivity: f64({ doc: "ξ" }),
    assetTaxRate: f64({ unit: "per period", doc: "τ_a, marginal at reference wealth" }),
    assetProgressivity: f64({ doc: "ξ_a" }),
    capital: f64({ unit: "goods", doc: "K, of this period's production; Σ a − B" }),
    debt: f64({ unit: "goods", doc: "B, of the government" }),
    debtBefore: f64({ unit: "goods", doc: "B when the period began" }),
    wealth: f64({ unit: "goods", doc: "Σ a" }),
    labour: f64({ unit: "hours", doc: "L = Σ e h" }),
    output: f64({ unit: "goods", doc: "Y" }),
    wage: f64({ unit: "goods/hour", doc: "W, of an hour of productivity 1; the last one when households decide" }),
    interest: f64({ unit: "per period", doc: "r, net" }),
    referenceIncome: f64({ unit: "goods", doc: "where the marginal rate is τ" }),
    referenceWealth: f64({ unit: "goods", doc: "where the marginal rate is τ_a" }),
    disposable: f64({ unit: "goods", doc: "D = Σ of what the schedules leave" }),
    payoutShare: f64({
      initial: 1,
      doc: "s, share of it that is paid; below 1 only where the schedule gives more than there is",
    }),
    rebate: f64({ unit: "goods/household", doc: "paid to everybody alike" }),
    revenue: f64({ unit: "goods", doc: "Σ T, net of what the schedules pay, before rebates" }),
    spending: f64({ unit: "goods", doc: "G = g Y" }),
    deficit: f64({ unit: "goods", doc: "G + r B − Σ T + rebates" }),
    outside: f64({ unit: "goods", doc: "from nowhere: 0 unless the budget is unfunded or interest fixed" }),
    consumption: f64({ unit: "goods", doc: "C" }),
    utility: f64({ unit: "utils", doc: "Σ u" }),
  },
  populations: {
    government: population({
      size: 1,
      doc: "sets taxes once per episode, or every taxPeriod",
      state: {
        welfare: f64({ unit: "utils", doc: "mean utility of households in this period" }),
        inequality: f64({ doc: "coefficient of variation of wealth, of when it decides" }),
      },
      actions: {
        incomeTaxRate: box(0, "incomeTaxRateMax", { doc: "τ" }),
        incomeProgressivity: box(0, "incomeProgressivityMax", { doc: "ξ" }),
        assetTaxRate: box(0, "assetTaxRateMax", { doc: "τ_a" }),
        assetProgressivity: box(0, "assetProgressivityMax", { doc: "ξ_a" }),
      },
    }),
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
  start: ({ each, total, whole }) => ({
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
    spread: each("government", { doc: "what the government sees of it" }, (k, _from, _to, w) => {
      k.inequality[0] = variation(w.households.wealth);
    }),
    past: whole({ doc: "the prices that households remember are those of steady-state hours" }, (w, p) => {
      w.capital = w.wealth;
      pricesOf(w, p);
      w.consumption = w.output - p.depreciation * w.capital; // as if the past had been steady
    }),
    earned: each("households", { doc: "and so is the income they remember" }, (k, from, to, w) => {
      for (let i = from; i < to; i++) {
        k.income[i] = w.wage * k.productivity[i] * k.hours[i] + w.interest * k.wealth[i];
        k.logIncome[i] = log(Math.max(FLOOR, k.income[i]));
      }
    }),
  }),
  phases: ({ decide, each, total, whole }) => ({
    legislate: decide("government", { doc: "the government sets taxes", every: "taxPeriod" }),
    enact: total(
      "government",
      { doc: "taxes are the government's, or the fixed ones" },
      {
        incomeTaxRate: (k, i, _w, p) => (p.taxes === "fixed" ? p.incomeTaxRate : k.incomeTaxRate[i]),
        incomeProgressivity: (k, i, _w, p) => (p.taxes === "fixed" ? p.incomeProgressivity : k.incomeProgressivity[i]),
        assetTaxRate: (k, i, _w, p) => (p.taxes === "fixed" ? p.assetTaxRate : k.assetTaxRate[i]),
        assetProgressivity: (k, i, _w, p) => (p.taxes === "fixed" ? p.assetProgressivity : k.assetProgressivity[i]),
      },
    ),

    choose: decide("households", { doc: "each chooses hours and the share to keep" }),

    employ: total("households", { doc: "L = Σ e h" }, { labour: (k, i) => k.productivity[i] * k.hours[i] }),
    produce: whole(
      {
        doc: "Y = A K^α L^(1−α); W and r are marginal products; references are mean income (of labour alone if r < 0) and mean wealth, or those before taxes where unfunded",
      },
      (w, p) => {
        w.capital = w.wealth - w.debt;
        w.debtBefore = w.debt;
        pricesOf(w, p);
      },
    ),

    // λ x^(1−ξ) = λ e^((1−ξ) ln x), since the logarithms are observed anyway. A loss is taken off wealth before that is taxed.
    assess: each(
      "households",
      { doc: "i = W e h + r a; netIncome = i⁺ − T(i⁺); d = netIncome + z − T_a(z) with z = a + min(i, 0)" },
      (k, from, to, w) => {
        const { wealth, logWealth, productivity, hours, income, logIncome, netIncome, disposable } = k;
        const { wage: W, interest: r, incomeProgressivity: ξ, assetProgressivity: ξa } = w;
        const λ = hsvScale(w.incomeTaxRate, ξ) * pow(w.referenceIncome, ξ);
        const λa = hsvScale(w.assetTaxRate, ξa) * pow(w.referenceWealth, ξa);
        for (let i = from; i < to; i++) {
          income[i] = W * productivity[i] * hours[i] + r * wealth[i];
          logIncome[i] = Math.max(FLOOR, income[i]);
        }
        logEach(logIncome, logIncome, from, to);
        for (let i = from; i < to; i++) {
          const loss = Math.min(0, income[i]);
          netIncome[i] = (1 - ξ) * logIncome[i];
          disposable[i] = (1 - ξa) * (loss < 0 ? log(wealth[i] + loss) : logWealth[i]);
        }
        expEach(netIncome, netIncome, from, to);
        expEach(disposable, disposable, from, to);
        for (let i = from; i < to; i++) {
          netIncome[i] = income[i] > 0 ? λ * netIncome[i] : 0;
          disposable[i] = netIncome[i] + λa * disposable[i];
        }
      },
    ),
    levy: total("households", { doc: "D = Σ d" }, { disposable: "disposable" }),

    // With R = Σ (i + a):  B′ = (1 + r) B + G − (R − s D), and B′ ≤ φ s P, what the government may borrow of what households keep.
    settle: whole(
      {
        doc: "s is the largest share of d, at most 1, at which debt stays within φ of what is kept (φ = 0: no debt); a surplus beyond the debt is rebated",
      },
      (w, p) => {
        const N = w.households.size;
        const owed = (1 + w.interest) * w.debt;
        const resources = w.wage * w.labour + (1 + w.interest) * w.wealth;
        const lent = p.budget === "debt" ? p.debtLimit * planned(w.households) : 0;
        w.spending = p.spendingShare * w.output;
        w.outside = w.wage * w.labour + (w.interest + p.depreciation) * w.capital - w.output;
        if (p.budget === "unfunded") {
          w.revenue = resources - w.disposable;
          w.deficit = w.spending - w.revenue;
          w.outside += w.deficit;
          return;
        }
        w.payoutShare = Math.min(1, (resources - w.spending - owed) / (w.disposable - lent));
        w.revenue = resources - w.payoutShare * w.disposable;
        const needed = owed + w.spending - w.revenue;
        w.rebate = Math.max(0, -needed) / N;
        w.debt = p.budget === "debt" ? Math.max(0, needed) : 0;
        w.deficit = w.debt - w.debtBefore;
      },
    ),

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
    close: each(
      "government",
      { doc: "the government's reward, and what it will see if it decides next" },
      (k, _from, _to, w, p) => {
        k.welfare[0] = w.utility / w.households.size;
        if ((w.period + 1) % p.taxPeriod === 0) k.inequality[0] = variation(w.households.wealth);
      },
    ),
  }),
  observe: {
    government: {
      wealth: {
        world: "wealth",
        transform: "log",
        center: (p) => log(p.households * p.initialCapital),
        doc: "ln of mean wealth over initialCapital",
      },
      output: {
        world: "output",
        transform: "log",
        center: (p) => log(p.households * untaxed(p).output),
        doc: "ln of mean income, gross of depreciation, over the untaxed steady state's",
      },
      labour: {
        world: "labour",
        transform: "log",
        center: (p) => log(p.households * untaxed(p).hours),
        doc: "ln of mean effective hours over the untaxed steady state's",
      },
      inequality: { column: "inequality", doc: "coefficient of variation of wealth" },
      incomeTaxRate: { world: "incomeTaxRate", ...half("incomeTaxRateMax"), doc: "the last τ, −1 to 1" },
      incomeProgressivity: {
        world: "incomeProgressivity",
        ...half("incomeProgressivityMax"),
        doc: "the last ξ, −1 to 1",
      },
      assetTaxRate: { world: "assetTaxRate", ...half("assetTaxRateMax"), doc: "the last τ_a, −1 to 1" },
      assetProgressivity: {
        world: "assetProgressivity",
        ...half("assetProgressivityMax"),
        doc: "the last ξ_a, −1 to 1",
      },
    },
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
      incomeTaxRate: { world: "incomeTaxRate", ...half("incomeTaxRateMax"), doc: "τ, −1 to 1" },
      incomeProgressivity: {
        world: "incomeProgressivity",
        ...half("incomeProgressivityMax"),
        doc: "ξ, −1 to 1",
      },
      assetTaxRate: { world: "assetTaxRate", ...half("assetTaxRateMax"), doc: "τ_a, −1 to 1" },
      assetProgressivity: { world: "assetProgressivity", ...half("assetProgressivityMax"), doc: "ξ_a, −1 to 1" },
    },
  },
  discountFactor: { households: "discountFactor" },
  reward: {
    government: { column: "welfare", doc: "mean utility" },
    households: { column: "utility", doc: "ln c − h^(1+ζ)/(1+ζ)" },
  },
  metrics: {
    welfare: { unit: "utils", doc: "mean utility per period", of: (w) => w.utility / w.households.size },
    consumption: { unit: "goods/household", doc: "mean", of: (w) => w.consumption / w.households.size },
    hours: { unit: "hours", doc: "mean", of: ({ households }) => mean(households.hours) },
    savingShare: { unit: "1", doc: "mean share kept", of: ({ households }) => mean(households.savingShare) },
    wage: { unit: "goods/hour", doc: "W", of: (w) => w.wage },
    interest: { unit: "per period", doc: "r", of: (w) => w.interest },
    capital: { unit: "goods/household", doc: "mean capital used", of: (w) => w.capital / w.households.size },
    output: { unit: "goods/household", doc: "mean", of: (w) => w.output / w.households.size },
    wealthGini: { unit: "1", doc: "of wealth", of: ({ households }) => gini(households.wealth) },
    incomeGini: {
      unit: "1",
      doc: "of income before taxes, losses counting as none",
      of: ({ households }) => gini(households.income.map((x) => Math.max(0, x))),
    },
    consumptionGini: { unit: "1", doc: "of consumption", of: ({ households }) => gini(households.consumption) },
    revenue: { unit: "1", doc: "Σ T over output, net of what the schedules pay", of: (w) => w.revenue / w.output },
    deficit: { unit: "1", doc: "deficit over output", of: (w) => w.deficit / w.output },
    debt: { unit: "1", doc: "debt over output", of: (w) => w.debt / w.output },
    incomeTaxRate: { unit: "1", doc: "τ", of: (w) => w.incomeTaxRate },
    incomeProgressivity: { unit: "1", doc: "ξ", of: (w) => w.incomeProgressivity },
    assetTaxRate: { unit: "1", doc: "τ_a", of: (w) => w.assetTaxRate },
    assetProgressivity: { unit: "1", doc: "ξ_a", of: (w) => w.assetProgressivity },
  },
  identities: {
    goods: {
      doc: "C + K′ − (1 − δ)K + G = Y + what comes from nowhere, relative to all there is",
      after: "period",
      of: (w, p) => {
        const used = w.consumption + (w.wealth - w.debt) + w.spending;
        return (used - (w.output + w.outside + (1 - p.depreciation) * w.capital)) / used;
      },
    },
    government: {
      doc: "deficit = G + r B − Σ T + rebates, which is B′ − B and 0 where taxes come back, and comes from nowhere where unfunded; relative to output",
      after: "period",
      of: (w, p) => {
        const paid = w.spending + w.interest * w.debtBefore - w.revenue + w.rebate * w.households.size;
        const financed = p.budget === "unfunded" ? w.deficit : w.debt - w.debtBefore;
        return (Math.abs(paid - w.deficit) + Math.abs(paid - financed)) / (w.output + Math.abs(paid));
      },
    },
    balanceSheets: {
      doc: "what households own is what is lent to firms and to the government, neither of them negative; relative to wealth",
      after: "period",
      of: (w) => {
        const owned = pairwiseSum(w.households.wealth);
        return (Math.abs(owned - w.wealth) + Math.max(0, w.debt - owned) + Math.max(0, -w.debt)) / owned;
      },
    },
  },
  truth(p) {
    const steady = solvers.representativeHousehold({ ...p, hoursMax: 1 });
    const reason = withoutSteadyState(p, steady);
    const stated = (value: number): number | Unknown => (reason === null ? value : unknown(reason));
    return {
      interest: stated(steady.interest),
      wage: stated(steady.wage),
      hours: stated(steady.hours),
      capital: stated(steady.capital),
      output: stated(steady.output),
      consumption: stated(steady.consumption),
      savingShare: stated(steady.savingShare),
      utility: stated(steady.utility),
    };
  },
  truthDocs: {
    interest:
      "r of identical households without risk in their steady state; tax rates and spending as set, no progressivity, market interest, rebate",
    wage: "W there",
    hours: "h there, at most 1 and at least hoursMin",
    capital: "K there, per household",
    output: "Y there, per household",
    consumption: "c there",
    savingShare: "p there: K/(K + C)",
    utility: "u there, per period",
  },
  figures: [
    {
      title: "Hours worked",
      population: "households",
      column: "hours",
      statistic: "mean",
      theory: "hours",
      theoryLabel: "h* without risk, at the rates set",
      caption: "ADAGE, figure 4a. A government that chooses rates of its own is not in the theory.",
    },
    {
      title: "Saving share",
      population: "households",
      column: "savingShare",
      statistic: "mean",
      theory: "savingShare",
      theoryLabel: "p* without risk, at the rates set",
      caption: "ADAGE, figure 4b. A government that chooses rates of its own is not in the theory.",
    },
    {
      title: "Utility",
      population: "households",
      column: "utility",
      statistic: "mean",
      theory: "utility",
      theoryLabel: "u* without risk, at the rates set",
      caption:
        "ADAGE, figure 3, per household and period. A government that chooses rates of its own is not in the theory.",
    },
  ],
});

export default tax;

interface Fiscal {
  readonly interest: string;
  readonly budget: string;
  readonly taxes: string;
  readonly incomeTaxRate: number;
  readonly assetTaxRate: number;
  readonly incomeProgressivity: number;
  readonly assetProgressivity: number;
  readonly spendingShare: number;
  readonly savingShareMin: number;
}

/** Why identical households have no steady state of the kind that is solved for; null: they have. */
function withoutSteadyState(p: Fiscal, s: solvers.SteadyState): string | null {
  const { incomeTaxRate: τ, assetTaxRate: τa, spendingShare: g } = p;
  if (!Object.values(s).every(Number.isFinite) || !(s.consumption > 0 && s.capital > 1e-290))
    return `the government takes ${g} of output, and depreciation what is left or more`;
  if (p.interest === "fixed") return "interest is fixed, whatever capital earns";
  if (p.taxes === "fixed" && p.incomeProgressivity + p.assetProgressivity > 0)
    return "taxes are progressive, and what they raise at a rate is not what they do to incentives";
  if (p.budget === "unfunded" && τ + τa + g > 0) return "taxes do not come back";
  const raised = τ * (s.wage * s.hours + s.interest * s.capital) + τa * s.capital;
  if (raised < g * s.output * (1 - 1e-12))
    return `taxes raise ${raised.toPrecision(3)} of the ${(g * s.output).toPrecision(3)} that the government spends, and the rest is cut from everything that households have`;
  if (s.savingShare < p.savingShareMin)
    return `households would keep ${s.savingShare.toPrecision(3)} of what they have, and have to keep ${p.savingShareMin}`;
  return null;
}

type Technology = Omit<solvers.RepresentativeHousehold, "incomeTaxRate" | "assetTaxRate">;

function untaxed(p: Technology): solvers.SteadyState {
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

interface Market {
  readonly capital: number;
  readonly labour: number;
  readonly wealth: number;
  readonly households: { readonly size: number };
  output: number;
  wage: number;
  interest: number;
  referenceIncome: number;
  referenceWealth: number;
}
interface Rules extends Technology {
  readonly interest: string;
  readonly interestRate: number;
  readonly budget: string;
  readonly initialCapital: number;
}

// Y = A K^α L^(1−α),  W = (1 − α) Y/L,  r = α Y/K − δ
function pricesOf(w: Market, p: Rules): void {
  const { capitalShare: α, totalFactorProductivity: A, depreciation: δ } = p;
  const N = w.households.size;
  w.output = A * w.labour * pow(w.capital / w.labour, α);
  w.wage = ((1 - α) * w.output) / w.labour;
  w.interest = p.interest === "fixed" ? p.interestRate : (α * w.output) / w.capital - δ;
  if (p.budget === "unfunded") {
    const before = untaxed(p);
    w.referenceIncome = before.wage * before.hours + before.interest * p.initialCapital;
    w.referenceWealth = p.initialCapital;
  } else {
    w.referenceIncome = (w.wage * w.labour + Math.max(0, w.interest) * w.wealth) / N;
    w.referenceWealth = w.wealth / N;
  }
}

/** Observes a tax as −1 at 0 and 1 at its largest. */
function half<K extends string>(largest: K) {
  const of = (p: Readonly<Record<K, number>>): number => p[largest] / 2;
  return { center: of, scale: of };
}

/** P = Σ p d */
function planned(k: { readonly savingShare: Float64Array; readonly disposable: Float64Array }): number {
  return pairwiseSum(k.savingShare.map((p, i) => p * k.disposable[i]));
}

function variation(x: Float64Array): number {
  const center = mean(x);
  return Math.sqrt(mean(x.map((value) => (value - center) * (value - center)))) / center;
}

function mean(x: Float64Array): number {
  return pairwiseSum(x) / x.length;
}
