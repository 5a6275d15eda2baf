import { type AnyRows, allKnown } from "walras";
import { curve, level, spaced } from "../parts/lines.ts";
import { type Params, PERIODS, priceIn, sellerExperiment } from "./parts/seller.ts";

/** Sales for ever at the lowest price. */
const mostSold = (p: Params): number => (p.intercept - p.slope * p.priceLow) / (1 - p.habit);

export default sellerExperiment({
  demand: "habit",
  summary: "A seller finds that a low price today sells more tomorrow.",
  params: { prices: 41 },
  bins: 41,
  totalSteps: 6_000_000,
  prices: ["price"],
  measure(player, p) {
    let price = 0;
    player.play({
      seed: 1,
      periods: 100,
      visit: (w, period) => {
        if (period >= 50) price += ((w["seller"] as AnyRows)["price"] as Float64Array)[0] / 50;
      },
    });
    const policy = spaced(0, mostSold(p), 25).map((sold) => {
      const posted = priceIn(player, (w) => {
        w["lastQuantity"] = sold;
      });
      return [`policy/${sold}`, posted] as const;
    });
    return { price, ...Object.fromEntries(policy) };
  },
  best(p, truth) {
    const { policyIntercept, policySlope, price } = allKnown(truth);
    let [sold, sum] = [0, 0];
    for (let t = 0; t < PERIODS; t++) {
      const before = sold;
      sold = policyIntercept + policySlope * before;
      sum += (p.intercept + p.habit * before - sold) / p.slope;
    }
    return [level("best over the same periods", sum / PERIODS), level("best in the steady state", price)];
  },
  figures(p, truth) {
    const { policyIntercept, policySlope } = allKnown(truth);
    return [
      {
        title: "The price after each quantity",
        xLabel: "sold in the period before, goods",
        yLabel: "price, money/good",
        lines: [
          { label: "learned", measured: "policy", as: "dots" },
          // A + h x − B p = q₀ + k x
          curve(
            "best",
            (sold) => (p.intercept + p.habit * sold - policyIntercept - policySlope * sold) / p.slope,
            spaced(0, mostSold(p), 25),
          ),
        ],
        caption:
          "A low price today sells more tomorrow. Quantities that good play never reaches are hardly learned; the habit settles near the steady state.",
      },
    ];
  },
});
