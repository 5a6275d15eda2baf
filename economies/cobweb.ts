// The cobweb market: producers forecast the price, supply what the forecast makes worthwhile, and so make the price.
// Hommes, Sonnemans, Tuinstra & van de Velden 2007, "Learning in Cobweb Experiments", Macroeconomic Dynamics 11, 8; as the inner layer of ADAGE §4.2,
// Evans, Vadori & Ganesh 2025, https://arxiv.org/abs/2501.09429, where a calibrator sets what precision costs the producers.
//
// With the default supply slope the market is strongly unstable: who forecasts last period's price makes prices jump between 1.2 and 9.2. In the laboratory
// prices kept their mean and varied ten times as much as under rational expectations.
// Left out: storage, entry, producers who see each other, the ten questions of the laboratory's questionnaire.
import { box, choice, defineEconomy, f64, grid, isUnknown, param, population, solved, unknown } from "walras";
import * as theory from "./theory/cobweb.ts";

export const cobweb = defineEconomy({
  name: "cobweb",
  source: "Hommes, Sonnemans, Tuinstra & van de Velden (2007), Macroeconomic Dynamics 11, 8; ADAGE §4.2, eqs. 8–12",
  summary: "Producers forecast a price that their forecasts make; a calibrator sets what precision costs them.",
  params: {
    demandIntercept: param(13.8, { symbol: "a", unit: "goods", min: 0, max: 1e6 }),
    demandSlope: param(1.5, { symbol: "b", unit: "goods²/money", min: 1e-6, max: 1e6 }),
    supplySlope: param(2, {
      symbol: "ψ",
      unit: "goods/money",
      min: 0,
      max: 100,
      doc: "0.22 stable, 0.5 unstable, 2 strongly unstable under naive expectations",
    }),
    inflection: param(6, {
      symbol: "m",
      unit: "money/good",
      min: -1e6,
      max: 1e6,
      doc: "forecast at which supply is steepest",
    }),
    producers: param(6, { symbol: "K", unit: "producers", min: 1, max: 1000, integer: true }),
    noiseSd: param(0.5, { symbol: "σ_ε", unit: "money/good", min: 0, max: 1e3, doc: "of the price" }),
    rewardMax: param(1300, { unit: "points", min: 1e-6, max: 1e9, doc: "for a perfect forecast" }),
    rewardSlope: param(260, {
      unit: "points good²/money²",
      min: 1e-6,
      max: 1e9,
      doc: "lost per squared error",
    }),
    forecastLow: param(0, { unit: "money/good", min: -1e6, max: 1e6, doc: "lowest forecast" }),
    forecastHigh: param(10, { unit: "money/good", min: -1e6, max: 1e6, doc: "highest forecast" }),
    forecasts: param(201, {
      symbol: "J",
      unit: "forecasts",
      min: 2,
      max: 2001,
      integer: true,
      doc: "of the grid, in equal steps",
    }),
    calibration: choice("never", ["never", "episode"], {
      doc: "when the calibrator sets the law of costs; never: it is as the next two parameters say",
    }),
    informationCost: param(200, {
      symbol: "μ",
      unit: "points/nat",
      min: 0,
      max: 1e9,
      doc: "mean of producers' costs before they are cut off at 0; without a calibrator",
    }),
    informationCostSd: param(0, {
      symbol: "σ",
      unit: "points/nat",
      min: 0,
      max: 1e9,
      doc: "their deviation; without a calibrator",
    }),
    assignment: choice("never", ["never", "episode"], {
      doc: "when the assigner sets each producer's cost by itself; never: they are drawn",
    }),
    informationCostMax: param(1000, {
      unit: "points/nat",
      min: 0,
      max: 1e9,
      exclusive: true,
      doc: "most that a calibrator can set",
    }),
    informationCostSdMax: param(500, { unit: "points/nat", min: 0, max: 1e9, exclusive: true, doc: "likewise" }),
    targetMean: param(5.93, {
      unit: "money/good",
      doc: "of the prices that the calibrator is to match: those of the laboratory at ψ = 2",
    }),
    targetSd: param(1.6186414, { unit: "money/good", min: 0, max: 1e6, doc: "their deviation, √2.62" }),
    horizon: param(50, {
      symbol: "T",
      unit: "periods",
      min: 1,
      max: 1e9,
      integer: true,
      doc: "the episode is then truncated",
    }),
  },
  horizon: "horizon",
  world: {
    price: f64({ unit: "money/good", doc: "p, of the last period" }),
    meanPrice: f64({ unit: "money/good", doc: "of all periods so far" }),
    noise: f64({ unit: "money/good", doc: "ε" }),
    supply: f64({ unit: "goods", doc: "Σ S(p̂)" }),
    costMean: f64({ unit: "points/nat", doc: "μ" }),
    costSd: f64({ unit: "points/nat", doc: "σ" }),
  },
  populations: {
    calibrator: population({
      size: 1,
      doc: "the outer layer: sets what precision costs",
      state: {
        observed: f64({ unit: "money/good", doc: "φ, a price drawn from the laboratory's law" }),
        mismatch: f64({ unit: "money/good", doc: "−|φ − p|" }),
      },
      actions: {
        mu: box(0, "informationCostMax", { unit: "points/nat", doc: "μ" }),
        sigma: box(0, "informationCostSdMax", { unit: "points/nat", doc: "σ" }),
      },
    }),
    assigner: population({
      size: 1,
      doc: "another outer layer: sets every producer's own cost; a seventh producer has that of the first, and so on",
      state: { mismatch: f64({ unit: "money/good", doc: "−|φ − p|" }) },
      actions: {
        cost1: box(0, "informationCostMax", { unit: "points/nat", doc: "λ₁" }),
        cost2: box(0, "informationCostMax", { unit: "points/nat", doc: "λ₂" }),
        cost3: box(0, "informationCostMax", { unit: "points/nat", doc: "λ₃" }),
        cost4: box(0, "informationCostMax", { unit: "points/nat", doc: "λ₄" }),
        cost5: box(0, "informationCostMax", { unit: "points/nat", doc: "λ₅" }),
        cost6: box(0, "informationCostMax", { unit: "points/nat", doc: "λ₆" }),
      },
    }),
    producers: population({
      size: "producers",
      state: {
        informationCost: f64({ unit: "points/nat", doc: "λ_i, what it costs to forecast otherwise than at random" }),
        meanForecast: f64({ unit: "money/good", doc: "of its own, so far" }),
        supplied: f64({ unit: "goods", doc: "S(p̂_i)" }),
        reward: f64({ unit: "points", doc: "r_i" }),
      },
      actions: { forecast: grid("forecastLow", "forecastHigh", "forecasts", { unit: "money/good", doc: "p̂_i" }) },
    }),
  },
  start: ({ each, world }) => ({
    nothing: world(
      { doc: "before anything has happened, prices are remembered as the middle of the range" },
      (w, p) => {
        w.price = w.meanPrice = (p.forecastLow + p.forecastHigh) / 2;
        w.costMean = p.informationCost;
        w.costSd = p.informationCostSd;
      },
    ),
    nobody: each("producers", { doc: "and so are forecasts" }, (k, from, to, _w, p) => {
      k.meanForecast.fill((p.forecastLow + p.forecastHigh) / 2, from, to);
    }),
  }),
  phases: ({ decide, each, total, world }) => ({
    calibrate: decide("calibrator", { doc: "μ and σ", every: "calibration" }),
    assign: decide("assigner", { doc: "λ₁ … λ₆", every: "assignment" }),
    set: world({ doc: "the law of costs is what the calibrator says, or what the parameters say" }, (w, p) => {
      if (w.period > 0 || p.calibration === "never") return;
      w.costMean = w.calibrator.mu[0];
      w.costSd = w.calibrator.sigma[0];
    }),
    endow: each(
      "producers",
      { doc: "in the first period each draws λ_i from N(μ, σ²) given that it is not negative; or it is assigned" },
      (k, from, to, w, p, draw) => {
        if (w.period > 0) return;
        if (p.assignment === "episode") {
          const { cost1, cost2, cost3, cost4, cost5, cost6 } = w.assigner;
          const assigned = [cost1, cost2, cost3, cost4, cost5, cost6];
          for (let i = from; i < to; i++) k.informationCost[i] = assigned[i % 6][0];
          return;
        }
        const u = draw.uniform("cost");
        const quantile = theory.costLaw(w.costMean, w.costSd);
        for (let i = from; i < to; i++) k.informationCost[i] = quantile(u[i]);
      },
    ),
    forecast: decide("producers", { doc: "all forecast at once" }),
    supply: each("producers", { doc: "S(p̂) = tanh(ψ(p̂ − m)) + 1" }, (k, from, to, _w, p) => {
      for (let i = from; i < to; i++) k.supplied[i] = theory.cobwebSupply(p, k.forecast[i]);
    }),
    sum: total("producers", { doc: "Σ S(p̂_i)" }, { supply: "supplied" }),
    clear: world({ doc: "p = (a − Σ S)/b + ε; φ is drawn; means are brought up to date" }, (w, p, draw) => {
      w.noise = p.noiseSd * draw.normal("noise");
      w.price = (p.demandIntercept - w.supply) / p.demandSlope + w.noise;
      w.meanPrice += (w.price - w.meanPrice) / (w.period + 1);
      w.calibrator.observed[0] = p.targetMean + p.targetSd * draw.normal("observed");
      w.calibrator.mismatch[0] = w.assigner.mismatch[0] = -Math.abs(w.calibrator.observed[0] - w.price);
    }),
    pay: each("producers", { doc: "r_i = max(0, 1300 − 260 (p − p̂_i)²)" }, (k, from, to, w, p) => {
      for (let i = from; i < to; i++) {
        k.reward[i] = rewardOf(w.price - k.forecast[i], p);
        k.meanForecast[i] += (k.forecast[i] - k.meanForecast[i]) / (w.period + 1);
      }
    }),
  }),
  observe: {
    calibrator: {
      price: { world: "price", center: middle, scale: half, doc: "last price" },
      meanPrice: { world: "meanPrice", center: middle, scale: half, doc: "mean price so far" },
    },
    assigner: {
      price: { world: "price", center: middle, scale: half, doc: "last price" },
      meanPrice: { world: "meanPrice", center: middle, scale: half, doc: "mean price so far" },
    },
    producers: {
      meanPrice: { world: "meanPrice", center: middle, scale: half, doc: "mean price so far" },
      meanForecast: { column: "meanForecast", center: middle, scale: half, doc: "mean of own forecasts so far" },
      price: { world: "price", center: middle, scale: half, doc: "last price" },
      informationCost: {
        column: "informationCost",
        scale: (p) => p.informationCostMax,
        doc: "λ_i, private: nobody knows μ, σ or another's λ",
      },
    },
  },
  reward: {
    calibrator: { column: "mismatch", doc: "−|φ − p|, eq. 11; best served by prices that do not vary" },
    assigner: { column: "mismatch", doc: "likewise" },
    producers: { column: "reward", doc: "r_i" },
  },
  payoffs: {
    producers(out, k, i, w, p) {
      const grid = gridOf(p);
      const others = w.price + k.supplied[i] / p.demandSlope; // with a forecast that supplies nothing
      for (let a = 0; a < out.length; a++)
        out[a] = rewardOf(others - grid.supply[a] / p.demandSlope - grid.forecast[a], p);
    },
  },
  informationCost: { producers: "informationCost" },
  metrics: {
    price: { unit: "money/good", doc: "p", of: ({ price }) => price },
    forecastError: {
      unit: "money/good",
      doc: "mean |p − p̂_i|",
      of: ({ price, producers: { forecast, size } }) =>
        forecast.reduce((sum, x) => sum + Math.abs(price - x), 0) / size,
    },
    reward: {
      unit: "points",
      doc: "mean r_i",
      of: ({ producers: { reward, size } }) => reward.reduce((sum, r) => sum + r, 0) / size,
    },
    informationCost: {
      unit: "points/nat",
      doc: "mean λ_i",
      of: ({ producers: { informationCost, size } }) => informationCost.reduce((sum, λ) => sum + λ, 0) / size,
    },
  },
  identities: {
    goods: {
      doc: "what is demanded at the price, a − b(p − ε), is what is supplied",
      after: "period",
      of: (w, p) => p.demandIntercept - p.demandSlope * (w.price - w.noise) - w.supply,
    },
  },
  truth(p) {
    const rationalExpectationsPrice = theory.rationalExpectationsPrice(p);
    const λ = p.informationCost;
    // As costs vanish forecasts go to the one that makes itself true.
    const { forecastLow: low, forecastHigh: high } = p;
    const regularised =
      low >= high
        ? unknown(`forecasts go from ${low} to ${high}`)
        : λ > 0 || p.informationCostSd > 0
          ? solved(() => theory.regularisedCobweb(p, theory.costQuantiles(λ, p.informationCostSd)))
          : rationalExpectationsPrice < low || rationalExpectationsPrice > high
            ? unknown(`p* = ${rationalExpectationsPrice.toPrecision(5)} is not a forecast between ${low} and ${high}`)
            : { mean: rationalExpectationsPrice, variance: p.noiseSd * p.noiseSd };
    return {
      rationalExpectationsPrice,
      feedbackSlope: theory.feedbackSlope(p, rationalExpectationsPrice),
      regularisedMean: isUnknown(regularised) ? regularised : regularised.mean,
      regularisedVariance: isUnknown(regularised) ? regularised : regularised.variance,
    };
  },
  truthDocs: {
    rationalExpectationsPrice: "p*: if all forecast it, it comes true but for noise",
    feedbackSlope: "of the price that forecasts make, at p*: below −1 naive expectations do not settle",
    regularisedMean: "mean price where all forecast with π(p̂) ∝ e^(E r(p̂)/λ), independently of the past",
    regularisedVariance: "variance of the price there; σ_ε² of it is noise",
  },
  figures: [
    {
      title: "Forecasts",
      population: "producers",
      column: "forecast",
      statistic: "mean",
      theory: "rationalExpectationsPrice",
      theoryLabel: "p*",
      caption: "Their mean is near the price they make; how far they scatter is what information costs.",
    },
  ],
});

export default cobweb;

interface Range {
  readonly forecastLow: number;
  readonly forecastHigh: number;
}
function middle(p: Range): number {
  return (p.forecastLow + p.forecastHigh) / 2;
}
function half(p: Range): number {
  return (p.forecastHigh - p.forecastLow) / 2;
}

function rewardOf(error: number, p: { readonly rewardMax: number; readonly rewardSlope: number }): number {
  return Math.max(0, p.rewardMax - p.rewardSlope * error * error);
}

interface Grid {
  readonly forecast: Float64Array; // [J]
  readonly supply: Float64Array; // [J]
}
const grids = new WeakMap<object, Grid>();

/** Forecasts that can be made and what they supply; kept, since a period asks for each of them K times. */
function gridOf(p: theory.Forecasting): Grid {
  let grid = grids.get(p);
  if (!grid) {
    const { forecastLow: low, forecastHigh: high, forecasts: J } = p;
    const forecast = Float64Array.from({ length: J }, (_, j) => low + (j / (J - 1)) * (high - low));
    grid = { forecast, supply: forecast.map((x) => theory.cobwebSupply(p, x)) };
    grids.set(p, grid);
  }
  return grid;
}
