// Competitive firms: Y = A K^α L^(1−α) from capital and labour that they rent at marginal products. They replace what depreciates, and sell goods to
// whoever eats or saves.
import { f64, param, part } from "../economy/index.ts";
import { pow } from "../math/index.ts";

interface Market {
  readonly capital: number;
  readonly labour: number;
  output: number;
  wage: number;
  interest: number;
}
interface Technology {
  readonly capitalShare: number; // α
  readonly totalFactorProductivity: number; // A
  readonly depreciation: number; // δ
}

/** Y = A K^α L^(1−α),  w = (1 − α) Y/L,  r = α Y/K − δ: output, and what labour and capital earn at the margin. */
export function produce(w: Market, { capitalShare: α, totalFactorProductivity: A, depreciation: δ }: Technology): void {
  w.output = A * w.labour * pow(w.capital / w.labour, α);
  w.wage = ((1 - α) * w.output) / w.labour;
  w.interest = (α * w.output) / w.capital - δ;
}

export const firms = part({
  name: "firms",
  params: {
    capitalShare: param(0.36, { symbol: "α", min: 0.05, max: 0.7 }),
    totalFactorProductivity: param(1, { symbol: "A", min: 1e-3, max: 1e3 }),
    depreciation: param(0.08, { symbol: "δ", unit: "per period", min: 0.01, max: 1 }),
  },
  world: {
    capital: f64({ unit: "goods", doc: "K, of this period's production" }),
    labour: f64({ unit: "hours", doc: "L, effective hours" }),
    output: f64({ unit: "goods", doc: "Y" }),
    wage: f64({ unit: "goods/hour", doc: "w, of an effective hour" }),
    interest: f64({ unit: "per period", doc: "r = α Y/K − δ" }),
    wageBill: f64({ unit: "goods", doc: "w L" }),
    capitalIncome: f64({ unit: "goods", doc: "r K" }),
    sales: f64({ unit: "goods", doc: "C, sold for consumption" }),
    netInvestment: f64({ unit: "goods", doc: "K′ − K, sold to savers" }),
    investment: f64({ unit: "goods", doc: "I = K′ − (1 − δ) K" }),
  },
  phases: ({ world }) => ({
    produce: world({ doc: "Y = A K^α L^(1−α); w and r are marginal products", writes: "scalars" }, (w, p) => {
      produce(w, p);
      w.wageBill = w.wage * w.labour;
      w.capitalIncome = w.interest * w.capital;
    }),
    invest: world({ doc: "what is saved, and what replaces depreciated capital", writes: "scalars" }, (w, p) => {
      w.investment = w.netInvestment + p.depreciation * w.capital;
    }),
  }),
  flows: {
    wages: { unit: "goods", pays: "wageBill" },
    returns: { unit: "goods", pays: "capitalIncome" },
    consumption: { unit: "goods", receives: "sales" },
    saving: { unit: "goods", receives: "netInvestment" },
  },
  budget: "firms pay out all that they sell, but for what replaces depreciated capital",
  identities: {
    goods: {
      doc: "C + I = Y, relative",
      after: "period",
      tolerance: 1e-10,
      of: (w) => (w.sales + w.investment - w.output) / w.output,
    },
  },
  metrics: {
    interestRate: { unit: "per period", doc: "r", of: (w) => w.interest },
    wage: { unit: "goods/hour", doc: "w", of: (w) => w.wage },
    savingRate: { unit: "1", doc: "I/Y", of: (w) => w.investment / w.output },
  },
});
