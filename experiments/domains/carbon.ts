// Firms who abate, trade and bank permits under a cap that falls for four years: Rubin's path of prices, year by year.
import { type AnyRows, type AnyWorld, defineExperiment, type FigureLine, known, math, type Player, ppo } from "walras";
import { carbonMarket } from "../../economies/carbon-market.ts";
import { firmsLearn } from "./parts/carbon.ts";

export default defineExperiment({
  name: "domains/carbon",
  summary: "Firms learn to bank permits: the price rises at the rate of interest until the bank is empty.",
  economy: carbonMarket,
  algorithm: ppo,
  config: { ...firmsLearn, learningRate: 2e-3 },
  numEnvs: 2, // of 8 worlds a fourth as many updates leave years 4 and 5 apart
  totalSteps: 2 * 8 * 1000,
  seeds: [6, 7, 8, 9, 10],
  evaluation: { periods: 8, finalPeriods: 8, every: 10 },
  measure(player, p) {
    const truth = carbonMarket.truth!(p);
    const [prices, exhaustion] = [known(truth.prices), known(truth.exhaustion)];
    const ours = paths(player, p.caps.length, p.discountFactor);
    const off = ours.price.map((price, t) => Math.abs(price / prices[t] - 1));
    const held = exhaustion; // years from the first to the one in which the bank is used up
    const { slope } = math.leastSquaresLine(
      prices.slice(0, held).map((_, t) => t),
      Array.from(ours.price.subarray(0, held), math.log),
    );
    return {
      priceError: math.mean(off),
      growth: math.exp(slope) - 1,
      peak: Math.max(...ours.bank),
      left: Math.max(...ours.bank.subarray(held - 1)),
      totalCost: ours.cost,
      ...byYear("price", ours.price),
      ...byYear("bank", ours.bank),
    };
  },
  expect: (p, truth) => {
    const [bank, cost] = [known(truth.bank), known(truth.cost)];
    const most = Math.max(...bank);
    return [
      {
        item: "price of a permit: mean distance to its path",
        measure: "priceError",
        claim: "Rubin's path",
        theory: 0,
        unit: "1",
        tolerance: 0.05,
        kind: "atMost",
        note: "over eight years, relative",
      },
      {
        item: "growth of the price while permits are banked",
        measure: "growth",
        claim: "the rate of interest",
        theory: 1 / p.discountFactor - 1,
        unit: "1/year",
        tolerance: 0.02,
        kind: "absolute",
      },
      {
        item: "largest bank",
        measure: "peak",
        claim: "–",
        theory: most,
        unit: "permits/firm",
        tolerance: 0.15,
        kind: "relative",
      },
      {
        item: "bank from the year of exhaustion on, at most",
        measure: "left",
        claim: "empty",
        theory: 0,
        unit: "permits/firm",
        tolerance: 0.028,
        kind: "atMost",
        note: "a tenth of the largest bank",
      },
      {
        item: "cost of abatement over all years",
        measure: "totalCost",
        claim: "least for these caps",
        theory: cost,
        unit: "money/firm",
        tolerance: 0.02,
        kind: "relative",
      },
    ];
  },
  figures: (p, truth) => {
    const [prices, bank] = [known(truth.prices), known(truth.bank)];
    const without = known(carbonMarket.truth!({ ...p, banking: false }).prices);
    const years = (label: string, values: readonly number[]): FigureLine => ({
      label,
      points: values.map((y, t) => [t + 1, y]),
    });
    return [
      {
        title: "Prices by year",
        xLabel: "year",
        yLabel: "price, money/tonne",
        lines: [
          { label: "learned", measured: "price" },
          years("Rubin’s path", prices),
          years("without banking", without),
        ],
        caption: "Permits are kept while the price is expected to rise faster than interest, until it does not.",
      },
      {
        title: "Permits in the bank",
        xLabel: "year",
        yLabel: "permits at the end of the year, per firm",
        lines: [{ label: "learned", measured: "bank" }, years("Rubin’s path", bank)],
        caption: "Kept in years of large caps, used up when they have fallen.",
      },
    ];
  },
});

const byYear = (name: string, values: Float64Array): Record<string, number> =>
  Object.fromEntries(Array.from(values, (x, t) => [`${name}/${t + 1}`, x]));

/** Price, bank and costs of an episode, year by year; nothing is random but the learning. */
function paths(player: Player, years: number, β: number) {
  const [price, bank] = [new Float64Array(years), new Float64Array(years)];
  let [cost, weight] = [0, 1];
  player.play({
    seed: 1,
    periods: years,
    visit(w: AnyWorld, t) {
      const firms = (w["firms"] as AnyRows)["size"] as number;
      price[t] = w["price"] as number;
      bank[t] = (w["banked"] as number) / firms;
      cost += (weight * (w["costs"] as number)) / firms;
      weight *= β;
    },
  });
  return { price, bank, cost };
}
