// A double auction of traders without intelligence: who bids at random below a value and asks at random above a cost trades nearly as well as anybody could.
// Gode & Sunder 1993, "Allocative efficiency of markets with zero-intelligence traders: market as a partial substitute for individual rationality", Journal of Political
// Economy 101, 119; Smith 1962, "An experimental study of competitive market behavior", Journal of Political Economy 70, 111.
//
// A period is a day: buyers draw values, sellers costs, one lot each. In each round of the day those without a trade order anew, and orders meet one by one in random
// order, or all at once in a call auction. Orders are random within the budget, random without one, or the traders' own: the truth, or what they choose.
//
// Parts: traders, both kinds of auction, zero intelligence (src/parts/auction.ts). Left out: several lots per trader, the same values day after day, learning within a day.
import { choice, compose, math, mechanisms, param, parts, type Unknown, unknown } from "walras";
import * as theory from "./theory/double-auction.ts";

export const doubleAuction = compose({
  name: "double-auction",
  source:
    "Gode & Sunder (1993), Journal of Political Economy 101, 119; Smith (1962), Journal of Political Economy 70, 111",
  summary:
    "Traders who order at random, but within their budgets, meet in a double auction and gain nearly all that there is.",
  parts: {
    traders: parts.traders,
    zero: parts.zeroIntelligence,
    call: parts.doubleAuction,
    continuous: parts.continuousAuction,
  },
  calibration: { buyers: 50, sellers: 50 },
  params: {
    market: choice("continuous", ["continuous", "call"], {
      doc: "orders meet one by one, at the price of the earlier one; or all of a round at one price",
    }),
    rounds: param(20, { symbol: "R", unit: "rounds/day", min: 1, max: 1000, integer: true }),
    horizon: param(100, { symbol: "T", unit: "days", min: 1, max: 1e9, integer: true }),
  },
  horizon: "horizon",
  phases: ({ traders, zero, call, continuous }, { repeat, variant }) => ({
    want: traders.want,
    have: traders.have,
    bid: traders.bid,
    ask: traders.ask,
    open: call.open,
    day: repeat(
      "rounds",
      { doc: "orders, and their meeting" },
      {
        orderToBuy: variant("orders", { constrained: zero.bid, unconstrained: zero.bid, own: traders.orderToBuy }),
        orderToSell: variant("orders", { constrained: zero.ask, unconstrained: zero.ask, own: traders.orderToSell }),
        meet: variant("market", { call: call.clear, continuous: continuous.match }),
      },
    ),
    enjoy: traders.enjoy,
    produce: traders.produce,
  }),
  without: ["continuous.open"],
  metrics: {
    bestSurplus: { unit: "money", doc: "most that all traders of the day could gain", of: (w) => best(w).surplus },
    efficiency: {
      unit: "1",
      doc: "gain from trade over the most that there is; 1 where there is none",
      of: (w) => {
        const { surplus } = best(w);
        return surplus === 0 ? 1 : (math.pairwiseSum(w.buyers.surplus) + math.pairwiseSum(w.sellers.surplus)) / surplus;
      },
    },
    smithAlpha: {
      unit: "%",
      doc: "Smith's α: root mean square of prices less the competitive one of the day, over that; 0 without trade",
      of: (w) => {
        const { price } = best(w);
        const { bought, paid } = w.buyers;
        let [squares, lots] = [0, 0];
        for (let i = 0; i < paid.length; i++)
          if (bought[i] === 1) {
            squares += (paid[i] - price) * (paid[i] - price);
            lots++;
          }
        return lots === 0 || price === 0 ? 0 : (100 * Math.sqrt(squares / lots)) / price;
      },
    },
  },
  truth(p) {
    const only = (why: string): Unknown => unknown(why);
    const alike = Math.max(p.buyers, p.sellers) <= 10 * Math.min(p.buyers, p.sellers);
    const constrained = p.orders === "constrained" && p.market === "call" && alike ? theory.zeroIntelligence(p) : null;
    const none = only(
      p.orders === "constrained"
        ? alike
          ? "orders meet one by one: no closed form is known"
          : "computed for up to ten times as many on one side"
        : "stated for budget-constrained zero intelligence",
    );
    return {
      competitivePrice: p.priceMax * theory.competitivePrice(p),
      competitiveTrade: theory.competitiveTrade(p),
      efficiency: constrained
        ? constrained.efficiency
        : p.orders === "unconstrained"
          ? 0
          : p.orders === "constrained"
            ? none
            : p.bidding === "never" && p.market === "call"
              ? 1
              : p.buyers === 1 && p.sellers === 1 && p.rounds === 1 && p.split === 0.5 && p.market === "call"
                ? theory.linearEquilibrium.efficiency
                : only("known for truthful orders in a call auction, and for one buyer and one seller"),
      traded: constrained ? constrained.traded * Math.min(p.buyers, p.sellers) : none,
      smithAlpha: constrained ? constrained.smithAlpha : none,
    };
  },
  truthDocs: {
    competitivePrice: "at which many buyers want as many lots as many sellers offer",
    competitiveTrade: "lots traded there; of a few traders, mean over days",
    efficiency:
      "mean gain over mean of the most: of many zero-intelligence traders, of truthful ones, or of the linear equilibrium of two",
    traded: "lots traded in a day at the share that many traders trade",
    smithAlpha: "of prices of the rounds, many traders, in percent",
  },
  figures: [
    { title: "Efficiency", metric: "efficiency", theory: "efficiency", caption: "Of each day." },
    { title: "Smith's α", metric: "smithAlpha", theory: "smithAlpha", caption: "Of each day." },
  ],
});

export default doubleAuction;

interface Schedules {
  readonly buyers: { readonly value: Float64Array };
  readonly sellers: { readonly cost: Float64Array };
}

/** The most that traders can gain, and the price at which those who should trade do. */
function best({ buyers: { value }, sellers: { cost } }: Schedules): {
  readonly surplus: number;
  readonly price: number;
} {
  const call = mechanisms.callAuction(value, cost);
  let surplus = 0;
  for (let n = 0; n < call.traded; n++) surplus += value[call.buyers[n]] - cost[call.sellers[n]];
  return { surplus, price: call.price };
}
