// Incomplete markets: households insure themselves against bad luck by holding capital, so that there is more of it and it earns less than without risk.
// Aiyagari 1994, "Uninsured idiosyncratic risk and aggregate saving", Quarterly Journal of Economics 109, 659.
//
// Four parts: households (src/parts/households.ts), who plan at the prices that they see, or decide for themselves (learners.ts); firms (firms.ts), who rent at marginal products; and the
// market (market.ts), where all wealth is capital. Nobody is told the equilibrium interest rate: it is where the economy settles.
// Left out: aggregate shocks (krusell-smith.ts has them), hours that are chosen (tax.ts).
import { compose, isUnknown, param, parts, solved, type solvers } from "walras";
import { aiyagariEquilibrium, risklessCapital, widest } from "./theory/aiyagari.ts";

export const aiyagari = compose({
  name: "aiyagari",
  source: "Aiyagari (1994), Quarterly Journal of Economics 109, 659",
  summary:
    "Households who can hardly borrow hold capital against bad luck; firms rent it, and the interest rate clears.",
  parts: { households: parts.households, learners: parts.learners, firms: parts.firms, market: parts.market },
  params: { horizon: param(1000, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }) },
  derive: {
    initialWealth: (p) => risklessCapital(p),
    largestWealth: (p) => {
      if (p.decisions === "period" && p.borrowingLimit > 0)
        throw new Error(
          `aiyagari: borrowingLimit is ${p.borrowingLimit} and decisions "period", expected 0: households who decide could all be in debt, and nothing would be produced.`,
        );
      return widest(p) * risklessCapital(p);
    },
  },
  horizon: "horizon",
  start: ({ households, firms, market }) => ({
    endow: households.endow,
    rent: market.rent,
    produce: firms.produce,
    intend: households.intend,
  }),
  phases: ({ households, learners, firms, market }, { variant }) => ({
    rent: market.rent,
    produce: firms.produce,
    earn: households.earn,
    look: variant("decisions", { period: learners.look }),
    choose: learners.choose,
    obey: variant("decisions", { period: learners.obey }),
    revise: variant("decisions", { never: households.revise }),
    plan: variant("decisions", { never: households.plan }),
    save: households.save,
    enjoy: variant("decisions", { period: learners.enjoy }),
    sell: market.sell,
    invest: firms.invest,
    change: households.change,
  }),
  truth(p) {
    const at = solved(() => aiyagariEquilibrium(p));
    const of = (value: (at: solvers.BewleyEquilibrium) => number) => (isUnknown(at) ? at : value(at));
    return {
      interestRate: of(({ interest }) => interest),
      capital: of(({ capital }) => capital),
      wage: of(({ wage }) => wage),
      output: of(({ output }) => output),
      savingRate: of(({ capital, output }) => (p.depreciation * capital) / output),
      wealthGini: of(({ wealthGini }) => wealthGini),
      shareAtLimit: of(({ shareAtLimit }) => shareAtLimit),
    };
  },
  truthDocs: {
    interestRate: "r at which what households hold is what firms rent, in the long run and with many households",
    capital: "K there, per household",
    wage: "w there",
    output: "Y there, per household",
    savingRate: "I/Y there",
    wealthGini: "Gini coefficient of wealth there, debts counting as none",
    shareAtLimit: "share of households there who keep no more than they must",
  },
  figures: [
    { title: "Interest rate", metric: "interestRate", theory: "interestRate", caption: "At the end of each period." },
    { title: "Capital", metric: "capital", theory: "capital", caption: "Per household, at the end of each period." },
    { title: "Inequality", metric: "wealthGini", theory: "wealthGini", caption: "From equal wealth to the long run." },
  ],
});

export default aiyagari;
