// A monopolist who posts a price each period, against demand of four kinds, each with an exact answer.
// Textbook; logit as in Anderson & de Palma 1992, habits as in Pollak 1970, "Habit formation and dynamic demand functions".
//
//   linear   q = A − B p
//   logit    q = 1/(1 + e^((a₀ − a + p)/μ)), the share of one unit of buyers
//   markov   q = A_t − B p, where A_t switches between two levels; the seller sees it before pricing
//   habit    q = A − B p + h q₋₁: today's price also sells tomorrow
// The kinds of demand are parts (parts/demand.ts). Left out: rivals (price-collusion.ts), storage, buyers who wait.
import { choice, compose, extension, f64, param, unknown } from "walras";
import { habit, linear, logit, markov, seller } from "./parts/demand.ts";
import * as theory from "./theory/monopoly.ts";

export const monopoly = compose({
  name: "monopoly",
  source: "textbook; logit: Anderson & de Palma (1992); habits: Pollak (1970), Journal of Political Economy 78, 745",
  summary:
    "A single seller posts a price each period: a first test for learners, with an exact answer for four kinds of demand.",
  parts: { seller, linear, logit, markov, habit },
  params: {
    demand: choice("linear", ["linear", "logit", "markov", "habit"], { doc: "the law of demand" }),
    discountFactor: param(0.95, { symbol: "δ", unit: "per period", min: 0, max: 0.999999 }),
    horizon: param(1000, {
      symbol: "T",
      unit: "periods",
      min: 1,
      max: 1e9,
      integer: true,
      doc: "the episode is then truncated, not terminated",
    }),
  },
  derive: {
    cost: (p) => (p.demand === "logit" ? 1 : 2),
    priceLow: (p) => (p.demand === "habit" ? 0 : p.cost),
    priceHigh: (p) =>
      p.demand === "logit" ? Math.max(p.quality + 4 * p.differentiation, 2 * p.cost) : mostWanted(p) / p.slope,
  },
  horizon: "horizon",
  populations: {
    seller: extension({ state: { revenue: f64({ unit: "money" }), profit: f64({ unit: "money" }) } }),
  },
  start: ({ linear, markov }, { variant }) => ({
    nature: variant("demand", {
      linear: linear.nature,
      logit: linear.nature,
      markov: markov.nature,
      habit: linear.nature,
    }),
  }),
  phases: ({ seller, linear, logit, markov, habit }, { variant, world }) => ({
    post: seller.post,
    buy: variant("demand", { linear: linear.buy, logit: logit.buy, markov: linear.buy, habit: habit.buy }),
    sell: world({ doc: "π = (p − c) q" }, ({ seller }, p) => {
      seller.revenue[0] = seller.price[0] * seller.quantity[0];
      seller.profit[0] = (seller.price[0] - p.cost) * seller.quantity[0];
    }),
    change: variant("demand", { markov: markov.change }),
  }),
  observe: {
    seller: {
      intercept: {
        world: "intercept",
        center: (p) => levels(p).middle,
        scale: (p) => levels(p).half,
        doc: "A_t: −1 in bad times and 1 in good times under markov, otherwise 0",
      },
      lastQuantity: {
        world: "lastQuantity",
        center: (p) => (p.demand === "habit" ? mostSold(p) / 2 : 0),
        scale: (p) => mostSold(p) / 2,
        doc: "under habit −1 at no sales and 1 at the most that can be sold for ever; otherwise 0",
      },
    },
  },
  discountFactor: { seller: "discountFactor" },
  reward: { seller: { column: "profit", doc: "π" } },
  metrics: {
    price: { unit: "money/good", doc: "posted price", of: ({ seller }) => seller.price[0] },
    quantity: { unit: "goods", doc: "sold", of: ({ seller }) => seller.quantity[0] },
    profit: { unit: "money", doc: "π", of: ({ seller }) => seller.profit[0] },
  },
  identities: {
    money: {
      doc: "revenue = cost · quantity + profit, relative to a revenue above 1",
      after: "period",
      of: ({ seller }, p) =>
        (seller.revenue[0] - p.cost * seller.quantity[0] - seller.profit[0]) / Math.max(1, seller.revenue[0]),
    },
  },
  truth(p) {
    if (p.priceLow <= p.priceHigh) return theory.answers[p.demand](p);
    const none = unknown(`priceLow, ${p.priceLow}, is above priceHigh, ${p.priceHigh}`);
    return { price: none, quantity: none, profit: none, value: none };
  },
  truthDocs: {
    price: "the best price that can be posted; under markov its mean, under habit in the steady state",
    quantity: "sold at it; likewise",
    profit: "earned by it per period; likewise",
    value: "profits discounted to the first period, when nothing was sold before and either level is as likely",
    priceInBadTimes: "(A₁/B + c)/2",
    priceInGoodTimes: "(A₂/B + c)/2",
    profitInBadTimes: "per period",
    profitInGoodTimes: "per period",
    valueInBadTimes: "discounted profits from bad times on, V = π + δ P V",
    valueInGoodTimes: "discounted profits from good times on",
    policyIntercept: "q₀ of the best policy q = q₀ + k q₋₁",
    policySlope: "k of the best policy",
    firstPrice: "the best price when nothing was sold before",
    myopicQuantity: "where sales settle if the seller cares for this period only",
  },
  figures: [
    {
      title: "Posted price",
      population: "seller",
      column: "price",
      theory: "price",
      theoryLabel: "p*",
      caption: "Against the best price; under markov its mean over good and bad times, under habit the steady state.",
    },
  ],
});

export default monopoly;

interface Demand {
  readonly demand: string;
  readonly intercept: number;
  readonly interceptLow: number;
  readonly interceptHigh: number;
}

/** Sales at price 0 in the best of times. */
const mostWanted = ({ demand, intercept, interceptLow, interceptHigh }: Demand): number =>
  demand === "markov" ? Math.max(interceptLow, interceptHigh) : intercept;

/** Sales at price 0 for ever. */
const mostSold = (p: Demand & { readonly habit: number }): number => mostWanted(p) / (1 - p.habit);

function levels({ demand, intercept, interceptLow, interceptHigh }: Demand): { middle: number; half: number } {
  if (demand !== "markov") return { middle: intercept, half: 1 };
  return { middle: (interceptLow + interceptHigh) / 2, half: Math.abs(interceptHigh - interceptLow) / 2 || 1 };
}
