// A government that taxes income and wealth by the schedule of Heathcote, Storesletten & Violante, T(x) = x − λ x^(1−ξ), λ = (1 − τ)/(1 − ξ). Its four rates
// are its own decision (`leader`) or parameters (`rule`).
import { box, derived, f64, math, mechanisms, param, part, population } from "walras";
import { FLOOR, households, untaxed } from "./households.ts";
import { rates, seen } from "./rates.ts";

const { expEach, log, logEach, pairwiseSum, pow } = math;
const { hsvScale } = mechanisms;

/** Sets the rates once per episode, or every `taxPeriod`, and is rewarded by welfare. */
export const leader = part({
  name: "leader",
  params: {
    ...households.params,
    taxPeriod: param(derived, {
      unit: "periods",
      min: 1,
      max: 1e9,
      integer: true,
      doc: "between two decisions of the government; default the horizon",
    }),
  },
  world: { ...households.world, output: f64({ unit: "goods", doc: "Y" }) },
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
    ...households.populations,
  },
  start: ({ each }) => ({
    spread: each("government", { doc: "what the government sees of it" }, (k, _from, _to, w) => {
      k.inequality[0] = variation(w.households.wealth);
    }),
  }),
  phases: ({ decide, each, total }) => ({
    legislate: decide("government", { doc: "the government sets taxes", every: "taxPeriod" }),
    enact: total(
      "government",
      { doc: "taxes are the government's" },
      {
        incomeTaxRate: "incomeTaxRate",
        incomeProgressivity: "incomeProgressivity",
        assetTaxRate: "assetTaxRate",
        assetProgressivity: "assetProgressivity",
      },
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
      ...seen("the last "),
    },
  },
  reward: { government: { column: "welfare", doc: "mean utility" } },
});

/** Rates that parameters say. */
export const rule = part({
  name: "rule",
  params: {
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
  },
  world: rates.world,
  phases: ({ world }) => ({
    enact: world({ doc: "taxes are the fixed ones", writes: "scalars" }, (w, p) => {
      w.incomeTaxRate = p.incomeTaxRate;
      w.incomeProgressivity = p.incomeProgressivity;
      w.assetTaxRate = p.assetTaxRate;
      w.assetProgressivity = p.assetProgressivity;
    }),
  }),
});

/** What taxes leave of income and wealth. */
export const schedule = part({
  name: "schedule",
  params: households.params,
  world: {
    ...households.world,
    referenceIncome: f64({ unit: "goods", doc: "where the marginal rate is τ" }),
    referenceWealth: f64({ unit: "goods", doc: "where the marginal rate is τ_a" }),
    disposable: f64({ unit: "goods", doc: "D = Σ of what the schedules leave" }),
  },
  populations: households.populations,
  phases: ({ each, total }) => ({
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
  }),
});

/** Standard deviation over mean. */
function variation(x: Float64Array): number {
  const center = mean(x);
  return Math.sqrt(mean(x.map((value) => (value - center) * (value - center)))) / center;
}

const mean = (x: Float64Array): number => pairwiseSum(x) / x.length;
