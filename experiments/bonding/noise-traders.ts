// A price made by noise traders and fundamentalists on a bonding curve, and what `walras calibrate token-market` fits to a real one: how far an order moves the price (impact, `growth`), how
// fast fundamentalists bring it back (mean reversion, `reaction`), and how much of a quote is gone a period later (`noise`).
//
// In the middle of a sigmoid curve, where P* is, deviations are x′ = (1 − r) x − r η + ε with r = f′ F g and sd ε = f′ u √(Z/3), f′ = growth · capacity/4; quotes are P* + x + η, sd η = σ.
// Whatever the impact, the curve's middle stays at P*. Tokens and money suffice for years of orders, so that bounds do not bind.
import { balancedPanel, defineSimulation, math, metrics } from "walras";
import { tokenMarket } from "../../economies/token-market.ts";

const [WORLDS, PERIODS, BEFORE, HORIZON] = [4, 1000, 200, 16];

interface Rule {
  readonly growth: number;
  readonly capacity: number;
  readonly reaction: number;
  readonly fundamentalists: number;
  readonly zeroIntelligence: number;
  readonly orderMax: number;
  readonly noise: number;
  readonly fundamental: number;
}

// γ(0) = V + σ²,  γ(k) = (1 − r)^k V − (1 − r)^(k − 1) r σ²,  V = (s² + r² σ²)/(1 − (1 − r)²);   Var (Q_{t+k} − Q_t) = 2 (γ(0) − γ(k))
/** Of changes of quotes by the linear rule: standard deviation over P*, autocorrelation, variance ratio. */
function changes(p: Rule) {
  const slope = (p.growth * p.capacity) / 4;
  const r = slope * p.fundamentalists * p.reaction;
  const s = slope * p.orderMax * Math.sqrt(p.zeroIntelligence / 3);
  const noise = p.noise * p.noise;
  const V = (s * s + r * r * noise) / (1 - (1 - r) * (1 - r));
  const lost = (k: number) => V + noise - math.pow(1 - r, k) * V + math.pow(1 - r, k - 1) * r * noise;
  return {
    volatility: Math.sqrt(2 * lost(1)) / p.fundamental,
    autocorrelation: lost(2) / (2 * lost(1)) - 1,
    varianceRatio: lost(HORIZON) / (HORIZON * lost(1)),
  };
}

export default defineSimulation({
  name: "bonding/noise-traders",
  summary:
    "Noise traders move a price along its curve and fundamentalists bring it back: volatility, autocorrelation and variance ratio of returns.",
  economy: tokenMarket,
  params: {
    traders: 0,
    zeroIntelligence: 20,
    fundamentalists: 20,
    curve: "sigmoid",
    capacity: 4,
    midpoint: 600,
    supply: 600,
    fundamental: 2,
    growth: 0.16,
    reaction: 0.02,
    noise: 0.01,
    orderMax: 0.05,
    horizon: 100_000,
  },
  totalSteps: 200,
  seeds: [1, 2, 3, 4, 5],
  maxSeconds: 30,
  calibration: {
    series: "quote",
    transform: "log-changes",
    distance: "dynamics",
    burnIn: 100,
    fit: { growth: [0.01, 0.4], reaction: [0, 0.05], noise: [0, 0.03] },
  },
  measure({ params, seed }) {
    const { series } = balancedPanel({
      economy: tokenMarket,
      params,
      series: ["quote"],
      burnIn: BEFORE,
      periods: PERIODS,
      worlds: WORLDS,
      seed,
    });
    const returns = series.quote!.map((quotes) => metrics.logReturns(quotes));
    const average = (of: (r: Float64Array) => number) => math.mean(returns.map(of));
    return {
      volatility: Math.sqrt(average((r) => math.variance(r))),
      autocorrelation: average((r) => metrics.autocorrelation(r, 1)),
      varianceRatio: average((r) => metrics.varianceRatio(r, HORIZON)),
    };
  },
  expect(p) {
    const theory = changes(p);
    // Four standard errors of n = WORLDS · PERIODS independent returns: 4/√(2n) and 0.02 for the curve's bend over the price's range; 4/√n; 4 √(2 (2q − 1)(q − 1)/(3 q n)).
    return [
      {
        item: "volatility",
        measure: "volatility",
        claim: "standard deviation of log returns, by the linear rule",
        unit: "1",
        theory: theory.volatility,
        kind: "relative",
        tolerance: 0.065,
      },
      {
        item: "autocorrelation",
        measure: "autocorrelation",
        claim: "of returns at lag 1: noise in quotes and mean reversion both turn them back",
        unit: "1",
        theory: theory.autocorrelation,
        kind: "absolute",
        tolerance: 0.063,
      },
      {
        item: `variance ratio, ${HORIZON} periods`,
        measure: "varianceRatio",
        claim: "below 1, as a price that returns has it",
        unit: "1",
        theory: theory.varianceRatio,
        kind: "absolute",
        tolerance: 0.278,
      },
    ];
  },
});
