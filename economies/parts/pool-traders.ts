// Who trades with a pool because of the price elsewhere: an arbitrageur, who takes what the difference is worth, and a manipulator, whose position settles at the pool's price.
import { box, choice, f64, mechanisms, param, part, parts, population } from "walras";
import { bestManipulation } from "../theory/liquidity-pool.ts";

const { roundDown, roundUp, UNIT } = mechanisms;
const { params, world } = parts.poolColumns;

/** A price has this many times the first one's room on both sides; beyond, money would not be counted exactly. */
const ROOM = 1000;

const elsewhere = {
  outsidePrice: f64({ unit: "money/token", doc: "Q, at which anybody may buy and sell any amount elsewhere" }),
};

/** A market of any depth, and whoever is on the other side of positions that settle at the pool's price. */
export const outside = part({
  name: "outside",
  params: {
    ...params,
    price: param(1, { symbol: "P₀", unit: "money/token", min: 0.1, max: 10, doc: "at first" }),
    drift: param(0, { symbol: "μ", unit: "per period", min: -0.1, max: 0.1, doc: "of the outside price" }),
    volatility: param(0.02, { symbol: "σ", unit: "per √period", min: 0, max: 0.2, doc: "of its logarithm" }),
  },
  world: {
    ...world,
    ...elsewhere,
    lastOutsidePrice: f64({ unit: "money/token" }),
    gap: f64({ doc: "the pool's price over the outside price, less 1" }),
    quotedMoney: f64({ unit: "money", doc: "by which the pool quotes" }),
    hedgeMoney: f64({ unit: "money", doc: "received elsewhere for tokens, net, this period" }),
    hedgeTokens: f64({ unit: "tokens", doc: "received elsewhere, net, this period" }),
    settled: f64({ unit: "money", doc: "paid on the manipulator's position this period" }),
    outsideMoney: f64({ unit: "money", doc: "net, since the beginning" }),
    outsideTokens: f64({ unit: "tokens", doc: "net, since the beginning" }),
  },
  start: ({ world }) => ({
    quote: world({ doc: "the first price everywhere", writes: "scalars" }, (w, p) => {
      w.outsidePrice = p.price;
      w.lastOutsidePrice = p.price;
    }),
  }),
  phases: ({ world }) => ({
    move: world(
      { doc: "Q ← Q e^(μ − σ²/2 + σ z), within a thousandth and a thousand times P₀", writes: "scalars" },
      (w, p, draw) => {
        const next = mechanisms.geometricBrownianMotion(p).step(w.outsidePrice, 1, draw.normal("price"));
        w.lastOutsidePrice = w.outsidePrice;
        w.outsidePrice = Math.min(ROOM * p.price, Math.max(p.price / ROOM, next));
        w.hedgeMoney = 0;
        w.hedgeTokens = 0;
        w.settled = 0;
      },
    ),
    compare: world({ doc: "the pool's price beside Q, and its depth", writes: "scalars" }, (w, p) => {
      w.gap = parts.poolPrice(w, p) / w.outsidePrice - 1;
      w.quotedMoney = parts.quoted(w).money;
    }),
    close: world({ doc: "what has gone outside since the beginning", writes: "scalars" }, (w) => {
      w.outsideMoney += w.hedgeMoney - w.settled;
      w.outsideTokens += w.hedgeTokens;
    }),
  }),
  flows: {
    hedges: { unit: "money", receives: "hedgeMoney" },
    hedgedTokens: { unit: "tokens", receives: "hedgeTokens" },
    settlement: { unit: "money", pays: "settled" },
  },
});

/** Columns of whoever trades with the pool and elsewhere at once. */
const hedged = {
  money: f64({ unit: "money" }),
  paid: f64({ unit: "money", doc: "to the pool, net, this period" }),
  given: f64({ unit: "tokens", doc: "to the pool, net, this period" }),
  sold: f64({ unit: "tokens", doc: "elsewhere, net, this period" }),
  spent: f64({ unit: "money", doc: "elsewhere, net, this period" }),
};
type Trader = Readonly<Record<keyof typeof hedged, Float64Array>>;
type Elsewhere = parts.PoolState & { readonly outsidePrice: number; hedgeMoney: number; hedgeTokens: number };

/** Buys tokens from the pool and sells them elsewhere, or the other way, as the fill says. */
function hedge(k: Trader, w: Elsewhere, fill: parts.Fill, bought: boolean): void {
  const [money, tokens] = bought
    ? [fill.paid - roundDown(w.outsidePrice * fill.received), fill.received]
    : [roundUp(w.outsidePrice * fill.paid) - fill.received, -fill.paid];
  const [paid, spent] = bought ? [fill.paid, money - fill.paid] : [-fill.received, money + fill.received];
  k.money[0] -= money;
  k.paid[0] += paid;
  k.given[0] -= tokens;
  k.sold[0] += tokens;
  k.spent[0] += spent;
  w.hedgeMoney += spent;
  w.hedgeTokens += tokens;
}

const hedges = <const N extends string>(name: N) =>
  ({
    payments: { unit: "money", pays: `${name}.paid` },
    deliveries: { unit: "tokens", pays: `${name}.given` },
    hedges: { unit: "money", pays: `${name}.spent` },
    hedgedTokens: { unit: "tokens", pays: `${name}.sold` },
  }) as const;

const restart = ({ paid, given, sold, spent }: Trader): void => {
  for (const column of [paid, given, sold, spent]) column[0] = 0;
};

export const arbitrageur = part({
  name: "arbitrageur",
  params,
  world: { ...world, ...elsewhere, hedgeMoney: f64({ unit: "money" }), hedgeTokens: f64({ unit: "tokens" }) },
  populations: {
    arbitrageur: population({
      size: 1,
      state: { ...hedged, profit: f64({ unit: "money", doc: "of the period" }) },
    }),
  },
  phases: ({ world }) => ({
    wake: world({ doc: "nothing traded yet" }, (w) => {
      restart(w.arbitrageur);
      w.arbitrageur.profit[0] = 0;
    }),
    arbitrage: world(
      { doc: "buys where tokens are cheaper and sells where they are dearer, until the fee eats the difference" },
      (w, p) => {
        const k = w.arbitrageur;
        const { money, tokens } = mechanisms.arbitrageAtPrice(
          { ...parts.quoted(w), weight: parts.tokenWeight(p), fee: p.fee },
          w.outsidePrice,
        );
        const bought = money > 0;
        const { paid, received } = bought ? parts.quoteBuy(w, p, money) : parts.quoteSell(w, p, tokens);
        const profit = bought ? roundDown(w.outsidePrice * received) - paid : received - roundUp(w.outsidePrice * paid);
        if (!(profit > 0)) return;
        hedge(k, w, bought ? parts.buyFromPool(w, p, money) : parts.sellToPool(w, p, tokens), bought);
        k.profit[0] += profit;
      },
    ),
  }),
  flows: hedges("arbitrageur"),
  metrics: {
    arbitrage: {
      unit: "money",
      doc: "the arbitrageur's profit of the period",
      of: ({ arbitrageur }) => arbitrageur.profit[0],
    },
  },
});

export const manipulator = part({
  name: "manipulator",
  params: {
    ...params,
    position: param(250, {
      symbol: "n",
      unit: "tokens",
      min: -1e6,
      max: 1e6,
      doc: "of the manipulator, entered at Q each period and settled at the fixing; below 0 short",
    }),
    manipulatorMoney: param(1000, { symbol: "W", unit: "money", min: 0, max: 1e6, doc: "most that it spends at once" }),
    attacks: choice("period", ["period", "never"], {
      doc: "when the manipulator decides what to spend; never: it spends what the closed form says",
    }),
  },
  world: {
    ...world,
    ...elsewhere,
    gap: f64(),
    quotedMoney: f64({ unit: "money" }),
    hedgeMoney: f64({ unit: "money" }),
    hedgeTokens: f64({ unit: "tokens" }),
    settled: f64({ unit: "money" }),
    fixing: f64({
      unit: "money/token",
      doc: "average price of the manipulator's trade before the fee; else the pool's price",
    }),
  },
  populations: {
    manipulator: population({
      size: 1,
      state: {
        ...hedged,
        settlement: f64({ unit: "money", doc: "received on the position" }),
        take: f64({ unit: "money", doc: "gained this period over not trading" }),
      },
      actions: {
        spend: box(-1, 1, {
          doc: "share of W to buy tokens from the pool for; below 0, to sell tokens to it for, bought elsewhere",
        }),
      },
    }),
  },
  start: ({ world }) => ({
    fund: world({ doc: "money W" }, (w, p) => {
      w.manipulator.money[0] = roundDown(p.manipulatorMoney);
    }),
  }),
  phases: ({ decide, world }) => ({
    plot: decide("manipulator", { doc: "how far to move the price", every: "attacks" }),
    attack: world({ doc: "trades with the pool and elsewhere, and is paid n (fixing − Q)" }, (w, p) => {
      const k = w.manipulator;
      restart(k);
      const Q = w.outsidePrice;
      const budget = Math.min(roundDown(p.manipulatorMoney), k.money[0]);
      const spend = p.attacks === "never" ? planned(w, p, budget) : decided(k.spend[0], budget);
      const before = parts.poolPrice(w, p);
      w.fixing = before;
      const money = k.money[0];
      const payoff = (at: number, has: number) => Math.max(-has, Math.floor((p.position * (at - Q)) / UNIT) * UNIT);
      const idle = payoff(before, money);
      if (spend !== 0) {
        const bought = spend > 0;
        const offer = bought ? spend : Math.max(0, roundDown(-spend) - 2 * UNIT) / Q;
        const { paid } = bought ? parts.quoteBuy(w, p, offer) : parts.quoteSell(w, p, offer);
        if (paid > 0) {
          w.fixing = averagePrice(w, p, paid, bought);
          hedge(k, w, bought ? parts.buyFromPool(w, p, offer) : parts.sellToPool(w, p, offer), bought);
        }
      }
      k.settlement[0] = payoff(w.fixing, k.money[0]);
      k.money[0] += k.settlement[0];
      w.settled = k.settlement[0];
      k.take[0] = k.money[0] - money - idle;
    }),
  }),
  flows: { ...hedges("manipulator"), settlement: { unit: "money", receives: "manipulator.settlement" } },
  observe: {
    manipulator: {
      gap: { world: "gap", scale: 0.1, doc: "the pool's price over the outside price, less 1" },
      depth: {
        world: "quotedMoney",
        scale: (p) => p.manipulatorMoney + 1,
        doc: "money by which the pool quotes, over W",
      },
      price: { world: "outsidePrice", doc: "Q" },
    },
  },
  reward: { manipulator: { column: "take", doc: "gain over not trading" } },
  metrics: {
    take: {
      unit: "money",
      doc: "the manipulator's gain over not trading",
      of: ({ manipulator }) => manipulator.take[0],
    },
    fixing: { unit: "money/token", doc: "at which the position settles", of: (w) => w.fixing },
  },
});

function decided(share: number, budget: number): number {
  if (!Number.isFinite(share)) throw new Error(`The manipulator decides ${share}, expected a finite number.`);
  return Math.min(1, Math.max(-1, share)) * budget;
}

/** By the closed form; of unequal weights there is none, and nothing is spent. */
function planned(w: Elsewhere, p: parts.PoolRules & { readonly position: number }, budget: number): number {
  if (p.pool === "weighted") return 0;
  const pool = { ...parts.quoted(w), heldMoney: w.poolMoney, heldTokens: w.poolTokens, fee: p.fee };
  return bestManipulation(pool, w.outsidePrice, { position: p.position, budget }).spend;
}

/** Of what is paid for what comes out before it is rounded: a trade of some units would otherwise have any price. */
function averagePrice(w: parts.PoolState, p: parts.PoolRules, paid: number, bought: boolean): number {
  const { money, tokens } = parts.quoted(w);
  const weight = parts.tokenWeight(p);
  const [balanceIn, balanceOut, weightIn] = bought ? [money, tokens, 1 - weight] : [tokens, money, weight];
  const out = mechanisms.weightedOut({ balanceIn, balanceOut, weightIn, weightOut: 1 - weightIn, fee: p.fee }, paid);
  return bought ? ((1 - p.fee) * paid) / out : out / ((1 - p.fee) * paid);
}
