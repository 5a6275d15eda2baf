// Nobody learns here: the solver on five paths of 11 000 periods each, beside the paper and an independent solver.
import { defineSimulation, type Expectation, solvers } from "walras";
import { krusellSmith } from "../../economies/krusell-smith.ts";

/** Percentages of the richest in the paper's Table 1. */
const TOPS = [1, 5, 10, 20, 30];

export default defineSimulation({
  name: "krusell-smith/solution",
  summary: "Laws of motion, moments and wealth by the solver, on five paths of good and bad times.",
  economy: krusellSmith,
  seeds: [1, 2, 3, 4, 5],
  measure({ seed }) {
    const { good, bad, moments, wealthGini, topShares } = solvers.krusellSmith(solvers.KRUSELL_SMITH_1998, { seed });
    return {
      interceptGood: good.intercept,
      slopeGood: good.slope,
      interceptBad: bad.intercept,
      slopeBad: bad.slope,
      r2: Math.min(good.r2, bad.r2),
      meanCapital: moments.meanCapital,
      corrConsumptionOutput: moments.corrConsumptionOutput,
      sdInvestment: moments.sdInvestment,
      wealthGini,
      ...Object.fromEntries(topShares.map((share, k) => [`top/${TOPS[k]}`, share])),
    };
  },
  // Theory: endogenous grid points and a histogram of another hand. Coefficients to 0.001, mean capital to half a per cent; moments differ from path to path.
  expect: () => [
    near("a in good times", "interceptGood", "0.095", 0.093721, 1e-3),
    near("b in good times", "slopeGood", "0.962", 0.962906, 1e-3),
    near("a in bad times", "interceptBad", "0.085", 0.083573, 1e-3),
    near("b in bad times", "slopeBad", "0.965", 0.964861, 1e-3),
    near("R²", "r2", "0.999998", 1, 1e-4),
    { ...near("mean capital", "meanCapital", "11.61", 11.6413, 5e-3, "goods/household"), kind: "relative" },
    near("correlation of C and Y", "corrConsumptionOutput", "0.701", 0.6856, 0.03),
    near("standard deviation of investment", "sdInvestment", "0.030", 0.03047, 1e-3, "goods/household"),
    near("Gini coefficient of wealth", "wealthGini", "0.25", 0.2445, 0.02),
    ...([2.6, 10.7, 19.2, 33.7, 46.2] as const).map((share, k) =>
      near(`share of the richest ${TOPS[k]} %`, `top/${TOPS[k]}`, PAPER[k]!, share / 100, 0.015),
    ),
  ],
});

const PAPER = ["0.03", "0.11", "0.19", "0.35", "0.46"];

const near = (
  item: string,
  measure: string,
  claim: string,
  theory: number,
  tolerance: number,
  unit = "1",
): Expectation => ({ item, measure, claim, theory, tolerance, unit, kind: "absolute" });
