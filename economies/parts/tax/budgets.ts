// The government's books, and three ways to close them: taxes come back in equal parts (`rebate`), the government may borrow within what households keep
// (`debt`), or transfers come from nowhere and taxes go there (`unfunded`), as in the sources.
import { f64, math, param, part } from "walras";
import { schedule } from "./government.ts";
import { households, untaxed } from "./households.ts";

export const treasury = part({
  name: "treasury",
  params: {
    ...households.params,
    spendingShare: param(0, { symbol: "g", min: 0, max: 0.5, doc: "share of output that the government consumes" }),
  },
  world: {
    ...schedule.world,
    capital: f64({ unit: "goods", doc: "K, of this period's production; Σ a − B" }),
    debt: f64({ unit: "goods", doc: "B, of the government" }),
    debtBefore: f64({ unit: "goods", doc: "B when the period began" }),
    output: f64({ unit: "goods", doc: "Y" }),
    revenue: f64({ unit: "goods", doc: "Σ T, net of what the schedules pay, before rebates" }),
    spending: f64({ unit: "goods", doc: "G = g Y" }),
    deficit: f64({ unit: "goods", doc: "G + r B − Σ T + rebates" }),
    outside: f64({ unit: "goods", doc: "from nowhere: 0 unless the budget is unfunded or interest fixed" }),
  },
  populations: households.populations,
  phases: ({ world }) => ({
    lend: world({ doc: "K = Σ a − B", writes: "scalars" }, (w) => {
      w.capital = w.wealth - w.debt;
      w.debtBefore = w.debt;
    }),
    refer: world(
      { doc: "references are mean income (of labour alone if r < 0) and mean wealth", writes: "scalars" },
      (w) => {
        w.referenceIncome = (w.wage * w.labour + Math.max(0, w.interest) * w.wealth) / w.households.size;
        w.referenceWealth = w.wealth / w.households.size;
      },
    ),
    spend: world(
      { doc: "G = g Y; what fixed interest pays beyond what is produced is from nowhere", writes: "scalars" },
      (w, p) => {
        w.spending = p.spendingShare * w.output;
        w.outside = w.wage * w.labour + (w.interest + p.depreciation) * w.capital - w.output;
      },
    ),
  }),
});

const { params, world, populations } = treasury;

/** R = Σ (i + a), all that there is to be taxed. */
const resources = (w: Readonly<Record<"wage" | "labour" | "interest" | "wealth", number>>): number =>
  w.wage * w.labour + (1 + w.interest) * w.wealth;

export const rebate = part({
  name: "rebate",
  params,
  world,
  populations,
  phases: ({ world }) => ({
    settle: world(
      {
        doc: "s is the largest share of d, at most 1, that there is; what taxes raise besides is rebated",
        writes: "scalars",
      },
      (w) => {
        w.payoutShare = Math.min(1, (resources(w) - w.spending) / w.disposable);
        w.revenue = resources(w) - w.payoutShare * w.disposable;
        w.rebate = Math.max(0, w.revenue - w.spending) / w.households.size;
      },
    ),
  }),
});

// B′ = (1 + r) B + G − (R − s D), and B′ ≤ φ s P, what the government may borrow of what households keep, P = Σ p d.
export const debt = part({
  name: "debt",
  params: {
    ...params,
    debtLimit: param(0.5, {
      symbol: "φ",
      min: 0,
      max: 0.95,
      doc: "debt: largest share of what households keep that is lent to the government",
    }),
  },
  world,
  populations,
  phases: ({ world }) => ({
    settle: world(
      {
        doc: "s is the largest share of d, at most 1, at which debt stays within φ of what is kept; a surplus beyond the debt is rebated",
        writes: "scalars",
      },
      (w, p) => {
        const { savingShare, disposable } = w.households;
        const owed = (1 + w.interest) * w.debt;
        const lent = p.debtLimit * math.pairwiseSum(savingShare.map((share, i) => share * disposable[i]));
        w.payoutShare = Math.min(1, (resources(w) - w.spending - owed) / (w.disposable - lent));
        w.revenue = resources(w) - w.payoutShare * w.disposable;
        const needed = owed + w.spending - w.revenue;
        w.rebate = Math.max(0, -needed) / w.households.size;
        w.debt = Math.max(0, needed);
        w.deficit = w.debt - w.debtBefore;
      },
    ),
  }),
});

export const unfunded = part({
  name: "unfunded",
  params,
  world,
  populations,
  phases: ({ world }) => ({
    refer: world({ doc: "references are the means before taxes", writes: "scalars" }, (w, p) => {
      const { wage, hours, interest } = untaxed(p);
      w.referenceIncome = wage * hours + interest * p.initialCapital;
      w.referenceWealth = p.initialCapital;
    }),
    settle: world({ doc: "all are paid, whatever taxes raise", writes: "scalars" }, (w) => {
      w.revenue = resources(w) - w.disposable;
      w.deficit = w.spending - w.revenue;
      w.outside += w.deficit;
    }),
  }),
});
