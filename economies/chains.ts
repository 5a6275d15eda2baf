// Several chains with a pool each and a bridge between each pair: takers push prices apart, arbitrageurs carry tokens from where they are cheap to where they will be dear when they arrive.
// "Large-scale token economies", bridges and arbitrage, in the form that has an optimum: Π = α gain − ½ c α² − φ α, with the price that is expected when tokens arrive, and for whoever is averse to risk (constant
// absolute risk aversion a) α* = (gain − φ)/(c + a Var gain).
//
// The bridge is src/parts/bridge.ts; pools, takers and arbitrageurs are in parts/chain-traders.ts; theory is in theory/chains.ts.
// Left out: gas, arbitrageurs who hold tokens on several chains, liquidity that leaves, finality that is not certain.
import { compose, f64, param, parts } from "walras";
import { chainArbitrage, chainMarkets } from "./parts/chain-traders.ts";
import * as theory from "./theory/chains.ts";

export const chains = compose({
  name: "chains",
  source: "arbitrage over bridges with delay: quadratic cost, Ornstein–Uhlenbeck gaps, constant absolute risk aversion",
  summary: "Takers push prices of several chains apart, and arbitrageurs carry tokens over bridges that take time.",
  parts: { bridge: parts.bridge, markets: chainMarkets, arbitrage: chainArbitrage },
  derive: {
    senders: (p) => p.arbitrageurs,
    pairs: (p) => (p.chains * (p.chains - 1)) / 2,
  },
  params: {
    warmUp: param(100, { unit: "periods", min: 0, max: 1e9, integer: true, doc: "periods before the gap is measured" }),
    horizon: param(1000, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  horizon: "horizon",
  world: {
    gapSquares: f64({ doc: "Σ of squares of the gap of the first two chains, since warm-up" }),
    gapSum: f64({ doc: "Σ of that gap, since warm-up" }),
  },
  start: ({ bridge, markets, arbitrage }) => ({ build: bridge.build, found: markets.found, fund: arbitrage.fund }),
  phases: ({ bridge, markets, arbitrage }, { world }) => ({
    take: markets.take,
    settle: bridge.settle,
    sell: arbitrage.sell,
    look: markets.look,
    decide: arbitrage.decide,
    order: arbitrage.order,
    ship: bridge.ship,
    close: arbitrage.close,
    measure: world({ doc: "the gap before anybody carries, once warmed up", writes: "scalars" }, (w, p) => {
      if (w.period < p.warmUp) return;
      w.gapSum += w.gaps[0];
      w.gapSquares += w.gaps[0] * w.gaps[0];
    }),
  }),
  end: (w, p) => p.decisions === "episode" && w.period >= p.slots,
  identities: {
    money: {
      doc: "money of pools, takers, arbitrageurs and tolls is what there was",
      after: "period",
      tolerance: 0,
      of: ({ chains: c, arbitrageurs, tolls, endowedMoney }) =>
        total(c.poolMoney) + total(c.takersMoney) + total(arbitrageurs.money) + tolls - endowedMoney,
    },
    tokens: {
      doc: "tokens on each chain are those that there were, less those that left, with those that came",
      after: "period",
      tolerance: 0,
      of: (w, p) => {
        let off = 0;
        for (let c = 0; c < p.chains; c++) {
          let here = w.chains.poolTokens[c] + w.chains.takersTokens[c] - theory.poolOn(p, c);
          for (let l = 0; l < w.lanes.size; l++) {
            if (Math.floor(l / p.chains) % p.chains === c) here += w.lanes.allSent[l] - w.lanes.allReturned[l];
            if (l % p.chains === c) here -= w.lanes.allMinted[l];
          }
          off += Math.abs(here);
        }
        return off;
      },
    },
    purses: {
      doc: "no pool and no arbitrageur has less than nothing",
      after: "period",
      tolerance: 0,
      of: ({ chains: c, arbitrageurs }) => Math.min(0, ...c.poolMoney, ...c.poolTokens, ...arbitrageurs.money),
    },
  },
  metrics: {
    gapSd: {
      unit: "money/token",
      doc: "standard deviation of the gap of the first two chains, since warm-up",
      of: (w, p) => {
        const n = w.period + 1 - p.warmUp;
        return n > 1 ? Math.sqrt(Math.max(0, w.gapSquares / n - (w.gapSum / n) * (w.gapSum / n))) : 0;
      },
    },
  },
  truth(p) {
    theory.refuseImpossible(p);
    const { expectedGap, gapSd, order, profit } = theory.firstTrip(p);
    const now = theory.atOnce(p);
    return {
      expectedGap,
      arrivalSd: gapSd,
      order,
      tripProfit: profit,
      instantOrder: now.amount,
      instantProfit: now.profit,
      idleSd: theory.idleSd(p),
    };
  },
  truthDocs: {
    expectedGap: "expected gain per token of the first trip, when the tokens arrive, without toll",
    arrivalSd: "its standard deviation",
    order: "α*: tokens that each arbitrageur carries on the first trip",
    tripProfit: "expected of that trip, of each",
    instantOrder: "α* of one arbitrageur if the bridge took no time and kept nothing",
    instantProfit: "what it gains",
    idleSd: "standard deviation of the gap in the long run while nobody carries",
  },
  figures: [
    {
      title: "Gap of the first two chains",
      metric: "gapSd",
      theory: "idleSd",
      theoryLabel: "without arbitrage",
      caption: "Standard deviation since warm-up. Arbitrage keeps it below what it is while bridges are halted.",
    },
  ],
});

export default chains;

const total = (x: Float64Array): number => x.reduce((sum, v) => sum + v, 0);
