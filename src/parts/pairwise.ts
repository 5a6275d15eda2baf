// Pairwise matching: everybody holds goods and money, meets a random partner in each period, and the two trade at a price between theirs or by Nash bargaining.
//
//   u = x^α m^(1−α);   a good is worth α/(1−α) m/x, the marginal rate of substitution
//   midpoint: at the mean p of both prices the dearer one buys, as much as both want: α (x + m/p) − x of the buyer, x − α (x + m/p) of the seller
//   Nash: the allocation of both endowments that maximises (u₁ − d₁)(u₂ − d₂), d: utilities without trade
//
// Nobody loses by a trade, so that repeated meetings lead to a Pareto optimum, where a good is worth the same to all (Feldman 1973, "Bilateral trading processes,
// pairwise optimality, and Pareto optimality"); with one taste for all that price is α/(1−α) M/X of all goods X and all money M. Goods and money are in whole units
// of 2⁻²⁰: what one gives the other receives to the last unit. Left out: production, consumption, other outside options, search.
import { box, choice, extension, f64, param, part, population, u8 } from "../economy/index.ts";
import { midpoint, roundDown, roundNearest, side } from "../economy/mechanisms/index.ts";
import { exp, log, pairwiseSum } from "../math/index.ts";

/** Whoever bargains: what it has, its taste α, and the price at which it would buy or sell. */
export interface Party {
  readonly goods: number;
  readonly money: number;
  readonly taste: number;
  readonly price: number;
}

const logUtility = (α: number, x: number, m: number): number => α * log(x) + (1 - α) * log(m);
const worth = (α: number, x: number, m: number): number => (α * m) / ((1 - α) * x);

/** Writes into `out` the goods that the first buys of the second and the money that it pays, both below 0 where it sells; 0 where one of them would lose. */
export function bargain(out: Float64Array, first: Party, second: Party, rule: "midpoint" | "nash"): void {
  const [goods, money] = rule === "nash" ? nash(first, second) : atMidpoint(first, second);
  const gains = ({ taste, goods: x, money: m }: Party, q: number, paid: number): boolean =>
    logUtility(taste, x + q, m - paid) >= logUtility(taste, x, m);
  const trade = goods !== 0 && gains(first, goods, money) && gains(second, -goods, -money);
  out[0] = trade ? goods : 0;
  out[1] = trade ? money : 0;
}

function atMidpoint(first: Party, second: Party): readonly [number, number] {
  const buys = side(first.price, second.price);
  if (buys === 0) return [0, 0];
  const price = midpoint(first.price, second.price);
  const wanted = ({ goods, money, taste }: Party): number => taste * (goods + money / price) - goods;
  const [buyer, seller] = buys > 0 ? [first, second] : [second, first];
  const goods = roundDown(Math.max(0, Math.min(wanted(buyer), -wanted(seller))));
  return [buys * goods, buys * roundNearest(price * goods)];
}

const HALVINGS = 40;

// Along the contract curve m₁ = k x₁ M/(X − x₁ + k x₁), k = α₂(1−α₁)/(α₁(1−α₂)), the product rises where U₁′(U₂ − d₂) + U₂′(U₁ − d₁) > 0.
function nash(first: Party, second: Party): readonly [number, number] {
  const [α, β] = [first.taste, second.taste];
  const [X, M] = [first.goods + second.goods, first.money + second.money];
  const k = (β * (1 - α)) / (α * (1 - β));
  const [d1, d2] = [first, second].map(({ taste, goods, money }) => exp(logUtility(taste, goods, money))) as [
    number,
    number,
  ];
  const moneyAt = (x: number): number => (k * x * M) / (X - x + k * x);
  const rises = (x: number): boolean => {
    const m = moneyAt(x);
    const [u1, u2] = [exp(logUtility(α, x, m)), exp(logUtility(β, X - x, M - m))];
    if (u1 <= d1) return true;
    if (u2 <= d2) return false;
    const slope = (m * X) / (x * (X - x + k * x));
    return (
      u1 * (α / x + ((1 - α) * slope) / m) * (u2 - d2) > u2 * (β / (X - x) + ((1 - β) * slope) / (M - m)) * (u1 - d1)
    );
  };
  let [low, high] = [0, X];
  for (let n = 0; n < HALVINGS; n++) {
    const middle = (low + high) / 2;
    if (rises(middle)) low = middle;
    else high = middle;
  }
  return [roundNearest(low - first.goods), roundNearest(first.money - moneyAt(low))];
}

const holdings = {
  goods: f64({ unit: "goods", doc: "held" }),
  money: f64({ unit: "money", doc: "held" }),
  taste: f64({ doc: "α, share of goods in what it would spend" }),
  price: f64({ unit: "money/good", doc: "at which it would buy or sell: the worth of a good to it, or the offer" }),
  out: u8({ doc: "1: goes to the market in this period" }),
  bought: f64({ unit: "goods", doc: "this period" }),
  sold: f64({ unit: "goods", doc: "this period" }),
  paid: f64({ unit: "money", doc: "this period" }),
  received: f64({ unit: "money", doc: "this period" }),
};

/** Pairs of those who are out, drawn anew in each period. */
export const pairwiseMarket = part({
  name: "pairwiseMarket",
  params: {
    bargaining: choice("midpoint", ["midpoint", "nash"], {
      doc: "at the mean of both prices, as much as both want; or Nash's solution",
    }),
  },
  populations: { barterers: extension({ state: holdings }) },
  phases: ({ each }) => ({
    meet: each(
      "barterers",
      {
        doc: "random pairs trade if both are out and neither loses",
        partner: "random",
        reads: ["goods", "money", "taste", "price", "out"],
        writes: ["goods", "money", "bought", "sold", "paid", "received"],
      },
      (k, from, to, _w, p, _draw, other) => {
        const trade = new Float64Array(2);
        for (let i = from; i < to; i++) {
          k.bought[i] = k.sold[i] = k.paid[i] = k.received[i] = 0;
          const j = other.row[i]!;
          if (j < 0 || k.out[i] === 0 || other.out[j] === 0) continue;
          const mine = { goods: k.goods[i]!, money: k.money[i]!, taste: k.taste[i]!, price: k.price[i]! };
          const theirs = {
            goods: other.goods[j]!,
            money: other.money[j]!,
            taste: other.taste[j]!,
            price: other.price[j]!,
          };
          // Both rows compute the trade from the lower one's side, to the same bits.
          const sign = i < j ? 1 : -1;
          if (i < j) bargain(trade, mine, theirs, p.bargaining);
          else bargain(trade, theirs, mine, p.bargaining);
          const [goods, money] = [sign * trade[0]!, sign * trade[1]!];
          k.goods[i]! += goods;
          k.money[i]! -= money;
          k.bought[i] = Math.max(0, goods);
          k.sold[i] = Math.max(0, -goods);
          k.paid[i] = Math.max(0, money);
          k.received[i] = Math.max(0, -money);
        }
      },
    ),
  }),
  stages: { meet: "clear" },
  flows: { goods: { unit: "goods", clears: true } },
  metrics: {
    trades: {
      unit: "trades",
      doc: "pairs who traded in the period",
      of: ({ barterers }) => barterers.bought.reduce((sum, q) => sum + (q > 0 ? 1 : 0), 0),
    },
    tradePrice: {
      unit: "money/good",
      doc: "money paid over goods bought in the period, 0 where nothing is traded",
      of: ({ barterers }) => pairwiseSum(barterers.paid) / (pairwiseSum(barterers.bought) || 1),
    },
  },
});

/** Whoever holds goods and money and trades them pairwise. */
export const barterers = part({
  name: "barterers",
  params: {
    barterers: param(100, { symbol: "N", unit: "people", min: 2, max: 1e7, integer: true }),
    goodsEach: param(10, { unit: "goods", min: 1e-2, max: 1e5, doc: "endowment, mean" }),
    moneyEach: param(10, { unit: "money", min: 1e-2, max: 1e5, doc: "endowment, mean" }),
    endowmentSpread: param(0.9, { min: 0, max: 0.99, doc: "endowments are uniform on the mean times 1 ± this" }),
    taste: param(0.5, { symbol: "α", min: 0.01, max: 0.99, doc: "share of goods in what one would spend, mean" }),
    tasteSpread: param(0, { min: 0, max: 0.5, doc: "tastes are uniform on the mean ± this, within 0.01 to 0.99" }),
    attendance: param(1, { symbol: "q", min: 0, max: 1, doc: "probability of going to the market in a period" }),
    posting: choice("never", ["never", "period"], {
      doc: "when people choose the prices that they offer; never: what a good is worth to them",
    }),
    offerLow: param(0.05, { unit: "money/good", min: 1e-6, max: 1e6 }),
    offerHigh: param(20, { unit: "money/good", min: 1e-6, max: 1e6 }),
  },
  populations: {
    barterers: population({
      size: "barterers",
      state: {
        ...holdings,
        utility: f64({ unit: "utils", doc: "ln u at the end of the period" }),
        gain: f64({ unit: "utils", doc: "rise of ln u in this period" }),
      },
      actions: { offer: box("offerLow", "offerHigh", { unit: "money/good", doc: "at which one would buy or sell" }) },
    }),
  },
  start: ({ each }) => ({
    endow: each("barterers", { doc: "goods, money and tastes, drawn" }, (k, from, to, _w, p, draw) => {
      const [goods, money, taste] = [draw.uniform("goods"), draw.uniform("money"), draw.uniform("taste")];
      for (let i = from; i < to; i++) {
        k.goods[i] = roundNearest(p.goodsEach * (1 + p.endowmentSpread * (2 * goods[i]! - 1)));
        k.money[i] = roundNearest(p.moneyEach * (1 + p.endowmentSpread * (2 * money[i]! - 1)));
        k.taste[i] = Math.min(0.99, Math.max(0.01, p.taste + p.tasteSpread * (2 * taste[i]! - 1)));
        k.utility[i] = logUtility(k.taste[i]!, k.goods[i]!, k.money[i]!);
      }
    }),
  }),
  phases: ({ decide, each }) => ({
    offer: decide("barterers", { doc: "a price, knowing what one has", every: "posting" }),
    go: each("barterers", { doc: "some go to the market, with a price in mind" }, (k, from, to, _w, p, draw) => {
      const u = draw.uniform("out");
      for (let i = from; i < to; i++) {
        k.out[i] = u[i]! < p.attendance ? 1 : 0;
        k.price[i] = p.posting === "never" ? worth(k.taste[i]!, k.goods[i]!, k.money[i]!) : k.offer[i]!;
      }
    }),
    enjoy: each("barterers", { doc: "ln u, and its rise" }, (k, from, to) => {
      for (let i = from; i < to; i++) {
        const before = k.utility[i]!;
        k.utility[i] = logUtility(k.taste[i]!, k.goods[i]!, k.money[i]!);
        k.gain[i] = k.utility[i]! - before;
      }
    }),
  }),
  stages: { offer: "post", go: "post", enjoy: "close" },
  observe: {
    barterers: {
      goods: { column: "goods", scale: (p) => p.goodsEach, doc: "over the mean endowment" },
      money: { column: "money", scale: (p) => p.moneyEach, doc: "over the mean endowment" },
      taste: { column: "taste", center: 0.5, scale: 0.5, doc: "α" },
    },
  },
  reward: { barterers: { column: "gain", doc: "rise of ln u" } },
  flows: {
    goods: { unit: "goods", pays: "barterers.sold", receives: "barterers.bought" },
    payments: { unit: "money", pays: "barterers.paid", receives: "barterers.received" },
  },
  metrics: {
    utility: { unit: "utils", doc: "ln u, mean", of: (w) => pairwiseSum(w.barterers.utility) / w.barterers.size },
    worthSpread: {
      unit: "1",
      doc: "largest over smallest worth of a good, less 1: 0 at a Pareto optimum",
      of({ barterers: { taste, goods, money } }) {
        const values = taste.map((α, i) => worth(α, goods[i]!, money[i]!));
        return values.reduce((a, b) => Math.max(a, b)) / values.reduce((a, b) => Math.min(a, b)) - 1;
      },
    },
  },
});
