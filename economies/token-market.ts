// Traders on bonding curves: contracts mint and burn tokens at the integral of a price that depends on supply alone. With the reserve that this leaves, every token can be burned.
//
//   S ← S + Σ a_i,   reserve ← R(S + Σ a_i),   R(S) = ∫₀^S f,   each pays a_i [R(S + Σ a) − R(S)]/Σ a, the same price, and a fee on it
//
// Money and tokens are counted in units of 2⁻²⁰, about a millionth: sums are exact below 2³³, the reserve is ∫ f to the nearest unit whatever came before, and a round trip without fee
// returns exactly what it cost. Theory in theory/token-market.ts.
// Left out: trade between traders, borrowing and short sales, execution one by one, tokens that the treasury mints.
import {
  box,
  choice,
  defineEconomy,
  f64,
  isUnknown,
  type mechanisms,
  numbers,
  param,
  population,
  unknown,
} from "walras";
import * as theory from "./theory/token-market.ts";

const UNIT = 1 / 1048576; // 2⁻²⁰
/** A payment is rounded to units three times and a fee once; whoever buys keeps as much for it. */
const CHANGE = 8 * UNIT;
const nearest = (x: number): number => Math.round(x / UNIT) * UNIT;
const down = (x: number): number => Math.trunc(x / UNIT) * UNIT;

/** The most tokens that a sum of money is sure to pay for at a price, with the fee. */
const affordable = (money: number, price: number, fee: number): number =>
  price > 0 ? Math.max(0, down((money - CHANGE) / (price * (1 + fee)))) : Infinity;

export const tokenMarket = defineEconomy({
  name: "token-market",
  source: "bonding curves with integral pricing; fundamental traders on a linear curve",
  summary: "Traders mint and burn tokens whose price depends on their supply, paid from and into an exact reserve.",
  params: {
    traders: param(50, { symbol: "N", unit: "traders", min: 1, max: 1e4, integer: true }),
    assets: param(1, {
      symbol: "M",
      unit: "assets",
      min: 1,
      max: 100,
      integer: true,
      doc: "each on a curve of its own",
    }),
    curve: choice("linear", ["linear", "logarithmic", "exponential", "sigmoid", "polynomial"], {
      symbol: "f",
      doc: "slope S + intercept; slope ln(S + 1); intercept e^(growth S); capacity/(1 + e^(−growth (S − midpoint))); Σ coefficients_j S^j",
    }),
    slope: param(0.01, { symbol: "m", unit: "money/token²", min: 0, max: 1e3 }),
    intercept: param(1, { symbol: "b", unit: "money/token", min: 0, max: 1e3 }),
    growth: param(0.01, { symbol: "k", unit: "1/token", min: 1e-9, max: 1 }),
    capacity: param(10, { unit: "money/token", min: 1e-9, max: 1e3, doc: "price at the largest supply" }),
    midpoint: param(100, { symbol: "S₀", unit: "tokens", min: 0, max: 600, doc: "supply at half the capacity" }),
    coefficients: numbers([1, 0, 1e-4], { unit: "money/token", min: 0, max: 1e3, most: 8, doc: "of S⁰, S¹, …" }),
    supply: param(100, {
      symbol: "S",
      unit: "tokens",
      min: 0,
      max: 600,
      doc: "of each asset at first, spread equally",
    }),
    money: param(100, { symbol: "B", unit: "money", min: 0, max: 1e4, doc: "of each trader at first" }),
    income: param(0, { symbol: "I", unit: "money/period", min: 0, max: 1, doc: "of each trader" }),
    fee: param(0, { symbol: "φ", min: 0, max: 0.99, doc: "on what is paid and on what is received" }),
    orderMax: param(5, { unit: "tokens", min: 1e-6, max: 1e4, doc: "most that a trader can order" }),
    decisions: choice("period", ["period", "never"], {
      doc: "when traders decide what to order; never: they order g (P* − posted price) of each asset",
    }),
    fundamental: param(2, { symbol: "P*", unit: "money/token", min: 1e-9, max: 1e3 }),
    reaction: param(0.2, { symbol: "g", unit: "tokens²/money", min: 0, max: 1e4 }),
    noise: param(0, {
      symbol: "σ",
      unit: "money/token",
      min: 0,
      max: 100,
      doc: "sd of posted prices around the curve",
    }),
    amount: param(10, { symbol: "a", unit: "tokens", min: 0, max: 600, doc: "theory: minted or burned at once" }),
    otherPrice: param(2.6, { symbol: "P′", unit: "money/token", min: 0, max: 1e3, doc: "theory: at another market" }),
    otherSlope: param(0.02, {
      symbol: "m′",
      unit: "money/token²",
      min: 0,
      max: 1e3,
      doc: "theory: by which it falls there",
    }),
    horizon: param(200, { symbol: "T", unit: "periods", min: 1, max: 1e5, integer: true }),
  },
  horizon: "horizon",
  world: {
    supply: f64({ each: "assets", unit: "tokens" }),
    reserve: f64({ each: "assets", unit: "money", doc: "∫₀^S f to the nearest unit" }),
    posted: f64({ each: "assets", unit: "money/token", doc: "f(S) and noise, at least 0" }),
    treasury: f64({ unit: "money", doc: "fees" }),
    endowed: f64({ unit: "money", doc: "all money there is: at first, and income since" }),
    traded: f64({ unit: "money", doc: "Σ |payment| of the period" }),
  },
  populations: {
    traders: population({
      size: "traders",
      state: {
        money: f64({ unit: "money" }),
        tokens: f64({ each: "assets", unit: "tokens" }),
        asked: f64({ each: "assets", unit: "tokens", doc: "ordered; below 0 to burn" }),
        filled: f64({ each: "assets", unit: "tokens", doc: "of that, what was minted or burned" }),
        payment: f64({ each: "assets", unit: "money", doc: "for it, without the fee; below 0 when burning" }),
        wealth: f64({
          unit: "money",
          doc: "and what the contract would pay for all tokens held, asset by asset, without the fee",
        }),
        profit: f64({ unit: "money", doc: "change of wealth" }),
      },
      actions: { order: box(-1, 1, { each: "assets", doc: "share of orderMax to mint; below 0 to burn" }) },
    }),
  },
  start: ({ world }) => ({
    endow: world({ doc: "tokens of all traders, the reserve behind them, money" }, (w, p) => {
      const [{ traders: N, assets: M }, k] = [p, w.traders];
      const curve = theory.curveOf(p);
      const supply = down(p.supply);
      const reserve = curve.reserve(supply);
      if (!(M * reserve <= 4294967296))
        throw new Error(
          `token-market: the reserves of ${M} assets are ${M * reserve} at a supply of ${supply}, expected at most 2³². Lower supply, growth or slope.`,
        );
      const money = down(p.money);
      w.supply.fill(supply);
      w.reserve.fill(nearest(reserve));
      k.money.fill(money);
      for (let i = 0; i < N; i++)
        for (let m = 0; m < M; m++) k.tokens[i * M + m] = down((supply * (i + 1)) / N) - down((supply * i) / N);
      for (let i = 0; i < N; i++) k.wealth[i] = wealthOf(k, i, w.supply, curve);
      w.endowed = N * money + M * nearest(reserve);
    }),
  }),
  phases: ({ decide, each, world }) => ({
    post: world({ doc: "f(S) + σ z, at least 0" }, (w, p, draw) => {
      const curve = theory.curveOf(p);
      const z = draw.sequence.normal("noise");
      for (let m = 0; m < p.assets; m++) w.posted[m] = Math.max(0, curve.price(w.supply[m]) + p.noise * z());
    }),
    choose: decide("traders", { doc: "each orders some of each asset", every: "decisions" }),
    ask: each("traders", { doc: "orders of traders who decide, or who follow the rule" }, (k, from, to, w, p) => {
      const M = p.assets;
      for (let i = from; i < to; i++)
        for (let m = 0; m < M; m++) {
          const own = p.orderMax * k.order[i * M + m];
          if (!Number.isFinite(own))
            throw new Error(`token-market: trader ${i} orders ${own} of asset ${m}, expected a finite number.`);
          k.asked[i * M + m] = p.decisions === "never" ? p.reaction * (p.fundamental - w.posted[m]) : own;
        }
    }),
    trade: world({ doc: "asset by asset, all orders at one price" }, (w, p) => {
      const [{ traders: N, assets: M, fee }, { money, tokens, asked, filled, payment }] = [p, w.traders];
      const curve = theory.curveOf(p);
      w.traded = 0;
      for (let m = 0; m < M; m++) {
        const S = w.supply[m];
        /** Cuts purchases to what can be paid for; the sum of all orders, and the price that it makes. */
        const execute = (price: number) => {
          let net = 0;
          for (let i = 0; i < N; i++) {
            const at = i * M + m;
            filled[at] = Math.min(filled[at], affordable(money[i], price, fee));
            net += filled[at];
          }
          return { net, price: priceOf(curve, S, net) };
        };
        for (let at = m; at < N * M; at += M) filled[at] = down(Math.max(asked[at], -tokens[at]));
        // Cuts lower the price: what was affordable before they were made is so afterwards.
        const { net, price } = execute(execute(curve.price(S)).price);
        // Sums are rounded, not payments, so that these add up.
        let sum = 0;
        let paid = 0;
        for (let at = m; at < N * M; at += M) {
          sum += filled[at];
          payment[at] = nearest(price * sum) - paid;
          paid += payment[at];
        }
        const reserve = nearest(curve.reserve(S + net));
        const rest = reserve - w.reserve[m] - paid;
        if (!(Math.abs(rest) <= CHANGE))
          throw new Error(
            `token-market: payments for asset ${m} are ${rest} off the change of its reserve, expected at most ${CHANGE}. The integral of the price up to a supply of ${S + net}, ${reserve}, is not exact to 2⁻²⁰: lower supply, growth or slope.`,
          );
        for (let left = rest; left !== 0; left -= Math.sign(left) * UNIT) {
          let bearer = m;
          for (let at = m; at < N * M; at += M)
            if (Math.sign(net) * payment[at] > Math.sign(net) * payment[bearer]) bearer = at;
          payment[bearer] += Math.sign(left) * UNIT;
        }
        for (let i = 0; i < N; i++) {
          const at = i * M + m;
          const size = Math.abs(payment[at]);
          const charged = Math.ceil((fee * size) / UNIT) * UNIT;
          money[i] -= payment[at] + charged;
          tokens[at] += filled[at];
          w.treasury += charged;
          w.traded += size;
        }
        w.supply[m] = S + net;
        w.reserve[m] = reserve;
      }
      w.endowed += N * down(p.income);
    }),
    close: each("traders", { doc: "income, and profit at liquidation value" }, (k, from, to, w, p) => {
      const curve = theory.curveOf(p);
      const income = down(p.income);
      for (let i = from; i < to; i++) {
        k.money[i] += income;
        const wealth = wealthOf(k, i, w.supply, curve);
        k.profit[i] = wealth - income - k.wealth[i];
        k.wealth[i] = wealth;
      }
    }),
  }),
  observe: {
    traders: {
      posted: { world: "posted", scale: (p) => p.fundamental, doc: "prices now, over P*" },
      tokens: { column: "tokens", scale: (p) => Math.max(1, p.supply / p.traders), doc: "held" },
      money: { column: "money", scale: (p) => Math.max(1, p.money), doc: "held" },
    },
  },
  reward: { traders: { column: "profit", doc: "change of wealth at liquidation value, income aside" } },
  metrics: {
    spot: {
      unit: "money/token",
      doc: "f(S) at the end of the period, mean over assets",
      of: (w, p) => meanOf(w.supply, theory.curveOf(p).price),
    },
    circulating: { unit: "tokens", doc: "supply, mean over assets", of: (w) => meanOf(w.supply, (S) => S) },
    backing: { unit: "money", doc: "reserve, mean over assets", of: (w) => meanOf(w.reserve, (R) => R) },
    fees: { unit: "money", doc: "the treasury", of: (w) => w.treasury },
    turnover: { unit: "money", doc: "paid and received in the period, without fees", of: (w) => w.traded },
  },
  identities: {
    reserve: {
      doc: "the reserve is ∫ f",
      after: "period",
      of(w, p) {
        const curve = theory.curveOf(p);
        return w.supply.reduce((sum, S, m) => sum + Math.abs(nearest(curve.reserve(S)) - w.reserve[m]), 0);
      },
    },
    money: {
      doc: "money of traders, reserves and the treasury is what there was and came in",
      after: "period",
      of: (w) => total(w.traders.money) + total(w.reserve) + w.treasury - w.endowed,
    },
    supply: {
      doc: "traders hold the supply",
      after: "period",
      of: (w, p) =>
        w.supply.reduce(
          (sum, S, m) => sum + Math.abs(S - total(w.traders.tokens.filter((_, at) => at % p.assets === m))),
          0,
        ),
    },
    balances: {
      doc: "nobody holds less than nothing",
      after: "period",
      of: (w) =>
        [w.traders.money, w.traders.tokens, w.reserve, [w.treasury]].reduce((sum, held) => sum + shortfall(held), 0),
    },
  },
  truth(p) {
    const curve = theory.curveOf(p);
    const best = theory.arbitrage(p);
    return {
      price: curve.price(p.supply),
      reserve: curve.reserve(p.supply),
      mintCost: curve.mintCost(p.supply, p.amount),
      burnProceeds: theory.burnProceeds(p),
      priceAfterMint: curve.price(p.supply + p.amount),
      priceImpact: theory.priceImpact(p),
      arbitrageAmount: isUnknown(best) ? best : best.amount,
      arbitrageProfit: isUnknown(best) ? best : best.profit,
      stabilityMultiplier: theory.stabilityMultiplier(p),
      recoverySteps: theory.recoverySteps(p),
    };
  },
  truthDocs: {
    price: "f(S) at the first supply",
    reserve: "R(S) = ∫₀^S f",
    mintCost: "R(S + a) − R(S), before the fee",
    burnProceeds: "R(S) − R(S − a), before the fee",
    priceAfterMint: "f(S + a)",
    priceImpact: "f(S + a)/f(S) − 1",
    arbitrageAmount:
      "tokens minted here and sold at the other market, below 0 bought there and burned here, for the most profit",
    arbitrageProfit: "of that, after the fee here",
    stabilityMultiplier: "1 − m N g: a deviation from P* one period later, over what it was",
    recoverySteps: "periods until 5 % of a deviation are left",
  },
  figures: [
    {
      title: "The price on its way to the fundamental one",
      metric: "spot",
      theoryLabel: "P* + (1 − m N g)^t (f(S) − P*)",
      path: (p) =>
        p.decisions === "never"
          ? theory.pathOfPrice(p, p.horizon)
          : unknown("traders order what they decide; the path is that of decisions=never"),
      caption:
        "f(S) at the end of each period, mean over assets, against the path without noise of traders who order g (P* − price).",
    },
  ],
});

/** The price of a token that all pay, were the orders to add up to this; f(S) where they cancel out. */
function priceOf(curve: mechanisms.BondingCurve, supply: number, net: number): number {
  if (net === 0) return curve.price(supply);
  return net > 0 ? curve.mintCost(supply, net) / net : curve.burnProceeds(supply, -net) / -net;
}

function wealthOf(
  k: { readonly money: Float64Array; readonly tokens: Float64Array },
  i: number,
  supply: Float64Array,
  curve: mechanisms.BondingCurve,
): number {
  let wealth = k.money[i];
  for (let m = 0; m < supply.length; m++) wealth += curve.burnProceeds(supply[m], k.tokens[i * supply.length + m]);
  return wealth;
}

// In order: sums of units are exact.
const total = (x: Float64Array): number => x.reduce((sum, v) => sum + v, 0);
const meanOf = (x: Float64Array, of: (v: number) => number): number => x.reduce((sum, v) => sum + of(v), 0) / x.length;
const shortfall = (held: Float64Array | number[]): number => {
  let sum = 0;
  for (const x of held) sum += Math.max(0, -x);
  return sum;
};

export default tokenMarket;
