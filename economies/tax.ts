// Taxes in an economy of households who save and work: what a government can do for them, and what it costs.
// Mi et al. 2023, "TaxAI" (https://arxiv.org/abs/2309.16307), the environment of ADAGE §4.1, after Bewley, Huggett and Aiyagari.
//
// N households of uncertain productivity choose hours and how much of what they have to keep; a firm rents their capital and labour at
// marginal products; the government taxes income and wealth by the HSV schedule, T(x) = x − λ x^(1−ξ), λ = (1 − τ)/(1 − ξ).
// The sources leave out who pays for transfers. Here taxes come back in equal parts and the schedule never pays out more than there is, or
// the government borrows within what households keep; the sources' economy, in which transfers come from nowhere, is `unfunded`.
// Left out: consumption tax, several banks, money, death, and all trade but in goods, capital and labour.
import { choice, compose, math, param, solvers, type Unknown, unknown } from "walras";
import { debt, rebate, treasury, unfunded } from "./parts/tax/budgets.ts";
import { firm } from "./parts/tax/firm.ts";
import { leader, rule, schedule } from "./parts/tax/government.ts";
import { households } from "./parts/tax/households.ts";

export { wealthToBegin } from "./parts/tax/households.ts";

const { gini, pairwiseSum } = math;

export const tax = compose({
  name: "tax",
  source: "Mi et al. (2023), arXiv:2309.16307; ADAGE §4.1; Heathcote, Storesletten & Violante (2017), QJE 132, 1693",
  summary:
    "Households of uncertain productivity save and work; a government taxes income and wealth, and has to pay for what it gives.",
  parts: { leader, households, rule, firm, schedule, treasury, rebate, debt, unfunded },
  params: {
    horizon: param(300, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
    interest: choice("market", ["market", "fixed"], {
      doc: "market: capital's marginal product less δ; fixed: interestRate whatever capital earns, as in TaxAI",
    }),
    budget: choice("rebate", ["rebate", "debt", "unfunded"], {
      doc: "taxes come back in equal parts; or the government may borrow; or transfers come from nowhere and taxes go there",
    }),
    taxes: choice("government", ["government", "fixed"], {
      doc: "set by the government; or as the next four say",
    }),
  },
  derive: { taxPeriod: (p) => p.horizon },
  horizon: "horizon",
  start: ({ leader, households, firm, treasury, unfunded }, { variant, world }) => ({
    endow: households.endow,
    count: households.count,
    scale: households.scale,
    wealth: households.wealth,
    spread: leader.spread,
    lend: treasury.lend,
    produce: firm.produce,
    fix: variant("interest", { fixed: firm.fix }),
    refer: variant("budget", { rebate: treasury.refer, debt: treasury.refer, unfunded: unfunded.refer }),
    past: world({ doc: "consumption as if the past had been steady", writes: "scalars" }, (w, p) => {
      w.consumption = w.output - p.depreciation * w.capital;
    }),
    earned: households.earned,
  }),
  phases: ({ leader, rule, households, firm, schedule, treasury, rebate, debt, unfunded }, { variant }) => ({
    legislate: leader.legislate,
    enact: variant("taxes", { government: leader.enact, fixed: rule.enact }),
    choose: households.choose,
    employ: households.employ,
    lend: treasury.lend,
    produce: firm.produce,
    fix: variant("interest", { fixed: firm.fix }),
    refer: variant("budget", { rebate: treasury.refer, debt: treasury.refer, unfunded: unfunded.refer }),
    assess: schedule.assess,
    levy: schedule.levy,
    spend: treasury.spend,
    settle: variant("budget", { rebate: rebate.settle, debt: debt.settle, unfunded: unfunded.settle }),
    consume: households.consume,
    count: households.count,
    close: leader.close,
  }),
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

const mean = (x: Float64Array): number => pairwiseSum(x) / x.length;
