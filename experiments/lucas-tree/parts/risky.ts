// Prices that depend on the dividend: the risky modes of the Lucas tree, learned by naf and tested at some dividends.
//
// Every agent of a world sees the same dividend, so what counts is the number of independent dividends: many worlds with few agents.
// Prices range over orders of magnitude, hence grids of equal ratios whose ends do not depend on the answer.
import { type AnyRows, defineExperiment, type Experiment, math, naf } from "walras";
import { lucasTree } from "../../../economies/lucas-tree.ts";
import * as theory from "../../../economies/theory/lucas-tree.ts";
import { curve, spaced } from "../../parts/lines.ts";

interface Risky {
  readonly dividendProcess: "iid" | "ar1";
  readonly riskAversion: number;
  /** Dividends to test at, by name. */
  readonly states: Readonly<Record<string, number>>;
  /** World-periods per world. */
  readonly periods: number;
  /** Why bond prices are out of reach of 5 %, where they are; they are then measured and not judged. */
  readonly noBonds?: string;
}

export function riskyExperiment({ dividendProcess, riskAversion, states, periods, noBonds }: Risky): Experiment {
  const priceFigure = (title: string, unit: string, measured: string, exact: (y: number) => number) => ({
    title, // instead of the price while learning, which is for the dividends of the moment
    xLabel: "dividend y, goods",
    yLabel: `price, ${unit}`,
    lines: [{ label: "learned", measured, as: "dots" as const }, curve("exact", exact, dividends(states))],
    caption: "Mean over the prices that 120 agents post when they see the dividend y.",
  });
  const numEnvs = 150;
  const process = dividendProcess === "iid" ? "independent dividends" : "autocorrelated dividends";
  return defineExperiment({
    name: `lucas-tree/${dividendProcess}-${riskAversion}`,
    summary: `Prices as functions of the dividend: ${process}, risk aversion ${riskAversion}.`,
    economy: lucasTree,
    params: {
      dividendProcess,
      riskAversion,
      agents: 4,
      initialSpread: 0.3,
      tradeSize: 0.0002,
      bondTradeSize: 0.0005 * theory.meanDividend({ ...lucasDefaults, dividendProcess }),
      priceSpacing: "log",
      priceLow: 0.002,
      priceHigh: 500,
      bondPriceLow: 0.002,
      bondPriceHigh: 500,
      prices: 623,
    },
    algorithm: naf,
    numEnvs,
    totalSteps: periods * numEnvs,
    seeds: [1, 2, 3, 4, 5],
    evaluation: { periods: 3, finalPeriods: 10, params: { agents: 120 } },
    measure(player) {
      const at = (y: number, share: string, bond: string): Record<string, number> => {
        const answer = player.respond("traders", (w) => {
          w["dividend"] = y;
        });
        return { [share]: mean(answer, "price"), [bond]: mean(answer, "bondPrice") };
      };
      return Object.assign(
        {},
        ...Object.entries(states).map(([name, y]) => at(y, `sharePrice at ${name}`, `bondPrice at ${name}`)),
        ...dividends(states).map((y) => at(y, `sharePrice/${y}`, `bondPrice/${y}`)),
      );
    },
    figures: (p) => [
      priceFigure("Posted share price", "goods/share", "sharePrice", (y) => theory.lucasPrices(p, y).sharePrice),
      priceFigure("Posted bond price", "goods/bond", "bondPrice", (y) => theory.lucasPrices(p, y).bondPrice),
    ],
    expect: (p) =>
      Object.entries(states).flatMap(([name, y]) => {
        const { sharePrice, bondPrice } = theory.lucasPrices(p, y);
        const common = { claim: "–", tolerance: 0.05, kind: "relative" as const };
        const share = {
          ...common,
          item: `share price at y = ${name}`,
          measure: `sharePrice at ${name}`,
          theory: sharePrice,
          unit: "goods/share",
        };
        const bond = {
          ...common,
          item: `bond price at y = ${name}`,
          measure: `bondPrice at ${name}`,
          theory: bondPrice,
          unit: "goods/bond",
        };
        return noBonds === undefined ? [share, bond] : [{ ...share, note: noBonds }];
      }),
  });
}

/** From the least to the largest dividend that is tested. */
const dividends = (states: Risky["states"]): number[] => {
  const ys = Object.values(states);
  return spaced(Math.min(...ys), Math.max(...ys), 17);
};

const lucasDefaults = {
  dividendProcess: "iid",
  discountFactor: 0.95,
  riskAversion: 1,
  dividendScale: 0.01,
  dividendLogMean: 1,
  dividendLogSd: 1,
  persistence: 0.9,
  innovationSd: 0.1,
} as const;

const mean = (rows: AnyRows, column: string): number => {
  const x = rows[column] as Float64Array;
  return x.reduce((a, b) => a + b, 0) / x.length;
};

export const iidStates = { "its mean": 0.0448168907, "its median": 0.0271828183, "0.02": 0.02, "0.1": 0.1 };
const σ = 0.1 / Math.sqrt(1 - 0.9 * 0.9);
export const ar1States = { "−1 sd": math.exp(-σ), "1": 1, "+1 sd": math.exp(σ) };
