// Chains with a pool each, takers who pull its price back to value and push it at random, and arbitrageurs who carry tokens from where they are cheap to where they will be dear.
//
// A pool's price falls with the tokens that it holds, P = F_c + m_c (Y_0 − Y), and never below 0; trades pay the integral. All that trades in a period on one side pays one average price. Money and tokens are whole
// units of 2⁻²⁰, and roundings are the pool's.
import { box, choice, derived, extension, f64, math, mechanisms, param, part, parts, population } from "walras";
import {
  type Chains,
  DEPTH,
  orderBy,
  poolOn,
  priceOn,
  refuseImpossible,
  routeOf,
  slopeOn,
  valueOn,
} from "../theory/chains.ts";

const { roundDown, roundUp } = mechanisms;

const params = {
  ...parts.bridge.params,
  pairs: param(derived, { min: 1, max: 2016, integer: true, doc: "of chains" }),
  price: param(10, { symbol: "F", unit: "money/token", min: 0.1, max: 20, doc: "value of a token of the first chain" }),
  slope: param(0.015, {
    symbol: "m",
    unit: "money/token²",
    min: 1e-3,
    max: 1,
    doc: "by which a token bought on the first chain raises its price",
  }),
  reversion: param(0.1, { symbol: "κ", unit: "per period", min: 1e-3, max: 5, doc: "of prices to value, by takers" }),
  volatility: param(0.2, {
    symbol: "σ",
    unit: "money/token/√period",
    min: 0,
    max: 5,
    doc: "of the first chain's price, by takers",
  }),
  gap: param(0.6, {
    unit: "money/token",
    min: 0,
    max: 10,
    doc: "between the first two chains at the start, in the first chain's tokens: the second's price is above value",
  }),
  spread: param(0, { unit: "money/token", min: 0, max: 1, doc: "standard deviation of prices at the start" }),
  toll: param(0, { symbol: "φ", unit: "money/token", min: 0, max: 10, doc: "paid for each token sent" }),
  riskAversion: param(0, { symbol: "a", unit: "1/money", min: 0, max: 100, doc: "constant absolute" }),
  arbitrageurs: param(1, { symbol: "N", min: 1, max: 1e4, integer: true }),
  orderMax: param(40, { unit: "tokens", min: 0, max: 1e4, doc: "most that one arbitrageur sends over a bridge" }),
};

const pools = {
  price: f64({ unit: "money/token", doc: "of a first small amount" }),
  poolTokens: f64({ unit: "tokens", doc: "Y" }),
  poolMoney: f64({ unit: "money" }),
};

/** ∫ of the price over what the pool of chain c holds, from Y₁ to Y₂. */
function worth(p: Chains, c: number, from: number, to: number): number {
  const [value, slope] = [valueOn(p, c), slopeOn(p, c)];
  const [first, worthless] = [poolOn(p, c), poolOn(p, c) + value / slope];
  const [low, high] = [Math.min(from, worthless), Math.min(to, worthless)];
  return (high - low) * (value + slope * (first - (low + high) / 2));
}
const priceAt = (p: Chains, c: number, tokens: number): number =>
  Math.max(0, valueOn(p, c) + slopeOn(p, c) * (poolOn(p, c) - tokens));

type Pools = Readonly<Record<keyof typeof pools, Float64Array>>;

/** Average price of a token when so many are bought (below 0: sold); the pool then holds so many less (more). */
function traded(k: Pools, p: Chains, c: number, tokens: number): number {
  if (tokens === 0) return 0;
  const left = k.poolTokens[c] - tokens;
  const each = worth(p, c, left, k.poolTokens[c]) / tokens;
  k.poolTokens[c] = left;
  k.price[c] = priceAt(p, c, left);
  return each;
}

const money = () => f64({ unit: "money" });
const tokens = () => f64({ unit: "tokens" });
/** Payments are rounded up, tolls too. */
const UNITS = 4 * mechanisms.UNIT;

const sourceOf = (lane: number, C: number): number => Math.floor(lane / C) % C;

/** Tokens of a lane that are sold on chain c: those that arrived there, or that failed and came from there. */
const soldOn = (
  lanes: { readonly minted: Float64Array; readonly givenBack: Float64Array },
  C: number,
  lane: number,
  c: number,
): number => (lane % C === c ? lanes.minted[lane] : 0) + (sourceOf(lane, C) === c ? lanes.givenBack[lane] : 0);

/** A price at which takers trade is at most so many times value. */
const MOST = 2;

export const chainMarkets = part({
  name: "chain markets",
  params,
  world: {
    gaps: f64({ each: "pairs", unit: "money/token", doc: "B_ij P_j − P_i by pairs of chains i < j" }),
    firstPrice: f64({ unit: "money/token", doc: "on the first chain, before anybody carries" }),
    endowedMoney: f64({ unit: "money", doc: "of all, at the start" }),
  },
  populations: {
    chains: population({
      size: "chains",
      state: {
        ...pools,
        takersTokens: f64({ unit: "tokens", doc: "of takers, net since the start; below 0 they owe them" }),
        takersMoney: f64({ unit: "money", doc: "of takers, net since the start; below 0 they owe it" }),
      },
    }),
  },
  start: ({ world }) => ({
    found: world({ doc: "pools that have been traded to the first prices" }, (w, p, draw) => {
      const { chains: k } = w;
      refuseImpossible(p);
      const next = p.spread > 0 ? draw.sequence.normal("spread") : () => 0;
      w.endowedMoney = 0;
      for (let c = 0; c < k.size; c++) {
        const relative = valueOn(p, c) / p.price;
        k.poolTokens[c] = poolOn(p, c);
        k.price[c] = valueOn(p, c);
        k.poolMoney[c] = roundDown(DEPTH * valueOn(p, c) * k.poolTokens[c]);
        w.endowedMoney += k.poolMoney[c];
        tradeTo(k, p, c, (p.price + (c === 1 ? p.gap : 0) + p.spread * next()) * relative);
      }
      compare(w, p);
    }),
  }),
  phases: ({ world }) => ({
    take: world(
      { doc: "takers trade each pool to F + e^(−κ) (P − F) + noise, from the second period on" },
      (w, p, draw) => {
        if (w.period === 0) return;
        const next = draw.sequence.normal("price");
        for (let c = 0; c < w.chains.size; c++)
          tradeTo(w.chains, p, c, priceOn(p, c).step(w.chains.price[c], 1, next()));
      },
    ),
    look: world({ doc: "prices beside each other" }, (w, p) => compare(w, p)),
  }),
  metrics: {
    gap: {
      unit: "money/token",
      doc: "B P₁ − P₀ of the first two chains, at the end of the period",
      of: ({ chains: { price } }, p) => parts.bridgeRate(p, 0, 1) * price[1] - price[0],
    },
    firstPrice: { unit: "money/token", doc: "on the first chain", of: ({ chains }) => chains.price[0] },
    secondPrice: { unit: "money/token", doc: "on the second chain", of: ({ chains }) => chains.price[1] },
  },
});

function tradeTo(
  k: Pools & Readonly<Record<"takersTokens" | "takersMoney", Float64Array>>,
  p: Chains,
  c: number,
  price: number,
): void {
  const value = valueOn(p, c);
  const wanted = Math.min(MOST * value, Math.max(0, price));
  const tokens = roundDown(k.poolTokens[c] - poolOn(p, c) + (wanted - value) / slopeOn(p, c));
  const paid = roundUp(tokens * traded(k, p, c, tokens));
  k.poolMoney[c] += paid;
  k.takersMoney[c] -= paid;
  k.takersTokens[c] += tokens;
}

function compare(
  w: {
    readonly gaps: Float64Array;
    firstPrice: number;
    readonly chains: { readonly size: number; readonly price: Float64Array };
  },
  p: Chains,
): void {
  const { price, size: C } = w.chains;
  w.firstPrice = price[0];
  for (let i = 0, pair = 0; i < C; i++)
    for (let j = i + 1; j < C; j++, pair++) w.gaps[pair] = parts.bridgeRate(p, i, j) * price[j] - price[i];
}

export const chainArbitrage = part({
  name: "chain arbitrage",
  params: {
    ...params,
    decisions: choice("never", ["never", "period", "episode"], {
      doc: "when arbitrageurs decide; never: they follow the rule; episode: once, and the episode ends when all has arrived",
    }),
    arbitrageurMoney: param(1e5, { unit: "money", min: 0, max: 1e6, doc: "of each at the start" }),
  },
  world: {
    gaps: f64({ each: "pairs", unit: "money/token" }),
    firstPrice: f64({ unit: "money/token" }),
    tolls: f64({ unit: "money", doc: "paid to bridges since the start" }),
    carried: f64({ unit: "tokens", doc: "sent over bridges this period" }),
    endowedMoney: f64({ unit: "money" }),
  },
  populations: {
    chains: extension({ state: pools }),
    lanes: extension({
      state: {
        order: tokens(),
        cost: money(),
        taken: tokens(),
        minted: tokens(),
        givenBack: tokens(),
        spent: money(),
      },
    }),
    arbitrageurs: population({
      size: "arbitrageurs",
      state: {
        money: f64({ unit: "money" }),
        profit: f64({ unit: "money", doc: "of what arrived or went back this period, less what was paid for it" }),
        utility: f64({ unit: "money", doc: "(1 − e^(−a profit))/a, or profit" }),
      },
      actions: {
        carry: box(-1, 1, {
          each: "pairs",
          doc: "tokens over orderMax to buy on chain i and send to chain j; below 0 from j to i",
        }),
      },
    }),
  },
  start: ({ world }) => ({
    fund: world({ doc: "equal money" }, (w, p) => {
      w.arbitrageurs.money.fill(roundDown(p.arbitrageurMoney));
      w.endowedMoney += p.arbitrageurs * roundDown(p.arbitrageurMoney);
    }),
  }),
  phases: ({ decide, world }) => ({
    sell: world({ doc: "what arrived, and what failed where it came from, at one price on each chain" }, (w, p) => {
      const { arbitrageurs: k, lanes, chains: pool } = w;
      const C = p.chains;
      k.profit.fill(0);
      for (let c = 0; c < C; c++) {
        let all = 0;
        for (let l = 0; l < lanes.size; l++) all += soldOn(lanes, C, l, c);
        const each = traded(pool, p, c, -all);
        for (let l = 0; l < lanes.size; l++) {
          const received = roundDown(soldOn(lanes, C, l, c) * each);
          const s = Math.floor(l / (C * C));
          pool.poolMoney[c] -= received;
          k.money[s] += received;
          k.profit[s] += received;
        }
      }
      for (let l = 0; l < lanes.size; l++) k.profit[Math.floor(l / (C * C))] -= lanes.spent[l];
    }),
    decide: decide("arbitrageurs", { doc: "how much to carry between each pair of chains", every: "decisions" }),
    order: world(
      { doc: "orders of those who decided, or by rule; they are bought, as far as there is money" },
      (w, p) => {
        const { arbitrageurs: k, lanes, chains: pool } = w;
        const C = p.chains;
        lanes.order.fill(0);
        lanes.cost.fill(0);
        if (p.decisions === "episode" && w.period > 0) return;
        const pairs = (C * (C - 1)) / 2;
        for (let i = 0, pair = 0; i < C; i++)
          for (let j = i + 1; j < C; j++, pair++) {
            if (parts.isHalted(p, w.period, i, j)) continue;
            const byRule = p.decisions === "never";
            const there = byRule ? orderBy(p, routeOf(p, i, j), pool.price[i], pool.price[j]) : 0;
            const back = byRule ? orderBy(p, routeOf(p, j, i), pool.price[j], pool.price[i]) : 0;
            for (let s = 0; s < k.size; s++) {
              const own = byRule ? 0 : p.orderMax * k.carry[s * pairs + pair];
              if (!Number.isFinite(own))
                throw new Error(`Arbitrageur ${s} carries ${own} tokens, expected a finite number.`);
              lanes.order[(s * C + i) * C + j] = roundDown(Math.max(there, own));
              lanes.order[(s * C + j) * C + i] = roundDown(Math.max(back, -own));
            }
          }
        buy(w, p);
      },
    ),
    close: world({ doc: "tokens that no bridge took are sold back; tolls, profits and utilities" }, (w, p) => {
      const { arbitrageurs: k, lanes, chains: pool } = w;
      const C = p.chains;
      w.carried = 0;
      for (let c = 0; c < C; c++) {
        let all = 0;
        for (let l = 0; l < lanes.size; l++) if (sourceOf(l, C) === c) all += lanes.order[l] - lanes.taken[l];
        const each = traded(pool, p, c, -all);
        for (let l = 0; l < lanes.size; l++) {
          if (sourceOf(l, C) !== c || lanes.order[l] === 0) continue;
          const s = Math.floor(l / (C * C));
          const refund = roundDown((lanes.order[l] - lanes.taken[l]) * each);
          const toll = roundUp(p.toll * lanes.taken[l]);
          pool.poolMoney[c] -= refund;
          w.tolls += toll;
          w.carried += lanes.taken[l];
          k.money[s] += refund - toll;
          // Of what was paid, the part for tokens on their way counts when they arrive.
          const paid = lanes.cost[l] - p.toll * lanes.order[l];
          k.profit[s] += refund - toll - paid + lanes.cost[l] * (lanes.taken[l] / lanes.order[l]);
        }
      }
      for (let s = 0; s < k.size; s++)
        k.utility[s] = p.riskAversion > 0 ? -math.expm1(-p.riskAversion * k.profit[s]) / p.riskAversion : k.profit[s];
    }),
  }),
  observe: {
    arbitrageurs: {
      gaps: { world: "gaps", scale: (p) => p.volatility + p.gap + 1e-3, doc: "B_ij P_j − P_i of each pair of chains" },
      firstPrice: {
        world: "firstPrice",
        center: (p) => p.price,
        scale: (p) => p.volatility + p.gap + 1e-3,
        doc: "on the first chain",
      },
    },
  },
  reward: { arbitrageurs: { column: "utility", doc: "(1 − e^(−a profit))/a of what arrived, or its profit" } },
  metrics: {
    carried: { unit: "tokens", doc: "sent over all bridges in the period", of: (w) => w.carried },
    profit: {
      unit: "money",
      doc: "of all arbitrageurs, on what arrived in the period",
      of: ({ arbitrageurs }) => arbitrageurs.profit.reduce((sum, x) => sum + x, 0),
    },
  },
});

/** Buys all orders, of one chain at one price, as far as their arbitrageurs have money and pools half their tokens. */
function buy(
  w: {
    readonly chains: Pools;
    readonly arbitrageurs: { readonly size: number; readonly money: Float64Array };
    readonly lanes: { readonly size: number; readonly order: Float64Array; readonly cost: Float64Array };
  },
  p: Chains,
): void {
  const { chains: pool, arbitrageurs: k, lanes } = w;
  const C = p.chains;
  const all = new Float64Array(C);
  for (let l = 0; l < lanes.size; l++) all[sourceOf(l, C)] += lanes.order[l];
  for (let s = 0; s < k.size; s++) {
    let most = 0;
    let share = 1;
    for (let l = s * C * C; l < (s + 1) * C * C; l++) {
      const c = sourceOf(l, C);
      if (lanes.order[l] === 0) continue;
      most += lanes.order[l] * (pool.price[c] + slopeOn(p, c) * all[c] + p.toll) + UNITS;
      share = Math.min(share, pool.poolTokens[c] / (2 * all[c]));
    }
    if (most > k.money[s]) share = Math.min(share, Math.max(0, k.money[s] / most));
    if (share < 1) for (let l = s * C * C; l < (s + 1) * C * C; l++) lanes.order[l] = roundDown(share * lanes.order[l]);
  }
  all.fill(0);
  for (let l = 0; l < lanes.size; l++) all[sourceOf(l, C)] += lanes.order[l];
  for (let c = 0; c < C; c++) {
    const each = traded(pool, p, c, all[c]);
    for (let l = 0; l < lanes.size; l++) {
      if (sourceOf(l, C) !== c || lanes.order[l] === 0) continue;
      const paid = roundUp(lanes.order[l] * each);
      pool.poolMoney[c] += paid;
      k.money[Math.floor(l / (C * C))] -= paid;
      lanes.cost[l] = paid + p.toll * lanes.order[l];
    }
  }
}
