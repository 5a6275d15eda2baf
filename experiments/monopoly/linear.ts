import { type Params, priceIn, profitFigure, sellerExperiment } from "./parts/seller.ts";

const profit = (p: Params, price: number): number => (price - p.cost) * Math.max(0, p.intercept - p.slope * price);

export default sellerExperiment({
  demand: "linear",
  summary: "A seller finds the best price against a straight demand curve.",
  bins: 1,
  totalSteps: 1_000_000,
  prices: ["price"],
  measure(player, p) {
    const price = priceIn(player);
    return { price, [`profitAt/${price}`]: profit(p, price) };
  },
  figures: (p) => [profitFigure(p, { "profit, exact": (price) => profit(p, price) })],
});
