import * as theory from "../../economies/theory/monopoly.ts";
import { type Params, priceIn, profitFigure, sellerExperiment } from "./parts/seller.ts";

const profit = (p: Params, intercept: number, price: number): number =>
  (price - p.cost) * Math.max(0, intercept - p.slope * price);

const SWITCHING = { discountFactor: 0.95, switchProbability: 0.1 };

export default sellerExperiment({
  demand: "markov",
  summary: "A seller finds a price for bad times and one for good times.",
  params: { prices: 11, ...SWITCHING },
  bins: 3,
  power: 0.9,
  totalSteps: 1_000_000,
  prices: ["priceInBadTimes", "priceInGoodTimes"],
  measure(player, p) {
    const [bad, good] = [p.interceptLow, p.interceptHigh].map((intercept) => {
      const price = priceIn(player, (w) => {
        w["intercept"] = intercept;
      });
      return { price, profit: profit(p, intercept, price) };
    });
    const [low, high] = theory.switchingValues([bad.profit, good.profit], SWITCHING);
    const learned = Object.fromEntries([bad, good].map(({ price, profit }) => [`profitAt/${price}`, profit]));
    return { priceInBadTimes: bad.price, priceInGoodTimes: good.price, value: (low + high) / 2, ...learned };
  },
  figures: (p) => [
    profitFigure(p, {
      "bad times, exact": (price) => profit(p, p.interceptLow, price),
      "good times, exact": (price) => profit(p, p.interceptHigh, price),
    }),
  ],
});
