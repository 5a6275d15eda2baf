// Nobody learns here: the solver on five paths of 11 000 periods each, beside the paper and an independent solver.
import { defineSimulation, type Expectation, solvers } from "walras";
import { krusellSmith } from "../../economies/krusell-smith.ts";
import {
  badTimesCome,
  lawFigure,
  lawPoints,
  paperLorenz,
  responseFigure,
  savingFigure,
  savingPoints,
  TOPS,
} from "./parts/figures.ts";

/** ln K′ = a + b ln K, k′ by wealth at K = 11.6, and shares of the richest, by endogenous grid points and a histogram of another hand. */
const LAWS = [
  { intercept: 0.093721, slope: 0.962906 },
  { intercept: 0.083573, slope: 0.964861 },
] as const;
const NEXT = {
  "good times, work": [0.279823, 3.003251, 11.657743, 23.265054],
  "good times, no work": [0, 2.291411, 10.896788, 22.502273],
  "bad times, work": [0.306898, 3.007029, 11.640244, 23.222932],
  "bad times, no work": [0, 2.324567, 10.880936, 22.461064],
};
const WEALTH = [0, 2.9, 11.6, 23.2];

export default defineSimulation({
  name: "krusell-smith/solution",
  summary: "Laws of motion, moments and wealth by the solver, on five paths of good and bad times.",
  economy: krusellSmith,
  seeds: [1, 2, 3, 4, 5],
  measure({ seed }) {
    const solution = solvers.krusellSmith(solvers.KRUSELL_SMITH_1998, { seed });
    const { good, bad, moments, wealthGini, topShares, lorenz, capital, times } = solution;
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
      ...Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`lorenz/${5 * n}`, lorenz[5 * n]!])),
      ...lawPoints(capital, times),
      ...savingPoints(solvers.KRUSELL_SMITH_1998, solution.consumption),
      ...badTimesCome({ seed }),
    };
  },
  figures: () => [
    lawFigure(LAWS, "independent solver"),
    {
      title: "Lorenz curve of wealth",
      xLabel: "poorest households, per cent",
      yLabel: "share of all wealth",
      lines: [
        { label: "solution", measured: "lorenz", as: "line" },
        { ...paperLorenz, as: "dots" },
        {
          label: "equal wealth",
          points: [
            [0, 0],
            [100, 1],
          ],
        },
      ],
      caption: "Mean over the path; the paper states the shares of the richest 1, 5, 10, 20 and 30 per cent.",
    },
    savingFigure(
      Object.entries(NEXT).map(([state, next]) => ({
        label: `${state}, independent solver`,
        as: "dots",
        points: next.map((k, at) => [WEALTH[at]!, k - WEALTH[at]!]),
      })),
      "Wages move households who have little, times move those who have much.",
    ),
    responseFigure(),
  ],
  // Theory: endogenous grid points and a histogram of another hand. Coefficients to 0.001, mean capital to half a per cent; moments differ from path to path.
  expect: () => [
    near("a in good times", "interceptGood", "0.095", LAWS[0].intercept, 1e-3),
    near("b in good times", "slopeGood", "0.962", LAWS[0].slope, 1e-3),
    near("a in bad times", "interceptBad", "0.085", LAWS[1].intercept, 1e-3),
    near("b in bad times", "slopeBad", "0.965", LAWS[1].slope, 1e-3),
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
