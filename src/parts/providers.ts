// Liquidity providers: they hold shares of a pool, burn some for what these are of it, and deposit what they have. Passive unless they decide.
//
// Their reward is profit against rebalancing: the change of all they have, less what the price alone did to the tokens that were theirs, in and out of the pool. It is their share of fees less their share of
// what arbitrage takes (Milionis, Moallemi, Roughgarden & Zhang 2022, "Automated market making and loss-versus-rebalancing"), and 0 outside of the pool.
import { box, choice, f64, param, part, population } from "../economy/index.ts";
import * as mechanisms from "../economy/mechanisms/index.ts";
import { addLiquidity, poolColumns, removeLiquidity } from "./pool.ts";

const { roundDown } = mechanisms;

/** What a pool holds in all, fees kept apart included. */
const holdings = (w: { poolMoney: number; poolTokens: number; feeMoney: number; feeTokens: number }) => ({
  money: w.poolMoney + w.feeMoney,
  tokens: w.poolTokens + w.feeTokens,
});

export const providers = part({
  name: "providers",
  params: {
    ...poolColumns.params,
    providers: param(5, { unit: "providers", min: 1, max: 1e4, integer: true }),
    founders: param(0.01, {
      min: 1e-3,
      max: 1,
      doc: "share of the first liquidity that is never withdrawn; the rest is the providers'",
    }),
    provision: choice("never", ["never", "period", "episode"], { doc: "when providers decide to add or remove" }),
  },
  world: {
    ...poolColumns.world,
    outsidePrice: f64({ unit: "money/token" }),
    lastOutsidePrice: f64({ unit: "money/token" }),
    gap: f64({ doc: "the pool's price over the outside price, less 1" }),
    foundersShares: f64({ unit: "shares", doc: "nobody's, for ever" }),
  },
  populations: {
    providers: population({
      size: "providers",
      state: {
        money: f64({ unit: "money" }),
        tokens: f64({ unit: "tokens" }),
        shares: f64({ unit: "shares" }),
        paid: f64({ unit: "money", doc: "net, this period" }),
        given: f64({ unit: "tokens", doc: "net, this period" }),
        wealth: f64({ unit: "money", doc: "of its own and its share of the pool, at the outside price" }),
        exposure: f64({ unit: "tokens", doc: "of its own and its share of the pool's" }),
        profit: f64({ unit: "money", doc: "change of wealth less exposure times the change of the outside price" }),
      },
      actions: {
        provide: box(-1, 1, { doc: "share of its money and tokens to add; below 0, of its shares to burn" }),
      },
    }),
  },
  start: ({ world }) => ({
    subscribe: world({ doc: "equal shares of the first liquidity" }, (w, p) => {
      w.providers.shares.fill(roundDown((w.shares * (1 - p.founders)) / p.providers));
      w.foundersShares = w.shares - w.providers.shares.reduce((sum, s) => sum + s, 0);
      account(w);
      w.providers.profit.fill(0);
    }),
  }),
  phases: ({ decide, world }) => ({
    weigh: decide("providers", { doc: "to add or to remove liquidity", every: "provision" }),
    provide: world({ doc: "one by one; they leave nothing undone that they can pay for" }, (w, p) => {
      const k = w.providers;
      k.paid.fill(0);
      k.given.fill(0);
      if (p.provision === "never") return;
      for (let i = 0; i < k.size; i++)
        if (!Number.isFinite(k.provide[i]))
          throw new Error(`Provider ${i} decides ${k.provide[i]}, expected a finite number.`);
      for (let i = 0; i < k.size; i++) {
        const share = Math.min(1, Math.abs(k.provide[i]));
        if (k.provide[i] > 0) {
          const added = addLiquidity(w, { money: share * k.money[i], tokens: share * k.tokens[i] });
          k.paid[i] = added.money;
          k.given[i] = added.tokens;
          k.shares[i] += added.shares;
        } else if (share > 0) {
          const removed = removeLiquidity(w, share * k.shares[i]);
          k.paid[i] = -removed.money;
          k.given[i] = -removed.tokens;
          k.shares[i] -= removed.shares;
        }
        k.money[i] -= k.paid[i];
        k.tokens[i] -= k.given[i];
      }
    }),
    appraise: world({ doc: "wealth, and profit against rebalancing" }, account),
  }),
  flows: {
    payments: { unit: "money", pays: "providers.paid" },
    deliveries: { unit: "tokens", pays: "providers.given" },
  },
  identities: {
    shares: {
      doc: "providers and founders have all shares",
      after: "period",
      tolerance: 0,
      of: (w) => w.providers.shares.reduce((sum, s) => sum + s, w.foundersShares) - w.shares,
    },
    wallets: {
      doc: "no provider holds less than nothing",
      after: "period",
      tolerance: 0,
      of: ({ providers: k }) => Math.min(0, ...k.money, ...k.tokens, ...k.shares),
    },
  },
  observe: {
    providers: {
      gap: { world: "gap", scale: 0.1, doc: "the pool's price over the outside price, less 1" },
      volume: { world: "volume", scale: 100, doc: "of the last period" },
      inside: { column: "shares", scale: (p) => p.providers, doc: "held" },
      money: { column: "money", scale: 100, doc: "outside of the pool" },
      tokens: { column: "tokens", scale: 100, doc: "outside of the pool" },
    },
  },
  reward: { providers: { column: "profit", doc: "fees less what arbitrage takes, of its share of the pool" } },
  metrics: {
    liquidity: {
      unit: "money",
      doc: "all that the pool holds, at the outside price",
      of(w) {
        const { money, tokens } = holdings(w);
        return money + w.outsidePrice * tokens;
      },
    },
    providerProfit: {
      unit: "money",
      doc: "of all providers in the period, against rebalancing",
      of: ({ providers }) => providers.profit.reduce((sum, x) => sum + x, 0),
    },
  },
});

function account(w: {
  readonly poolMoney: number;
  readonly poolTokens: number;
  readonly feeMoney: number;
  readonly feeTokens: number;
  readonly shares: number;
  readonly outsidePrice: number;
  readonly lastOutsidePrice: number;
  readonly providers: Readonly<
    Record<"money" | "tokens" | "shares" | "wealth" | "exposure" | "profit", Float64Array>
  > & { readonly size: number };
}): void {
  const { money, tokens } = holdings(w);
  const k = w.providers;
  for (let i = 0; i < k.size; i++) {
    const part = k.shares[i] / w.shares;
    const exposure = k.tokens[i] + part * tokens;
    const wealth = k.money[i] + part * money + w.outsidePrice * exposure;
    k.profit[i] = wealth - k.wealth[i] - k.exposure[i] * (w.outsidePrice - w.lastOutsidePrice);
    k.wealth[i] = wealth;
    k.exposure[i] = exposure;
  }
}
