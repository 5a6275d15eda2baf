// An asset that pays dividends, investors who hold it by mean and variance, and a Walrasian market for it.
//
//   demand x = κ (v − p),   κ = (1 + r)/(a σ²),   v = (E p′ + E d′)/(1 + r);   no debts of money or tokens: 0 ≤ x ≤ tokens + money/p
//   all alike, z tokens each: p = v − z/κ, so that a price that is foreseen is the discounted dividend less a premium for risk, p = (E d − a σ² z)/r
//
// Brock & Hommes 1998, "Heterogeneous beliefs and routes to chaos in a simple asset pricing model", JEDC 22, 1235. Where people disagree and cannot sell short, optimists
// hold the asset and the price is above the mean value: Miller 1977, "Risk, uncertainty, and divergence of opinion", Journal of Finance 32, 1151.
//
// Investors are the `traders` of pools and bonding curves, too: in place of `assetMarket`, `bondingCurve` sells them what they want at the posted price. Dividends and
// interest are eaten. Money and tokens are in whole units of 2⁻²⁰; buyers' payments are rounded up and sellers' down, and the clearing house keeps the units between.
import { box, choice, extension, f64, param, part, population } from "../economy/index.ts";
import { bracketing, roundDown, roundUp, tatonnement } from "../economy/mechanisms/index.ts";
import { exp, pairwiseSum } from "../math/index.ts";
import { orders } from "./takers.ts";

const dividendMean = param(0.1, { symbol: "d̄", unit: "money/token", min: 1e-6, max: 1e6, doc: "mean dividend" });
const spot = f64({ unit: "money/token", doc: "price, without the next dividend" });
const dividends = f64({ unit: "money", doc: "received this period, and eaten" });
const demand = {
  value: f64({ unit: "money/token", doc: "price above which an investor wants no tokens" }),
  appetite: f64({ unit: "tokens²/money", doc: "κ, tokens wanted more for each unit by which the price is lower" }),
};

/** Dividends, the same on every token. */
export const asset = part({
  name: "asset",
  params: {
    dividendMean,
    dividendLogSd: param(0, { symbol: "ς", min: 0, max: 2, doc: "of the logarithm of a dividend, independent draws" }),
  },
  world: {
    dividend: f64({ unit: "money/token", doc: "of this period" }),
    dividendsPaid: f64({ unit: "money", doc: "on all tokens, this period" }),
  },
  populations: { traders: extension({ state: { tokens: f64({ unit: "tokens" }), dividends } }) },
  phases: ({ each, total, world }) => ({
    bear: world({ doc: "a dividend of mean d̄, lognormal", writes: "scalars" }, (w, p, draw) => {
      const ς = p.dividendLogSd;
      w.dividend = p.dividendMean * (ς === 0 ? 1 : exp(ς * draw.normal("dividend") - (ς * ς) / 2));
    }),
    pay: each("traders", { doc: "the dividend on what they hold before trade" }, (k, from, to, w) => {
      for (let i = from; i < to; i++) k.dividends[i] = w.dividend * k.tokens[i]!;
    }),
    count: total("traders", { doc: "of all" }, { dividendsPaid: "dividends" }),
  }),
  stages: { bear: "produce", pay: "produce", count: "produce" },
  flows: { dividends: { unit: "money", pays: "dividendsPaid" } },
  metrics: { dividend: { unit: "money/token", doc: "of the period", of: (w) => w.dividend } },
});

/** Investors who hold tokens for their dividends and prices. */
export const investors = part({
  name: "investors",
  params: {
    traders: param(100, { symbol: "N", unit: "traders", min: 1, max: 1e6, integer: true }),
    traderMoney: param(1000, { unit: "money", min: 0, max: 1e5, doc: "of each trader at first" }),
    traderTokens: param(1, { symbol: "z", unit: "tokens", min: 0, max: 1e5, doc: "of each trader at first" }),
    dividendMean,
    interest: param(0.05, { symbol: "r", unit: "per period", min: 1e-4, max: 1, doc: "what money earns elsewhere" }),
    riskAversion: param(1, { symbol: "a", unit: "1/money", min: 1e-6, max: 1e6, doc: "absolute" }),
    payoffSd: param(0.1, {
      symbol: "σ",
      unit: "money/token",
      min: 1e-6,
      max: 1e6,
      doc: "standard deviation of price and dividend, as investors see it",
    }),
    disagreement: param(0, {
      symbol: "h",
      unit: "money/token",
      min: 0,
      max: 1e6,
      doc: "opinions of the value are uniform on that of the forecast ± this",
    }),
    beliefs: choice("naive", ["naive", "fundamental"], {
      doc: "next price that is expected: the last one, or the one that is always right",
    }),
    forecasting: choice("never", ["never", "period"], {
      doc: "when investors choose forecasts; never: they have their beliefs",
    }),
    forecastMax: param(10, { unit: "money/token", min: 1e-6, max: 1e6, doc: "largest forecast that is chosen" }),
    adjustment: param(1, {
      symbol: "λ",
      min: 0,
      max: 1,
      doc: "share of the way to what they want that orders at a posted price go",
    }),
  },
  world: { spot, dividend: f64({ unit: "money/token" }), lastSpot: f64({ unit: "money/token", doc: "a period ago" }) },
  populations: {
    traders: population({
      size: "traders",
      state: {
        ...orders.state,
        ...demand,
        dividends,
        opinion: f64({ doc: "from −1, a pessimist, to 1" }),
        held: f64({ unit: "tokens", doc: "before trade" }),
        gain: f64({ unit: "money", doc: "(p + d − (1 + r) p₋₁) x − a σ² x²/2 of the tokens x held before trade" }),
      },
      actions: { forecast: box(0, "forecastMax", { unit: "money/token", doc: "of the next price" }) },
    }),
  },
  start: ({ each }) => ({
    endow: each("traders", { doc: "equal money and tokens, and an opinion" }, (k, from, to, _w, p, draw) => {
      const u = draw.uniform("opinion");
      k.money.fill(roundDown(p.traderMoney), from, to);
      k.tokens.fill(roundDown(p.traderTokens), from, to);
      for (let i = from; i < to; i++) k.opinion[i] = 2 * u[i]! - 1;
    }),
  }),
  phases: ({ decide, each, world }) => ({
    remember: world({ doc: "the price before trade", writes: "scalars" }, (w) => {
      w.lastSpot = w.spot;
    }),
    expect: decide("traders", { doc: "a forecast of the next price", every: "forecasting" }),
    want: each("traders", { doc: "v and κ, and an order at the posted price" }, (k, from, to, w, p) => {
      const foreseen = p.beliefs === "naive" ? w.spot : fundamentalPrice(p);
      const κ = (1 + p.interest) / (p.riskAversion * p.payoffSd * p.payoffSd);
      for (let i = from; i < to; i++) {
        const next = p.forecasting === "period" ? k.forecast[i]! : foreseen;
        k.held[i] = k.tokens[i]!;
        k.value[i] = (next + p.dividendMean) / (1 + p.interest) + p.disagreement * k.opinion[i]!;
        k.appetite[i] = κ;
        const gap = p.adjustment * (holding(k.value[i]!, κ, w.spot, k.money[i]!, k.tokens[i]!) - k.tokens[i]!);
        k.order[i] = gap > 0 ? gap * w.spot : gap;
      }
    }),
    enjoy: each("traders", { doc: "excess return on what was held, less what its risk costs" }, (k, from, to, w, p) => {
      const excess = w.spot + w.dividend - (1 + p.interest) * w.lastSpot;
      const risk = (p.riskAversion * p.payoffSd * p.payoffSd) / 2;
      for (let i = from; i < to; i++) k.gain[i] = (excess - risk * k.held[i]!) * k.held[i]!;
    }),
  }),
  stages: { remember: "choose", expect: "post", want: "post", enjoy: "close" },
  observe: {
    traders: {
      price: { world: "spot", scale: (p) => p.forecastMax, doc: "over forecastMax" },
      dividend: { world: "dividend", scale: (p) => p.dividendMean, doc: "over its mean" },
    },
  },
  reward: { traders: { column: "gain", doc: "excess return on what was held, less what its risk costs" } },
  flows: {
    payments: { unit: "money", pays: "traders.paid" },
    deliveries: { unit: "tokens", pays: "traders.given" },
    dividends: { unit: "money", receives: "traders.dividends" },
  },
});

/** The price that is right if all expect it, at least 0: (E d − a σ² z)/r. */
export const fundamentalPrice = (p: {
  readonly dividendMean: number;
  readonly riskAversion: number;
  readonly payoffSd: number;
  readonly traderTokens: number;
  readonly interest: number;
}): number => Math.max(0, p.dividendMean - p.riskAversion * p.payoffSd * p.payoffSd * p.traderTokens) / p.interest;

/** Tokens that an investor wants at a price, without debts. */
const holding = (value: number, appetite: number, price: number, money: number, tokens: number): number =>
  Math.min(Math.max(0, appetite * (value - price)), price > 0 ? tokens + money / price : Infinity);

/** Walrasian clearing: one price at which investors want just the tokens that there are, 0 where they want fewer at any price. */
export const assetMarket = part({
  name: "assetMarket",
  params: {
    clearing: choice("bracketing", ["bracketing", "tatonnement"], { doc: "how the price is found" }),
    clearingSpeed: param(5e-3, {
      symbol: "κ",
      min: 1e-6,
      max: 2,
      doc: "of tâtonnement: rise of ln p per round, over demand/supply − 1",
    }),
  },
  world: {
    spot,
    supply: f64({ unit: "tokens", doc: "held by all" }),
    volume: f64({ unit: "tokens", doc: "traded this period" }),
    moneyTaken: f64({ unit: "money", doc: "units that rounding leaves with the clearing house, this period" }),
  },
  populations: { traders: extension({ state: { ...orders.state, ...demand } }) },
  phases: ({ world }) => ({
    clear: world(
      { doc: "demand is supply; where it is less at any price, the longer side is served in random order" },
      (w, p, draw) => {
        const { money, tokens, value, appetite, paid, given, size } = w.traders;
        const supply = pairwiseSum(tokens);
        w.supply = supply;
        w.volume = w.moneyTaken = 0;
        paid.fill(0);
        given.fill(0);
        if (supply === 0) return;
        const wanted = new Float64Array(size);
        const demanded = (price: number): number => {
          for (let i = 0; i < size; i++) wanted[i] = holding(value[i]!, appetite[i]!, price, money[i]!, tokens[i]!);
          return pairwiseSum(wanted);
        };
        const excess = (out: Float64Array, prices: Float64Array): void => {
          out[0] = demanded(prices[0]!) / supply - 1;
        };
        const highest = value.reduce((a, b) => Math.max(a, b), 0);
        const prices = new Float64Array([w.spot > 0 && w.spot < highest ? w.spot : highest / 2]);
        const options = { tolerance: 1e-10 };
        if (demanded(1e-9 * highest) <= supply) prices[0] = 0;
        else if (p.clearing === "bracketing") bracketing(prices, excess, options);
        else tatonnement(prices, excess, { ...options, speed: p.clearingSpeed });
        const price = prices[0]!;
        w.spot = price;
        demanded(price);
        const queue = draw.shuffle("queue", size);
        let [bids, asks] = [0, 0];
        for (let i = 0; i < size; i++) {
          wanted[i] = roundDown(wanted[i]! - tokens[i]!);
          if (wanted[i]! > 0) bids += wanted[i]!;
          else asks -= wanted[i]!;
        }
        w.volume = Math.min(bids, asks);
        let [toBuy, toSell] = [w.volume, w.volume];
        for (const i of queue) {
          const bought = Math.min(Math.max(0, wanted[i]!), toBuy);
          const sold = Math.min(Math.max(0, -wanted[i]!), toSell);
          toBuy -= bought;
          toSell -= sold;
          given[i] = sold - bought;
          paid[i] = bought > 0 ? Math.min(money[i]!, roundUp(price * bought)) : -roundDown(price * sold);
          tokens[i]! -= given[i]!;
          money[i]! -= paid[i]!;
          w.moneyTaken += paid[i]!;
        }
      },
    ),
  }),
  stages: { clear: "clear" },
  flows: {
    deliveries: { unit: "tokens", clears: true, receives: () => 0 },
    payments: { unit: "money", receives: "moneyTaken" },
  },
  identities: {
    tokens: {
      doc: "traders hold the supply",
      after: "period",
      tolerance: 0,
      of: (w) => pairwiseSum(w.traders.tokens) - w.supply,
    },
  },
  metrics: {
    price: { unit: "money/token", doc: "of the period", of: (w) => w.spot },
    volume: { unit: "tokens", doc: "traded in the period", of: (w) => w.volume },
  },
});
