// Prices to calibrate to. Those of the laboratory (Hommes et al. 2007) were not published period by period; what is known are their mean and variance in the
// three treatments. Their substitute here is a market of producers who forecast by a rule, with the published variance; and, to see whether
// calibration finds what made the data, a market of producers whose information cost is known.
//
//   adaptive      base_i ← base_i + w (p − base_i),   p̂_i = base_i + σ_u u, within [0, 10];   base_i begins at N(5, 1)
//   regularised   p̂_i drawn from the equilibrium of producers with information cost λ
import { choice, createSimulation, defineEconomy, f64, math, param, population } from "walras";
import * as theory from "../../../economies/theory/cobweb.ts";

/** Mean and variance of prices in the laboratory, and the noise of forecasts that gives the substitute that variance. */
export const TREATMENTS = {
  stable: { supplySlope: 0.22, mean: 5.64, variance: 0.36, forecastNoise: 0.8482 },
  unstable: { supplySlope: 0.5, mean: 5.85, variance: 0.63, forecastNoise: 0.7569 },
  stronglyUnstable: { supplySlope: 2, mean: 5.93, variance: 2.62, forecastNoise: 2.4221 },
} as const;
export type Treatment = keyof typeof TREATMENTS;

/** The market's own parameters, which are those of the economy that is calibrated. */
export const market = (supplySlope: number): theory.Forecasting => ({
  demandIntercept: 13.8,
  demandSlope: 1.5,
  supplySlope,
  inflection: 6,
  producers: 6,
  noiseSd: 0.5,
  forecastLow: 0,
  forecastHigh: 10,
  forecasts: 201,
  rewardMax: 1300,
  rewardSlope: 260,
});

const laboratory = defineEconomy({
  name: "cobweb-laboratory",
  source:
    "Hommes, Sonnemans, Tuinstra & van de Velden (2007), Macroeconomic Dynamics 11, 8: treatments and moments of prices",
  summary: "Producers of the cobweb market forecast by a rule: data for calibration.",
  params: {
    rule: choice("adaptive", ["adaptive", "regularised"]),
    supplySlope: param(2, { symbol: "ψ" }),
    gain: param(0.1, { symbol: "w" }),
    forecastNoise: param(2.4221, { symbol: "σ_u" }),
    informationCost: param(200, { symbol: "λ" }),
  },
  horizon: 50,
  world: { price: f64({ unit: "money/good" }), supply: f64({ unit: "goods" }) },
  populations: {
    producers: population({ size: 6, state: { base: f64(), forecast: f64(), supplied: f64() } }),
  },
  start: ({ each }) => ({
    begin: each("producers", { doc: "base_i ~ N(5, 1)" }, (k, from, to, _w, _p, draw) => {
      const z = draw.normal("base");
      for (let i = from; i < to; i++) k.base[i] = 5 + z[i];
    }),
  }),
  phases: ({ each, total, world }) => ({
    forecast: each("producers", { doc: "by the rule" }, (k, from, to, _w, p, draw) => {
      const u = draw.normal("forecast");
      const level = draw.uniform("level");
      const law = p.rule === "regularised" ? equilibrium(p.supplySlope, p.informationCost) : null;
      for (let i = from; i < to; i++) {
        k.forecast[i] = law ? drawn(law, level[i]) : Math.min(10, Math.max(0, k.base[i] + p.forecastNoise * u[i]));
        k.supplied[i] = theory.cobwebSupply(market(p.supplySlope), k.forecast[i]);
      }
    }),
    sum: total("producers", { doc: "Σ S" }, { supply: "supplied" }),
    clear: world({ doc: "p = (a − Σ S)/b + ε" }, (w, _p, draw) => {
      w.price = (13.8 - w.supply) / 1.5 + 0.5 * draw.normal("noise");
    }),
    adapt: each("producers", { doc: "base_i moves towards the price" }, (k, from, to, w, p) => {
      for (let i = from; i < to; i++) k.base[i] += p.gain * (w.price - k.base[i]);
    }),
  }),
});

/** Prices of `sessions` sessions of fifty periods each. */
function simulate(params: Readonly<Record<string, number | string>>, sessions: number, seed: number): Float64Array {
  const simulation = createSimulation(laboratory, { params, seed, numWorlds: sessions });
  const prices: number[] = [];
  for (let e = 0; e < sessions; e++) {
    simulation.reset(e);
    for (let t = 0; t < simulation.horizon; t++) {
      simulation.phases.forEach((_, phase) => {
        simulation.runPhase(phase, e);
      });
      simulation.endPeriod(e);
      prices.push(simulation.worlds[e]["price"] as number);
    }
  }
  return Float64Array.from(prices);
}

export function laboratoryPrices(treatment: Treatment, { sessions = 100, seed = 1 } = {}): Float64Array {
  const { supplySlope, forecastNoise } = TREATMENTS[treatment];
  return simulate({ rule: "adaptive", supplySlope, forecastNoise }, sessions, seed);
}

/** Of producers with information cost λ, who are in equilibrium. */
export const modelPrices = (
  supplySlope: number,
  informationCost: number,
  { sessions = 100, seed = 1 } = {},
): Float64Array => simulate({ rule: "regularised", supplySlope, informationCost }, sessions, seed);

const laws = new Map<string, theory.RegularisedCobweb>();
function equilibrium(supplySlope: number, λ: number): theory.RegularisedCobweb {
  const key = `${supplySlope}/${λ}`;
  const law = laws.get(key) ?? theory.regularisedCobweb(market(supplySlope), [λ]);
  laws.set(key, law);
  return law;
}

function drawn({ grid, forecasts }: theory.RegularisedCobweb, u: number): number {
  let rest = u;
  let j = 0;
  while (j < grid.length - 1 && rest >= forecasts[j]) rest -= forecasts[j++];
  return grid[j];
}

/** Masses of N(mean, variance) in the hundred bins on [0, 10] that errors are measured on. */
export function normalHistogram(mean: number, variance: number): Float64Array {
  const below = (x: number): number => math.normalCdf((x - mean) / Math.sqrt(variance));
  return Float64Array.from({ length: BINS }, (_, k) => below((k + 1) / 10) - below(k / 10));
}
export const BINS = 100;

/** Mean absolute and root mean square difference of masses. */
export function massErrors(ours: Float64Array, theirs: Float64Array): { mae: number; rmse: number } {
  let [absolute, squared] = [0, 0];
  for (let k = 0; k < ours.length; k++) {
    const error = ours[k] - theirs[k];
    absolute += Math.abs(error) / ours.length;
    squared += (error * error) / ours.length;
  }
  return { mae: absolute, rmse: Math.sqrt(squared) };
}
