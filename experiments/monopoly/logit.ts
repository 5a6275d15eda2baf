import { priceIn, sellerExperiment } from "./parts/seller.ts";

export default sellerExperiment({
  demand: "logit",
  summary: "A seller finds the best price under logit demand, Lambert's W.",
  bins: 1,
  totalSteps: 1_000_000,
  prices: ["price"],
  measure: (player) => ({ price: priceIn(player) }),
});
