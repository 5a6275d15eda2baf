// A monopolist who posts a price each period, against demand of four kinds, each with an exact answer.
// Textbook; logit as in Anderson & de Palma 1992, habits as in Pollak 1970, "Habit formation and dynamic demand functions".
//
//   linear   q = A − B p
//   logit    q = 1/(1 + e^((a₀ − a + p)/μ)), the share of one unit of buyers
//   markov   q = A_t − B p, where A_t switches between two levels; the seller sees it before pricing
//   habit    q = A − B p + h q₋₁: today's price also sells tomorrow
// Sales are never negative. Left out: rivals (price-collusion.ts), storage, buyers who wait.
import { choice, defineEconomy, derived, f64, grid, math, param, population, type Unknown, unknown } from "walras";
import * as theory from "./theory/monopoly.ts";

export const monopoly = defineEconomy({
  name: "monopoly",
  source: "textbook; logit: Anderson & de Palma (1992); habits: Pollak (1970), Journal of Political Economy 78, 745",
  summary:
    "A single seller posts a price each period: a first test for learners, with an exact answer for four kinds of demand.",
  params: {
    demand: choice("linear", ["linear", "logit", "markov", "habit"], { doc: "the law of demand" }),
    intercept: param(10, {
      symbol: "A",
      unit: "goods",
      min: 0,
      max: 1e6,
      exclusive: true,
      doc: "linear, habit: sales at price 0",
    }),
    interceptLow: param(8, { symbol: "A₁", unit: "goods", min: 0, max: 1e6, doc: "markov: in bad times" }),
    interceptHigh: param(12, { symbol: "A₂", unit: "goods", min: 0, max: 1e6, doc: "markov: in good times" }),
    switchProbability: param(0.1, {
      symbol: "s",
      unit: "per period",
      min: 0,
      max: 1,
      doc: "markov: from either to the other",
    }),
    slope: param(1, {
      symbol: "B",
      unit: "goods²/money",
      min: 1e-6,
      max: 1e6,
      doc: "sales lost by a price higher by 1; not used by logit",
    }),
    habit: param(0.5, {
      symbol: "h",
      min: 0,
      max: 0.99,
      doc: "habit: share of the last sales that comes back by itself",
    }),
    quality: param(2, { symbol: "a", unit: "money", min: -1e3, max: 1e3, doc: "logit: of the good, to a buyer" }),
    outsideQuality: param(0, { symbol: "a₀", unit: "money", min: -1e3, max: 1e3, doc: "logit: of buying nothing" }),
    differentiation: param(0.25, {
      symbol: "μ",
      unit: "money",
      min: 1e-6,
      max: 1e3,
      doc: "logit: how much tastes differ",
    }),
    cost: param(derived, { symbol: "c", unit: "money/good", min: 0, max: 1e6, doc: "default 2; 1 under logit" }),
    discountFactor: param(0.95, { symbol: "δ", unit: "per period", min: 0, max: 0.999999 }),
    priceLow: param(derived, {
      unit: "money/good",
      min: 0,
      doc: "default the cost, 0 under habit: there it can pay to sell at a loss",
    }),
    priceHigh: param(derived, {
      unit: "money/good",
      min: 0,
      doc: "default where nobody buys any more; a + 4μ under logit",
    }),
    prices: param(101, { unit: "prices", min: 2, max: 1e6, integer: true, doc: "of the grid, in equal steps" }),
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
  world: {
    intercept: f64({ unit: "goods", doc: "A_t, known before the price is posted; not used by logit" }),
    lastQuantity: f64({ unit: "goods", doc: "habit: q₋₁; otherwise 0" }),
  },
  populations: {
    seller: population({
      size: 1,
      state: {
        quantity: f64({ unit: "goods" }),
        revenue: f64({ unit: "money" }),
        profit: f64({ unit: "money" }),
      },
      actions: { price: grid("priceLow", "priceHigh", "prices", { unit: "money/good" }) },
    }),
  },
  start: ({ whole }) => ({
    nature: whole({ doc: "A, under markov either level with probability ½; nothing was sold before" }, (w, p, draw) => {
      if (p.demand !== "markov") w.intercept = p.intercept;
      else w.intercept = draw.uniform("level") < 0.5 ? p.interceptLow : p.interceptHigh;
    }),
  }),
  phases: ({ decide, whole }) => ({
    post: decide("seller", { doc: "a price" }),
    sell: whole({ doc: "q by the law of demand, never below 0; π = (p − c) q" }, (w, p) => {
      const { price, quantity, revenue, profit } = w.seller;
      if (p.demand === "logit")
        quantity[0] = math.sigmoid((p.quality - p.outsideQuality - price[0]) / p.differentiation);
      else quantity[0] = Math.max(0, w.intercept - p.slope * price[0] + p.habit * w.lastQuantity);
      revenue[0] = price[0] * quantity[0];
      profit[0] = (price[0] - p.cost) * quantity[0];
      w.lastQuantity = p.demand === "habit" ? quantity[0] : 0;
    }),
    change: whole({ doc: "under markov, A switches with probability s" }, (w, p, draw) => {
      if (p.demand === "markov" && draw.uniform("switch") < p.switchProbability)
        w.intercept = w.intercept === p.interceptLow ? p.interceptHigh : p.interceptLow;
    }),
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
      of: ({ seller }, p) =>
        (seller.revenue[0] - p.cost * seller.quantity[0] - seller.profit[0]) / Math.max(1, seller.revenue[0]),
    },
  },
  truth: (p): Readonly<Record<string, number | Unknown>> => {
    const { discountFactor: δ } = p;
    if (p.priceLow > p.priceHigh) {
      const none = unknown(`priceLow, ${p.priceLow}, is above priceHigh, ${p.priceHigh}`);
      return { price: none, quantity: none, profit: none, value: none };
    }
    if (p.demand === "logit") {
      const best = theory.logitMonopoly(p);
      const sale = isPosted(best.price, p) ? best : logitSale(within(best.price, p), p);
      return { ...sale, value: sale.profit / (1 - δ) };
    }
    if (p.demand === "linear") {
      const sale = sell(p, p.intercept);
      return { ...sale, value: sale.profit / (1 - δ) };
    }
    if (p.demand === "markov") {
      const [bad, good] = [sell(p, p.interceptLow), sell(p, p.interceptHigh)];
      const [valueInBadTimes, valueInGoodTimes] = theory.switchingValues([bad.profit, good.profit], p);
      return {
        price: (bad.price + good.price) / 2,
        quantity: (bad.quantity + good.quantity) / 2,
        profit: (bad.profit + good.profit) / 2,
        value: (valueInBadTimes + valueInGoodTimes) / 2,
        priceInBadTimes: bad.price,
        priceInGoodTimes: good.price,
        profitInBadTimes: bad.profit,
        profitInGoodTimes: good.profit,
        valueInBadTimes,
        valueInGoodTimes,
      };
    }
    const policy = theory.habitMonopoly(p);
    const { steadyPrice: price, steadyQuantity: quantity, myopicQuantity } = policy;
    const firstPrice = (p.intercept - policy.intercept) / p.slope;
    // Sales rise from 0 to the steady state, and prices go straight from the first to the last.
    const reason =
      p.intercept <= p.slope * p.cost
        ? "nobody wants the good at its cost"
        : isPosted(firstPrice, p) && isPosted(price, p)
          ? null
          : `the best policy begins with a price of ${firstPrice.toPrecision(4)} and goes to ${price.toPrecision(4)}, outside ${p.priceLow} to ${p.priceHigh}`;
    const myopicPrice = (p.intercept - (1 - p.habit) * myopicQuantity) / p.slope;
    const stated = (value: number): number | Unknown => (reason === null ? value : unknown(reason));
    return {
      price: stated(price),
      quantity: stated(quantity),
      profit: stated((price - p.cost) * quantity),
      value: stated(policy.value(0)),
      policyIntercept: stated(policy.intercept),
      policySlope: stated(policy.slope),
      firstPrice: stated(firstPrice),
      myopicQuantity:
        myopicQuantity > 0 && isPosted(myopicPrice, p) && isPosted((p.intercept / p.slope + p.cost) / 2, p)
          ? myopicQuantity
          : unknown("a seller who cares for this period only cannot post what would be best"),
    };
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

interface Posted {
  readonly priceLow: number;
  readonly priceHigh: number;
}

const within = (price: number, { priceLow, priceHigh }: Posted): number =>
  Math.min(priceHigh, Math.max(priceLow, price));

/** Whether a price can be posted, but for rounding of the bounds. */
const isPosted = (price: number, p: Posted): boolean =>
  Math.abs(price - within(price, p)) <= 1e-12 * Math.max(1, Math.abs(price));

/** Against q = A − B p, as far as prices can be posted: profit has one peak. What nobody wants at cost is not sold. */
function sell(p: Posted & { readonly slope: number; readonly cost: number }, intercept: number): theory.Sale {
  const { slope, cost } = p;
  const best =
    intercept <= slope * cost
      ? { price: Math.max(cost, intercept / slope), quantity: 0, profit: 0 }
      : theory.linearMonopoly({ intercept, slope, cost });
  if (isPosted(best.price, p)) return best;
  const price = within(best.price, p);
  const quantity = Math.max(0, intercept - slope * price);
  return { price, quantity, profit: (price - cost) * quantity };
}

/** At a given price under logit demand. */
function logitSale(price: number, p: theory.LogitDemand): theory.Sale {
  const quantity = math.sigmoid((p.quality - p.outsideQuality - price) / p.differentiation);
  return { price, quantity, profit: (price - p.cost) * quantity };
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
