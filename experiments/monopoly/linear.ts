import { priceIn, sellerExperiment } from "./parts/seller.ts";

export default sellerExperiment({
  demand: "linear",
  summary: "A seller finds the best price against a straight demand curve.",
  bins: 1,
  totalSteps: 1_000_000,
  prices: ["price"],
  measure: (player) => ({ price: priceIn(player) }),
});
