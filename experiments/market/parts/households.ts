// Households who learn to save at prices that they see, against the planner's allocation.
import { type AnyRows, math, type ParamsOf, type Player, type TruthOf } from "walras";
import { growthMarket } from "../../../economies/growth-market.ts";
import { shockChain } from "../../../economies/theory/growth.ts";
import { marketPrices } from "../../../economies/theory/growth-market.ts";
import { type Consumption, gridOf, judge, policyClaims, policyFigures } from "../../growth/parts/policy.ts";

type Params = ParamsOf<typeof growthMarket>;

/** What all experiments of this kind have in common; spread into `defineExperiment`. */
export const againstPlanner = {
  economy: growthMarket,
  seeds: [6, 7, 8, 9, 10], // 1 to 5 judged shorter returns and the last parameters instead of a mean; settings were chosen on seeds from 1001 on
  evaluation: { periods: 20, finalPeriods: 400 },
  measure: (player: Player, p: Params) => judge(p, learnedConsumption(player, p)),
  figures: policyFigures,
  expect: (_p: Params, truth: TruthOf<typeof growthMarket>) => policyClaims(truth.log10EulerError),
};

/** C(K, s)/N where all own K: mean of what the households do at the market's prices. */
function learnedConsumption(player: Player, p: Params): Consumption {
  const grid = gridOf(p);
  const splines = Array.from(shockChain(p).productivity, (z) => {
    const logs = grid.map((K) => {
      const { rentalRate, wage } = marketPrices(p.capitalShare, K, z);
      const rows: AnyRows = player.respond("households", (w) => {
        ((w["households"] as AnyRows)["wealth"] as Float64Array).fill(K);
        w["wage"] = wage;
        w["interest"] = rentalRate - p.depreciation;
      });
      const saved = math.mean(rows["saving"] as Float64Array);
      return math.log((1 - Math.min(0.999, Math.max(0.001, saved))) * (wage + rentalRate * K));
    });
    return math.cubicSpline(grid.map(math.log), logs);
  });
  return (k, s) => math.exp(splines[s]!(math.log(k)));
}
