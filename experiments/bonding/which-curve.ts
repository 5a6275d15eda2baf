// Scenario 4: all curves × fees × populations, through one point with one slope, on the same disturbances.
import { defineSimulation, type ExperimentTable } from "walras";
import { tokenMarket } from "../../economies/token-market.ts";
import { CURVES, type CurveName, slopeAt } from "./parts/curves.ts";
import {
  AT,
  attackOn,
  FEES,
  linearTheory,
  measureCell,
  NEWS,
  POPULATIONS,
  type Population,
  PRESSURE,
} from "./parts/sweep.ts";

const populations = Object.keys(POPULATIONS) as Population[];
/** The fee from which no round trip around the news pays, on any curve. */
const THRESHOLD = (NEWS.rise - 1) / (NEWS.rise + 1);
const cell = (curve: CurveName, fee: number, population: Population) => `${curve} ${fee} ${population}`;

export default defineSimulation({
  name: "bonding/which-curve",
  summary:
    "Five bonding curves through one point, four fees and three kinds of traders: volatility, revenue, slippage and what an attacker takes, in one table.",
  economy: tokenMarket,
  params: { traders: 0, ...POPULATIONS.fundamentalists, pressureSd: PRESSURE, money: 5000 },
  maxSeconds: 60,
  measure({ seed }) {
    const found: Record<string, number> = {};
    for (const curve of CURVES)
      for (const fee of FEES) {
        for (const population of populations)
          for (const [name, value] of Object.entries(measureCell(curve, fee, population, seed))) {
            found[`${name}: ${cell(curve, fee, population)}`] = value;
            found[`${name}, ${population}: ${curve}/${fee}`] = value;
          }
        found[`take: ${curve}/${fee}`] = attackOn(curve, fee);
      }
    found["take at the threshold"] = Math.max(...CURVES.map((curve) => attackOn(curve, THRESHOLD)));
    return found;
  },
  expect() {
    const theory = linearTheory();
    return [
      {
        item: "volatility, linear curve, fundamentalists",
        measure: `volatility: ${cell("linear", 0, "fundamentalists")}`,
        claim: "–",
        theory: theory.volatility,
        unit: "1/period",
        // Standard deviations over 400 periods have a relative standard error of about 1/√800, and ln P bends: four of them, and 2 %.
        tolerance: 4 / Math.sqrt(800) + 0.02,
        kind: "relative" as const,
      },
      {
        item: "P/P* − 1 around 0, linear curve, fundamentalists",
        measure: `deviation: ${cell("linear", 0, "fundamentalists")}`,
        claim: "–",
        theory: theory.deviation,
        unit: "1",
        // Of an AR(1) with φ = .7 a standard deviation has √((1 + φ²)/(1 − φ²)) times as large a standard error.
        tolerance: 4 * Math.sqrt(1.49 / 0.51 / 800) + 0.02,
        kind: "relative" as const,
      },
      {
        item: `most taken on any curve at a fee of ${(100 * THRESHOLD).toFixed(1)} %`,
        measure: "take at the threshold",
        claim: "–",
        theory: 0,
        unit: "money",
        tolerance: 0,
        kind: "atMost" as const,
        note: "(P* − P)/(P* + P): from there on a token bought before all the news costs more than it brings after it",
      },
    ];
  },
  figures: () => [
    ...populations.map((population) =>
      figure(`Volatility: ${population}`, "sd of Δ ln P per period", "volatility", population),
    ),
    figure("Revenue: fundamentalists", "fees, money per period", "revenue", "fundamentalists"),
    figure(
      "Slippage: fundamentalists",
      "cost of 20 tokens above the price, fee included",
      "slippage",
      "fundamentalists",
    ),
    {
      title: "What an attacker takes",
      xLabel: "fee",
      yLabel: "money, of the best round trip",
      lines: CURVES.map((curve) => ({ label: curve, measured: `take: ${curve}` })),
      caption: newsOf,
    },
  ],
  tables: () => [table()],
});

const newsOf = `News raises P* by ${Math.round(100 * NEWS.rise - 100)} %, and an attacker who knows how fundamentalists will chase it may order up to ${NEWS.orderMax} tokens in each of ${NEWS.periods} periods, and ends with the tokens it began with.`;

const figure = (title: string, yLabel: string, name: string, population: Population) => ({
  title,
  xLabel: "fee",
  yLabel,
  lines: CURVES.map((curve) => ({ label: curve, measured: `${name}, ${population}: ${curve}` })),
  caption: `${title.split(":")[0]} by curve and fee; all curves have the price ${AT.price} and the slope ${slopeAt(AT).toPrecision(3)} at a supply of ${AT.supply}.`,
});

function table(): ExperimentTable {
  return {
    title: "Which curve, which fee?",
    cases: ["curve", "fee"],
    columns: [
      ...populations.map((population) => ({ name: `volatility, ${population}`, unit: "1" })),
      { name: "revenue", unit: "money/period" },
      { name: "slippage", unit: "1" },
      { name: "attacker's take", unit: "money" },
    ],
    rows: CURVES.flatMap((curve) =>
      FEES.map((fee) => ({
        of: [curve, `${100 * fee}\u00a0%`],
        cells: [
          ...populations.map((population) => `volatility: ${cell(curve, fee, population)}`),
          `revenue: ${cell(curve, fee, "fundamentalists")}`,
          `slippage: ${cell(curve, fee, "fundamentalists")}`,
          `take: ${curve}/${fee}`,
        ],
      })),
    ),
    note: `All curves have the price ${AT.price} and the slope ${slopeAt(AT).toPrecision(3)} at a supply of ${AT.supply}; 50 traders, who together order besides a share of the supply with a standard deviation of ${PRESSURE}, the same draws in all cells of a seed. Volatility: sd of Δ ln P per period. Revenue and slippage (what 20 tokens cost above the price, fee included): of fundamentalists. ${newsOf}`,
  };
}
