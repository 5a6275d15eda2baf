// The cobweb market of producers who forecast the price that their forecasts make: rational expectations, and what forecasts and prices look like
// when precision is costly. Hommes, Sonnemans, Tuinstra & van de Velden 2007, Macroeconomic Dynamics 11, 8; information costs as in Evans & Ganesh 2024.
//
//   price      p = (a − Σ_i S(p̂_i))/b + ε,   S(p̂) = tanh(ψ(p̂ − m)) + 1,   ε ~ N(0, σ²)
//   reward     r(p̂) = max(0, A − B (p − p̂)²)
//   forecasts  π_λ(p̂) ∝ exp(E r(p̂)/λ) on a grid, which maximises E r − λ KL(π ‖ uniform)
//
// In the regularised equilibrium all K producers draw forecasts independently from such laws and know the law of what the others supply, and that their own
// supply moves the price. λ_i differs between producers: normal with mean μ and deviation σ_λ, cut off at 0, each an independent draw.
//
// J forecasts, W frequencies, Q costs. All expectations are Fourier sums: what the others supply enters by its characteristic function to the power K − 1,
// noise by e^(−σ²ω²/2), and the reward, which has bounded support, by its series of period L, longer than all that can happen. Exact to rounding.
import { cos, exp, findRoot, normalCdf, requireConverged, sin, tanh } from "walras/math";
import { normalQuantile } from "walras/random";

export interface Cobweb {
  readonly demandIntercept: number; // a
  readonly demandSlope: number; // b
  readonly supplySlope: number; // ψ
  readonly inflection: number; // m
  readonly producers: number; // K
  readonly noiseSd: number; // σ, of the price
}

export interface Forecasting extends Cobweb {
  readonly forecastLow: number;
  readonly forecastHigh: number;
  readonly forecasts: number; // J
  readonly rewardMax: number; // A
  readonly rewardSlope: number; // B
}

/** S(p̂) */
export const cobwebSupply = ({ supplySlope: ψ, inflection: m }: Cobweb, forecast: number): number =>
  tanh(ψ * (forecast - m)) + 1;

/** The price that everybody's forecasting it makes true, but for noise: p = (a − K S(p))/b. */
export function rationalExpectationsPrice(c: Cobweb): number {
  const { demandIntercept: a, demandSlope: b, producers: K } = c;
  return findRoot((p) => (a - K * cobwebSupply(c, p)) / b - p, (a - 2 * K) / b - 1, a / b + 1);
}

/** d/dp of (a − K S(p))/b: below −1, naive expectations do not settle. */
export function feedbackSlope(c: Cobweb, price: number): number {
  const t = tanh(c.supplySlope * (price - c.inflection));
  return ((-c.producers * c.supplySlope) / c.demandSlope) * (1 - t * t);
}

/** Of everybody's forecasting last period's price: where prices settle without noise, one value or two in turn. */
export function naivePrices(c: Cobweb): [low: number, high: number] {
  const next = (p: number): number => (c.demandIntercept - c.producers * cobwebSupply(c, p)) / c.demandSlope;
  let p = rationalExpectationsPrice(c) + 1e-3;
  for (let t = 0; t < 20_000; t++) p = next(p);
  const q = next(p);
  const size = 1 + Math.abs(p) + Math.abs(q);
  const later = next(q);
  const [moved, moves] = [Math.abs(later - p) / size, Math.abs(next(next(later)) - later) / size];
  // What is left of a geometric series of moves, beyond rounding.
  const left = moved <= 1e-14 ? 0 : (moved * moved) / Math.max(0, moved - moves);
  requireConverged(
    "naivePrices",
    left,
    1e-9,
    "Prices settle too slowly where feedbackSlope is near −1: move away from it.",
  );
  return [Math.min(p, q), Math.max(p, q)];
}

export interface RegularisedCobweb {
  readonly grid: Float64Array; // [J]
  /** Of a producer whose cost is an independent draw. */
  readonly forecasts: Float64Array; // [J]
  /** E r(p̂), against what the others do. */
  readonly payoffs: Float64Array; // [J]
  readonly mean: number;
  readonly variance: number;
  /** Of a forecast. */
  readonly forecastVariance: number;
  /** Mass of the price in `bins` equal bins from low to high; what lies outside is in none. */
  histogram(low: number, high: number, bins: number): Float64Array;
}

/** The quantile function of N(mean, sd²) given that it is not negative. */
export function costLaw(mean: number, sd: number): (u: number) => number {
  if (sd === 0) return () => mean;
  const below = normalCdf(-mean / sd);
  return (u) => Math.max(0, mean + sd * normalQuantile(Math.min(1 - 1e-15, below + (1 - below) * Math.max(1e-15, u))));
}

/** Costs at the middles of `count` equally likely parts of that law. */
export function costQuantiles(mean: number, sd: number, count = 32): Float64Array {
  const quantile = costLaw(mean, sd);
  return Float64Array.from({ length: sd === 0 ? 1 : count }, (_, k) => quantile((k + 0.5) / count));
}

const MOST_ITERATIONS = 20_000;
/** Multiplications that a solution may take, some seconds of them. */
const MOST_WORK = 4e9;
/** Frequencies at most; enough for noise above a thousandth of the range of prices. */
const MOST_FREQUENCIES = 2000;

/** The regularised equilibrium; `costs` are equally likely. A cost of 0 is a best reply, ties being shared. */
export function regularisedCobweb(c: Forecasting, costs: ArrayLike<number>): RegularisedCobweb {
  const { demandIntercept: a, demandSlope: b, producers: K, noiseSd: σ, forecasts: J } = c;
  const { forecastLow: low, forecastHigh: high, rewardMax: A, rewardSlope: B } = c;
  if (!(low < high)) throw new Error(`cobweb: forecasts go from ${low} to ${high}, expected low < high.`);
  const grid = Float64Array.from({ length: J }, (_, j) => low + (j / (J - 1)) * (high - low));
  const supply = grid.map((x) => cobwebSupply(c, x));

  const width = Math.sqrt(A / B); // errors that earn something
  const prices = [(a - 2 * K) / b, a / b];
  const furthest = Math.max(Math.abs(prices[1] - low), Math.abs(high - prices[0]));
  const L = 1.05 * (furthest + width + 9 * σ);
  // e^(−σ²ω²/2) < 1e-16 beyond 8.6/σ; without noise the series of the reward falls as 1/ω² and is cut off.
  const W = Math.min(MOST_FREQUENCIES, Math.ceil((8.6 / Math.max(σ, 1e-9)) * (L / (2 * Math.PI))));
  // The terms left out of E r/A: below Σ_{k>W} (8/L) (width ω²)⁻¹ e^(−σ²ω²/2) ≤ 2L/(π² width W) e^(−σ²ω_W²/2)
  const last = (2 * Math.PI * W) / L;
  requireConverged(
    "regularisedCobweb",
    ((2 * L) / (Math.PI * Math.PI * width * W)) * exp(-(σ * last * σ * last) / 2),
    1e-12,
    `Series of ${W} frequencies do not resolve noise of ${σ} in prices and forecasts ${furthest} apart. Raise noiseSd.`,
  );
  const ω = Float64Array.from({ length: W + 1 }, (_, k) => (2 * Math.PI * k) / L);
  // ∫ B(width² − x²) cos ωx dx over [−width, width] = 4B (sin ωw − ωw cos ωw)/ω³, times the noise
  const weight = ω.map((w, k) => {
    const x = w * width;
    const transform = k === 0 ? (4 / 3) * A * width : (4 * B * (sin(x) - x * cos(x))) / (w * w * w);
    return ((k === 0 ? 1 : 2) / L) * transform * exp(-(σ * w * σ * w) / 2);
  });
  const angles = (of: (j: number) => number, f: (x: number) => number): Float64Array[] =>
    Array.from(ω, (w) => Float64Array.from({ length: J }, (_, j) => f(w * of(j))));
  // With S of its own, a producer who forecasts p̂ errs by (a − S(p̂))/b − p̂ − Σ_others S/b + ε.
  const own = (j: number): number => (a - supply[j]) / b - grid[j];
  const [ownCos, ownSin] = [angles(own, cos), angles(own, sin)];
  const [supplyCos, supplySin] = [angles((j) => -supply[j] / b, cos), angles((j) => -supply[j] / b, sin)];

  const π = new Float64Array(J).fill(1 / J);
  const reply = new Float64Array(J);
  const payoffs = new Float64Array(J);
  const one = new Float64Array(J);
  /** The characteristic function at ω_k of −S/b, to a power. */
  const power = (k: number, n: number): [re: number, im: number] => {
    let [x, y] = [0, 0];
    for (let j = 0; j < J; j++) {
      x += π[j] * supplyCos[k][j];
      y += π[j] * supplySin[k][j];
    }
    let [re, im] = [1, 0];
    for (let left = n; left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) [re, im] = [re * x - im * y, re * y + im * x];
      [x, y] = [x * x - y * y, 2 * x * y];
    }
    return [re, im];
  };
  // Replies overshoot at most as steeply as the market feeds back; a step of 1/(1 + slope) does not.
  const step = 1 / (1.5 + (K * c.supplySlope) / b);
  const rounds = Math.min(MOST_ITERATIONS, Math.ceil(MOST_WORK / (J * (4 * W + 20 * costs.length))));
  let change = Infinity; // what replies and what they reply to differ by, Σ |reply − π|
  for (let iteration = 0, before = Infinity; iteration < rounds && change > 1e-13; iteration++) {
    // Replies that go round in circles are given up.
    if (iteration % 1000 === 999) {
      if (change > 0.9 * before) break;
      before = change;
    }
    payoffs.fill(0);
    for (let k = 0; k <= W; k++) {
      const [re, im] = power(k, K - 1);
      const [wr, wi] = [weight[k] * re, weight[k] * im];
      if (Math.abs(wr) + Math.abs(wi) < 1e-15 * A) continue;
      for (let j = 0; j < J; j++) payoffs[j] += wr * ownCos[k][j] - wi * ownSin[k][j];
    }
    reply.fill(0);
    for (let q = 0; q < costs.length; q++) {
      softmax(one, payoffs, costs[q]);
      for (let j = 0; j < J; j++) reply[j] += one[j] / costs.length;
    }
    change = 0;
    for (let j = 0; j < J; j++) {
      change += Math.abs(reply[j] - π[j]);
      π[j] += step * (reply[j] - π[j]);
    }
  }
  requireConverged(
    "regularisedCobweb",
    change,
    1e-9,
    "Logit replies to each other do not settle: raise informationCost.",
  );

  let meanSupply = 0;
  let meanForecast = 0;
  for (let j = 0; j < J; j++) {
    meanSupply += π[j] * supply[j];
    meanForecast += π[j] * grid[j];
  }
  let supplyVariance = 0;
  let forecastVariance = 0;
  for (let j = 0; j < J; j++) {
    supplyVariance += π[j] * (supply[j] - meanSupply) * (supply[j] - meanSupply);
    forecastVariance += π[j] * (grid[j] - meanForecast) * (grid[j] - meanForecast);
  }
  return {
    grid,
    forecasts: π,
    payoffs,
    mean: (a - K * meanSupply) / b,
    variance: (K * supplyVariance) / (b * b) + σ * σ,
    forecastVariance,
    histogram(from, to, bins) {
      // mass of [x, x + h] = Re Σ_k (2/L) φ(ω_k) ∫ e^(−iω_k t) dt over the bin, where φ is the price's characteristic function
      const h = (to - from) / bins;
      const mass = new Float64Array(bins).fill(h / L);
      for (let k = 1; k <= W; k++) {
        const [re, im] = power(k, K);
        const noise = exp(-(σ * ω[k] * σ * ω[k]) / 2);
        const scale = ((2 / L) * noise * 2 * sin((ω[k] * h) / 2)) / ω[k];
        for (let bin = 0; bin < bins; bin++) {
          const x = ω[k] * (a / b - (from + (bin + 0.5) * h));
          mass[bin] += scale * (re * cos(x) - im * sin(x));
        }
      }
      return mass;
    },
  };
}

/** out ∝ e^(payoff/λ); at λ = 0 the largest share alike. */
function softmax(out: Float64Array, payoffs: Float64Array, λ: number): void {
  let most = -Infinity;
  for (const payoff of payoffs) most = Math.max(most, payoff);
  let sum = 0;
  for (let j = 0; j < out.length; j++) {
    out[j] = λ === 0 ? (payoffs[j] === most ? 1 : 0) : exp((payoffs[j] - most) / λ);
    sum += out[j];
  }
  for (let j = 0; j < out.length; j++) out[j] /= sum;
}
