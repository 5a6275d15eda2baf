// Households who learn when to take power, with tokens or without: loads by hour, the peak and what it all costs, against equilibrium and optimum.
import {
  type AnyRows,
  allKnown,
  defineExperiment,
  type Expectation,
  type Experiment,
  type FigureLine,
  math,
  type Player,
  ppo,
} from "walras";
import { energyGrid } from "../../../economies/energy-grid.ts";
import { equilibriumLoads, usualLoads } from "../../../economies/theory/energy-grid.ts";

export function householdsShift(name: string, summary: string, tokens: number): Experiment {
  return defineExperiment({
    name: `domains/${name}`,
    summary,
    economy: energyGrid,
    params: { tokens, horizon: 1 },
    algorithm: ppo,
    config: { gamma: 0, gaeLambda: 0, numSteps: 8, learningRate: 1e-3, entCoef: 0, initialLogStd: -1.5 },
    numEnvs: 8,
    totalSteps: 8 * 8 * 100,
    seeds: [1, 2, 3, 4, 5],
    evaluation: { periods: 1, finalPeriods: 1, every: 10 },
    measure(player, p) {
      const { optimalCost, usualCost, loads } = allKnown(energyGrid.truth!(p));
      const { cost, peak, load } = day(player);
      return {
        peak,
        priceOfAnarchy: cost / optimalCost,
        shareOfSaving: (usualCost - cost) / (usualCost - optimalCost),
        off: math.mean(load.map((X, h) => Math.abs(X - loads[h]))),
        ...Object.fromEntries(Array.from(load, (X, h) => [`load/${h}`, X])),
      };
    },
    expect(_p, truth) {
      const t = allKnown(truth);
      const claim = tokens === 1 ? "the planner's optimum" : "Nash equilibrium";
      const common = { claim, tolerance: 0.02 };
      return [
        {
          ...common,
          item: "cost over the least",
          measure: "priceOfAnarchy",
          theory: t.priceOfAnarchy,
          unit: "1",
          kind: "absolute",
          tolerance: 0.003,
        },
        {
          ...common,
          item: "share of what shifting can save",
          measure: "shareOfSaving",
          theory: t.shareOfSaving,
          unit: "1",
          kind: "absolute",
          tolerance: 0.05,
        },
        { ...common, item: "peak load", measure: "peak", theory: t.peak, unit: "kWh/household", kind: "relative" },
        {
          ...common,
          item: "distance of loads by hour, mean",
          measure: "off",
          theory: 0,
          unit: "kWh/household",
          kind: "atMost",
        },
      ] satisfies Expectation[];
    },
    figures(p) {
      const usual = usualLoads(p);
      const by = (ρ: number) => equilibriumLoads({ ...p, tokens: ρ }, usual).mean;
      const asUsual = equilibriumLoads({ ...p, priceSlope: 0 }, usual).mean;
      const line = (label: string, loads: Float64Array): FigureLine => ({
        label,
        points: Array.from(loads, (X, h) => [h, X]),
      });
      return [
        {
          title: "Load by hour",
          xLabel: "hour of the day",
          yLabel: "mean load, kWh/household",
          lines: [
            { label: "learned", measured: "load" },
            line("usual", asUsual),
            line("nobody gains alone, no tokens", by(0)),
            line("least cost", by(1)),
          ],
          caption:
            "A household that is not paid for it spares the others too little; with tokens it does what a planner would.",
        },
      ];
    },
  });
}

/** A day by the policies as they are; nothing is random. */
function day(player: Player) {
  let [peak, load] = [Number.NaN, new Float64Array()];
  const { cost } = player.play({
    seed: 1,
    periods: 1,
    visit(w) {
      peak = w["peak"] as number;
      load = Float64Array.from((w["day"] as AnyRows)["load"] as Float64Array);
    },
  });
  return { cost, peak, load };
}
