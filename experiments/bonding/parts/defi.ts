// The paper's DeFi market: fifty traders on an exponential curve, who learn or order at random; how much the price moves, and how much is traded for it.
//
//   Δ ln P = k Σ a_i                         whatever the supply; of orders U(−1, 1): sd k √(N/3)
//   sd(Δ ln P) / E Σ |a_i| ≥ k/√N            of orders that are independent and 0 on average; U(−1, 1): 2/√3 times that, normal ones: √(π/2) times
//   all mint 1, x = k N:   a token gains P (e^x − (e^x − 1)/x) over its price, and |ΔP| grows by k P e^x:   minting with all others pays below ω = (1 − (1 − e^−x)/x)/k
//   all burn 1:            a token burned brings P ((1 − e^−x)/x − e^−x) more than one kept, and |ΔP| grows by k P e^−x:   below ω = ((e^x − 1)/x − 1)/k
import {
  type AnyParamValues,
  type AnyWorld,
  createSimulation,
  defineExperiment,
  type Experiment,
  math,
  type ParamsOf,
  type Player,
  ppo,
} from "walras";
import { tokenMarket } from "../../../economies/token-market.ts";

const [GROWTH, SUPPLY] = [0.01, 600];
export const N = 50;

/** Twelve tokens each at a price of 1, so that twenty periods of random orders leave everybody some. */
export const market = {
  curve: "exponential",
  growth: GROWTH,
  intercept: math.exp(-GROWTH * SUPPLY),
  supply: SUPPLY,
  traders: N,
  orderMax: 1,
  fundamental: 1,
  noise: 0.02,
  horizon: 20,
} as const;

export const learner = {
  gamma: 0,
  numSteps: 20,
  learningRate: 3e-3,
  entCoef: 0,
  hiddenLayers: 1,
  hiddenWidth: 16,
  initialLogStd: -0.5,
  scaleRewards: true,
  normalizeObs: true,
} as const;

export const scale = {
  numEnvs: 8,
  totalSteps: 8 * 20 * 60,
  evaluation: { periods: 20, finalPeriods: 20, every: 10 },
} as const;

/** k √(N/3) */
export const RANDOM = GROWTH * Math.sqrt(N / 3);
const X = GROWTH * N;
/** ω below which minting with all others, and burning with all others, pays traders who look no further than the period and whose own orders and holdings are small. */
export const HERDS = {
  mint: (1 - (1 - math.exp(-X)) / X) / GROWTH,
  burn: ((math.exp(X) - 1) / X - 1) / GROWTH,
};

export interface Moved {
  /** sd(Δ ln P). */
  readonly sd: number;
  /** √ E (Δ ln P)². */
  readonly size: number;
  /** Tokens minted and burned in a period. */
  readonly volume: number;
  /** sd(Δ ln P) per token traded; NaN where hardly any is. */
  readonly perToken: number;
}

const PERIODS = 500;
const KINDS = ["traders", "zeroIntelligence"] as const;
type Rows = { readonly filled: Float64Array };

/** Sums over periods of worlds that begin anew every `horizon` periods. */
function meter() {
  let [before, sum, squares, volume, periods] = [SUPPLY, 0, 0, 0, 0];
  return {
    see(w: AnyWorld): void {
      const S = (w["supply"] as Float64Array)[0]!;
      if (periods % market.horizon === 0) before = SUPPLY;
      const change = GROWTH * (S - before);
      before = S;
      periods++;
      sum += change;
      squares += change * change;
      for (const kind of KINDS) for (const a of (w[kind] as unknown as Rows).filled) volume += Math.abs(a);
    },
    read(): Moved {
      const size = Math.sqrt(squares / periods);
      const sd = Math.sqrt(Math.max(0, squares / periods - (sum / periods) * (sum / periods)));
      return {
        sd,
        size,
        volume: volume / periods,
        perToken: volume / periods > 1e-3 ? sd / (volume / periods) : Number.NaN,
      };
    },
  };
}

/** What traders who order at random do to the price, in worlds of a seed. */
export function randomTraders(seed: number): Moved {
  const params = { ...market, traders: 0, zeroIntelligence: N };
  const simulation = createSimulation(tokenMarket, { params, seed, purpose: "play" });
  const { see, read } = meter();
  for (let t = 0; t < 2 * PERIODS; t++) {
    if (t % market.horizon === 0) simulation.reset(0);
    for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    see(simulation.worlds[0]!);
    simulation.endPeriod(0);
  }
  return read();
}

const named = (prefix: string, of: Moved): Record<string, number> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [`${prefix}: ${name}`, value]));

/** What learned traders do to the price, each at its most likely order and as they learned, with orders drawn. */
export function measure(player: Player, _p: AnyParamValues, _training: unknown, _beside: unknown, seed: number) {
  const of = (sampled: boolean): Moved => {
    const { see, read } = meter();
    player.play({ seed, periods: PERIODS, sampled, visit: see });
    return read();
  };
  return { ...named("greedy", of(false)), ...named("drawn", of(true)) };
}

export type Settings = Partial<ParamsOf<typeof tokenMarket>>;

/** The same market, worlds and seeds with other rewards, patience or company. */
export const other = (name: string, params: Settings, config: { readonly gamma?: number } = {}): Experiment =>
  defineExperiment({
    name: `bonding/defi-market-${name}`,
    summary: "",
    economy: tokenMarket,
    params: { ...market, ...params },
    algorithm: ppo,
    config: { ...learner, ...config },
    ...scale,
    measure,
  });
