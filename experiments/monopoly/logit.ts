import { math } from "walras";
import { type Params, priceIn, profitFigure, sellerExperiment } from "./parts/seller.ts";

// π = (p − c)/(1 + e^((a₀ + p − a)/μ))
const profit = ({ quality, outsideQuality, cost, differentiation }: Params, price: number): number =>
  (price - cost) / (1 + math.exp((outsideQuality + price - quality) / differentiation));

export default sellerExperiment({
  demand: "logit",
  summary: "A seller finds the best price under logit demand, Lambert's W.",
  bins: 1,
  totalSteps: 1_000_000,
  prices: ["price"],
  measure(player, p) {
    const price = priceIn(player);
    return { price, [`profitAt/${price}`]: profit(p, price) };
  },
  figures: (p) => [profitFigure(p, { "profit, exact": (price) => profit(p, price) })],
});
