import { solvers } from "walras";
import { priceIn, sellerExperiment } from "./parts/seller.ts";

const SWITCHING = { discountFactor: 0.95, switchProbability: 0.1 };

export default sellerExperiment({
  demand: "markov",
  summary: "A seller finds a price for bad times and one for good times.",
  params: { prices: 11, ...SWITCHING },
  bins: 3,
  power: 0.9,
  totalSteps: 1_000_000,
  prices: ["priceInBadTimes", "priceInGoodTimes"],
  measure(player) {
    const [bad, good] = [8, 12].map((intercept) => {
      const price = priceIn(player, (w) => {
        w["intercept"] = intercept;
      });
      return { price, profit: (price - 2) * (intercept - price) };
    });
    const [low, high] = solvers.switchingValues([bad.profit, good.profit], SWITCHING);
    return { priceInBadTimes: bad.price, priceInGoodTimes: good.price, value: (low + high) / 2 };
  },
});
