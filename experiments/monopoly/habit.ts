import type { AnyRows } from "walras";
import { sellerExperiment } from "./parts/seller.ts";

export default sellerExperiment({
  demand: "habit",
  summary: "A seller finds that a low price today sells more tomorrow.",
  params: { prices: 41 },
  bins: 41,
  totalSteps: 6_000_000,
  prices: ["price"],
  measure(player) {
    let price = 0;
    player.play({
      seed: 1,
      periods: 100,
      visit: (w, period) => {
        if (period >= 50) price += ((w["seller"] as AnyRows)["price"] as Float64Array)[0] / 50;
      },
    });
    return { price };
  },
});
