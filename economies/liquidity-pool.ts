// A pool of money and tokens beside a market with a price of its own: traders pass by, an arbitrageur takes what differences are worth, providers bear it and are paid the fees, and a manipulator whose position settles at
// the pool's price moves it.
// Milionis, Moallemi, Roughgarden & Zhang 2022, "Automated market making and loss-versus-rebalancing"; pools as in Uniswap v2 and v3 and in Balancer.
//
// Parts: the pool, traders and providers (src/parts), the arbitrageur, the manipulator and the market outside (parts/pool-traders.ts). Theory in theory/liquidity-pool.ts.
// Left out: several ranges, gas, orders that are seen before they are executed, rivals of the arbitrageur.
import { compose, isUnknown, param, parts } from "walras";
import { arbitrageur, manipulator, outside } from "./parts/pool-traders.ts";
import * as theory from "./theory/liquidity-pool.ts";

export const liquidityPool = compose({
  name: "liquidity-pool",
  source: "Milionis, Moallemi, Roughgarden & Zhang (2022), loss versus rebalancing; Uniswap v2 and v3, Balancer",
  summary: "Traders, arbitrage and a manipulator meet a pool; its providers are paid the fees and bear the losses.",
  parts: { pool: parts.pool, takers: parts.takers, providers: parts.providers, outside, arbitrageur, manipulator },
  params: {
    priceRatio: param(1.5, {
      symbol: "r",
      min: 1e-3,
      max: 1e3,
      doc: "theory: outside price over P₀ after a jump, for impermanent loss and arbitrage",
    }),
    horizon: param(200, { symbol: "T", unit: "periods", min: 1, max: 1e5, integer: true }),
  },
  horizon: "horizon",
  world: {
    endowedMoney: { ...parts.poolColumns.world.poolMoney },
    endowedTokens: { ...parts.poolColumns.world.poolTokens },
  },
  start: ({ pool, takers, providers, outside, manipulator }, { world }) => ({
    found: pool.found,
    quote: outside.quote,
    endow: takers.endow,
    fund: manipulator.fund,
    subscribe: providers.subscribe,
    count: world({ doc: "all there is", writes: "scalars" }, (w) => {
      w.endowedMoney = moneyOf(w);
      w.endowedTokens = tokensOf(w);
    }),
  }),
  phases: ({ pool, takers, providers, outside, arbitrageur, manipulator }) => ({
    move: outside.move,
    open: pool.open,
    wake: arbitrageur.wake,
    order: takers.order,
    trade: pool.trade,
    arbitrage: arbitrageur.arbitrage,
    compare: outside.compare,
    plot: manipulator.plot,
    attack: manipulator.attack,
    repair: arbitrageur.arbitrage,
    review: outside.compare,
    weigh: providers.weigh,
    provide: providers.provide,
    appraise: providers.appraise,
    close: outside.close,
  }),
  identities: {
    money: {
      doc: "money here and outside is what there was",
      after: "period",
      tolerance: 0,
      of: (w) => moneyOf(w) - w.endowedMoney,
    },
    tokens: {
      doc: "tokens here and outside are those that there were",
      after: "period",
      tolerance: 0,
      of: (w) => tokensOf(w) - w.endowedTokens,
    },
    purses: {
      doc: "no trader holds less than nothing, and arbitrage has not lost",
      after: "period",
      tolerance: 0,
      of: (w) =>
        least(w.traders.money) +
        least(w.traders.tokens) +
        least(w.manipulator.money) +
        least(w.arbitrageur.money) +
        least(w.arbitrageur.profit),
    },
  },
  truth(p) {
    const best = theory.arbitrage(p);
    const attack = theory.manipulation(p);
    return {
      impermanentLoss: theory.impermanentLoss(p),
      lossVersusRebalancing: theory.lossVersusRebalancing(p),
      lossRate: theory.lossRate(p),
      lowestUntouched: (1 - p.fee) * p.price,
      highestUntouched: p.price / (1 - p.fee),
      arbitrageMoney: best.money,
      arbitrageTokens: best.tokens,
      arbitrageProfit: best.profit,
      manipulationSpend: isUnknown(attack) ? attack : attack.spend,
      manipulationTake: isUnknown(attack) ? attack : attack.take,
    };
  },
  truthDocs: {
    impermanentLoss: "value of liquidity over holding, less 1, at r times the first price, without fees",
    lossVersusRebalancing: "expected take of arbitrage in a period over the pool's value, without a fee",
    lossRate: "the same per unit of time: σ² w (1 − w)/2",
    lowestUntouched: "the pool's price below which arbitrage buys at the first outside price",
    highestUntouched: "the pool's price above which arbitrage sells there",
    arbitrageMoney: "what arbitrage pays for tokens when the outside price has jumped to r times the first",
    arbitrageTokens: "tokens that it sells to the pool then",
    arbitrageProfit: "what it gains",
    manipulationSpend: "what the manipulator spends in the first pool at the first price; below 0 on tokens to sell",
    manipulationTake: "what it gains by that over not trading",
  },
  figures: [
    { title: "What arbitrage takes", metric: "arbitrage", caption: "Profit of each period, in money." },
    {
      title: "The manipulator's gain over not trading",
      metric: "take",
      theory: "manipulationTake",
      caption: "Of each period, in money; theory is that of the first pool, at the first price.",
    },
  ],
});

export default liquidityPool;

type Held = {
  readonly [K in "poolMoney" | "poolTokens" | "feeMoney" | "feeTokens" | "outsideMoney" | "outsideTokens"]: number;
} & {
  readonly [K in "traders" | "providers"]: { readonly money: Float64Array; readonly tokens: Float64Array };
} & { readonly [K in "arbitrageur" | "manipulator"]: { readonly money: Float64Array } };

// In order: sums of units are exact.
const total = (x: Float64Array): number => x.reduce((sum, v) => sum + v, 0);
const least = (x: Float64Array): number => x.reduce((low, v) => Math.min(low, v), 0);
const moneyOf = (w: Held): number =>
  w.poolMoney +
  w.feeMoney +
  w.outsideMoney +
  total(w.traders.money) +
  total(w.providers.money) +
  w.arbitrageur.money[0] +
  w.manipulator.money[0];
const tokensOf = (w: Held): number =>
  w.poolTokens + w.feeTokens + w.outsideTokens + total(w.traders.tokens) + total(w.providers.tokens);
