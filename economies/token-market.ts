// Traders on bonding curves: contracts mint and burn tokens at the integral of a price that depends on supply alone. With the reserve that this leaves, every token can be burned.
//
//   S ← S + Σ a_i,   reserve ← R(S + Σ a_i),   R(S) = ∫₀^S f,   each pays a_i [R(S + Σ a) − R(S)]/Σ a, the same price, and a fee on it
//
// Money and tokens are counted in units of 2⁻²⁰, about a millionth: sums are exact below 2³³, the reserve is ∫ f to the nearest unit whatever came before, and a round trip without fee
// returns exactly what it cost. Theory in theory/token-market.ts.
// Left out: trade between traders, borrowing and short sales, execution one by one, tokens that the treasury mints.
//
// Who holds tokens is of a kind, a population each. Traders and adversaries decide, and learn as populations of their own; the others follow rules:
//   zero intelligence   U(−1, 1) orderMax           momentum      h (posted − posted before)
//   fundamentalists     g (P* − posted)             arbitrageurs  to where another market's price leaves no profit, together
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

const count = (doc: string) => param(0, { unit: "traders", min: 0, max: 1e4, integer: true, doc });

/** What each holder of tokens has, of whatever kind. */
const account = {
  money: f64({ unit: "money" }),
  tokens: f64({ each: "assets", unit: "tokens" }),
  asked: f64({ each: "assets", unit: "tokens", doc: "ordered; below 0 to burn" }),
  filled: f64({ each: "assets", unit: "tokens", doc: "of that, what was minted or burned" }),
  payment: f64({ each: "assets", unit: "money", doc: "for it, without the fee; below 0 when burning" }),
  wealth: f64({
    unit: "money",
    doc: "and what the contract would pay for all tokens held, asset by asset, without the fee",
  }),
  profit: f64({ unit: "money", doc: "change of wealth, income aside" }),
} as const;
const order = box(-1, 1, { each: "assets", doc: "share of orderMax to mint; below 0 to burn" });
type Account = { readonly size: number } & { readonly [C in keyof typeof account]: Float64Array };

/** In the order of their rows in a batch. */
const KINDS = [
  "traders",
  "adversaries",
  "zeroIntelligence",
  "fundamentalists",
  "momentumTraders",
  "arbitrageurs",
] as const;
type Kinds = { readonly [K in (typeof KINDS)[number]]: Account };
const seen = {
  posted: {
    world: "posted",
    scale: (p: { readonly fundamental: number }) => p.fundamental,
    doc: "prices now, over P*",
  },
  tokens: {
    column: "tokens",
    scale: (p: { readonly supply: number } & Counts) => Math.max(1, p.supply / numberOf(p)),
    doc: "held",
  },
  money: { column: "money", scale: (p: { readonly money: number }) => Math.max(1, p.money), doc: "held" },
} as const;
type Counts = { readonly [K in (typeof KINDS)[number]]: number };
const numberOf = (p: Counts): number => KINDS.reduce((sum, kind) => sum + p[kind], 0);
const holdersOf = (w: Kinds): Account[] => KINDS.map((kind) => w[kind]).filter((k) => k.size > 0);

export const tokenMarket = defineEconomy({
  name: "token-market",
  source: "bonding curves with integral pricing; learners beside traders who follow rules",
  summary: "Traders mint and burn tokens whose price depends on their supply, paid from and into an exact reserve.",
  params: {
    traders: param(50, { symbol: "N", unit: "traders", min: 0, max: 1e4, integer: true, doc: "who decide" }),
    adversaries: count("who decide and are paid for what others lose"),
    zeroIntelligence: count("who order at random"),
    fundamentalists: count("who order g (P* − posted price)"),
    momentumTraders: count("who order h times the last change of the posted price"),
    arbitrageurs: count("who trade towards the other market's price"),
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
    fundamental: param(2, { symbol: "P*", unit: "money/token", min: 1e-9, max: 1e3 }),
    reaction: param(0.2, { symbol: "g", unit: "tokens²/money", min: 0, max: 1e4, doc: "of fundamentalists" }),
    momentum: param(0.2, { symbol: "h", unit: "tokens²/money", min: -1e4, max: 1e4, doc: "of momentum traders" }),
    noise: param(0, {
      symbol: "σ",
      unit: "money/token",
      min: 0,
      max: 100,
      doc: "sd of posted prices around the curve",
    }),
    amount: param(10, { symbol: "a", unit: "tokens", min: 0, max: 600, doc: "theory: minted or burned at once" }),
    otherPrice: param(2.6, { symbol: "P′", unit: "money/token", min: 0, max: 1e3, doc: "at another market" }),
    otherSlope: param(0.02, {
      symbol: "m′",
      unit: "money/token²",
      min: 0,
      max: 1e3,
      doc: "by which it falls there per token that an arbitrageur sells, until the next period",
    }),
    horizon: param(200, { symbol: "T", unit: "periods", min: 1, max: 1e5, integer: true }),
  },
  horizon: "horizon",
  world: {
    supply: f64({ each: "assets", unit: "tokens" }),
    reserve: f64({ each: "assets", unit: "money", doc: "∫₀^S f to the nearest unit" }),
    posted: f64({ each: "assets", unit: "money/token", doc: "f(S) and noise, at least 0" }),
    before: f64({ each: "assets", unit: "money/token", doc: "posted a period ago; f(S) at first" }),
    treasury: f64({ unit: "money", doc: "fees" }),
    endowed: f64({ unit: "money", doc: "all money there is: at first, and income since" }),
    traded: f64({ unit: "money", doc: "Σ |payment| of the period" }),
  },
  populations: {
    traders: population({ size: "traders", state: account, actions: { order } }),
    adversaries: population({
      size: "adversaries",
      doc: "traders paid for what others lose",
      state: { ...account, takings: f64({ unit: "money", doc: "what all others lost, for each adversary its share" }) },
      actions: { order },
    }),
    zeroIntelligence: population({ size: "zeroIntelligence", doc: "orders uniform on ±orderMax", state: account }),
    fundamentalists: population({ size: "fundamentalists", doc: "orders g (P* − posted)", state: account }),
    momentumTraders: population({ size: "momentumTraders", doc: "orders h (posted − before)", state: account }),
    arbitrageurs: population({ size: "arbitrageurs", doc: "orders to the no-profit point", state: account }),
  },
  start: ({ world }) => ({
    endow: world({ doc: "tokens of all traders, the reserve behind them, money" }, (w, p) => {
      const M = p.assets;
      const holders = holdersOf(w);
      const N = numberOf(p);
      if (N === 0) throw new Error("token-market: there is nobody. Give traders or another kind a number above 0.");
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
      w.posted.fill(curve.price(supply));
      let first = 0;
      for (const k of holders) {
        k.money.fill(money);
        for (let i = 0; i < k.size; i++) {
          const share = down((supply * (first + i + 1)) / N) - down((supply * (first + i)) / N);
          k.tokens.fill(share, i * M, (i + 1) * M);
          k.wealth[i] = wealthOf(k, i, w.supply, curve);
        }
        first += k.size;
      }
      w.endowed = N * money + M * nearest(reserve);
    }),
  }),
  phases: ({ decide, each, world }) => ({
    post: world({ doc: "f(S) + σ z, at least 0" }, (w, p, draw) => {
      const curve = theory.curveOf(p);
      const z = draw.sequence.normal("noise");
      w.before.set(w.posted);
      for (let m = 0; m < p.assets; m++) w.posted[m] = Math.max(0, curve.price(w.supply[m]) + p.noise * z());
    }),
    choose: decide("traders", { doc: "each orders some of each asset" }),
    attack: decide("adversaries", { doc: "each orders some of each asset" }),
    ask: each("traders", { doc: "what was decided" }, (k, from, to, _w, p) => decided("trader", k, from, to, p)),
    harm: each("adversaries", { doc: "what was decided" }, (k, from, to, _w, p) =>
      decided("adversary", k, from, to, p),
    ),
    draw: each("zeroIntelligence", { doc: "U(−1, 1) orderMax" }, (k, from, to, _w, p, draw) => {
      const M = p.assets;
      for (let m = 0; m < M; m++) {
        const u = draw.uniform(m === 0 ? "order" : `order/${m}`);
        for (let i = from; i < to; i++) k.asked[i * M + m] = p.orderMax * (2 * u[i] - 1);
      }
    }),
    chase: each("fundamentalists", { doc: "g (P* − posted)" }, (k, from, to, w, p) => {
      const M = p.assets;
      for (let m = 0; m < M; m++) {
        const asked = p.reaction * (p.fundamental - w.posted[m]);
        for (let i = from; i < to; i++) k.asked[i * M + m] = asked;
      }
    }),
    follow: each("momentumTraders", { doc: "h (posted − before)" }, (k, from, to, w, p) => {
      const M = p.assets;
      for (let m = 0; m < M; m++) {
        const asked = p.momentum * (w.posted[m] - w.before[m]);
        for (let i = from; i < to; i++) k.asked[i * M + m] = asked;
      }
    }),
    compare: each("arbitrageurs", { doc: "their share of the best arbitrage" }, (k, from, to, w, p) => {
      const M = p.assets;
      for (let m = 0; m < M; m++) {
        const best = theory.arbitrage({ ...p, supply: w.supply[m] });
        // Without a best amount the other market takes any.
        const asked = isUnknown(best) ? theory.MOST : best.amount / k.size;
        for (let i = from; i < to; i++) k.asked[i * M + m] = asked;
      }
    }),
    trade: world({ doc: "asset by asset, all orders at one price" }, (w, p) => {
      const { assets: M, fee } = p;
      const curve = theory.curveOf(p);
      const holders = holdersOf(w);
      w.traded = 0;
      for (let m = 0; m < M; m++) {
        const S = w.supply[m];
        const N = collect(holders, m, M);
        /** Cuts purchases to what can be paid for; the sum of all orders, and the price that it makes. */
        const execute = (price: number) => {
          let net = 0;
          for (let i = 0; i < N; i++) {
            if (book.filled[i] > 0) book.filled[i] = Math.min(book.filled[i], affordable(book.money[i], price, fee));
            net += book.filled[i];
          }
          return { net, price: priceOf(curve, S, net) };
        };
        for (let i = 0; i < N; i++) book.filled[i] = down(Math.max(book.asked[i], -book.tokens[i]));
        // Cuts lower the price: what was affordable before they were made is so afterwards.
        const { net, price } = execute(execute(curve.price(S)).price);
        // Sums are rounded, not payments, so that these add up.
        let sum = 0;
        let paid = 0;
        for (let i = 0; i < N; i++) {
          sum += book.filled[i];
          book.payment[i] = nearest(price * sum) - paid;
          paid += book.payment[i];
        }
        const reserve = nearest(curve.reserve(S + net));
        const rest = reserve - w.reserve[m] - paid;
        if (!(Math.abs(rest) <= CHANGE))
          throw new Error(
            `token-market: payments for asset ${m} are ${rest} off the change of its reserve, expected at most ${CHANGE}. The integral of the price up to a supply of ${S + net}, ${reserve}, is not exact to 2⁻²⁰: lower supply, growth or slope.`,
          );
        for (let left = rest; left !== 0; left -= Math.sign(left) * UNIT) {
          let bearer = 0;
          for (let i = 0; i < N; i++)
            if (Math.sign(net) * book.payment[i] > Math.sign(net) * book.payment[bearer]) bearer = i;
          book.payment[bearer] += Math.sign(left) * UNIT;
        }
        for (let i = 0; i < N; i++) {
          const size = Math.abs(book.payment[i]);
          const charged = Math.ceil((fee * size) / UNIT) * UNIT;
          book.money[i] -= book.payment[i] + charged;
          book.tokens[i] += book.filled[i];
          w.treasury += charged;
          w.traded += size;
        }
        hand(holders, m, M);
        w.supply[m] = S + net;
        w.reserve[m] = reserve;
      }
    }),
    close: world({ doc: "income, profit at liquidation value, and what others lost" }, (w, p) => {
      const curve = theory.curveOf(p);
      const income = down(p.income);
      let earned = 0;
      for (const k of holdersOf(w)) {
        for (let i = 0; i < k.size; i++) {
          k.money[i] += income;
          const wealth = wealthOf(k, i, w.supply, curve);
          k.profit[i] = wealth - income - k.wealth[i];
          k.wealth[i] = wealth;
        }
        w.endowed += k.size * income;
        if (k !== w.adversaries) earned += total(k.profit);
      }
      w.adversaries.takings.fill(-earned / w.adversaries.size);
    }),
  }),
  observe: { traders: seen, adversaries: seen },
  reward: {
    traders: { column: "profit", doc: "change of wealth at liquidation value, income aside" },
    adversaries: { column: "takings", doc: "what all others lost, divided among adversaries" },
  },
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
      of: (w) => holdersOf(w).reduce((sum, k) => sum + total(k.money), 0) + total(w.reserve) + w.treasury - w.endowed,
    },
    supply: {
      doc: "all holders together hold the supply",
      after: "period",
      of: (w, p) =>
        w.supply.reduce(
          (sum, S, m) => sum + Math.abs(holdersOf(w).reduce((left, k) => left - heldOf(k, m, p.assets), S)),
          0,
        ),
    },
    balances: {
      doc: "nobody holds less than nothing",
      after: "period",
      of: (w) =>
        holdersOf(w)
          .flatMap((k) => [k.money, k.tokens])
          .concat([w.reserve, Float64Array.of(w.treasury)])
          .reduce((sum, held) => sum + shortfall(held), 0),
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
    stabilityMultiplier:
      "1 − m N g: a deviation from P* one period later, over what it was, were all traders and fundamentalists to order g (P* − price)",
    recoverySteps: "periods until 5 % of a deviation are left",
  },
  figures: [
    {
      title: "The price on its way to the fundamental one",
      metric: "spot",
      theoryLabel: "P* + (1 − m N g)^t (f(S) − P*)",
      path: (p) =>
        KINDS.every((kind) => kind === "fundamentalists" || p[kind] === 0)
          ? theory.pathOfPrice(p, p.horizon)
          : unknown("the path is that of fundamentalists alone"),
      caption:
        "f(S) at the end of each period, mean over assets, against the path without noise of fundamentalists, who order g (P* − price).",
    },
  ],
});

/** The price of a token that all pay, were the orders to add up to this; f(S) where they cancel out. */
function priceOf(curve: mechanisms.BondingCurve, supply: number, net: number): number {
  if (net === 0) return curve.price(supply);
  return net > 0 ? curve.mintCost(supply, net) / net : curve.burnProceeds(supply, -net) / -net;
}

function wealthOf(k: Account, i: number, supply: Float64Array, curve: mechanisms.BondingCurve): number {
  let wealth = k.money[i];
  for (let m = 0; m < supply.length; m++) wealth += curve.burnProceeds(supply[m], k.tokens[i * supply.length + m]);
  return wealth;
}

/** Orders as they were decided. */
function decided(
  who: string,
  k: Account & { readonly order: Float64Array },
  from: number,
  to: number,
  p: { readonly orderMax: number; readonly assets: number },
): void {
  for (let at = from * p.assets; at < to * p.assets; at++) {
    const asked = p.orderMax * k.order[at];
    if (!Number.isFinite(asked))
      throw new Error(
        `token-market: ${who} ${Math.floor(at / p.assets)} orders ${asked} of asset ${at % p.assets}, expected a finite number.`,
      );
    k.asked[at] = asked;
  }
}

/** One asset's orders of all holders side by side: what they have, ask for, get and pay. Scratch of `trade`. */
const book = {
  money: new Float64Array(0),
  tokens: new Float64Array(0),
  asked: new Float64Array(0),
  filled: new Float64Array(0),
  payment: new Float64Array(0),
};

function collect(holders: readonly Account[], m: number, M: number): number {
  const N = holders.reduce((sum, k) => sum + k.size, 0);
  if (book.money.length < N)
    for (const column of ["money", "tokens", "asked", "filled", "payment"] as const) book[column] = new Float64Array(N);
  let first = 0;
  for (const k of holders) {
    for (let i = 0; i < k.size; i++) {
      book.money[first + i] = k.money[i];
      book.tokens[first + i] = k.tokens[i * M + m];
      book.asked[first + i] = k.asked[i * M + m];
    }
    first += k.size;
  }
  return N;
}

/** Hands each holder what the book says. */
function hand(holders: readonly Account[], m: number, M: number): void {
  let first = 0;
  for (const k of holders) {
    for (let i = 0; i < k.size; i++) {
      k.money[i] = book.money[first + i];
      k.tokens[i * M + m] = book.tokens[first + i];
      k.filled[i * M + m] = book.filled[first + i];
      k.payment[i * M + m] = book.payment[first + i];
    }
    first += k.size;
  }
}

function heldOf(k: Account, m: number, M: number): number {
  let sum = 0;
  for (let at = m; at < k.tokens.length; at += M) sum += k.tokens[at];
  return sum;
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
