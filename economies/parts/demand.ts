// A seller who posts a price, and four laws of demand, a part each: how much is then sold. Sales are never negative.
import { derived, f64, grid, math, param, part, population } from "walras";

/** Who posts a price p, and sells q. */
export const seller = part({
  name: "seller",
  params: {
    cost: param(derived, { symbol: "c", unit: "money/good", min: 0, max: 1e6, doc: "default 2; 1 under logit" }),
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
  },
  populations: {
    seller: population({
      size: 1,
      state: { quantity: f64({ unit: "goods" }) },
      actions: { price: grid("priceLow", "priceHigh", "prices", { unit: "money/good" }) },
    }),
  },
  phases: ({ decide }) => ({ post: decide("seller", { doc: "a price" }) }),
});
const { params, populations } = seller;

const intercept = f64({ unit: "goods", doc: "A_t, known before the price is posted; not used by logit" });
const slope = param(1, {
  symbol: "B",
  unit: "goods²/money",
  min: 1e-6,
  max: 1e6,
  doc: "sales lost by a price higher by 1; not used by logit",
});

/** q = A − B p */
export const linear = part({
  name: "linear",
  params: {
    ...params,
    intercept: param(10, {
      symbol: "A",
      unit: "goods",
      min: 0,
      max: 1e6,
      exclusive: true,
      doc: "linear, habit: sales at price 0",
    }),
    slope,
  },
  world: { intercept },
  populations,
  start: ({ world }) => ({
    nature: world({ doc: "A for ever" }, (w, p) => {
      w.intercept = p.intercept;
    }),
  }),
  phases: ({ world }) => ({
    buy: world({ doc: "q = A − B p, never below 0" }, (w, p) => {
      w.seller.quantity[0] = Math.max(0, w.intercept - p.slope * w.seller.price[0]);
    }),
  }),
});

/** Buyers with tastes of their own choose between the good and nothing: Anderson & de Palma 1992. */
export const logit = part({
  name: "logit",
  params: {
    ...params,
    quality: param(2, { symbol: "a", unit: "money", min: -1e3, max: 1e3, doc: "logit: of the good, to a buyer" }),
    outsideQuality: param(0, { symbol: "a₀", unit: "money", min: -1e3, max: 1e3, doc: "logit: of buying nothing" }),
    differentiation: param(0.25, {
      symbol: "μ",
      unit: "money",
      min: 1e-6,
      max: 1e3,
      doc: "logit: how much tastes differ",
    }),
  },
  populations,
  phases: ({ world }) => ({
    buy: world({ doc: "q = 1/(1 + e^((a₀ − a + p)/μ)), the share of one unit of buyers" }, ({ seller }, p) => {
      seller.quantity[0] = math.sigmoid((p.quality - p.outsideQuality - seller.price[0]) / p.differentiation);
    }),
  }),
});

/** Good and bad times: A_t switches between two levels. Buyers are those of `linear`. */
export const markov = part({
  name: "markov",
  params: {
    interceptLow: param(8, { symbol: "A₁", unit: "goods", min: 0, max: 1e6, doc: "markov: in bad times" }),
    interceptHigh: param(12, { symbol: "A₂", unit: "goods", min: 0, max: 1e6, doc: "markov: in good times" }),
    switchProbability: param(0.1, {
      symbol: "s",
      unit: "per period",
      min: 0,
      max: 1,
      doc: "markov: from either to the other",
    }),
  },
  world: { intercept },
  start: ({ world }) => ({
    nature: world({ doc: "either level with probability ½" }, (w, p, draw) => {
      w.intercept = draw.uniform("level") < 0.5 ? p.interceptLow : p.interceptHigh;
    }),
  }),
  phases: ({ world }) => ({
    change: world({ doc: "A switches with probability s" }, (w, p, draw) => {
      if (draw.uniform("switch") < p.switchProbability)
        w.intercept = w.intercept === p.interceptLow ? p.interceptHigh : p.interceptLow;
    }),
  }),
});

/** Today's price also sells tomorrow: Pollak 1970. */
export const habit = part({
  name: "habit",
  params: {
    ...params,
    habit: param(0.5, {
      symbol: "h",
      min: 0,
      max: 0.99,
      doc: "habit: share of the last sales that comes back by itself",
    }),
    slope,
  },
  world: { intercept, lastQuantity: f64({ unit: "goods", doc: "habit: q₋₁; otherwise 0" }) },
  populations,
  phases: ({ world }) => ({
    buy: world({ doc: "q = A − B p + h q₋₁, never below 0" }, (w, p) => {
      const { price, quantity } = w.seller;
      quantity[0] = Math.max(0, w.intercept - p.slope * price[0] + p.habit * w.lastQuantity);
      w.lastQuantity = quantity[0];
    }),
  }),
});
