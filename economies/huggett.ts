// An exchange economy: households who cannot insure their endowments borrow from each other up to a limit, and the risk-free rate is below that without risk.
// Huggett 1993, "The risk-free rate in heterogeneous-agent incomplete-insurance economies", Journal of Economic Dynamics and Control 17, 953.
//
// Two parts: the households of aiyagari.ts (src/parts/households.ts) and a market for credit (credit-market.ts) in place of firms. Nobody is told the rate of the
// long run: each period has the one at which as much is lent as borrowed.
// Left out: capital (aiyagari.ts has it), default.
import { compose, isUnknown, param, parts, solved, solvers } from "walras";

export const huggett = compose({
  name: "huggett",
  source: "Huggett (1993), Journal of Economic Dynamics and Control 17, 953",
  summary: "Households borrow from each other against bad luck, up to a limit; the interest rate clears.",
  parts: { households: parts.households, creditMarket: parts.creditMarket },
  params: { horizon: param(1000, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }) },
  // two months a period; Huggett's limit of 2 on what is repaid, at endowments 0.1 and 1, is q · 2/E[e] of what is borrowed
  calibration: { discountFactor: 0.99322, riskAversion: 1.5, borrowingLimit: 2.2949 },
  derive: {
    largestWealth: (p) => 4 + 4 * p.borrowingLimit,
  },
  horizon: "horizon",
  without: ["households.revise"],
  start: ({ households, creditMarket }) => ({
    endow: households.endow,
    lend: creditMarket.lend,
    open: creditMarket.open,
    intend: households.intend,
  }),
  phases: ({ households, creditMarket }) => ({
    earn: households.earn,
    clear: creditMarket.clear,
    plan: households.plan,
    balance: creditMarket.balance,
    save: households.save,
    settle: creditMarket.settle,
    change: households.change,
  }),
  truth(p) {
    const at = solved(() => equilibrium(p));
    const of = (value: (at: solvers.BewleyEquilibrium) => number) => (isUnknown(at) ? at : value(at));
    return {
      interestRate: of(({ interest }) => interest),
      bondPrice: of(({ interest }) => 1 / (1 + interest)),
      wealthGini: of(({ wealthGini }) => wealthGini),
      shareAtLimit: of(({ shareAtLimit }) => shareAtLimit),
    };
  },
  truthDocs: {
    interestRate: "r at which as much is lent as borrowed, in the long run and with many households",
    bondPrice: "q = 1/(1 + r) there",
    wealthGini: "Gini coefficient of wealth there, debts counting as none",
    shareAtLimit: "share of households there who owe as much as they may",
  },
  figures: [
    { title: "Interest rate", metric: "interestRate", theory: "interestRate", caption: "At the end of each period." },
    { title: "Price of a bond", metric: "bondPrice", theory: "bondPrice", caption: "At the end of each period." },
    {
      title: "Inequality",
      metric: "wealthGini",
      theory: "wealthGini",
      caption: "From two levels of wealth to the long run.",
    },
  ],
});

export default huggett;

type Household = Parameters<typeof solvers.incomeChain>[0] & {
  readonly discountFactor: number;
  readonly riskAversion: number;
  readonly borrowingLimit: number;
  readonly wealthPoints: number;
  readonly largestWealth: number;
};

function equilibrium(p: Household): solvers.BewleyEquilibrium {
  // The solver's grid ends at so many times the capital of identical households, which with this technology, that nobody uses, is 1.
  const unused = { capitalShare: 0.5, totalFactorProductivity: 2 / p.discountFactor, depreciation: 1 };
  return solvers.bewleyEquilibrium(
    { ...p, ...unused, inverseFrisch: Infinity, incomeTaxRate: 0, assetTaxRate: 0 },
    {
      assets: "credit",
      chain: solvers.incomeChain(p),
      points: 2 * p.wealthPoints,
      most: p.largestWealth,
      borrowingLimit: p.borrowingLimit,
    },
  );
}
