// What share of incomes should be taken and paid back in equal parts? Redistribution on one side, hours of work on the other.
// Sheshinski 1972, "The Optimal Linear Income-tax", Review of Economic Studies 39, 297; the formula is that of Piketty & Saez 2013, §2.
//
// A government sets the rate τ for an episode. In each of its periods N households, who differ in wages, see τ and their wage and choose how long to
// work; what is raised comes back as an equal grant, the demogrant. Nothing is carried over, so an episode is many rounds of the same game.
// Utility is linear in consumption, so there is no income effect and nothing to insure: what tax there is comes from the welfare function.
// Left out: saving, taxes that are not linear, wages that respond.
import {
  box,
  choice,
  defineEconomy,
  f64,
  isUnknown,
  math,
  numbers,
  param,
  population,
  type Unknown,
  unknown,
} from "walras";
import * as theory from "./theory/linear-tax.ts";

const { gini, pow } = math;

/** Welfare functions that know no utility below 0 count less than this as this. */
const LEAST_UTILITY = 0.01;

export const linearTax = defineEconomy({
  name: "linear-tax",
  source:
    "Sheshinski (1972), Review of Economic Studies 39, 297; Piketty & Saez (2013), Handbook of Public Economics 5, §2",
  summary: "A government taxes all income at one rate and pays it back in equal parts; the best rate is exact.",
  params: {
    households: param(100, { symbol: "N", unit: "agents", min: 1, max: 1e8, integer: true }),
    wages: numbers([1, 2], { symbol: "w", unit: "goods/hour", min: 0, max: 1e6, most: 1000, doc: "of each type" }),
    shares: numbers([0.5, 0.5], {
      symbol: "π",
      min: 0,
      max: 1,
      most: 1000,
      doc: "of households that are of each type; they sum to 1",
    }),
    elasticity: param(0.5, {
      symbol: "e",
      min: 0.01,
      max: 100,
      doc: "of hours with respect to the wage after tax",
    }),
    welfareFunction: choice("log", theory.welfareFunctions, {
      doc: "mean of u, √u, ln u or −1/u over households, or the smallest u (rawlsian)",
    }),
    taxRateMin: param(0, { min: 0, max: 0.99, doc: "least τ that the government can choose" }),
    taxRateMax: param(0.95, { min: 0.01, max: 0.99, doc: "largest τ that the government can choose" }),
    effortMax: param(1.5, { min: 1, max: 100, doc: "most effort; untaxed households make 1" }),
    horizon: param(10, {
      symbol: "T",
      unit: "periods",
      min: 1,
      max: 1e9,
      integer: true,
      doc: "for which the government commits itself; then truncated, not terminated",
    }),
  },
  horizon: "horizon",
  world: {
    taxRate: f64({ unit: "1", doc: "τ, announced for the episode" }),
    output: f64({ unit: "goods", doc: "Σ y" }),
    raised: f64({ unit: "goods", doc: "Σ τ y" }),
    demogrant: f64({ unit: "goods/household", doc: "B = Σ τ y / N" }),
    consumed: f64({ unit: "goods", doc: "Σ c" }),
  },
  populations: {
    government: population({
      size: 1,
      doc: "the leader",
      state: { welfare: f64({ unit: "welfare", doc: "of the period, by the welfare function" }) },
      actions: { taxRate: box("taxRateMin", "taxRateMax", { doc: "τ" }) },
    }),
    households: population({
      size: "households",
      doc: "followers",
      state: {
        wage: f64({ unit: "goods/hour", doc: "w" }),
        hours: f64({ unit: "hours", doc: "h" }),
        income: f64({ unit: "goods", doc: "y = w h" }),
        tax: f64({ unit: "goods", doc: "τ y" }),
        consumption: f64({ unit: "goods", doc: "c = y − τ y + B" }),
        utility: f64({ unit: "goods", doc: "u = c − h^(1+1/e)/(1+1/e)" }),
      },
      actions: {
        effort: box(0, "effortMax", { unit: "1", doc: "hours over w^e, those of an untaxed household of that wage" }),
      },
    }),
  },
  start: ({ each }) => ({
    endow: each(
      "households",
      { doc: "household i is of the type where (i + ½)/N falls, types being laid end to end by share" },
      ({ wage, size }, from, to, _w, p) => {
        theory.checkTypes(p);
        let [type, reached] = [0, p.shares[0]];
        for (let i = 0; i < to; i++) {
          while ((i + 0.5) / size > reached && type < p.wages.length - 1) reached += p.shares[++type];
          if (i >= from) wage[i] = p.wages[type];
        }
      },
    ),
  }),
  phases: ({ decide, each, total, world }) => ({
    legislate: decide("government", { doc: "the rate τ for the whole episode", every: "episode" }),
    announce: world({ doc: "everybody knows τ" }, (w) => {
      w.taxRate = w.government.taxRate[0];
    }),
    work: decide("households", { doc: "effort, knowing wage and τ" }),
    produce: each(
      "households",
      { doc: "h = effort · w^e, y = w h, tax τ y" },
      ({ wage, effort, hours, income, tax }, from, to, w, p) => {
        for (let i = from; i < to; i++) {
          hours[i] = effort[i] * pow(wage[i], p.elasticity);
          income[i] = wage[i] * hours[i];
          tax[i] = w.taxRate * income[i];
        }
      },
    ),
    raise: total("households", { doc: "Σ y, Σ τ y" }, { output: "income", raised: "tax" }),
    grant: world({ doc: "B = Σ τ y / N" }, (w) => {
      w.demogrant = w.raised / w.households.size;
    }),
    consume: each(
      "households",
      { doc: "c = y − τ y + B, u = c − h^(1+1/e)/(1+1/e)" },
      ({ hours, income, tax, consumption, utility }, from, to, w, p) => {
        const power = 1 + 1 / p.elasticity;
        for (let i = from; i < to; i++) {
          consumption[i] = income[i] - tax[i] + w.demogrant;
          utility[i] = consumption[i] - pow(hours[i], power) / power;
        }
      },
    ),
    sum: total("households", { doc: "Σ c" }, { consumed: "consumption" }),
    judge: world({ doc: "welfare of the period" }, (w, p) => {
      w.government.welfare[0] = welfareOf(w.households.utility, p.welfareFunction);
    }),
  }),
  observe: {
    government: {
      welfare: { column: "welfare", doc: "of the period before; 0 at the beginning of an episode" },
    },
    households: {
      wage: {
        column: "wage",
        center: (p) => spread(p.wages).middle,
        scale: (p) => spread(p.wages).half,
        doc: "w, from −1 at the lowest to 1 at the highest",
      },
      taxRate: {
        world: "taxRate",
        center: (p) => (p.taxRateMin + p.taxRateMax) / 2,
        scale: (p) => (p.taxRateMax - p.taxRateMin) / 2,
        doc: "τ, from −1 at its least to 1 at its largest",
      },
    },
  },
  reward: {
    government: { column: "welfare", doc: "the welfare function of this period's utilities" },
    households: { column: "utility", doc: "c − h^(1+1/e)/(1+1/e)" },
  },
  metrics: {
    taxRate: { unit: "1", doc: "τ of this episode", of: (w) => w.taxRate },
    demogrant: { unit: "goods/household", doc: "B", of: (w) => w.demogrant },
    welfare: { unit: "welfare", doc: "by the welfare function", of: ({ government }) => government.welfare[0] },
    output: { unit: "goods/household", doc: "mean y", of: (w) => w.output / w.households.size },
    effort: { unit: "1", doc: "mean effort; (1−τ)^e is best", of: ({ households }) => mean(households.effort) },
    incomeGini: { unit: "1", doc: "Gini of y", of: ({ households }) => gini(households.income) },
    consumptionGini: { unit: "1", doc: "Gini of c", of: ({ households }) => gini(households.consumption) },
  },
  identities: {
    budget: {
      doc: "what is granted is what is raised, relative to output above 1",
      after: "period",
      of: (w) => (w.demogrant * w.households.size - w.raised) / Math.max(1, w.output),
    },
    goods: {
      doc: "what is consumed is what is produced, relative to output above 1",
      after: "period",
      of: (w) => (w.consumed - w.output) / Math.max(1, w.output),
    },
  },
  truth(p) {
    const best = optimum(p);
    if (isUnknown(best)) return { taxRate: best, demogrant: best, welfare: best };
    const { taxRate, demogrant, welfare } = best;
    return { taxRate, demogrant, welfare };
  },
  truthDocs: {
    taxRate:
      "τ* with τ/(1−τ) = (1 − ḡ)/e, ḡ mean income by welfare weights over mean income; within the government's bounds",
    demogrant: "B at τ*, when everybody responds",
    welfare: "by the welfare function, at τ*",
  },
  figures: [
    {
      title: "Tax rate",
      population: "government",
      column: "taxRate",
      theory: "taxRate",
      theoryLabel: "τ*",
      caption: "Where the government settles, against the exact optimum.",
    },
  ],
});

export default linearTax;

type Settings = theory.LinearTaxed & {
  readonly households: number;
  readonly welfareFunction: theory.WelfareFunction;
  readonly taxRateMin: number;
  readonly taxRateMax: number;
};

/** The best rate within the government's bounds for the households that there are, by type; or why it is not known. */
function optimum(p: Settings): theory.LinearTax | Unknown {
  const { welfareFunction, taxRateMin: low, taxRateMax: high } = p;
  if (low > high) return unknown(`taxRateMin, ${low}, is above taxRateMax, ${high}`);
  const economy = { ...p, shares: presentShares(p) };
  if (!p.wages.some((w, k) => w > 0 && economy.shares[k] > 0))
    return unknown(`none of the ${p.households} households is of a type that earns anything`);
  const taxRate = Math.min(high, Math.max(low, theory.optimalLinearTax(economy, welfareFunction).taxRate));
  const at = theory.linearTaxAt(taxRate, economy);
  const welfare = at.welfare(welfareFunction);
  if (!(at.meanIncome < 1e250 && at.meanIncome > 1e-250 && Number.isFinite(welfare)))
    return unknown("incomes are beyond the range of numbers");
  // What the economy counts at other rates, with utilities cut off below.
  const counted = (τ: number): number =>
    mean(theory.linearTaxAt(τ, economy).utilities.map((u, k) => economy.shares[k] * cutOff(welfareFunction, u))) *
    p.wages.length;
  if (welfareFunction !== "rawlsian" && welfareFunction !== "utilitarian") {
    const others = Array.from({ length: 201 }, (_, k) => counted(low + (k / 200) * (high - low)));
    if (Math.max(...others) > welfare + 1e-9 * Math.abs(welfare))
      return unknown(`utilities below ${LEAST_UTILITY} count as ${LEAST_UTILITY}, and another rate makes use of that`);
  }
  return { taxRate, demogrant: at.demogrant, welfare };
}

const cutOff = (welfareFunction: theory.WelfareFunction, utility: number): number =>
  theory.weighed(welfareFunction, Math.max(LEAST_UTILITY, utility));

/** Which share of the households is of each type, by the rule that makes them. */
function presentShares({ households: N, shares }: Pick<Settings, "households" | "shares">): number[] {
  let [reached, begun] = [0, 0];
  return shares.map((share, type) => {
    reached += share;
    // The first household that is not of this type or one before.
    let [low, high] = [begun, N];
    while (type < shares.length - 1 && low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((middle + 0.5) / N > reached) high = middle;
      else low = middle + 1;
    }
    const end = type < shares.length - 1 ? low : N;
    const here = (end - begun) / N;
    begun = end;
    return here;
  });
}

function welfareOf(utility: Float64Array, welfareFunction: theory.WelfareFunction): number {
  if (welfareFunction === "rawlsian") return utility.reduce((least, u) => Math.min(least, u), Infinity);
  if (welfareFunction === "utilitarian") return mean(utility);
  return mean(utility.map((u) => cutOff(welfareFunction, u)));
}

function spread(wages: readonly number[]): { middle: number; half: number } {
  const [least, most] = [Math.min(...wages), Math.max(...wages)];
  return { middle: (least + most) / 2, half: (most - least) / 2 || 1 };
}

const mean = (x: ArrayLike<number>): number => math.pairwiseSum(x) / x.length;
