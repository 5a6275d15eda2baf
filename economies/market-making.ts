// A market maker who likes profit, or market share, or something between, and who should quote well whichever it is.
// ADAGE (Evans et al. 2025) §4.4, eqs. 15-22; after Vadori et al. 2020 and the zero-intelligence customers of Gode & Sunder 1993.
//
// The price moves by itself, back to p₀. The maker sees it and her preference ω, quotes p ± h, and serves whoever of n customers finds that worth
// while. Nature draws her ω for each episode from five, by weights of its own: if all have weight, one policy has to know what to do under any.
// The source leaves open n, p₀, σ, ζ, T and what h may be; h ≥ 0 has to be said, since a lover of market share would quote a negative spread.
// It marks to the price before the quotes, which leaves the price's drift in the profit; `markTo: "current"` takes it out.
// Left out: inventory that costs or limits, rivals, customers who know something.
import { box, choice, defineEconomy, f64, flag, metrics, numbers, param, population, unknown } from "walras";
import * as theory from "./theory/market-making.ts";

export const marketMaking = defineEconomy({
  name: "market-making",
  source: "ADAGE (Evans et al. 2025) §4.4",
  summary:
    "A market maker chooses the spread under a preference between profit and market share; the best one is exact.",
  params: {
    customers: param(100, { symbol: "n", unit: "agents", min: 1, max: 1e8, integer: true }),
    preference: param(0.5, {
      symbol: "ω",
      min: 0,
      max: 1,
      doc: "at which theory is asked: 0 market share only, 1 profit only; in play it is drawn from `preferences`",
    }),
    preferences: numbers([0, 0.25, 0.5, 0.75, 1], {
      symbol: "Ω",
      min: 0,
      max: 1,
      least: 5,
      most: 5,
      doc: "that nature draws from, one per episode",
    }),
    valuationSd: param(1, {
      symbol: "ζ",
      unit: "money",
      min: 1e-3,
      max: 1e6,
      doc: "of what the good is worth to a customer, around p₀",
    }),
    reversion: param(0.01, {
      symbol: "κ",
      unit: "per period",
      min: 0,
      max: 1,
      exclusive: true,
      doc: "how fast the price goes back to p₀",
    }),
    priceSd: param(0.1, { symbol: "σ", unit: "money", min: 0, max: 1e6, doc: "of the shock to the price" }),
    referencePrice: param(100, { symbol: "p₀", unit: "money", min: 0, max: 1e9, exclusive: true }),
    markTo: choice("prev", ["prev", "current"], { doc: "the price at which a trade counts as neither gain nor loss" }),
    displacement: param(0, {
      symbol: "x",
      unit: "money",
      min: -1e6,
      max: 1e6,
      doc: "p − p₀ at the beginning of an episode, and where theory is asked",
    }),
    stationaryStart: flag(false, "episodes begin with p drawn from its law in the long run, instead of at p₀ + x"),
    halfSpreadMax: param(5, { unit: "money", min: 1e-6, max: 1e6, doc: "widest half-spread" }),
    horizon: param(100, {
      symbol: "T",
      unit: "periods",
      min: 1,
      max: 1e9,
      integer: true,
      doc: "for which a preference lasts; then truncated, not terminated",
    }),
  },
  horizon: "horizon",
  world: {
    preference: f64({ unit: "1", doc: "ω of this episode" }),
    price: f64({ unit: "money", doc: "p_t" }),
    lastPrice: f64({ unit: "money", doc: "p_{t−1}" }),
    bid: f64({ unit: "money", doc: "p − h, at which the maker buys" }),
    ask: f64({ unit: "money", doc: "p + h, at which the maker sells" }),
    bought: f64({ unit: "goods", doc: "by the maker this period" }),
    sold: f64({ unit: "goods", doc: "by the maker this period" }),
    paid: f64({ unit: "money", doc: "by customers this period, net of what they received" }),
  },
  populations: {
    nature: population({
      size: 1,
      doc: "the leader: the distribution of preferences",
      state: { entropy: f64({ unit: "nats", doc: "−Σ π ln π over the scenarios" }) },
      actions: {
        weight1: box(0, 1, { doc: "of the first preference" }),
        weight2: box(0, 1, { doc: "of the second" }),
        weight3: box(0, 1, { doc: "of the third" }),
        weight4: box(0, 1, { doc: "of the fourth" }),
        weight5: box(0, 1, { doc: "of the fifth" }),
      },
    }),
    scenarios: population({
      size: 5,
      doc: "preferences and how likely they are",
      state: {
        preference: f64({ unit: "1", doc: "ω" }),
        probability: f64({ unit: "1", doc: "π(ω): weight over the sum of weights; all equal if the sum is 0" }),
      },
    }),
    maker: population({
      size: 1,
      doc: "the follower",
      state: {
        cash: f64({ unit: "money", doc: "since the episode began" }),
        inventory: f64({ unit: "goods", doc: "since the episode began" }),
        pnl: f64({ unit: "money", doc: "of this period, at the mark" }),
        reward: f64({ unit: "1", doc: "ω PnL/n + (1−ω) m/n" }),
      },
      actions: { halfSpread: box(0, "halfSpreadMax", { unit: "money", doc: "h" }) },
    }),
    customers: population({
      size: "customers",
      doc: "of zero intelligence: they do not learn",
      state: {
        valuation: f64({ unit: "money", doc: "v ~ N(p₀, ζ²), new each period" }),
        buys: f64({ unit: "goods", doc: "1 or 0" }),
        sells: f64({ unit: "goods", doc: "1 or 0" }),
        pays: f64({ unit: "money", doc: "the ask, or −bid" }),
      },
    }),
  },
  start: ({ each, world }) => ({
    list: each("scenarios", { doc: "preferences in order" }, ({ preference }, from, to, _w, p) => {
      for (let k = from; k < to; k++) preference[k] = p.preferences[k];
    }),
    open: world({ doc: "p = p₀ + x, or a draw from the law of p in the long run; never below 0" }, (w, p, draw) => {
      const sd = theory.stationaryPriceSd(p.priceSd, p.reversion);
      const x = p.stationaryStart ? sd * draw.normal("price") : p.displacement;
      w.price = Math.max(0, p.referencePrice + x);
      w.lastPrice = w.price;
    }),
  }),
  phases: ({ decide, each, total, world }) => ({
    weigh: decide("nature", { doc: "weights of the five preferences, for the whole episode", every: "episode" }),
    prefer: world({ doc: "in the first period, ω is drawn by these weights" }, (w, _p, draw) => {
      if (w.period > 0) return;
      const { preference, probability } = w.scenarios;
      const { weight1, weight2, weight3, weight4, weight5, entropy } = w.nature;
      const weights = [weight1[0], weight2[0], weight3[0], weight4[0], weight5[0]];
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      probability.set(weights.map((weight) => (total > 0 ? weight / total : 1 / weights.length)));
      entropy[0] = metrics.entropy(probability);
      w.preference = preference[drawn(probability, draw.uniform("preference"))];
    }),
    move: world({ doc: "p ← max(0, κ p₀ + (1−κ) p + N(0, σ²))" }, (w, p, draw) => {
      w.lastPrice = w.price;
      const { reversion: κ } = p;
      w.price = Math.max(0, κ * p.referencePrice + (1 - κ) * w.lastPrice + p.priceSd * draw.normal("shock"));
    }),
    quote: decide("maker", { doc: "half-spread h, knowing p and ω" }),
    post: world({ doc: "bid = p − h, ask = p + h" }, (w) => {
      w.bid = w.price - w.maker.halfSpread[0];
      w.ask = w.price + w.maker.halfSpread[0];
    }),
    arrive: each(
      "customers",
      { doc: "a buyer or a seller, each with probability ½: buys one if v > ask, sells one if v < bid" },
      ({ valuation, buys, sells, pays }, from, to, w, p, draw) => {
        const side = draw.uniform("side");
        const z = draw.normal("valuation");
        for (let i = from; i < to; i++) {
          valuation[i] = p.referencePrice + p.valuationSd * z[i];
          const buyer = side[i] < 0.5;
          buys[i] = buyer && valuation[i] > w.ask ? 1 : 0;
          sells[i] = !buyer && valuation[i] < w.bid ? 1 : 0;
          pays[i] = buys[i] * w.ask - sells[i] * w.bid;
        }
      },
    ),
    trade: total(
      "customers",
      { doc: "what the maker sells and buys, and what she is paid" },
      { sold: "buys", bought: "sells", paid: "pays" },
    ),
    settle: world(
      { doc: "PnL = bought · (mark − bid) + sold · (ask − mark); reward ω PnL/n + (1−ω) m/n, m = bought + sold" },
      (w, p) => {
        const { cash, inventory, pnl, reward } = w.maker;
        const mark = p.markTo === "prev" ? w.lastPrice : w.price;
        cash[0] += w.ask * w.sold - w.bid * w.bought;
        inventory[0] += w.bought - w.sold;
        pnl[0] = w.bought * (mark - w.bid) + w.sold * (w.ask - mark);
        const n = w.customers.size;
        reward[0] = (w.preference * pnl[0] + (1 - w.preference) * (w.bought + w.sold)) / n;
      },
    ),
  }),
  observe: {
    nature: {
      entropy: { column: "entropy", doc: "of the period before; 0 at the beginning of an episode" },
    },
    maker: {
      price: {
        world: "price",
        center: (p) => p.referencePrice,
        scale: (p) => p.valuationSd,
        doc: "(p − p₀)/ζ, which is p/p₀ with another origin and unit",
      },
      preference: { world: "preference", center: 0.5, scale: 0.5, doc: "ω, from −1 to 1" },
    },
  },
  reward: {
    nature: { column: "entropy", doc: "−Σ π ln π, in nats: indifference is best" },
    maker: { column: "reward", doc: "ω PnL/n + (1−ω) m/n" },
  },
  metrics: {
    preference: { unit: "1", doc: "ω of this episode", of: (w) => w.preference },
    halfSpread: { unit: "money", doc: "h", of: ({ maker }) => maker.halfSpread[0] },
    fillShare: { unit: "1", doc: "m/n, share of customers served", of: (w) => (w.bought + w.sold) / w.customers.size },
    pnl: { unit: "money/customer", doc: "PnL/n", of: ({ maker, customers }) => maker.pnl[0] / customers.size },
    reward: { unit: "1", doc: "ω PnL/n + (1−ω) m/n", of: ({ maker }) => maker.reward[0] },
    entropy: {
      unit: "nats",
      doc: "of the distribution of preferences; at most ln 5",
      of: ({ nature }) => nature.entropy[0],
    },
    price: { unit: "money", doc: "p", of: (w) => w.price },
    inventory: { unit: "goods", doc: "since the episode began", of: ({ maker }) => maker.inventory[0] },
  },
  identities: {
    probabilities: {
      doc: "probabilities of the scenarios sum to 1",
      after: "period",
      of: ({ scenarios }) => scenarios.probability.reduce((sum, π) => sum + π, 0) - 1,
    },
    money: {
      doc: "PnL = change of cash + change of inventory at the mark, relative to an amount above 1",
      after: "period",
      of: ({ maker, paid, bought, sold, price, lastPrice }, p) =>
        (paid + (bought - sold) * (p.markTo === "prev" ? lastPrice : price) - maker.pnl[0]) /
        Math.max(1, Math.abs(paid), price * (bought + sold)),
    },
    goods: {
      doc: "nobody is on both sides, and nobody trades twice",
      tolerance: 0,
      after: "period",
      of: ({ customers }) => customers.buys.reduce((both, buys, i) => both + buys * customers.sells[i], 0),
    },
  },
  truth(p) {
    const { displacement: x, referencePrice, preference, reversion, priceSd, markTo } = p;
    // Behind the mark the price was elsewhere, on average by κx as long as it never met 0.
    const deviation = theory.stationaryPriceSd(priceSd, reversion);
    const reason =
      x <= -referencePrice
        ? `the price would be ${referencePrice + x}, and is never below 0`
        : markTo === "prev" && preference > 0 && referencePrice < 6 * deviation
          ? `the price deviates by ${deviation.toPrecision(3)} from ${referencePrice} in the long run and is stopped at 0, so that its last change is not known`
          : null;
    if (reason !== null) return { halfSpread: unknown(reason), fillShare: unknown(reason), pnl: unknown(reason) };
    const { halfSpread, fillShare, pnl } = theory.bestQuotes(x, p, p.halfSpreadMax);
    return { halfSpread, fillShare, pnl };
  },
  truthDocs: {
    halfSpread: "h* at p = p₀ + x under preference ω",
    fillShare: "expected share of customers served at h*",
    pnl: "expected profit per customer at h*, where the price has been moving for long",
  },
  figures: [
    {
      title: "Half-spread",
      population: "maker",
      column: "halfSpread",
      caption: "Quoted in the last period of an evaluation, under the ω and at the price of that period.",
    },
  ],
});

export default marketMaking;

/** The scenario that u, uniform on [0, 1), falls on; never one of probability 0. */
function drawn(probability: Float64Array, u: number): number {
  let last = 0;
  let below = 0;
  for (let k = 0; k < probability.length; k++) {
    if (probability[k] === 0) continue;
    last = k;
    below += probability[k];
    if (u < below) break;
  }
  return last;
}
