// A token market whose posterior and whose policy are known: fundamentalists chase P* from noisy posted prices, a treasury mints.
//
//   P_{t+1} = P_t + k (P* − P_t − σ z_t) + m ψ,   k = m N g     linear curve, batch execution, no bound in reach
//
// Prices are an autoregression with normal noise k σ: the likelihood of (g, P*) is known. With the same shocks, prices with and without minting differ by m ψ (1 − (1 − k)^t)/k after t periods.
import { defineSimulation, math } from "walras";
import { simulateSeries } from "walras/calibration";
import { tokenMarket } from "../../../economies/token-market.ts";

export const SETTINGS = {
  traders: 0,
  fundamentalists: 10,
  noise: 0.1,
  slope: 0.01,
  issue: "free",
  horizon: 200,
} as const;
export const RANGES = { reaction: [0.1, 2], fundamental: [1.8, 2.3] } as const;
export const TRUTH = { reaction: 0.5, fundamental: 2.05 } as const;
export const MINTING = 0.2;
const START = 2; // f(S) at first

/** The economy alone. */
const market = defineSimulation({
  name: "policy/market",
  summary: "Fundamentalists on a bonding curve.",
  economy: tokenMarket,
  params: SETTINGS,
});

/** Spot prices of one world. */
export function pricesOf(theta: ArrayLike<number>, seed: number, minting = 0): Float64Array {
  const settings = { reaction: theta[0]!, fundamental: theta[1]!, minting };
  const [[prices]] = simulateSeries(market, {
    settings,
    series: "spot",
    worlds: 1,
    periods: SETTINGS.horizon,
    burnIn: 0,
    seed,
    trainSteps: 1,
    trainSeed: seed,
  }) as [[Float64Array]];
  return prices;
}

const rateOf = (reaction: number): number => SETTINGS.slope * SETTINGS.fundamentalists * reaction;

/** Of minting on the mean price over all periods. */
export function effectAt(reaction: number): number {
  const k = rateOf(reaction);
  let [sum, left] = [0, 1];
  for (let t = 1; t <= SETTINGS.horizon; t++) {
    left *= 1 - k;
    sum += 1 - left;
  }
  return (SETTINGS.slope * MINTING * sum) / (k * SETTINGS.horizon);
}

/** ln p(prices | g, P*) */
export function logLikelihood(prices: ArrayLike<number>, reaction: number, fundamental: number): number {
  const k = rateOf(reaction);
  const sd = k * SETTINGS.noise;
  let [sum, before] = [0, START];
  for (let t = 0; t < prices.length; t++) {
    const z = (prices[t]! - before - k * (fundamental - before)) / sd;
    sum -= 0.5 * z * z;
    before = prices[t]!;
  }
  return sum - prices.length * math.log(sd);
}

export interface Moments {
  readonly mean: number;
  readonly sd: number;
}

export interface ExactPosterior {
  readonly reaction: Moments;
  readonly fundamental: Moments;
  readonly effect: Moments;
}

const GRID = 101;

/** By the midpoint rule on a grid, first over the prior's ranges, then over seven deviations around what that found. */
export function exactPosterior(prices: ArrayLike<number>): ExactPosterior {
  let box: readonly (readonly [number, number])[] = [RANGES.reaction, RANGES.fundamental];
  for (let round = 0; ; round++) {
    const [gs, fs] = box.map(([low, high]) =>
      Float64Array.from({ length: GRID }, (_, i) => low + ((i + 0.5) / GRID) * (high - low)),
    ) as [Float64Array, Float64Array];
    const logs = Float64Array.from({ length: GRID * GRID }, (_, n) =>
      logLikelihood(prices, gs[Math.floor(n / GRID)]!, fs[n % GRID]!),
    );
    const most = logs.reduce((a, b) => Math.max(a, b));
    const weights = logs.map((value) => math.exp(value - most));
    const total = math.pairwiseSum(weights);
    const moments = (of: (g: number, f: number) => number): Moments => {
      const x = Float64Array.from(weights, (_, n) => of(gs[Math.floor(n / GRID)]!, fs[n % GRID]!));
      const mean = math.pairwiseSum(x.map((value, n) => (value * weights[n]!) / total));
      return {
        mean,
        sd: Math.sqrt(math.pairwiseSum(x.map((value, n) => ((value - mean) * (value - mean) * weights[n]!) / total))),
      };
    };
    const [reaction, fundamental] = [moments((g) => g), moments((_, f) => f)];
    // The grid's step is below a deviation in the second and the third round.
    if (round === 2) return { reaction, fundamental, effect: moments((g) => effectAt(g)) };
    box = [reaction, fundamental].map(({ mean, sd }, k) => {
      const [low, high] = [RANGES.reaction, RANGES.fundamental][k]!;
      const step = (box[k]![1] - box[k]![0]) / GRID;
      return [Math.max(low, mean - 7 * sd - step), Math.min(high, mean + 7 * sd + step)] as const;
    });
  }
}
